"""partners/migrations/0002_groups.py: the groups that the site ships, forwards and backwards."""

import importlib

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection

groups = importlib.import_module("partners.migrations.0002_groups")
pytestmark = pytest.mark.django_db


def rights(name):
    permissions = Group.objects.get(name=name).permissions
    return set(permissions.filter(content_type__app_label="partners").values_list("codename", flat=True))


def run(function):
    with connection.schema_editor() as editor:
        function(apps, editor)


EDITING = {f"{action}_{model}" for action in ("add", "change", "view") for model in ("brochure", "topic")}


def test_groups_after_the_migrations():
    assert rights("Submission admins") == {"view_submission", "resend_submission"}
    assert Group.objects.get(name="Submission admins").permissions.filter(codename="access_admin").exists()
    assert rights("Editors") == rights("Moderators") == EDITING


def test_shipped_names_are_those_that_django_gives():
    names = dict(Permission.objects.filter(content_type__app_label="partners").values_list("codename", "name"))
    for _, _, codename, name in groups.ADMIN_RIGHTS[1:] + groups.EDITING_RIGHTS:
        assert names[codename] == name


def test_backwards_and_forwards_again_twice():
    run(groups.withdraw)
    assert not Group.objects.filter(name="Submission admins").exists()
    assert rights("Editors") == rights("Moderators") == set()
    run(groups.grant)
    run(groups.grant)
    test_groups_after_the_migrations()


def test_grant_works_before_any_permission_exists():
    run(groups.withdraw)
    Permission.objects.filter(content_type__app_label="partners").delete()
    ContentType.objects.filter(app_label="partners", model__in=["submission", "brochure", "topic"]).delete()
    ContentType.objects.clear_cache()
    run(groups.grant)
    test_groups_after_the_migrations()


def test_a_renamed_group_is_left_alone():
    run(groups.withdraw)
    Group.objects.filter(name="Editors").update(name="Authors")
    run(groups.grant)
    assert rights("Authors") == set()
    assert rights("Moderators") == EDITING
