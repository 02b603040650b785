"""partners/delivery/admin_mail.py: what Wagtail writes to editors waits for no mail server, and is not lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from wagtail.models import Page, Workflow, WorkflowPage

from partners.delivery.admin_mail import ADMIN_KIND, AdminMail, build_admin_mail
from partners.delivery.attempt import DeliveryAttempt
from partners.delivery.jobs import empty_admin_mail, forget_admin_mail
from partners.delivery.letters import LetterCannotBeBuilt
from partners.delivery.message import OutgoingMessage
from partners.delivery.send import send_next
from qianhai_site.settings import mail
from tests import builders
from tests.faults.mail_server import MailServer
from tests.partners.articles.test_article_page import form_data
from tests.partners.delivery.conftest import queued

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:get_connection")]


@pytest.fixture
def as_in_production(settings: Any) -> None:
    """Django replaces every mailer for the tests; there is no server where this one would look for it."""
    settings.MAILERS = {
        name: {**mailer, "OPTIONS": {**mailer["OPTIONS"], "host": "mail.invalid"}} if "OPTIONS" in mailer else mailer
        for name, mailer in mail.MAILERS.items()
    }


def member(group: str) -> User:
    user = User.objects.create_user(group.lower(), email=f"{group.lower()}@example.com", password="a-long-password")
    user.groups.add(Group.objects.get(name=group))
    return user


def submit_for_moderation(article: Page) -> Any:
    WorkflowPage.objects.get_or_create(workflow=Workflow.objects.get(), page=Page.get_first_root_node())
    client = Client()
    client.force_login(member("Editors"))
    url = reverse("wagtailadmin_pages:edit", args=[article.pk])
    return client.post(url, form_data(title=article.title, slug=article.slug, **{"action-submit": "1"}))


@pytest.mark.usefixtures("as_in_production")
def test_article_is_submitted_while_no_mail_server_is_known() -> None:
    member("Moderators")
    article = builders.article(live=False)
    article.save_revision()
    assert submit_for_moderation(article).status_code == 302
    assert article.workflow_in_progress
    queued = AdminMail.objects.get()
    assert (queued.kind, queued.to) == (ADMIN_KIND, "moderators@example.com")
    assert article.title in queued.subject
    assert queued.language == "en"
    assert reverse("wagtailadmin_pages:edit", args=[article.pk]) in queued.text


@pytest.mark.usefixtures("as_in_production")
def test_link_to_set_a_password_is_queued(client: Client) -> None:
    user = User.objects.create_superuser("chief", email="chief@example.com", password="a-long-password")
    assert client.post(reverse("wagtailadmin_password_reset"), {"email": user.email}).status_code == 302
    assert "password_reset" in AdminMail.objects.get(to=user.email).text.replace("-", "_")


@pytest.mark.usefixtures("as_in_production")
def test_nothing_is_sent_about_what_was_rolled_back() -> None:
    member("Moderators")
    article = builders.article(live=False)
    article.save_revision()
    with transaction.atomic():
        submit_for_moderation(article)
        assert AdminMail.objects.exists()
        transaction.set_rollback(True)
    assert not OutgoingMessage.objects.exists()


def test_it_goes_out_as_it_was_written_and_is_emptied(settings: Any, mail_server: MailServer) -> None:
    settings.MAILERS = {**settings.MAILERS, "default": mail.MAILERS["default"]}
    User.objects.create_user("reader", email="staff@example.com").email_user(
        "Port & quay", "See <b>\nhttps://q.example/a"
    )
    assert send_next()
    [received] = mail_server.received
    assert received.recipient == "staff@example.com"
    empty_admin_mail(0)
    row = AdminMail.objects.get()
    assert (row.subject, row.text) == ("", "")
    with pytest.raises(LetterCannotBeBuilt):
        build_admin_mail(row)


@pytest.mark.usefixtures("mail_server")
def test_what_was_closed_is_deleted_after_a_week_with_what_became_of_it(settings: Any) -> None:
    settings.MAILERS = {**settings.MAILERS, "default": mail.MAILERS["default"]}
    brochure = queued()
    user = User.objects.create_user("reader", email="staff@example.com")
    for _ in range(3):
        user.email_user("Port & quay", "See https://q.example/a")
    old, new, waiting = AdminMail.objects.order_by("pk")
    assert [send_next() for _ in range(3)] == [True] * 3
    closed = OutgoingMessage.objects.exclude(closed_at=None)
    assert closed.filter(pk__in=[old.pk, new.pk, brochure.pk]).count() == 3
    closed.exclude(pk=new.pk).update(closed_at=Now() - timedelta(days=7, seconds=1))
    closed.filter(pk=new.pk).update(closed_at=Now() - timedelta(days=6, hours=23))
    forget_admin_mail(0)
    assert {*OutgoingMessage.objects.values_list("pk", flat=True)} == {brochure.pk, new.pk, waiting.pk}
    assert {*DeliveryAttempt.objects.values_list("message_id", flat=True)} == {brochure.pk, new.pk}


def test_what_waits_keeps_its_words(settings: Any) -> None:
    settings.MAILERS = {"default": mail.MAILERS["default"]}
    User.objects.create_user("reader", email="staff@example.com").email_user(
        "Port & quay", "See <b>\nhttps://q.example/a"
    )
    empty_admin_mail(0)
    letter = build_admin_mail(AdminMail.objects.get())
    assert (letter.subject, letter.text) == ("Port & quay", "See <b>\nhttps://q.example/a")
    assert "See &lt;b&gt;" in letter.html
    assert '<html lang="en' in letter.html
    assert '<a href="https://q.example/a"' in letter.html
