"""Which articles does a feed hold, and what does it say of itself?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import IntegerField, UUIDField
from django.utils.translation import gettext as _
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Locale

from partners.articles.counted_first import Counted, listed_of_language, listed_of_partner, listed_of_topic
from partners.articles.feeds.addresses import Format, feed_path, lasting_name
from partners.articles.feeds.characters import clean
from partners.articles.partner_page import PartnerPage
from partners.articles.restrictions import is_behind_a_restriction
from partners.articles.site_names import absolute, home_address, publisher
from partners.articles.topics import Topic
from partners.ready_made import Slot

ALL, PARTNERS, TOPICS = "all", "partners", "topics"


@dataclass(frozen=True)
class Channel:
    """A feed, in whichever format: `address` is the page that shows the same to a reader of the site."""

    kind: str
    slug: str
    name: str
    language: str
    title: str
    address: str
    # What the query of its articles is asked with (`counted_of`).
    articles: dict[str, Any]
    changed_at: datetime | None = None

    @property
    def description(self) -> str:
        """What stands below the title: that everything in it is labelled."""
        return _("A partner stands behind every article here. Its title begins by saying whether it was paid for.")

    def feed_address(self, form: Format, cursor: str = "") -> str:
        """Return the absolute address of the feed in a format, or of the part of it that begins at `cursor`."""
        path = feed_path(self.kind, self.slug, form, self.language)
        return absolute(f"{path}?before={cursor}" if cursor else path)


def counted_of(kind: str) -> Counted:
    """Return the articles that stand in a channel of a kind, as they are counted, with slots for `Channel.articles`."""
    if kind == PARTNERS:
        return listed_of_partner(Slot("partner"))
    locale = Slot("locale", IntegerField())
    return listed_of_topic(locale, Slot("topic", UUIDField())) if kind == TOPICS else listed_of_language(locale)


def whole_site(language: str) -> Channel | None:
    """Return the feed of every article in a language, or None where nothing is written in it."""
    locale = Locale.objects.filter(language_code=language).first()
    if locale is None:
        return None
    return Channel(
        kind=ALL,
        slug="",
        name=lasting_name("feed", language),
        language=language,
        title=publisher(),
        address=home_address(language),
        articles={"locale": locale.pk},
    )


def of_partner(language: str, slug: str) -> Channel | None:
    """Return the feed of a partner, or None where no partner of the slug can be read in the language."""
    partners = PartnerPage.objects.live().filter(~is_behind_a_restriction(), locale__language_code=language, slug=slug)
    partner = partners.select_related("locale").order_by("path").first()
    if partner is None:
        return None
    return Channel(
        kind=PARTNERS,
        slug=slug,
        name=lasting_name("feed", language, "partner", partner.translation_key),
        language=language,
        title=clean(_("Articles from %(partner)s") % {"partner": partner.title} + f" · {publisher()}"),
        address=partner.full_url,
        articles={"partner": partner.pk},
        changed_at=partner.last_published_at,
    )


def new_slug_of_partner(language: str, old: str) -> str | None:
    """Return the slug of the partner that can be read in a language and whose page stood at the slug `old` before.

    Wagtail leaves a redirect where a page was renamed.
    """
    left = Redirect.objects.filter(old_path__endswith=f"/{old}").values("redirect_page")
    partners = PartnerPage.objects.live().filter(~is_behind_a_restriction(), locale__language_code=language)
    return partners.filter(pk__in=left).order_by("-pk").values_list("slug", flat=True).first()


def of_topic(language: str, slug: str) -> Channel | None:
    """Return the feed of a topic, or None where the language has none of the slug."""
    topic = Topic.objects.filter(locale__language_code=language, slug=slug).first()
    if topic is None:
        return None
    return Channel(
        kind=TOPICS,
        slug=slug,
        name=lasting_name("feed", language, "topic", topic.translation_key),
        language=language,
        title=clean(f"{topic.name} · {publisher()}"),
        address=home_address(language),
        articles={"locale": topic.locale_id, "topic": topic.translation_key},
    )
