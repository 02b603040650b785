"""partners/articles/article_page.py: what an article may not be published without, and what it says of itself."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from partners.articles.article_page import PartnerArticlePage
from partners.articles.publishing import what_kind_is_it
from tests import builders

pytestmark = pytest.mark.django_db


def form_data(**changes):
    fields = {
        "title": "A port that drives itself",
        "slug": "a-port",
        "standfirst": "Lorries without drivers.",
        "hero_alt": "",
        "disclosure": "paid_by_partner",
        "publication_date": "2026-10-01",
        "body": streamfield([("paragraph", rich_text("<p>Words.</p>"))]),
        "comments": inline_formset([]),
    }
    return nested_form_data({**fields, **changes})


def test_article_without_a_disclosure_is_not_published_by_code():
    draft = builders.article(live=False, disclosure="")
    with pytest.raises(ValidationError, match="paid for"):
        draft.save_revision().publish()
    with pytest.raises(ValidationError, match="paid for"):
        draft.save_revision(clean=False).publish()
    draft.live = True
    with pytest.raises(ValidationError, match="paid for"):
        draft.save()
    with pytest.raises(ValidationError, match="paid for"):
        builders.article(disclosure="")
    assert not PartnerArticlePage.objects.live().exists()


def test_editor_keeps_a_draft_without_a_disclosure_and_is_refused_its_publication(admin_client):
    draft = builders.article(live=False, disclosure="")
    edit = reverse("wagtailadmin_pages:edit", args=[draft.pk])
    assert admin_client.post(edit, form_data(disclosure="")).status_code == 302
    refused = admin_client.post(edit, form_data(disclosure="", **{"action-publish": "1"}))
    assert refused.context["form"].errors == {"disclosure": [what_kind_is_it()]}
    draft.refresh_from_db()
    assert draft.live is False
    assert admin_client.post(edit, form_data(**{"action-publish": "1"})).status_code == 302
    draft.refresh_from_db()
    assert draft.live is True


@pytest.mark.parametrize("action", ["action-publish", "save"])
@pytest.mark.parametrize(
    ("field", "moment"),
    [("go_live_at", "0001-01-01 00:00"), ("go_live_at", "9999-12-31 23:59"), ("expire_at", "9999-12-31 23:59")],
)
def test_editor_is_told_of_a_mistyped_year(admin_client, field, moment, action):
    url = reverse("wagtailadmin_pages:edit", args=[builders.article().pk])
    answer = admin_client.post(url, form_data(**{field: moment, action: "1"}))
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])
    assert "between 2000 and 2999" in answer.content.decode()


def test_database_refuses_a_disclosure_that_nobody_knows():
    article = builders.article()
    with pytest.raises(IntegrityError, match="article_disclosure_is_known"), transaction.atomic():
        PartnerArticlePage.objects.filter(pk=article.pk).update(disclosure="advertorial")


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"hero_alt": ""}, True),
        ({"hero_alt": "  "}, True),
        ({"hero_alt": "A crane"}, False),
        ({"hero_decorative": True}, False),
    ],
)
def test_picture_says_what_it_shows_or_is_decorative(fields, refused):
    article = builders.article()
    article.hero_image = builders.image()
    for name, value in fields.items():
        setattr(article, name, value)
    if refused:
        with pytest.raises(ValidationError) as caught:
            article.save_revision().publish()
        assert set(caught.value.message_dict) == {"hero_alt"}
    else:
        article.save_revision().publish()


@pytest.mark.usefixtures("pictures_at_once")
def test_alternative_text_reaches_the_reader_unless_the_picture_is_decorative(client):
    picture = builders.image()
    described = builders.article(hero_image=picture, hero_alt='A crane, "Long Li", at dusk')
    assert 'alt="A crane, &quot;Long Li&quot;, at dusk"' in client.get(described.url).content.decode()
    decorative = builders.article(hero_image=picture, hero_alt="Never said", hero_decorative=True)
    assert "Never said" not in client.get(decorative.url).content.decode()


def test_new_article_is_previewed_under_its_sponsor_before_it_is_saved(admin_client):
    partner = builders.partner("Tide Works")
    preview = reverse("wagtailadmin_pages:preview_on_add", args=["partners", "partnerarticlepage", partner.pk])
    data = form_data(disclosure="unpaid_contribution")
    assert admin_client.post(preview, data).json() == {"is_valid": True, "is_available": True}
    html = admin_client.get(preview).content.decode()
    before_the_title = html[html.index("<main") : html.index("<h1")]
    assert "Tide Works" in before_the_title
    assert "Contributed content" in before_the_title
    assert not PartnerArticlePage.objects.exists()


WORDS = "word " * 476
LONG_TABLE = {"columns": [{"type": "text", "heading": ""}], "rows": [{"values": [WORDS]}], "caption": ""}


@pytest.mark.parametrize(
    ("kind", "value", "minutes"),
    [
        ("paragraph", f"<p>{WORDS}</p>", 3),
        ("fact_box", {"title": "Facts", "text": f"<p>{WORDS}</p>"}, 3),
        ("quote", {"text": WORDS, "attribution": "A master", "role": ""}, 3),
        ("table", {"caption": "Figures", "table": LONG_TABLE}, 3),
        ("call_to_action", {"heading": "Read on", "text": WORDS, "offer": None}, 1),
        ("embed", {"video": "https://youtu.be/dQw4w9WgXcQ", "title": WORDS}, 1),
    ],
)
def test_reading_time_counts_the_text_of_every_block_that_is_read(kind, value, minutes):
    article = PartnerArticlePage(standfirst="Three words more.", body=json.dumps([{"type": kind, "value": value}]))
    assert article.reading_minutes == minutes


def test_reading_time_counts_words_and_no_names_of_fields():
    headings = [{"type": "heading", "value": {"text": "Quay", "level": "2"}}] * 100
    article = PartnerArticlePage(standfirst="", body=json.dumps(headings))
    assert article.reading_minutes == 1
