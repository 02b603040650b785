"""Which apps, middleware, templates and languages make up the site?"""

from pathlib import Path
from typing import Any

from environs import env

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()

# scheme://host[:port], without a closing slash: the base of every absolute link in mail and in the admin.
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
# A domain and the year in which it was ours (RFC 4151): from it come the names by which feed readers know articles.
# Not to be changed afterwards, even where the site moves to another domain: every article would come as a new one.
FEED_AUTHORITY = env.str("FEED_AUTHORITY", default="qianhai.example,2026")

# Whether robots may come: on the public site alone, not on one for trying things out.
SEARCH_ENGINES = env.bool("SEARCH_ENGINES", default=False)

INSTALLED_APPS = [
    "home",
    "partners",
    "qianhai_site.pagecache",
    "wagtail_localize",
    "wagtail_localize.locales",
    # For its form builder alone: submissions are ours.
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.typed_table_block",
    "wagtail.contrib.routable_page",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "qianhai_site.pagecache.in_front.DefaultCacheControlMiddleware",
    "qianhai_site.idle_connections.IdleConnectionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "qianhai_site.csp.ContentSecurityPolicyMiddleware",
    "qianhai_site.malformed.MalformedRequestMiddleware",
    "qianhai_site.static_files.StaticFilesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "qianhai_site.signed_in.SignedOutMiddleware",
    "home.password_throttle.PasswordThrottleMiddleware",
    "partners.submissions.closed_admin.ClosedAdminMiddleware",
    "partners.articles.refusing.RefusedPublicationMiddleware",
    "partners.renditions.allowing.ReadersWaitForNoPictureMiddleware",
    "partners.keeping.KeepingMiddleware",
    "qianhai_site.redirecting.RedirectMiddleware",
    "home.routing.RoutingMiddleware",
    # The innermost: it sees which view will answer, and takes from the request what is the visitor's.
    "qianhai_site.pagecache.opting_in.PublicAnswersMiddleware",
]

ROOT_URLCONF = "qianhai_site.urls"
WSGI_APPLICATION = "qianhai_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "qianhai_site" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ],
        },
    },
]

# Widgets of our own find their templates where all others are.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hant", "繁體中文"), ("zh-hans", "简体中文")]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = True
# A translation starts as a draft. The default publishes it, untranslated, with the right to translate alone.
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = ["qianhai_site.formats"]
USE_TZ = True
TIME_ZONE = "Asia/Hong_Kong"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Wagtail's page editor posts one field per block; its own project template raises the limit as well.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "qianhai_site" / "static"]
# Files whose address is fixed, such as /favicon.ico.
WHITENOISE_ROOT = BASE_DIR / "qianhai_site" / "root"
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
# Brochures lie here: no server configuration may map this folder to a URL.
PRIVATE_ROOT = DATA_DIR / "private"

STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "partners.brochures.storage.MediaStorage"},
    "private": {
        "BACKEND": "partners.brochures.storage.PrivateStorage",
        "OPTIONS": {"location": PRIVATE_ROOT},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Wagtail's search index, references and files are kept up by the worker. An empty list admits every queue's name.
TASKS: dict[str, dict[str, Any]] = {"default": {"BACKEND": "partners.background.ProcrastinateBackend", "QUEUES": []}}

WAGTAIL_SITE_NAME = "Qianhai"
WAGTAILADMIN_BASE_URL = SITE_URL
# No request of an editor's browser or of the server goes to a third party.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILEMBEDS_FINDERS = [{"class": "partners.articles.embeds.VideoFinder"}]
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILIMAGES_IMAGE_FORM_BASE = "partners.renditions.upload_form.ImageForm"
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "pdf", "pptx", "txt", "xlsx"]
# Documents are sent through Wagtail's view, which checks the collection's privacy.
WAGTAILDOCS_SERVE_METHOD = "serve_view"
# What asks for a password or an account is a page of this site; Wagtail's own have no style and no language switch.
WAGTAIL_PASSWORD_REQUIRED_TEMPLATE = WAGTAILDOCS_PASSWORD_REQUIRED_TEMPLATE = "password_required.html"  # noqa: S105
WAGTAIL_FRONTEND_LOGIN_TEMPLATE = "log_in.html"

BROCHURE_MAX_BYTES = env.int("BROCHURE_MAX_BYTES", default=25 * 1024 * 1024)
BROCHURE_ATTACH_MAX_BYTES = env.int("BROCHURE_ATTACH_MAX_BYTES", default=5 * 1024 * 1024)
BROCHURE_LINK_DAYS = env.int("BROCHURE_LINK_DAYS", default=30)

# For how long it is kept who saw which personal data; the database refuses to remove what is younger than 30 days.
ACCESS_LOG_DAYS = env.int("ACCESS_LOG_DAYS", default=365)
# Exports of requests: up to how many rows are handed out as the answer, for how many hours a larger one's file is kept,
# and how many one user may have under way.
EXPORT_AT_ONCE_ROWS = env.int("EXPORT_AT_ONCE_ROWS", default=2_000)
EXPORT_HOURS = env.float("EXPORT_HOURS", default=24)
EXPORTS_AT_ONCE = env.int("EXPORTS_AT_ONCE", default=3)
# How many letters the desk may send again in a day by acting upon many requests, whoever does it.
BULK_RESENDS_PER_DAY = env.int("BULK_RESENDS_PER_DAY", default=1_000)
