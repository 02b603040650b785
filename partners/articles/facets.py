"""How many articles would a reader find behind each further choice?

Each choice is counted within the others: beside 'year: 2026', a topic's count is that of 2026. The numbers were added
up when the articles were written (`article_count`): nobody waits for them, and they are those of this moment.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from partners.articles.choosing import EVERY_LANGUAGE, KINDS, Choice
from partners.articles.count_choice import MOST_PARTNERS, Counts, count_choice
from partners.articles.disclosure import words_for
from partners.articles.offered import AllOffered, Offered, offered, offered_partners, offered_topics
from partners.keeping import locales


@dataclass(slots=True)
class Option:
    """One value of a filter: what an address and a reader call it, and how many articles it leads to."""

    offered: Offered
    count: int
    is_chosen: bool = False

    @property
    def value(self) -> str:
        """What an address calls it."""
        return self.offered.value

    @property
    def name(self) -> str:
        """What a reader calls it."""
        return self.offered.name

    @property
    def lang(self) -> str:
        """The language of the name, where it is not that of the list."""
        return self.offered.lang


@dataclass(frozen=True)
class Filter:
    """A question that a list can be asked; `without` is how many articles there are with it left open."""

    name: str
    label: str
    anything: str
    options: list[Option]
    without: int

    @property
    def options_as_html(self) -> SafeString:
        """The <option>s. A loop of a template takes ten times as long for sixty of them."""
        named = escape(pgettext("a choice and its number of articles", "%(name)s (%(count)s)"))
        options = "\n".join(
            f"{option.offered.opening}{' selected' if option.is_chosen else ''}>"
            f"{named % {'name': option.offered.label, 'count': option.count}}</option>"
            for option in self.options
        )
        return mark_safe(options)  # noqa: S308  escaped above

    @property
    def chosen(self) -> Option | None:
        """The option that is chosen, or None where the question is left open."""
        return next((option for option in self.options if option.is_chosen and option.value), None)


def filters_for(choice: Choice) -> tuple[list[Filter], int]:
    """Return the filters of 'latest post', and how many articles are chosen; by one query where names are known."""
    own = choice.locale.language_code
    codes = {pk: locale.language_code for pk, locale in locales().items()}
    counts = count_choice(choice)
    by_language = Counter({codes[locale]: articles for locale, articles in counts.languages.items()})
    own_names: dict[str, str] = dict(settings.LANGUAGES)
    languages = [
        Option(offered("", own_names.get(own, own)), by_language[own], not choice.language),
        *(
            Option(offered(code, str(own_names.get(code, code)), code), by_language[code], code == choice.language)
            for code in codes.values()
            if code != own and (by_language[code] or code == choice.language)
        ),
    ]
    if len(languages) > 1:
        every = by_language.total()
        everything = offered(EVERY_LANGUAGE, _("All languages"))
        languages.append(Option(everything, every, choice.language == EVERY_LANGUAGE))
    years = {*counts.years, *([choice.year] if choice.year else [])}
    kinds = {kind: sum(counts.disclosures[disclosure] for disclosure in of) for kind, of in KINDS.items()}
    filters = [
        Filter("partner", _("Partner"), _("All partners"), _partner_options(choice, counts), counts.any_partner),
        Filter("topic", _("Topic"), _("All topics"), _topic_options(choice, counts), counts.any_topic),
        Filter(
            "year",
            pgettext("of publication", "Year"),
            _("All years"),
            [
                Option(offered(str(year), str(year)), counts.years[year], year == choice.year)
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
                Option(offered(kind, str(words_for(of[0]).label)), kinds[kind], kind == choice.kind)
                for kind, of in KINDS.items()
                if kinds[kind] or kind == choice.kind
            ],
            sum(kinds.values()),
        ),
    ]
    return filters, counts.chosen


def _partner_options(choice: Choice, counts: Counts) -> list[Option]:
    """Return the partners that can be read, of those with most articles."""
    known = offered_partners(choice.locale_id)
    chosen = known.places.get(choice.partner.pk) if choice.partner else None
    return _options(known, counts.partners, chosen, MOST_PARTNERS)


def _topic_options(choice: Choice, counts: Counts) -> list[Option]:
    """Return the topics."""
    known = offered_topics(choice.locale_id)
    chosen = known.places.get(choice.topic.translation_key) if choice.topic else None
    return _options(known, counts.topics, chosen, len(known.options))


def _options(known: AllOffered, counted: Mapping[Any, int], chosen: int | None, most: int) -> list[Option]:
    """Return as options, by name, the `most` of what is `known` with most articles, and what is `chosen`, if anything.

    What is the same thing in several languages is added up.
    """
    articles: dict[int, int] = {}
    for key, number in counted.items():
        if number and (place := known.places.get(key)) is not None:
            articles[place] = articles.get(place, 0) + number
    # Of equally many the first by name, so that every process offers the same.
    places = set(sorted(sorted(articles), key=articles.__getitem__, reverse=True)[:most])
    if chosen is not None:
        places.add(chosen)
    return [Option(known.options[place], articles.get(place, 0), place == chosen) for place in sorted(places)]
