"""Which addresses does the site answer?"""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from partners.brochures import consent_urls
from partners.brochures import urls as brochure_urls
from qianhai_site.health import live, ready, serving
from qianhai_site.manifest import manifest
from qianhai_site.metrics import metrics
from qianhai_site.robots import robots
from qianhai_site.signed_in import signed_in

handler500 = "qianhai_site.outage.answer_failure"

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", live),
    path("health/ready", ready),
    path("health/serving", serving),
    path("metrics", metrics),
    path("robots.txt", robots, name="robots"),
    path("", include("home.sitemap_views")),
    path("admin/signed-in/", signed_in, name="signed_in"),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include("qianhai_site.documents")),
    path("documents/", include(wagtaildocs_urls)),
    path("brochures/", include(brochure_urls)),
    path("consent/", include(consent_urls)),
    path("api/v1/", include("partners.handover.api_urls")),
    path("reads/", include("partners.reports.urls")),
    # A provider's reports; where none is configured, the address does not exist.
    *([path("mail-events/", include("partners.delivery.receiver"))] if settings.MAIL_PROVIDER else []),
    # English has no prefix, the others have theirs: /zh-hant/, /zh-hans/.
    *i18n_patterns(
        path("site.webmanifest", manifest, name="manifest"),
        path("feeds/", include("partners.articles.feeds.urls")),
        path("", include("partners.search.urls")),
        path("", include(wagtail_urls)),
        prefix_default_language=False,
    ),
]
