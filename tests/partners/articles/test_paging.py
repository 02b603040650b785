"""partners/articles/paging.py: parts of a list follow one another, whatever is published meanwhile."""

import base64
from copy import deepcopy
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partners.articles.article_page import PartnerArticlePage
from partners.articles.paging import END, Listed, Place, asked_place, first_of, part_of, place_of
from tests import builders

pytestmark = pytest.mark.django_db
SIZE = 3


def plainly(articles):
    """Return what finds some of `articles` by a query that is composed each time."""
    return lambda sign, place, most: [Listed(*row) for row in first_of(articles, None, sign, place, most)]


def places():
    return st.builds(Place, st.dates(), st.integers(0, 2**31 - 1))


@given(places())
def test_a_cursor_says_its_place(place):
    assert place_of(place.cursor) == place


@given(st.text())
def test_what_is_read_as_a_cursor_was_written_as_one(text):
    place = place_of(text)
    assert place is None or place.cursor == text


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "AAAA",
        "=" * 11,
        "\x00" * 11,
        "٢" * 11,
        "A" * 5000,
        "____________",
        base64.b64encode(b"\0" * 8).decode(),
    ],
    ids=["nothing", "a letter", "short", "signs", "zeros", "digits", "long", "too late a day", "day nought"],
)
def test_what_is_no_cursor_shows_the_newest(client, cursor):
    article = builders.article()
    for name in ("after", "before"):
        answer = client.get("/latest/", {name: cursor})
        assert answer.status_code == 200
        assert [one.pk for one in answer.context["part"].articles] == [article.pk]
        assert answer.context["canonical_query"] == ""


@pytest.fixture(scope="module")
def kept_many(rows_kept):
    """Fifty articles of one day, so that only their keys tell them apart."""
    parent = builders.partner()
    return [builders.article(parent) for _ in range(50)]


@pytest.fixture
def many(db, kept_many):
    return deepcopy(kept_many)


def walk(client, url, way="older"):
    seen = []
    while True:
        context = client.get(url).context
        seen.append([article.pk for article in context["part"].articles])
        if way not in context["neighbours"]:
            return seen
        url = f"/latest/{context['neighbours'][way]}"


def test_parts_follow_one_another_without_gap_or_repeat(client, many):
    parts = walk(client, "/latest/")
    assert [len(part) for part in parts] == [12, 12, 12, 12, 2]
    assert [pk for part in parts for pk in part] == [article.pk for article in reversed(many)]


def test_the_way_back_shows_the_same(client, many):
    last = f"/latest/?before={END.cursor}"
    parts = walk(client, last, "newer")
    assert [pk for part in reversed(parts) for pk in part] == [article.pk for article in reversed(many)]


@pytest.mark.parametrize(
    ("page", "first"),
    [("abc", 0), ("", 0), ("0", 0), ("-1", 0), ("1e3", 0), ("9" * 5000, 0), ("1", 0), ("2", 12), ("5", 48), ("٢", 12)],
    ids=["letters", "empty", "nought", "negative", "float", "long", "1", "2", "last", "other digits"],
)
def test_links_to_numbered_pages_lead_to_what_they_showed(client, many, page, first):
    answer = client.get("/latest/", {"page": page}, follow=True)
    assert answer.redirect_chain
    assert answer.context["part"].articles[0].pk == list(reversed(many))[first].pk


def test_a_number_beyond_the_end_leads_to_the_oldest(client, many):
    part = client.get("/latest/", {"page": "9999"}, follow=True).context["part"]
    assert part.articles[-1].pk == many[0].pk
    assert part.older is None


def test_an_old_link_to_a_partners_numbered_page(client, many):
    url = many[0].get_parent().url
    answer = client.get(url, {"page": "3"}, follow=True)
    assert answer.context["part"].articles[0].pk == list(reversed(many))[24].pk


@pytest.mark.parametrize("pk", [-(2**31), 2**31 - 1])
def test_an_empty_part_at_the_last_key_that_a_cursor_holds_leads_back(client, pk):
    builders.article()
    for name, day in (("after", date.min), ("before", date.max)):
        answer = client.get("/latest/", {name: Place(day, pk).cursor})
        assert answer.status_code == 200
        assert answer.context["neighbours"]


def test_a_part_that_became_empty_leads_back(client, many):
    oldest = Place(many[0].publication_date, many[0].pk)
    part = part_of(plainly(PartnerArticlePage.objects.published()), after=oldest)
    assert part.articles == []
    assert part_of(plainly(PartnerArticlePage.objects.published()), before=part.newer).articles[-1].pk == many[0].pk


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), backwards=st.booleans())
def test_nothing_twice_and_nothing_missed_while_others_come_and_go(rows, data, backwards):
    """Between two parts, articles appear on any day and others are withdrawn; those that stay are each seen once."""
    rows.reset(data.draw(st.lists(st.integers(0, 5), min_size=1, max_size=9)))
    stays = rows.live()
    seen, place, gone = [], None, set()
    while True:
        articles = PartnerArticlePage.objects.published()
        asked = {"before" if backwards else "after": place} if place else {"before": END} if backwards else {}
        part = part_of(plainly(articles), size=SIZE, **asked)
        found = [article.pk for article in part.articles]
        seen = [*found, *seen] if backwards else [*seen, *found]
        place = part.newer if backwards else part.older
        if place is None:
            break
        if data.draw(st.booleans()):
            rows.publish(data.draw(st.integers(0, 5)))
        if data.draw(st.booleans()):
            gone.add(rows.withdraw(data.draw(st.integers(0, 20))))
    assert len(seen) == len(set(seen))
    assert stays - gone <= set(seen)


@pytest.fixture
def rows():
    """Thirty articles that are published and withdrawn by one UPDATE each: quick enough for many examples."""
    parent = builders.partner()
    spare = [builders.article(parent, live=False).pk for _ in range(30)]
    first = date(2026, 1, 1)

    def publish(day):
        unused = [pk for pk in spare if pk not in state.used]
        if unused:
            # A late key on an early day, and the other way round.
            pk = unused[day * 7 % len(unused)]
            state.used.add(pk)
            PartnerArticlePage.objects.filter(pk=pk).update(publication_date=first + timedelta(days=day), live=True)

    def withdraw(number):
        pks = sorted(live())
        if not pks:
            return None
        pk = pks[number % len(pks)]
        PartnerArticlePage.objects.filter(pk=pk).update(live=False)
        return pk

    def reset(days):
        PartnerArticlePage.objects.filter(pk__in=spare).update(live=False)
        state.used = set()
        for day in days:
            publish(day)

    def live():
        return set(PartnerArticlePage.objects.live().values_list("pk", flat=True))

    state = SimpleNamespace(used=set())
    return SimpleNamespace(publish=publish, withdraw=withdraw, reset=reset, live=live)


def test_after_wins_where_both_are_asked(many):
    place = Place(many[5].publication_date, many[5].pk)
    parameters = QueryDict(f"after={place.cursor}&before={place.cursor}")
    assert (
        part_of(plainly(PartnerArticlePage.objects.published()), **asked_place(parameters)).articles[0].pk == many[4].pk
    )


def test_lists_that_are_begun_elsewhere_go_on_behind_what_was_shown(client, many):
    newest = [article.pk for article in reversed(many)]
    for path, shown in (("/", 7), (many[0].url, 4)):
        context = client.get(path).context
        named = [*filter(None, [context.get("lead")]), *context["latest"]]
        assert [article.pk for article in named] == newest[:shown]
        part = client.get(f"/latest/{context['further']}").context["part"]
        assert [article.pk for article in part.articles] == newest[shown : shown + 12]


def test_a_list_that_was_shown_to_its_end_goes_nowhere(client):
    parent = builders.partner()
    articles = [builders.article(parent) for _ in range(5)]
    for path in ("/", articles[0].url):
        answer = client.get(path)
        assert answer.context["further"] == ""
        assert b"data-more" not in answer.content
