"""partners/brochures/consent_admin.py: wordings in the admin, over HTTP."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import NoReverseMatch, reverse

from partners.brochures.consent_wording import ConsentWording
from tests.partners.brochures.asking import ask, asking_page

pytestmark = pytest.mark.django_db


def client_in(*groups, **fields):
    user = User.objects.create_user(f"user-{'-'.join(groups)}", password=None, **fields)
    user.groups.set(Group.objects.get(name=name) for name in groups)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def moderator():
    return client_in("Moderators")


def first():
    return ConsentWording.objects.get(purpose="handover", language="en", version=1)


def test_list_shows_every_version_and_how_often_it_was_shown(moderator):
    ask(asking_page())
    response = moderator.get(reverse("consent_wordings:index"))
    assert response.status_code == 200
    html = response.content.decode()
    assert html.count("News from us") >= 3
    assert first().text[:60] in html
    assert {wording.shown for wording in response.context["object_list"]} == {0, 1}
    narrowed = moderator.get(reverse("consent_wordings:index"), {"purpose": "news", "language": "en"})
    assert [wording.shown for wording in narrowed.context["object_list"]] == [1]


def test_a_new_version_begins_from_an_old_one_and_is_stored_with_its_author(moderator):
    inspected = moderator.get(reverse("consent_wordings:inspect", args=[first().pk]))
    begin = f"{reverse('consent_wordings:add')}?from={first().pk}"
    assert begin in inspected.content.decode()
    form = moderator.get(begin)
    assert first().text in form.content.decode().replace("&#x27;", "'")
    text = f"{first().text} Thank you."
    answer = moderator.post(
        reverse("consent_wordings:add"), {"purpose": "handover", "language": "en", "text": text}, follow=True
    )
    assert answer.status_code == 200
    added = ConsentWording.objects.get(purpose="handover", language="en", version=2)
    assert (added.text, added.created_by.username) == (text, "user-Moderators")
    assert reverse("consent_wordings:inspect", args=[added.pk]) in answer.content.decode()


@pytest.mark.parametrize("text", ["Dear {nmae}", "{partner} only", ""])
def test_a_refused_version_says_why_beside_the_field(moderator, text):
    response = moderator.post(reverse("consent_wordings:add"), {"purpose": "handover", "language": "en", "text": text})
    assert response.status_code == 200
    assert set(response.context["form"].errors) == {"text"}
    assert not ConsentWording.objects.filter(version=2).exists()


def test_nobody_edits_or_deletes_a_version(admin_client):
    for view in ("edit", "delete"):
        with pytest.raises(NoReverseMatch):
            reverse(f"consent_wordings:{view}", args=[first().pk])
    html = admin_client.get(reverse("consent_wordings:inspect", args=[first().pk])).content.decode()
    assert "/edit/" not in html.split("<main", 1)[1]
    assert "/delete/" not in html.split("<main", 1)[1]


def test_editors_read_and_do_not_add():
    editor = client_in("Editors")
    assert editor.get(reverse("consent_wordings:index")).status_code == 200
    page = editor.get(reverse("consent_wordings:inspect", args=[first().pk]))
    assert page.status_code == 200
    assert "?from=" not in page.content.decode()
    editor.post(reverse("consent_wordings:add"), {"purpose": "news", "language": "en", "text": "Mine"})
    assert not ConsentWording.objects.filter(version=2).exists()


def test_the_desk_alone_has_no_business_here():
    desk = client_in("Submission admins")
    assert desk.get(reverse("consent_wordings:index")).status_code == 302


def test_an_odd_beginning_begins_with_nothing(moderator):
    for odd in ("x", "0", "-1", "９", "9" * 30, "9" * 5000):
        assert moderator.get(f"{reverse('consent_wordings:add')}?from={odd}").status_code == 200
