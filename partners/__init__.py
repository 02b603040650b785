"""The trade: sponsors and their articles, brochures and their requests, and the mail that carries them."""
