"""What may be kept in memory between requests?"""

from typing import Any

from environs import env, validate

CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # Wagtail would keep renditions in each process for minutes, those too that another one has removed or made anew.
    "renditions": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}

# Whether whole pages are answered from memory; in production they are (docs/performance.md). Each process of the web
# server keeps up to so many bytes.
PAGE_CACHE = env.bool("PAGE_CACHE", default=False)
# Whether parts of pages are, so that a page is quickly made anew; in production they are, from the same memory.
PAGE_PARTS = env.bool("PAGE_PARTS", default=PAGE_CACHE)
PAGE_CACHE_BYTES = env.int("PAGE_CACHE_BYTES", default=64 * 1024 * 1024, validate=validate.Range(min=1024 * 1024))
# Where processes of one machine leave each other what they have rendered. Whoever starts them makes it, for one run
# (qianhai_site/serving.py); without one each renders for itself.
PAGE_CACHE_FOLDER = env.str("PAGE_CACHE_FOLDER", default="")
# Seconds for which a shared cache in front may answer without asking, and then for how many more while it asks. Above
# one second and none, only where that cache is purged (WAGTAILFRONTENDCACHE): what was published shows so much later.
PAGE_CACHE_SHARED_SECONDS = env.int("PAGE_CACHE_SHARED_SECONDS", default=1, validate=validate.Range(min=0))
PAGE_CACHE_SHARED_STALE_SECONDS = env.int("PAGE_CACHE_SHARED_STALE_SECONDS", default=0, validate=validate.Range(min=0))
