"""Where does the page cache hear from Wagtail that a page is about to be served?"""

from wagtail import hooks

from qianhai_site.pagecache.opting_in import serve_to_everybody

# Last, and so the innermost: Wagtail's own hook has asked for the view restrictions by then.
hooks.register("on_serve_page", serve_to_everybody, order=1000)
