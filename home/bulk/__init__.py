"""A site of any size, for whoever wants to see what becomes slow: pages and requests that nobody wrote."""
