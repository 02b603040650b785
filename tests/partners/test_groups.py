"""partners/migrations: the groups that the site ships, forwards and backwards."""

import importlib

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection

groups = importlib.import_module("partners.migrations.0002_groups")
wordings = importlib.import_module("partners.migrations.0008_first_wordings")
letters = importlib.import_module("partners.migrations.0012_letters")
desk = importlib.import_module("partners.migrations.0014_desk_admins")
handover = importlib.import_module("partners.migrations.0016_handover")
viewers = importlib.import_module("partners.migrations.0017_partner_viewers")
campaigns = importlib.import_module("partners.migrations.0029_partner_campaigns")
pytestmark = pytest.mark.django_db


def rights(name):
    permissions = Group.objects.get(name=name).permissions
    return set(permissions.filter(content_type__app_label="partners").values_list("codename", flat=True))


def run(function):
    with connection.schema_editor() as editor:
        function(apps, editor)


def take_all_back():
    run(campaigns.withdraw)
    run(viewers.withdraw)
    run(handover.withdraw)
    run(desk.withdraw)
    run(letters.withdraw)
    run(wordings.withdraw)
    run(groups.withdraw)


def grant_all():
    run(groups.grant)
    run(wordings.grant)
    run(letters.grant)
    run(desk.grant)
    run(handover.grant)
    run(viewers.grant)
    run(campaigns.grant)


DESK = {f"{action}_submission" for action in ("view", "resend", "work", "export", "erase")}
TIES = {f"{action}_partnerviewer" for action in ("add", "change", "delete", "view")}
LETTERS = {f"{action}_lettertext" for action in ("add", "change", "delete", "view")}
CAMPAIGNS = {f"{action}_partnercampaign" for action in ("add", "change", "delete", "view")}
EDITING = CAMPAIGNS | {f"{action}_{model}" for action in ("add", "change", "view") for model in ("brochure", "topic")}


def test_groups_after_the_migrations():
    assert rights("Submission admins") == DESK | TIES | {"manage_handover"}
    # Neither sees requests as the desk does; and whoever may do what is audited does not audit it.
    assert rights("Partner viewers") == {"view_handed_over"}
    assert rights("Auditors") == {"audit_submission"}
    for name in ("Submission admins", "Partner viewers", "Auditors"):
        assert Group.objects.get(name=name).permissions.filter(codename="access_admin").exists()
    # What is asked of readers in words, and what letters say, is decided by those who publish.
    assert rights("Editors") == EDITING | {"view_consentwording"}
    assert rights("Moderators") == EDITING | LETTERS | {"view_consentwording", "add_consentwording"}


def test_shipped_names_are_those_that_django_gives():
    names = dict(Permission.objects.filter(content_type__app_label="partners").values_list("codename", "name"))
    for _, _, codename, name in groups.ADMIN_RIGHTS[1:] + groups.EDITING_RIGHTS:
        assert names[codename] == name
    for codename, name in wordings.RIGHTS["Moderators"] + desk.RIGHTS:
        assert names[codename] == name
    assert names[handover.CODENAME] == handover.NAME
    assert {name for codename, name in names.items() if codename in CAMPAIGNS} == {
        f"Can {action} campaign of a partner" for action in ("add", "change", "delete", "view")
    }
    shipped = [right for rights_of_group in viewers.GROUPS.values() for right in rights_of_group]
    for app_label, _, codename, name in shipped:
        assert app_label != "partners" or names[codename] == name
    assert {name for codename, name in names.items() if codename in LETTERS} == {
        f"Can {action} letter" for action in ("add", "change", "delete", "view")
    }


def test_backwards_and_forwards_again_twice():
    take_all_back()
    assert not Group.objects.filter(name="Submission admins").exists()
    assert rights("Editors") == rights("Moderators") == rights("Partner viewers") == rights("Auditors") == set()
    grant_all()
    grant_all()
    test_groups_after_the_migrations()


def test_grant_works_before_any_permission_exists():
    take_all_back()
    Permission.objects.filter(content_type__app_label="partners").delete()
    ContentType.objects.filter(
        app_label="partners",
        model__in=[
            "accessrecord",
            "submission",
            "brochure",
            "topic",
            "consentwording",
            "lettertext",
            "partnerviewer",
            "webhookendpoint",
            "partnercampaign",
        ],
    ).delete()
    ContentType.objects.clear_cache()
    grant_all()
    test_groups_after_the_migrations()


def test_a_renamed_group_is_left_alone():
    take_all_back()
    Group.objects.filter(name="Editors").update(name="Authors")
    grant_all()
    assert rights("Authors") == set()
    assert rights("Moderators") > EDITING | LETTERS
