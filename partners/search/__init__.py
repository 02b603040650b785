"""How does a reader find a page by words, in any of the site's languages?"""
