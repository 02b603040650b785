"""partners/articles/admin.py: topics in the admin."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale

from partners.articles.topics import Topic

pytestmark = pytest.mark.django_db
VIEWS = "wagtailsnippets_partners_topic"


def client_in(group):
    user = User.objects.create_user("somebody", password=None)
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("group", ["Editors", "Moderators"])
def test_editors_make_and_change_topics(group):
    client = client_in(group)
    assert client.post(reverse(f"{VIEWS}:add"), {"name": "Ports", "slug": "ports"}).status_code == 302
    topic = Topic.objects.get(slug="ports")
    assert topic.locale == Locale.get_default()
    edit = reverse(f"{VIEWS}:edit", args=[topic.pk])
    assert client.post(edit, {"name": "Ports and quays", "slug": "ports"}).status_code == 302
    html = client.get(reverse(f"{VIEWS}:list") + "?q=quays").content.decode()
    assert "Ports and quays" in html
    assert client.get(reverse(f"{VIEWS}:delete", args=[topic.pk])).status_code == 302
    assert Topic.objects.filter(pk=topic.pk).exists()


def test_desk_has_nothing_to_do_with_topics():
    client = client_in("Submission admins")
    assert client.get(reverse(f"{VIEWS}:list")).status_code == 302
    assert client.post(reverse(f"{VIEWS}:add"), {"name": "Ports", "slug": "ports"}).status_code == 302
    assert not Topic.objects.exists()
