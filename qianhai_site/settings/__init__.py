"""Settings, one subject a file; dev, test and production compose them."""
