"""Settings for the public site: refuse to start rather than run unsafely."""

from django.core.exceptions import ImproperlyConfigured
from environs import env

from .base import *  # noqa: F403
from .base import STORAGES
from .cache import *  # noqa: F403
from .database import *  # noqa: F403
from .forms import *  # noqa: F403
from .handover import *  # noqa: F403
from .logs import *  # noqa: F403
from .mail import *  # noqa: F403
from .security import *  # noqa: F403

DEBUG = False


def _required(name: str) -> str:
    """Return the environment variable `name`.

    Raises ImproperlyConfigured where it is missing or empty.
    """
    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. See .env.example for what it should hold.")
    return value


SECRET_KEY = _required("SECRET_KEY")
# The bounds of Django's own deployment check (security.W009), here as a refusal.
if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5 or "development-only" in SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is weak: it needs at least 50 random characters. Make one with: "
        "python -c 'import secrets; print(secrets.token_urlsafe(64))'"
    )
# Former keys: links in letters and the fingerprints of those who withdrew news go on working under them.
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
_required("DATABASE_URL")
_required("SITE_URL")
ALLOWED_HOSTS = [host.strip() for host in _required("ALLOWED_HOSTS").split(",") if host.strip()]

STORAGES["staticfiles"] = {"BACKEND": "qianhai_site.stylesheet.SiteStaticFilesStorage"}
WHITENOISE_MAX_AGE = 3600
PAGE_CACHE = env.bool("PAGE_CACHE", default=True)
PAGE_PARTS = env.bool("PAGE_PARTS", default=True)

# False only where the site is served on the loopback address, as `make run` does.
HTTPS_ONLY = env.bool("HTTPS_ONLY", default=True)
if HTTPS_ONLY:
    SECURE_SSL_REDIRECT = True
    # A probe asks the process itself, not the proxy that ends TLS.
    SECURE_REDIRECT_EXEMPT = [r"^health/"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
