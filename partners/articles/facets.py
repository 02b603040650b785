"""How many articles would a reader find behind each further choice?

Each choice is counted within the others: beside 'year: 2026', a topic's count is that of 2026. The numbers were added
up when the articles were written (`article_count`): nobody waits for them, and they are those of this moment.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from wagtail.models import Locale

from partners.articles.choosing import EVERY_LANGUAGE, KINDS, Choice
from partners.articles.count_choice import Counts, count_choice
from partners.articles.disclosure import words_for
from partners.articles.restrictions import open_to_all
from partners.articles.topics import Topic
from partners.keeping import once


@dataclass(frozen=True)
class Option:
    """One value of a filter: what an address and a reader call it, and how many articles it leads to."""

    value: str
    name: str
    count: int
    is_chosen: bool = False
    lang: str = ""


@dataclass(frozen=True)
class Filter:
    """A question that a list can be asked; `without` is how many articles there are with it left open."""

    name: str
    label: str
    anything: str
    options: list[Option]
    without: int

    @property
    def chosen(self) -> Option | None:
        """The option that is chosen, or None where the question is left open."""
        return next((option for option in self.options if option.is_chosen and option.value), None)


def filters_for(choice: Choice) -> tuple[list[Filter], int]:
    """Return the filters of 'latest post', and how many articles are chosen, by four queries."""
    own = choice.locale.language_code
    codes = once("language codes", lambda: dict(Locale.objects.order_by("pk").values_list("pk", "language_code")))
    counts = count_choice(choice, codes)
    by_language = Counter({codes[locale]: articles for locale, articles in counts.languages.items()})
    own_names: dict[str, str] = dict(settings.LANGUAGES)
    languages = [
        Option("", own_names.get(own, own), by_language[own], not choice.language),
        *(
            Option(code, str(own_names.get(code, code)), by_language[code], code == choice.language, code)
            for code in codes.values()
            if code != own and (by_language[code] or code == choice.language)
        ),
    ]
    if len(languages) > 1:
        every = by_language.total()
        languages.append(Option(EVERY_LANGUAGE, _("All languages"), every, choice.language == EVERY_LANGUAGE))
    years = {*counts.years, *([choice.year] if choice.year else [])}
    kinds = {kind: sum(counts.disclosures[disclosure] for disclosure in of) for kind, of in KINDS.items()}
    filters = [
        Filter("partner", _("Partner"), _("All partners"), _partner_options(choice, counts, codes), counts.any_partner),
        Filter("topic", _("Topic"), _("All topics"), _topic_options(choice, counts), counts.any_topic),
        Filter(
            "year",
            pgettext("of publication", "Year"),
            _("All years"),
            [
                Option(str(year), str(year), counts.years[year], year == choice.year)
                for year in sorted(years, reverse=True)
            ],
            counts.years.total(),
        ),
        Filter("language", _("Language"), "", languages, by_language[own]),
        Filter(
            "kind",
            pgettext("paid or contributed", "Kind"),
            _("All kinds"),
            [
                Option(kind, str(words_for(of[0]).label), kinds[kind], kind == choice.kind)
                for kind, of in KINDS.items()
                if kinds[kind] or kind == choice.kind
            ],
            sum(kinds.values()),
        ),
    ]
    return filters, counts.chosen


def _partner_options(choice: Choice, counts: Counts, codes: dict[int, str]) -> list[Option]:
    """Return the partners that can be read, of those with most articles; a partner goes by its page of the list's
    language where there is one.
    """
    from partners.articles.partner_page import PartnerPage  # noqa: PLC0415  that module imports this one

    chosen = choice.partner.translation_key if choice.partner else None
    pages = open_to_all(PartnerPage.objects.live()).filter(translation_key__in=[*counts.partners, chosen])
    rows = pages.order_by("path").values_list("translation_key", "title", "slug", "locale_id")
    named: dict[UUID, Option] = {}
    for key, title, slug, locale_id in rows:
        if key not in named or locale_id == choice.locale_id:
            lang = "" if locale_id == choice.locale_id else codes[locale_id]
            named[key] = Option(slug, title, counts.partners[key], key == chosen, lang)
    return _by_name(named.values())


def _topic_options(choice: Choice, counts: Counts) -> list[Option]:
    """Return the topics; one goes by its row of the list's language where there is one."""
    chosen = choice.topic.translation_key if choice.topic else None
    topics = Topic.objects.filter(translation_key__in=[*counts.topics, chosen]).select_related("locale").order_by("pk")
    named: dict[UUID, Option] = {}
    for topic in topics:
        key = topic.translation_key
        if key not in named or topic.locale_id == choice.locale_id:
            lang = "" if topic.locale_id == choice.locale_id else topic.locale.language_code
            named[key] = Option(topic.slug, topic.name, counts.topics[key], key == chosen, lang)
    return _by_name(named.values())


def _by_name(options: Iterable[Option]) -> list[Option]:
    return sorted(options, key=lambda option: option.name.casefold())
