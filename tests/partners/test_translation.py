"""A translation starts as a draft, whoever asks for it."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from wagtail.models import Locale, Page

from tests import builders

pytestmark = pytest.mark.django_db


def test_editor_without_the_right_to_publish_puts_nothing_live(
    client, django_user_model, django_capture_on_commit_callbacks
):
    article = builders.article(title="A hearing with two windows")
    article.save_revision().publish()
    editor = django_user_model.objects.create_user("editor", password="a-long-password")
    editor.groups.add(Group.objects.get(name="Editors"))
    client.force_login(editor)
    chinese = Locale.objects.get(language_code="zh-hans")
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(
            reverse("wagtail_localize:submit_page_translation", args=[article.pk]), {"locales": [chinese.pk]}
        )
    assert response.status_code == 302
    translated = Page.objects.get(translation_key=article.translation_key, locale=chinese)
    assert translated.live is False
    assert client.get(f"/zh-hans{article.url}").status_code == 404
    assert "A hearing with two windows" not in client.get("/zh-hans/latest/").content.decode()
