"""How many articles would a reader find behind each further choice?

Each choice is counted within the others: beside 'year: 2026', a topic's count is that of 2026. The numbers were added
up when the articles were written (`article_count`): nobody waits for them, and they are those of this moment.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from operator import attrgetter
from uuid import UUID

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from partners.articles.choosing import EVERY_LANGUAGE, KINDS, Choice
from partners.articles.count_choice import Counts, count_choice
from partners.articles.disclosure import words_for
from partners.articles.known_partners import partners_named
from partners.articles.topics import all_topics
from partners.keeping import locales


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
    def options_as_html(self) -> SafeString:
        """The <option>s. A loop of a template takes ten times as long for sixty of them."""
        named = pgettext("a choice and its number of articles", "%(name)s (%(count)s)")
        options = "\n".join(
            f'<option value="{escape(option.value)}"{f' lang="{escape(option.lang)}"' if option.lang else ""}'
            f"{' selected' if option.is_chosen else ''}>"
            f"{escape(named % {'name': option.name, 'count': option.count})}</option>"
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
        Filter("topic", _("Topic"), _("All topics"), _topic_options(choice, counts, codes), counts.any_topic),
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
    chosen = choice.partner.translation_key if choice.partner else None
    keys = dict.fromkeys([*counts.partners, *([chosen] if chosen else [])])
    options = []
    for key, page in partners_named(keys, choice.locale_id).items():
        lang = "" if page.locale_id == choice.locale_id else codes[page.locale_id]
        options.append(Option(page.slug, page.title, counts.partners[key], key == chosen, lang))
    return _by_name(options)


def _topic_options(choice: Choice, counts: Counts, codes: dict[int, str]) -> list[Option]:
    """Return the topics; one goes by its row of the list's language where there is one."""
    chosen = choice.topic.translation_key if choice.topic else None
    named: dict[UUID, Option] = {}
    for topic in sorted(all_topics().values(), key=attrgetter("pk")):
        key = topic.translation_key
        if (key in counts.topics or key == chosen) and (key not in named or topic.locale_id == choice.locale_id):
            lang = "" if topic.locale_id == choice.locale_id else codes[topic.locale_id]
            named[key] = Option(topic.slug, topic.name, counts.topics[key], key == chosen, lang)
    return _by_name(named.values())


def _by_name(options: Iterable[Option]) -> list[Option]:
    return sorted(options, key=lambda option: option.name.casefold())
