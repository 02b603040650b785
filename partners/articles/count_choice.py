"""How many articles fit a reader's choice, and each choice beside it, at this moment?"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from partners.articles.article_count import ANY_PARTNER, ANY_TOPIC, ANY_YEAR, ended
from partners.articles.choosing import KINDS, Choice
from partners.articles.known_partners import places_of_partner
from partners.preparing import WhenRepeated, preparing_cursor

# More partners make no list to choose from: those with most articles stand in it. A link narrows by any of them.
MOST_PARTNERS = 60
# Within one language, each has one page.
_MOST = f"ORDER BY partner_id <> %(any_partner)s, sum(articles) DESC, partner_id LIMIT {MOST_PARTNERS + 1}"
# What was counted, without what a campaign's end has taken out of 'latest post' since.
_COUNTS = """
WITH ended AS NOT MATERIALIZED ({ended}),
counts AS NOT MATERIALIZED (
    SELECT locale_id, partner_id, disclosure, year, topic, articles FROM partners_articlecount
    UNION ALL
    SELECT locale_id, partner, disclosure, year_or_any, topic_or_any, -1
    FROM ended,
        LATERAL (VALUES (%(any_partner)s::bigint), (partner_id)) AS partners (partner),
        LATERAL (VALUES (%(any_year)s), (year)) AS years (year_or_any),
        LATERAL unnest(%(any_topic)s::uuid || topics) AS topics (topic_or_any)
)
SELECT 'fact', NULL::uuid, locale_id, disclosure, year, sum(articles)::bigint, NULL::bigint[], NULL::bigint[]
FROM counts
WHERE partner_id = ANY(%(partners)s) AND topic = %(topic)s AND year <> %(any_year)s
GROUP BY locale_id, disclosure, year
UNION ALL
SELECT 'topic', topic, NULL::integer, NULL, NULL::integer, sum(articles)::bigint, NULL::bigint[], NULL::bigint[]
FROM counts
WHERE partner_id = ANY(%(partners)s) AND year = %(year)s
    AND locale_id = ANY(%(languages)s) AND disclosure = ANY(%(disclosures)s)
GROUP BY topic
UNION ALL
SELECT 'partner', NULL::uuid, NULL::integer, NULL, NULL::integer, NULL::bigint,
    array_agg(partner_id), array_agg(articles)
FROM (
    SELECT partner_id, sum(articles)::bigint AS articles
    FROM counts
    WHERE topic = %(topic)s AND year = %(year)s
        AND locale_id = ANY(%(languages)s) AND disclosure = ANY(%(disclosures)s)
    GROUP BY partner_id
    {most}
) found
"""


@dataclass
class Counts:
    """Numbers of articles within a choice: with one of its questions left open, by the answers to that question."""

    # By the key of the locale; by disclosure; by year; by the keys of partners' pages, within one language of the
    # MOST_PARTNERS; by the translation keys of topics.
    languages: Counter[int] = field(default_factory=Counter)
    disclosures: Counter[str] = field(default_factory=Counter)
    years: Counter[int] = field(default_factory=Counter)
    partners: dict[int, int] = field(default_factory=dict)
    topics: Counter[UUID] = field(default_factory=Counter)
    # With the question about the partner, or the topic, left open; and with none.
    any_partner: int = 0
    any_topic: int = 0
    chosen: int = 0


def count_choice(choice: Choice) -> Counts:
    """Count by one query, which reads as much however many articles there are."""
    languages = choice.locale_ids
    disclosures = KINDS[choice.kind] if choice.kind else [kind for kinds in KINDS.values() for kind in kinds]
    counts = Counts()
    for what, key, locale, disclosure, year, articles, pages, numbers in _rows(choice, languages, disclosures):
        if what == "topic" and key == ANY_TOPIC:
            counts.any_topic = articles
        elif what == "topic":
            counts.topics[key] = articles
        elif what == "partner":
            counts.partners = dict(zip(pages or (), numbers or (), strict=True))
            counts.any_partner = counts.partners.pop(ANY_PARTNER, 0)
        else:
            is_of_language, is_of_kind = locale in languages, disclosure in disclosures
            is_of_year = choice.year in {None, year}
            counts.languages[locale] += articles * (is_of_kind and is_of_year)
            counts.disclosures[disclosure] += articles * (is_of_language and is_of_year)
            counts.years[year] += articles * (is_of_language and is_of_kind)
            counts.chosen += articles * (is_of_language and is_of_kind and is_of_year)
    for found in (counts.years, counts.topics):
        # What changes have left at nothing is not there.
        for key in [key for key, articles in found.items() if not articles]:
            del found[key]
    return counts


def _rows(choice: Choice, languages: list[int], disclosures: list[str]) -> list[tuple[Any, ...]]:
    over, moments = ended().query.sql_with_params()
    named = {f"moment_{number}": moment for number, moment in enumerate(moments)}
    most = _MOST if len(languages) == 1 else ""
    statement = _COUNTS.format(ended=over % tuple(f"%({name})s" for name in named), most=most)
    partners = [ANY_PARTNER]
    if choice.partner:
        partners = list(places_of_partner(choice.partner.translation_key))
    with preparing_cursor(connection, WhenRepeated) as cursor:
        cursor.execute(
            statement,
            {
                **named,
                "partners": partners,
                "topic": choice.topic.translation_key if choice.topic else ANY_TOPIC,
                "year": choice.year or ANY_YEAR,
                "languages": languages,
                "disclosures": disclosures,
                "any_partner": ANY_PARTNER,
                "any_topic": ANY_TOPIC,
                "any_year": ANY_YEAR,
            },
        )
        return cursor.fetchall()
