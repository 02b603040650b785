"""The front door: the home page, standing pages, the site's own settings and the demo."""
