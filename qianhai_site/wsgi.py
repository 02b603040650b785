"""The WSGI application that a server such as granian loads."""

import os

from django.core.wsgi import get_wsgi_application

from qianhai_site.malformed import guarded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qianhai_site.settings.production")

_site = guarded(get_wsgi_application())

# Only a site that is set up can name its models.
from qianhai_site.media import with_pictures  # noqa: E402
from qianhai_site.pagecache.door import cached  # noqa: E402

page_cache = cached(_site)
application = with_pictures(page_cache)
