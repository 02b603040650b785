"""The WSGI application that a server such as granian loads."""

import os

from django.core.wsgi import get_wsgi_application

from qianhai_site.malformed import guarded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qianhai_site.settings.production")

application = guarded(get_wsgi_application())
