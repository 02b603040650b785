"""partners/submissions/access.py: who sees requests, and who sees none of it."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from wagtail.models import ReferenceIndex
from wagtail.permissions import policy_registry

from partners.brochures.submission import Submission
from partners.submissions.access import visible_to
from partners.submissions.resend import resend_brochure
from tests.partners.submissions.conftest import client_of, set_state, user_in

pytestmark = pytest.mark.django_db

SECRETS = ("Ada Reader", "ada@example.com", "QH-TEST-0001")


def policy():
    return policy_registry.get_by_type(Submission)


@pytest.mark.parametrize("action", ["add", "change", "delete", "publish", "copy"])
def test_nobody_writes_not_even_a_superuser(superuser, submission, action):
    assert not policy().user_has_permission(superuser, action)
    assert not policy().user_has_permission_for_instance(superuser, action, submission)
    assert not policy().users_with_permission(action).exists()


def test_desk_and_superuser_view_and_resend(desk_user, superuser, editor_user, submission):
    for action in ("view", "resend"):
        assert policy().user_has_permission(desk_user, action)
        assert policy().user_has_permission(superuser, action)
        assert not policy().user_has_permission(editor_user, action)
        assert set(policy().users_with_permission(action)) == {desk_user, superuser}
    assert list(visible_to(desk_user)) == [submission]
    assert list(visible_to(editor_user)) == []


def test_what_a_row_was_not_given_is_asked_for_all_rows_at_once(desk_user, make_submission, django_assert_num_queries):
    """A column that somebody adds to the list costs one question, not one for each row."""
    for number in range(5):
        make_submission(email=f"reader-{number}@example.com")
    requests = list(visible_to(desk_user))
    with django_assert_num_queries(1):
        assert len([request.form_page.title for request in requests]) == 5


def test_right_to_resend_is_nothing_without_the_right_to_view(submission):
    group = Group.objects.create(name="Resenders")
    group.permissions.set(Permission.objects.filter(codename__in=["access_admin", "resend_submission"]))
    user = user_in("Resenders", username="resender")
    assert not policy().user_has_permission(user, "resend")
    assert client_of(user).get(reverse("brochure_requests:resend", args=[submission.pk])).status_code == 404


@pytest.mark.parametrize("name", ["inspect", "history", "history_results", "resend"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_editor_does_not_learn_whether_a_request_exists(editor, submission, name, method):
    there = getattr(editor, method)(reverse(f"brochure_requests:{name}", args=[submission.pk]))
    nowhere = getattr(editor, method)(reverse(f"brochure_requests:{name}", args=[submission.pk + 1000]))
    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert submission.messages.count() == 1


@pytest.mark.parametrize("name", ["index", "index_results"])
def test_editor_is_sent_away_from_the_list(editor, submission, name):
    for query in ("", "?q=ada", "?export=csv", "?export=xlsx"):
        response = editor.get(reverse(f"brochure_requests:{name}") + query)
        assert response.status_code == 302
        assert response.url == reverse("wagtailadmin_home")


def test_visitor_is_asked_to_log_in(submission):
    response = Client().get(reverse("brochure_requests:inspect", args=[submission.pk]))
    assert response.status_code in {302, 404}
    assert b"ada@example.com" not in response.content


def editor_pages(submission):
    brochure, form = submission.brochure, submission.form_page
    return [
        reverse("wagtailadmin_home"),
        reverse("wagtailadmin_reports:site_history"),
        reverse("wagtailadmin_explore", args=[form.get_parent().pk]),
        reverse("wagtailadmin_pages:edit", args=[form.pk]),
        reverse("wagtailadmin_pages:usage", args=[form.pk]),
        reverse("wagtailadmin_pages:history", args=[form.pk]),
        reverse("wagtailadmin_pages:search") + "?q=ada",
        reverse("wagtailsnippets_partners_brochure:list"),
        reverse("wagtailsnippets_partners_brochure:list") + "?q=ada",
        reverse("wagtailsnippets_partners_brochure:edit", args=[brochure.pk]),
        reverse("wagtailsnippets_partners_brochure:usage", args=[brochure.pk]),
        reverse("wagtailsnippets_partners_brochure:history", args=[brochure.pk]),
    ]


def test_editor_finds_nothing_of_a_request_anywhere(editor, submission, desk_user):
    set_state(submission, "sent")
    newest = submission.messages.get()
    resend_brochure(submission, by=desk_user, seen=newest.pk)
    for url in editor_pages(submission):
        response = editor.get(url)
        assert response.status_code == 200, url
        text = response.content.decode()
        assert not [secret for secret in SECRETS if secret in text], url
        assert reverse("brochure_requests:index") not in text, url
        assert "Brochure requests" not in text, url


def test_desk_sees_the_menu_item_and_no_editing(desk, submission):
    text = desk.get(reverse("wagtailadmin_home")).content.decode()
    assert reverse("brochure_requests:index") in text
    assert reverse("wagtailsnippets_partners_brochure:list") not in text


def test_requests_have_no_chooser_and_leave_no_trace_in_the_reference_index(submission):
    assert not ReferenceIndex.is_indexed(Submission)
    assert (
        not ReferenceIndex.get_references_to(submission.brochure).filter(base_content_type__model="submission").exists()
    )
    choosers = [name for name in get_resolver().namespace_dict if "choose" in name and "submission" in name]
    assert choosers == []


@pytest.mark.parametrize("name", ["add", "edit", "delete", "copy", "usage", "reorder"])
def test_addresses_that_change_a_request_do_not_exist(name):
    for args in ([], [1]):
        with pytest.raises(NoReverseMatch):
            reverse(f"brochure_requests:{name}", args=args)


def test_superuser_finds_no_button_to_write(superuser, submission):
    client = client_of(superuser)
    for url in (
        reverse("brochure_requests:index"),
        reverse("brochure_requests:inspect", args=[submission.pk]),
        reverse("brochure_requests:history", args=[submission.pk]),
    ):
        text = client.get(url).content.decode()
        for word in ("Add brochure request", "/edit/", "/delete/", ">Edit<", ">Delete<"):
            assert word not in text.split('id="main"')[-1], (url, word)


def test_inactive_desk_user_sees_nothing(desk_user, submission):
    User.objects.filter(pk=desk_user.pk).update(is_active=False)
    assert not policy().user_has_permission(User.objects.get(pk=desk_user.pk), "view")
