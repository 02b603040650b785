"""partners/submissions/saved_filter.py and its views: kept, found, shared, renamed, deleted, forgotten."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from partners.brochures.erasing import erase_person, erase_requests, held_of
from partners.brochures.submission import Submission
from partners.submissions.saved_filter import SavedFilter
from tests.partners.submissions.conftest import client_of, user_in

pytestmark = pytest.mark.django_db

DESK = "brochure_requests:index"


@pytest.fixture
def colleague_user(db):
    return user_in("Submission admins", username="colleague", first_name="Ho")


@pytest.fixture
def colleague(colleague_user):
    return client_of(colleague_user)


def offered(client, query=""):
    """Return name and address of what the header's menu offers."""
    html = BeautifulSoup(client.get(reverse(DESK) + query).content, "html.parser")
    menu = next(each for each in html.find_all(attrs={"data-controller": "w-dropdown"}) if "Saved filters" in each.text)
    return {link.get_text(strip=True): link["href"] for link in menu.find_all("a")}


def save(client, name, query, **fields):
    return client.post(f"{reverse('saved_filter_add')}?{query}", {"name": name, **fields})


def test_what_is_filtered_is_saved_found_and_shared(desk, colleague, make_submission):
    make_submission(language="zh-hant")
    make_submission()
    assert list(offered(desk)) == ["All saved filters"]
    query = "q=Reader&language=zh-hant&p=3&ordering=created_at&id=7"
    address = offered(desk, f"?{query}")["Save what is filtered now"]
    page = BeautifulSoup(desk.get(address).content, "html.parser").find("main").get_text(" ", strip=True)
    assert "Reader" in page
    assert "Traditional" in page or "繁體" in page
    answer = save(desk, "Chinese ones", address.partition("?")[2])
    assert answer.url == f"{reverse(DESK)}?q=Reader&language=zh-hant"
    saved = SavedFilter.objects.get()
    assert saved.filters == {"q": ["Reader"], "language": ["zh-hant"]}
    shown = desk.get(offered(desk)["Chinese ones"])
    assert [row.reference for row in shown.context["object_list"]] == ["QH-TEST-0001"]

    assert "Chinese ones" not in offered(colleague)
    desk.post(reverse("saved_filter_change", args=[saved.pk]), {"name": "For all", "is_shared": "on"})
    assert "For all" in offered(colleague)
    page = colleague.get(reverse("saved_filters")).content.decode()
    assert "Mei Lam" in page
    assert reverse("saved_filter_change", args=[saved.pk]) not in page


def test_what_is_anothers_cannot_be_changed(desk_user, colleague):
    saved = SavedFilter.objects.create(owner=desk_user, name="Mine", filters={"q": ["x"]}, is_shared=True)
    for name in ("saved_filter_change", "saved_filter_remove"):
        for number in (saved.pk, saved.pk + 1000):
            url = reverse(name, args=[number])
            assert colleague.get(url).status_code == 404
            assert colleague.post(url, {"name": "Theirs"}).status_code == 404
    saved.refresh_from_db()
    assert saved.name == "Mine"


def test_delete_asks_first(desk, desk_user):
    saved = SavedFilter.objects.create(owner=desk_user, name="Mine", filters={"q": ["x"]})
    url = reverse("saved_filter_remove", args=[saved.pk])
    assert "Delete the filter ‘Mine’?" in desk.get(url).content.decode()
    assert SavedFilter.objects.exists()
    desk.post(url)
    assert not SavedFilter.objects.exists()


def test_wrong_names_and_filters(desk, desk_user):
    assert save(desk, "Nothing narrows", "p=2").status_code == 404
    save(desk, "Twice", "q=a")
    again = save(desk, "Twice", "q=b")
    assert again.status_code == 422
    assert "You have one of this name already." in again.content.decode()
    assert save(desk, "", "q=b").status_code == 422
    assert SavedFilter.objects.count() == 1


def test_who_may_not_see_requests_sees_no_filter(editor, desk_user):
    saved = SavedFilter.objects.create(owner=desk_user, name="Mine", filters={"q": ["x"]}, is_shared=True)
    for url in (
        reverse("saved_filters"),
        f"{reverse('saved_filter_add')}?q=x",
        reverse("saved_filter_change", args=[saved.pk]),
        reverse("saved_filter_remove", args=[saved.pk]),
        reverse("desk_columns"),
        reverse("bulk_runs"),
    ):
        for method in (editor.get, editor.post):
            answer = method(url)
            assert (answer.status_code, answer.url) == (302, reverse("wagtailadmin_home"))


def test_erasure_removes_what_names_the_person(desk_user, make_submission):
    ada = make_submission(name="Ada Reader", email="ada.reader@example.com")
    make_submission(name="Bo Other", email="bo@example.com")
    for name, filters in (
        ("By name", {"q": ["ada reader"]}),
        ("By part of the address", {"q": ["ada.reader"]}),
        ("Ada Reader’s", {"language": ["en"]}),
        ("By title", {"article_title": ["Ada.Reader@EXAMPLE.com"]}),
        ("Bo", {"q": ["bo@example.com"]}),
        ("English", {"language": ["en"]}),
    ):
        SavedFilter.objects.create(owner=desk_user, name=name, filters=filters)
    assert held_of([ada.pk], "")["saved_filters"] == 4
    run = erase_requests(Submission.objects.filter(pk=ada.pk), desk_user)
    assert run.counts["saved_filters"] == 4
    assert set(SavedFilter.objects.values_list("name", flat=True)) == {"Bo", "English"}
    erase_person("bo@example.com", desk_user)
    assert set(SavedFilter.objects.values_list("name", flat=True)) == {"English"}
