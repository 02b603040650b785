"""partners/submissions/partner_viewer.py and its admin: who is tied to whom, and what that shows."""

from copy import deepcopy

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from wagtail.models import Locale, ModelLogEntry

from partners.brochures.consent_record import Means
from partners.brochures.submission import Submission
from partners.brochures.withdrawing import withdraw
from partners.submissions.access import visible_to
from partners.submissions.partner_viewer import PartnerViewer
from tests import builders
from tests.partners.brochures.asking import HANDOVER, ask, asking_page
from tests.partners.submissions.conftest import client_of
from tests.partners.submissions.handovers import viewer

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def kept_partner(rows_kept):
    return builders.partner("Tidewater Robotics")


@pytest.fixture
def partner(db, kept_partner):
    return deepcopy(kept_partner)


@pytest.fixture(scope="module")
def kept_form(kept_partner):
    return asking_page(kept_partner, **HANDOVER)


@pytest.fixture
def asked(db, kept_form):
    """Return a request to the partner by somebody who agreed to the handover, sent by the form."""
    return ask(kept_form, "handover")


def translated(page, language):
    return page.copy_for_translation(Locale.objects.get(language_code=language), copy_parents=True)


def test_form_keeps_whose_request_it_is(asked, partner):
    assert (asked.partner, asked.partner_title) == (partner, "Tidewater Robotics")
    partner.delete()
    asked.refresh_from_db()
    assert (asked.partner, asked.partner_title) == (None, "Tidewater Robotics")


def test_withdrawal_counts_at_once(asked, partner):
    user = viewer("ann", partner)
    assert list(visible_to(user)) == [asked]
    withdraw(asked, ["handover"], Means.SELF_SERVICE)
    assert list(visible_to(user)) == []


def test_tie_holds_in_every_language_of_the_partners_page(partner):
    chinese = translated(partner, "zh-hant")
    chinese.save_revision().publish()
    form = asking_page(chinese, **{**HANDOVER, "handover_kinds": "姓名及電郵地址"})
    request = ask(form, "handover")
    assert list(visible_to(viewer("ann", partner))) == [request]
    assert list(visible_to(viewer("bea", chinese))) == [request]


def test_request_outlives_its_form_and_stays_with_the_partner_that_was_agreed_to(asked, partner):
    other = builders.partner("Lanternbridge")
    own, foreign = viewer("ann", partner), viewer("bea", other)
    asked.form_page.move(other, pos="last-child")
    assert list(visible_to(own)) == [asked]
    assert list(visible_to(foreign)) == []
    Submission.objects.get(pk=asked.pk).form_page.delete()
    assert list(visible_to(own)) == [asked]


def test_deleted_partner_leaves_no_tie_and_shows_nothing(asked, partner):
    user = viewer("ann", partner)
    partner.delete()
    assert not PartnerViewer.objects.exists()
    assert list(visible_to(user)) == []


def test_agreeing_to_news_is_not_agreeing_to_the_handover(partner):
    form = asking_page(partner, consent_news=True, **HANDOVER)
    ask(form, "news")
    assert list(visible_to(viewer("ann", partner))) == []


def test_group_that_was_renamed_shows_no_more(asked, partner):
    user = viewer("ann")
    Group.objects.filter(name="Partner viewers").update(name="Guests")
    assert list(visible_to(user)) == []
    PartnerViewer.objects.create(user=user, partner=partner)
    assert list(visible_to(user)) == [asked]


def test_tie_narrows_nobody_and_widens_nothing(asked, partner, make_submission):
    all_of_them = {asked, make_submission()}
    plain, desk = viewer("plain", group=None), viewer("desk", group="Submission admins")
    both = viewer("both", partner, group="Submission admins")
    both.groups.add(Group.objects.get(name="Partner viewers"))
    before = {user: set(visible_to(user)) for user in (plain, desk)}
    for user in before:
        PartnerViewer.objects.create(user=user, partner=partner)
    assert {user: set(visible_to(user)) for user in before} == before == {plain: set(), desk: all_of_them}
    assert set(visible_to(both)) == all_of_them


def test_inactive_viewer_sees_nothing(asked, partner):
    user = viewer("ann", partner)
    user.is_active = False
    assert list(visible_to(user)) == []


def test_one_tie_to_a_partner_whatever_the_language(partner):
    user = viewer("ann", partner)
    with pytest.raises(ValidationError):
        PartnerViewer(user=user, partner=translated(partner, "zh-hans")).full_clean()
    with transaction.atomic(), pytest.raises(IntegrityError):
        PartnerViewer.objects.create(user=user, partner=partner)


def test_desk_ties_and_unties_and_the_log_says_so(desk, partner):
    user = viewer("ann")
    viewer("no right", group=None)
    chinese = translated(partner, "zh-hant")
    form = desk.get(reverse("partner_viewers:add")).context["form"]
    assert [choice.username for choice in form.fields["user"].queryset] == ["ann"]
    assert list(form.fields["partner"].queryset) == [partner]
    for wrong in ({"user": user.pk, "partner": chinese.pk}, {"user": user.pk}):
        assert desk.post(reverse("partner_viewers:add"), wrong).status_code == 200
    assert desk.post(reverse("partner_viewers:add"), {"user": user.pk, "partner": partner.pk}).status_code == 302
    tie = PartnerViewer.objects.get()
    html = desk.get(reverse("partner_viewers:index")).content.decode()
    assert "Requests handed over to the partner" in html
    assert desk.post(reverse("partner_viewers:delete", args=[tie.pk])).status_code == 302
    assert not PartnerViewer.objects.exists()
    actions = ModelLogEntry.objects.filter(object_id=str(tie.pk), content_type__model="partnerviewer")
    assert set(actions.values_list("action", flat=True)) == {"wagtail.create", "wagtail.delete"}


@pytest.mark.parametrize(
    ("fields", "group", "words"),
    [
        ({}, None, "Nothing: the user has not the right"),
        ({"is_active": False}, "Partner viewers", "Nothing: the user is inactive"),
        ({}, "Submission admins", "Every request, by another right"),
        ({"is_superuser": True}, None, "Every request, by another right"),
    ],
)
def test_list_says_what_a_tie_is_worth(desk, partner, fields, group, words):
    user = viewer("ann", partner, group=group)
    type(user).objects.filter(pk=user.pk).update(**fields)
    assert words in desk.get(reverse("partner_viewers:index")).content.decode()


@pytest.mark.parametrize("name", ["index", "add", "edit", "delete"])
def test_viewer_finds_no_way_to_the_ties(partner, name):
    client = client_of(viewer("ann", partner))
    args = [PartnerViewer.objects.get().pk] if name in {"edit", "delete"} else []
    for method in ("get", "post"):
        response = getattr(client, method)(reverse(f"partner_viewers:{name}", args=args))
        assert (response.status_code, response.url) == (302, reverse("wagtailadmin_home"))


def test_right_is_offered_in_the_form_of_a_group(superuser):
    right = Permission.objects.get(codename="view_handed_over")
    html = client_of(superuser).get(reverse("wagtailusers_groups:add")).content.decode()
    assert f'value="{right.pk}"' in html
