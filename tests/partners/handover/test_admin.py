"""partners/handover: webhooks, deliveries and tokens in the admin, for whoever holds the right and nobody else."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from partners.handover.api_token import ApiToken, find_token
from partners.handover.endpoint import WebhookEndpoint, rotate_secret
from partners.handover.recipient_form import WebhookChangeForm
from partners.handover.signing import written_secret
from partners.handover.webhook_delivery import State, WebhookDelivery
from tests.partners.submissions.conftest import client_of, user_in

pytestmark = pytest.mark.django_db
GETS = ["webhooks:index", "webhooks:add", "webhook_deliveries:index", "api_tokens:index", "api_tokens:add"]
ROW_GETS = ["webhooks:inspect", "webhooks:edit", "webhooks:history", "webhook_deliveries:inspect", "api_tokens:inspect"]
POSTS = [
    "webhooks:show_secret",
    "webhooks:rotate",
    "webhooks:replay_all",
    "webhook_deliveries:replay",
    "api_tokens:make",
    "api_tokens:revoke",
]


@pytest.fixture
def endpoint(make_endpoint):
    return make_endpoint(pk=700)


@pytest.fixture
def delivery(endpoint):
    return WebhookDelivery.objects.create(
        pk=700, endpoint=endpoint, reference="QH-TEST-0001", event="erased", state=State.FAILED, due_at=None,
        closed_at=timezone.now(), last_error="refused 500",
    )  # fmt: skip


@pytest.fixture
def token(db):
    return ApiToken.objects.create(
        pk=700, name="CRM", ground="own", scopes=["requests:read"], expires_at=timezone.now() + timedelta(days=9)
    )


@pytest.mark.usefixtures("delivery", "token")
@pytest.mark.parametrize("who", ["editor", "viewer", "nobody"])
def test_neither_pages_nor_requests_give_the_right(who, request, client):
    if who == "editor":
        client = request.getfixturevalue("editor")
    elif who == "viewer":
        group = Group.objects.create(name="Viewers")
        group.permissions.set(
            Permission.objects.filter(codename__in=["access_admin", "view_submission", "export_submission"])
        )
        client = client_of(user_in("Viewers", username="viewer"))
    for name in GETS:
        assert client.get(reverse(name)).status_code == 302, name
    for name in ROW_GETS:
        assert client.get(reverse(name, args=[700])).status_code in {302, 404}, name
    for name in POSTS:
        assert client.post(reverse(name, args=[700])).status_code in {302, 404}, name
    home = client.get(reverse("wagtailadmin_home")).content.decode()
    assert reverse("webhooks:index") not in home
    assert WebhookEndpoint.objects.get().secret_shown == 0
    assert WebhookDelivery.objects.get().state == "failed"
    assert ApiToken.objects.get().digest is None


@pytest.mark.usefixtures("delivery", "token")
def test_the_desk_has_the_right_and_every_page_opens(desk):
    for url in [*map(reverse, GETS), *(reverse(name, args=[700]) for name in ROW_GETS)]:
        assert desk.get(url).status_code == 200, url
    for name in POSTS:
        assert desk.get(reverse(name, args=[700])).status_code == 405, name
    assert reverse("webhooks:index") in desk.get(reverse("wagtailadmin_home")).content.decode()


def test_the_right_can_be_given_to_other_groups(superuser):
    right = Permission.objects.get(codename="manage_handover")
    assert f'value="{right.pk}"' in client_of(superuser).get(reverse("wagtailusers_groups:add")).content.decode()


def form_of(page, **fields):
    return {
        "name": "CRM",
        "form_page": page.pk,
        "ground": "own",
        "url": "https://crm.example/h",
        "kinds": ["email"],
        **fields,
    }


def test_a_webhook_is_made_and_its_secret_shown_once(desk, desk_user, page, partner):
    answer = desk.post(reverse("webhooks:add"), form_of(page, ground="partner"))
    endpoint = WebhookEndpoint.objects.get()
    assert answer.url == reverse("webhooks:inspect", args=[endpoint.pk])
    assert (endpoint.form_key, endpoint.partner_key) == (page.translation_key, partner.translation_key)
    assert (endpoint.created_by, endpoint.kinds) == (desk_user, ["email"])
    secret = written_secret(endpoint)
    looked = desk.get(answer.url).content.decode()
    assert secret not in looked
    assert page.handover_kinds in looked
    shown = desk.post(reverse("webhooks:show_secret", args=[endpoint.pk]))
    assert secret in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    again = desk.post(reverse("webhooks:show_secret", args=[endpoint.pk]), follow=True)
    assert secret not in again.content.decode()
    assert "shown already" in again.content.decode()
    assert ModelLogEntry.objects.filter(action="partners.webhook.show_secret", user=desk_user).count() == 1
    desk.post(reverse("webhooks:rotate", args=[endpoint.pk]), {"seen": 1})
    desk.post(reverse("webhooks:rotate", args=[endpoint.pk]), {"seen": 1})
    endpoint.refresh_from_db()
    assert endpoint.secret_version == 2
    newest = desk.post(reverse("webhooks:show_secret", args=[endpoint.pk])).content.decode()
    assert written_secret(endpoint) in newest
    assert secret not in newest


@pytest.mark.parametrize("url", ["http://crm.example/", "https://u:p@crm.example/", "ftp://crm.example/", ""])
def test_bad_addresses_are_refused(desk, page, url):
    answer = desk.post(reverse("webhooks:add"), form_of(page, url=url))
    assert answer.status_code == 200
    assert not WebhookEndpoint.objects.exists()


def test_a_webhook_that_was_gone_is_switched_on_again(desk, endpoint):
    WebhookEndpoint.objects.update(active=False, gone_at=timezone.now())
    assert "410" in desk.get(reverse("webhooks:inspect", args=[endpoint.pk])).content.decode()
    fields = {"name": "New name", "url": endpoint.url, "active": "on", "kinds": ["name"], "ground": "partner"}
    assert desk.post(reverse("webhooks:edit", args=[endpoint.pk]), fields).status_code == 302
    endpoint.refresh_from_db()
    assert (endpoint.name, endpoint.active, endpoint.gone_at) == ("New name", True, None)
    assert (endpoint.ground, endpoint.kinds) == ("own", ["name"])


def test_dead_letters_are_seen_and_sent_again(desk, desk_user, endpoint, delivery):
    assert "QH-TEST-0001" in desk.get(reverse("webhook_deliveries:index") + "?state=failed").content.decode()
    assert "QH-TEST-0001" not in desk.get(reverse("webhook_deliveries:index") + "?state=sent").content.decode()
    desk.post(reverse("webhook_deliveries:replay", args=[delivery.pk]))
    delivery.refresh_from_db()
    assert delivery.state == "queued"
    WebhookDelivery.objects.update(state=State.FAILED, due_at=None, closed_at=timezone.now())
    answer = desk.post(reverse("webhooks:replay_all", args=[endpoint.pk]), follow=True)
    assert "1 delivery is sent again" in answer.content.decode()
    actions = ModelLogEntry.objects.filter(user=desk_user).values_list("action", flat=True)
    assert set(actions) == {"partners.webhook.replay", "partners.webhook.replay_all"}


def test_a_token_is_described_made_shown_once_and_revoked(desk, desk_user, partner):
    fields = {"name": "CRM", "ground": "partner", "kinds": ["email"], "expires_at": "2030-01-01T00:00"}
    assert "Choose the partner" in desk.post(reverse("api_tokens:add"), fields).content.decode()
    answer = desk.post(reverse("api_tokens:add"), {**fields, "partner": partner.pk})
    row = ApiToken.objects.get()
    assert (row.partner_key, row.form_key, row.created_by) == (partner.translation_key, None, desk_user)
    assert answer.url == reverse("api_tokens:inspect", args=[row.pk])
    shown = desk.post(reverse("api_tokens:make", args=[row.pk]))
    [token] = re.findall(rf"{row.prefix}_[\w-]+", shown.content.decode())
    assert find_token(token) == row
    assert token not in desk.post(reverse("api_tokens:make", args=[row.pk]), follow=True).content.decode()
    for url in (answer.url, reverse("api_tokens:index"), reverse("api_tokens:history", args=[row.pk])):
        assert token not in desk.get(url).content.decode()
    desk.post(reverse("api_tokens:revoke", args=[row.pk]))
    assert find_token(token) is None


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("0001-01-01 00:00", "it lies between 2000 and 2999"),
        ("9999-12-31 23:59", "it lies between 2000 and 2999"),
        ("2001-01-01 00:00", "Choose a time to come"),
    ],
)
def test_a_token_is_for_a_time_to_come(desk, until, words):
    fields = {"name": "CRM", "ground": "own", "kinds": ["email"], "expires_at": until}
    assert words in desk.post(reverse("api_tokens:add"), fields).content.decode()
    assert not ApiToken.objects.exists()


def test_names_with_script_are_shown_as_text(desk, make_endpoint):
    make_endpoint(pk=701, form_title="<script>alert(1)</script>", partner_name="<script>alert(1)</script>")
    for url in (reverse("webhooks:index"), reverse("webhooks:inspect", args=[701])):
        assert "<script>alert(1)" not in desk.get(url).content.decode()


def test_lists_cost_the_same_for_many(desk, make_endpoint, django_assert_max_num_queries):
    def look():
        # What is wrong with the mail is asked for again after some seconds, whatever else a list shows.
        cache.clear()
        with django_assert_max_num_queries(42) as counted:
            for name in ("webhooks:index", "webhook_deliveries:index", "api_tokens:index"):
                desk.get(reverse(name))
        return len(counted)

    def fill(start):
        for number in range(start, start + 5):
            endpoint = make_endpoint()
            WebhookDelivery.objects.create(endpoint=endpoint, reference=f"QH-{number}", event="erased")
            ApiToken.objects.create(name="CRM", ground="own", expires_at=timezone.now())

    fill(0)
    look()
    first = look()
    fill(5)
    assert look() == first


def test_a_change_of_a_webhook_leaves_the_secret_that_a_colleague_changes_meanwhile(
    client, admin_user, make_endpoint, monkeypatch
):
    endpoint = make_endpoint()
    saves = WebhookChangeForm.save

    def save(form, commit=True):
        assert rotate_secret(WebhookEndpoint.objects.get(pk=endpoint.pk))
        return saves(form, commit)

    monkeypatch.setattr(WebhookChangeForm, "save", save)
    client.force_login(admin_user)
    changed = {"name": "Another name", "url": endpoint.url, "active": "on", "kinds": ["email"]}
    client.post(f"/admin/handover/webhooks/{endpoint.pk}/edit/", changed)
    endpoint.refresh_from_db()
    assert (endpoint.name, endpoint.secret_version) == ("Another name", 2)
    # And it is switched on again where its receiver had switched it off.
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(gone_at=timezone.now(), active=False)
    client.post(f"/admin/handover/webhooks/{endpoint.pk}/edit/", changed)
    endpoint.refresh_from_db()
    assert (endpoint.active, endpoint.gone_at) == (True, None)
