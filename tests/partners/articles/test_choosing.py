"""partners/articles/choosing.py and facets.py: what a reader chooses is shown, and counted as it is shown."""

from copy import deepcopy
from datetime import date
from itertools import combinations
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale, PageViewRestriction

from partners.articles.article_page import PartnerArticlePage
from partners.articles.choosing import Choice, read_choice
from partners.articles.facets import Filter, Option
from partners.articles.latest_page import posts_of
from partners.articles.offered import offered
from partners.articles.paging import Listed, part_of
from partners.articles.topics import Topic
from tests import builders

pytestmark = pytest.mark.django_db
ONE_EACH = {"kind": "paid", "language": "zh-hant", "partner": "tidewater", "topic": "ports", "year": "2025"}


def topic(slug, language="en", **fields):
    return Topic.objects.create(
        name=slug.title(), slug=slug, locale=Locale.objects.get(language_code=language), **fields
    )


def article(parent, topics=(), **fields):
    made = builders.article(parent, **fields)
    made.topics.set(topics)
    made.save()
    return made


@pytest.fixture(scope="module")
def kept_shelf(rows_kept):
    """Articles of two partners in two languages, on two topics, of two years and two kinds, in many combinations."""
    ports = topic("ports")
    hafen = topic("ports-zh", "zh-hant", translation_key=ports.translation_key)
    money = topic("money")
    tidewater = builders.partner("Tidewater", slug="tidewater")
    translated = builders.partner("潮汐", "zh-hant", slug="tidewater", translation_key=tidewater.translation_key)
    other = builders.partner("Other", slug="other")
    made = []
    for number in range(14):
        parent = [tidewater, other, translated][number % 3]
        about = [[], [money], [ports], [ports, money]][number // 2 % 4]
        if parent is translated and ports in about:
            about = [hafen if one == ports else one for one in about]
        kind = "unpaid_contribution" if number % 5 == 0 else "partner_controlled"
        made.append(
            article(
                parent,
                about,
                disclosure=kind,
                publication_date=date(2025 + number % 2, 1 + number % 12, 31 if number % 12 in {0, 11} else 1),
            )
        )
    return made


@pytest.fixture
def shelf(db, kept_shelf):
    return deepcopy(kept_shelf)


def fits(article, choice):
    language = choice.get("language", "en")
    partner = {"tidewater": "tidewater", "other": "other"}.get(choice.get("partner"))
    return (
        language in {"all", article.locale.language_code}
        and (not partner or article.sponsor.slug == partner)
        and (
            "topic" not in choice
            or choice["topic"].partition("-")[0] in {one.slug.partition("-")[0] for one in article.topics.all()}
        )
        and ("year" not in choice or article.publication_date.year == int(choice["year"]))
        and ("kind" not in choice or article.is_paid == (choice["kind"] == "paid"))
    )


def choices():
    for size in range(len(ONE_EACH) + 1):
        for names in combinations(ONE_EACH, size):
            yield {name: ONE_EACH[name] for name in names}


def test_every_combination_shows_and_counts_what_fits(client, shelf):
    for choice in choices():
        context = client.get("/latest/", choice).context
        expected = {article.pk for article in shelf if fits(article, choice)}
        assert {article.pk for article in context["part"].articles} == expected, choice
        check_counts(context, choice, shelf, expected)


def check_counts(context, choice, shelf, expected):
    assert context["total"] == len(expected)
    for one in context["filters"]:
        for option in one.options:
            told = {name: value for name, value in {**choice, one.name: option.value}.items() if value}
            assert option.count == sum(fits(article, told) for article in shelf), (one.name, option)
        left = {name: value for name, value in choice.items() if name != one.name}
        assert one.without == sum(fits(article, left) for article in shelf), one.name


def test_every_language_is_shown_with_its_name(client, shelf):
    answer = client.get("/latest/?language=all&year=2025")
    assert answer.context["total"] == sum(article.publication_date.year == 2025 for article in shelf)
    page = BeautifulSoup(answer.content, "html.parser")
    foreign = page.select(".card__title a[lang]")
    assert {link["lang"] for link in foreign} == {"zh-hant"}
    assert len(foreign) == len(page.select(".card__language[lang='zh-hant']")) > 0


def test_the_list_of_another_language_begins_with_its_own(client, shelf):
    context = client.get("/zh-hant/latest/").context
    shown = PartnerArticlePage.objects.filter(pk__in=[article.pk for article in context["part"].articles])
    assert {article.locale.language_code for article in shown} == {"zh-hant"}
    assert client.get("/zh-hant/latest/?partner=tidewater").context["chips"][0]["option"].name == "潮汐"
    # Nothing of mainland Chinese: the filter does not offer it, and the address works all the same.
    assert "zh-hans" not in [option.value for option in context["filters"][3].options]
    assert client.get("/zh-hant/latest/?language=zh-hans").context["total"] == 0


def test_another_language_shows_what_is_chosen(client, shelf):
    english = client.get("/latest/?kind=paid&language=all&partner=tidewater&topic=ports&year=2025")
    page = BeautifulSoup(english.content, "html.parser")
    chinese = client.get(page.select_one(".languages a[lang=zh-hant]")["href"], follow=True)
    chips = {chip["filter"].name: chip["option"].name for chip in chinese.context["chips"]}
    assert chips.keys() == {"kind", "language", "partner", "topic", "year"}
    assert chips["partner"] == "潮汐"


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        ("year=2025&kind=paid", "?kind=paid&year=2025"),
        ("partner=&topic=ports&year=&language=&kind=", "?topic=ports"),
        ("language=en", ""),
        ("year=2025&year=2026", "?year=2026"),
        ("topic=&kind=", ""),
    ],
)
def test_one_choice_has_one_address(client, shelf, asked, address):
    answer = client.get(f"/latest/?{asked}")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/latest/{address}"
    assert client.get(f"/latest/{address}").status_code == 200


def test_what_the_list_does_not_know_is_left_alone(client, shelf):
    assert client.get("/latest/?utm_source=letter&year=2025").status_code == 200


@pytest.mark.parametrize(
    "asked",
    ["kind=free", "language=fr", "partner=nobody", "topic=nothing", "year=99", "year=20255", "year=٢٠٢٥", "topic=%00"],
)
def test_what_names_nothing_is_not_found(client, shelf, asked):
    assert client.get(f"/latest/?{asked}").status_code in {400, 404}


def test_drafts_private_articles_and_private_partners_are_neither_shown_nor_counted(client):
    shown, hidden = builders.partner("Shown", slug="shown"), builders.partner("Hidden", slug="hidden")
    one = builders.article(shown)
    builders.article(shown, live=False)
    private = builders.article(shown)
    builders.article(hidden)
    for page in (private, hidden):
        PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    context = client.get("/latest/").context
    assert [article.pk for article in context["part"].articles] == [one.pk]
    assert [(option.value, option.count) for option in context["filters"][0].options] == [("shown", 1)]
    assert client.get("/latest/?partner=hidden").status_code == 404


def head(client, address):
    page = BeautifulSoup(client.get(address).content, "html.parser")
    robots = page.find("meta", {"name": "robots"})
    return page.find("link", rel="canonical")["href"], robots and robots["content"], page


def test_search_engines_are_told_one_address_and_no_combinations(client, shelf):
    assert head(client, "/latest/?year=2025&utm_source=x")[:2] == (
        f"{builders.latest_page().full_url}?year=2025",
        None,
    )
    assert head(client, "/latest/?kind=paid&year=2025")[1] == "noindex, follow"


def test_each_chosen_filter_can_be_taken_away(client, shelf):
    page = head(client, "/latest/?kind=paid&topic=ports&year=2025")[2]
    assert {chip["href"] for chip in page.select(".chip")} == {
        "/latest/?kind=paid&topic=ports",
        "/latest/?kind=paid&year=2025",
        "/latest/?topic=ports&year=2025",
    }
    assert page.title.get_text().split() >= ["Ports"]


def test_nothing_found_says_which_filter_to_take_away(client, shelf):
    page = head(client, "/latest/?kind=paid&year=1999")[2]
    ways = {way.a["href"]: way.get_text(" ", strip=True) for way in page.select(".ways li")}
    paid = sum(fits(article, {"kind": "paid"}) for article in shelf)
    assert ways["/latest/?kind=paid"].endswith(f"{paid} articles")
    assert "1999" in ways["/latest/?kind=paid"]
    assert ways["/latest/?year=1999"].endswith("0 articles")


@pytest.mark.parametrize("size", range(6))
def test_what_is_counted_is_what_the_list_shows(shelf, size):
    """A narrowed list is read from it, part by part, forwards and back."""
    locale = Locale.objects.get(language_code="en")
    chosen = [{name: ONE_EACH[name] for name in names} for names in combinations(ONE_EACH, size)]
    for values in [*chosen, *({**values, "language": "all"} for values in chosen)]:
        choice = read_choice(QueryDict(urlencode(values)), locale)
        posts = choice.of(PartnerArticlePage.objects.newest_posts()).newest_first()
        expected = [Listed(*row) for row in posts.values_list("pk", "publication_date")]
        assert (choice.shape.counted() is None) == (values == {"language": "all"})
        posts = posts_of(choice)
        forwards, part = [], part_of(posts, size=2)
        forwards += part.articles
        while part.older:
            part = part_of(posts, size=2, after=part.older)
            forwards += part.articles
        assert forwards == expected
        backwards = part.articles
        while part.newer:
            part = part_of(posts, size=2, before=part.newer)
            backwards = part.articles + backwards
        assert backwards == expected


def test_a_narrowed_part_is_one_query_that_begins_with_what_is_counted(shelf):
    locale = Locale.objects.get(language_code="en")
    choice = read_choice(QueryDict("kind=paid&topic=ports"), locale)
    with CaptureQueriesContext(connection) as made:
        part_of(posts_of(choice))
    # Beside it, the languages and what is private.
    (sql,) = (one["sql"] for one in made if 'FROM "partners_partnerarticlepage"' in one["sql"])
    assert 'FROM "partners_countedarticle"' in sql
    assert "LIMIT 13" in sql.partition("partners_countedarticle")[2]


def test_names_are_text_in_a_filter(shelf):
    option = Option(offered('"><script>', "<b>Quay & Sons</b>", "zh-hant"), 3, is_chosen=True)
    (shown,) = BeautifulSoup(Filter("partner", "", "", [option], 3).options_as_html, "html.parser").find_all("option")
    assert (shown["value"], shown["lang"], shown.has_attr("selected")) == (option.value, "zh-hant", True)
    assert shown.string == "<b>Quay & Sons</b> (3)"


def test_of_many_partners_those_with_most_articles_in_all_languages_together_are_offered(client, shelf, monkeypatch):
    def offers():
        return {one.value: one.count for one in client.get("/latest/?language=all").context["filters"][0].options}

    every = offers()
    assert every["tidewater"] > max(articles for partner, articles in every.items() if partner != "tidewater")
    monkeypatch.setattr("partners.articles.facets.MOST_PARTNERS", 1)
    assert offers() == {"tidewater": every["tidewater"]}


def test_of_partners_with_equally_many_articles_the_first_by_name_is_offered(client, shelf, monkeypatch):
    every = client.get("/latest/").context["filters"][0].options
    assert len({one.count for one in every}) == 1 < len(every)
    monkeypatch.setattr("partners.articles.facets.MOST_PARTNERS", 1)
    (offer,) = client.get("/latest/").context["filters"][0].options
    assert offer.name == min(one.name for one in every)


def test_of_a_partner_that_is_gone_since_it_was_known_there_are_no_posts():
    partner = builders.partner()
    builders.article(partner)
    choice = Choice(locale=partner.locale, partner=partner)
    assert len(part_of(posts_of(choice)).articles) == 1
    partner.delete()
    assert part_of(posts_of(choice)).articles == []
