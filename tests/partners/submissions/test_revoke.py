"""partners/submissions/revoke.py and revoke_view.py: a link is taken back, once, and it is known by whom."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import registry

from partners.brochures.fresh_link import send_fresh_link
from partners.brochures.link import BrochureLink
from partners.brochures.sending import send_brochure
from partners.submissions.audit import REVOKE_LINK
from partners.submissions.revoke import revoke_link
from tests.partners.submissions.conftest import client_of, set_state, user_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(submission):
    set_state(submission, "sent")
    return submission.links.get()


def url_of(link, submission=None):
    return reverse("brochure_requests:revoke_link", args=[(submission or link.submission).pk, link.pk])


def entries(submission):
    return list(registry.get_logs_for_instance(submission).filter(action=REVOKE_LINK))


def test_revoked_link_opens_nothing_and_the_log_knows(link, desk_user, client):
    other = send_brochure(link.submission).link
    assert revoke_link(link, desk_user) is True
    assert client.get(link.url).status_code == 404
    answer = client.get(other.url)
    assert answer.status_code == 200
    b"".join(answer.streaming_content)
    [entry] = entries(link.submission)
    assert (entry.user, entry.data) == (desk_user, {"link": link.pk})


def test_revoking_twice_keeps_the_first_time(link, desk_user, superuser):
    revoke_link(link, desk_user)
    first = BrochureLink.objects.get(pk=link.pk).revoked_at
    assert revoke_link(link, superuser) is False
    assert BrochureLink.objects.get(pk=link.pk).revoked_at == first
    assert len(entries(link.submission)) == 1


def test_expired_link_can_be_revoked_and_then_nobody_gets_a_fresh_one(link, desk_user):
    BrochureLink.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert revoke_link(link, desk_user) is True
    assert send_fresh_link(link.token) is None


def test_page_asks_and_changes_nothing(desk, link):
    html = desk.get(url_of(link)).content.decode()
    assert "Revoke this link of Ada Reader" in html
    assert "Yes, revoke it" in html
    assert link.token not in html
    assert BrochureLink.objects.get(pk=link.pk).revoked_at is None


def test_post_revokes_and_says_so(desk, link):
    answer = desk.post(url_of(link), follow=True)
    assert answer.redirect_chain == [(reverse("brochure_requests:inspect", args=[link.submission_id]), 302)]
    html = answer.content.decode()
    assert "QH-TEST-0001: the link opens nothing any more." in html
    assert "Link revoked by Mei Lam" in html
    assert url_of(link) not in html
    again = desk.post(url_of(link), follow=True).content.decode()
    assert "The link had been revoked already." in again
    assert "Yes, revoke it" not in desk.get(url_of(link)).content.decode()


def test_link_of_another_request_is_not_found(desk, link, make_submission):
    other = make_submission()
    assert desk.post(url_of(link, other)).status_code == 404
    assert BrochureLink.objects.get(pk=link.pk).revoked_at is None


def test_only_who_may_resend_sees_the_button_or_revokes(desk, link, editor, db):
    from django.contrib.auth.models import Permission

    reader = user_in(username="reader")
    reader.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", "view_submission"]))
    detail = reverse("brochure_requests:inspect", args=[link.submission_id])
    assert url_of(link) in desk.get(detail).content.decode()
    looking = client_of(reader)
    html = looking.get(detail)
    assert html.status_code == 200
    assert url_of(link) not in html.content.decode()
    for client in (looking, editor):
        assert client.post(url_of(link)).status_code in {302, 404}
    assert BrochureLink.objects.get(pk=link.pk).revoked_at is None


def test_history_names_the_act(desk, link, desk_user):
    revoke_link(link, desk_user)
    html = desk.get(reverse("brochure_requests:history", args=[link.submission_id])).content.decode()
    assert "Link revoked" in html
