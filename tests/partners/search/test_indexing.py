"""partners/search/indexing.py and jobs.py: when does an entry follow its page?"""

from importlib import import_module

import pytest
from django.db import connection
from django.utils import timezone

from partners.articles.topics import Topic
from partners.search import indexing
from partners.search.entry import SearchEntry, SearchWord
from partners.search.indexing import index_missing, index_page, index_pages, index_topic
from partners.search.texts import SearchTexts
from tests import builders

pytestmark = pytest.mark.django_db


def job_names():
    from procrastinate.contrib.django.models import ProcrastinateJob

    return list(ProcrastinateJob.objects.filter(queue_name="search").values_list("task_name", "args"))


def test_every_kind_of_page_is_known_once(site):
    index_missing()
    assert index_missing() == 0
    article = site["cranes"]
    entry = SearchEntry.objects.get(pk=article.pk)
    assert entry.partner_id == article.sponsor.pk
    assert entry.text.startswith(article.standfirst)
    assert SearchEntry.objects.filter(pk=article.sponsor.pk).exists()


def test_what_a_hit_shows_parts_headings_and_cells_and_leaves_sentences_alone():
    texts = SearchTexts("", summary="A port.", body="Cells\nof a  table\n\n“A sentence.”\n港口\n倉庫。\n前海")
    assert texts.shown == "A port. Cells · of a table · “A sentence.” 港口 · 倉庫。 前海"


def test_publishing_queues_the_writing(site):
    article = site["cranes"]
    article.title = "Cranes that dance"
    article.save_revision().publish()
    assert ("partners.search.index_page", {"page_id": article.pk}) in job_names()
    index_page(article.pk)
    assert "danc" in SearchEntry.objects.get(pk=article.pk).title_vector


def test_a_renamed_sponsor_reaches_its_articles(site):
    sponsor = site["cranes"].sponsor
    sponsor.title = "Quayside Hoists"
    sponsor.save_revision().publish()
    index_page(sponsor.pk)
    assert "quaysid" in SearchEntry.objects.get(pk=site["cranes"].pk).title_vector


def test_a_renamed_topic_reaches_its_articles(site):
    topic = Topic.objects.create(name="Logistics", slug="logistics", locale_id=site["cranes"].locale_id)
    article = site["cranes"]
    article.topics = [topic]
    article.save()
    index_page(article.pk)
    topic.name = "Freight"
    topic.save()
    assert ("partners.search.index_topic", {"topic_id": topic.pk}) in job_names()
    index_topic(topic.pk)
    assert "freight" in SearchEntry.objects.get(pk=article.pk).title_vector


def test_what_has_not_changed_is_not_written_again(site):
    article = site["cranes"]
    article.last_published_at = timezone.now()
    article.save(update_fields=["last_published_at"])
    assert index_pages([article]) == 0
    assert SearchEntry.objects.get(pk=article.pk).published_at == article.last_published_at


def test_an_unpublished_page_loses_its_entry(site):
    article = site["cranes"]
    article.unpublish()
    index_page(article.pk)
    assert not SearchEntry.objects.filter(pk=article.pk).exists()


def test_the_sweep_finds_what_no_job_reached(site):
    late = builders.article(site["cranes"].sponsor, title="Late arrival")
    site["tax"].live = False
    site["tax"].save(update_fields=["live"])
    assert index_missing() == 1
    assert SearchEntry.objects.filter(pk=late.pk).exists()
    assert not SearchEntry.objects.filter(pk=site["tax"].pk).exists()


def test_the_sweep_writes_the_newest_first(site, monkeypatch):
    days = {4: "2024-05-01", 1: "2026-01-01", 3: "2025-02-01", 2: "2025-12-31"}
    late = {
        place: builders.article(site["cranes"].sponsor, title=f"Late {place}", publication_date=day)
        for place, day in days.items()
    }
    written = []
    monkeypatch.setattr(indexing, "index_pages", lambda pages: written.extend(page.pk for page in pages))
    index_missing()
    assert written == [late[place].pk for place in sorted(late)]


def test_words_to_correct_by_are_learnt(site):
    words = set(SearchWord.objects.values_list("word", flat=True))
    assert {"cranes", "containers", "shenzhen", "zurich"} <= words
    assert not words & {"of", "that's", "稅務"}


def test_in_how_many_titles_a_word_stands_is_counted(site):
    article = site["cranes"]
    known = dict(SearchWord.objects.values_list("word", "titles"))
    # A sponsor's name is as good as a title.
    assert (known["cranes"], known["hoists"], known["containers"]) == (1, 2, 0)
    article.title = "Cranes and containers"
    article.save_revision().publish()
    index_page(article.pk)
    counted = dict(SearchWord.objects.filter(word__in=["cranes", "containers"]).values_list("word", "titles"))
    assert counted == {"cranes": 2, "containers": 1}


def test_titles_that_were_indexed_before_are_counted_by_the_migration(site):
    known = dict(SearchWord.objects.values_list("word", "titles"))
    SearchWord.objects.update(titles=0)
    with connection.cursor() as cursor:
        cursor.execute(import_module("partners.migrations.0053_words_of_titles").FILL)
    counted = dict(SearchWord.objects.values_list("word", "titles"))
    assert {"cranes", "hoists", "explained"} <= {word for word, titles in known.items() if titles}
    # Of words with one stem, each is told the sum; what is too common to be asked for has none.
    assert {word for word, titles in known.items() if counted[word] < titles} == {"that", "what"}
    assert counted["containers"] == 0


def test_a_text_of_any_length_is_indexed(site):
    article = site["cranes"]
    article.body = [("paragraph", "".join(chr(0x4E00 + number % 20000) for number in range(150_000)))]
    article.save()
    index_page(article.pk)
    assert SearchEntry.objects.get(pk=article.pk).vector
