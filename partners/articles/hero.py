"""In which form does an article's hero image leave the site, in feeds, sitemaps and structured data?"""

HERO = "fill-1200x630|format-jpeg"
