"""partners/search/indexing.py and jobs.py: what a job did not finish is made up for, whatever it was."""

from contextlib import contextmanager
from unittest.mock import patch

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from partners.articles.topics import Topic
from partners.search import indexing
from partners.search.entry import SearchDue, SearchEntry
from partners.search.indexing import PAGES_AT_ONCE, index_missing, index_page, index_pages, index_topic
from tests.partners.search.plans import found
from tests.partners.statements import statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic(site):
    article = site["cranes"]
    topic = Topic.objects.create(name="Logistics", slug="logistics", locale_id=article.locale_id)
    article.topics = [topic]
    article.save_revision().publish()
    index_page(article.pk)
    assert found("logistics").pages == [article.pk]
    return topic


@contextmanager
def failing(after=0):
    """Let the database be away, after so many batches."""
    write, calls = indexing.index_pages, []

    def fail(pages):
        calls.append(pages)
        if len(calls) > after:
            raise ConnectionError
        return write(pages)

    with patch.object(indexing, "index_pages", fail), pytest.raises(ConnectionError):
        yield


def test_a_renamed_partner_whose_job_died_is_made_up_for(site, monkeypatch):
    sponsor = site["cranes"].sponsor
    sponsor.title = "Quayside Lifts"
    sponsor.save_revision().publish()
    monkeypatch.setattr(indexing, "PAGES_AT_ONCE", 1)
    with failing(after=1):
        index_page(sponsor.pk)
    assert site["cranes"].pk not in found("quayside").pages
    index_missing()
    assert site["cranes"].pk in found("quayside").pages
    assert not SearchDue.objects.exists()


def test_a_renamed_topic_whose_job_died_is_made_up_for(site, topic):
    topic.name = "Freight"
    topic.save()
    with failing():
        index_topic(topic.pk)
    index_missing()
    assert found("freight").pages == [site["cranes"].pk]
    assert not SearchDue.objects.exists()


def test_a_move_without_a_job_is_made_up_for(site):
    article, other = site["cranes"], site["tax"].sponsor
    article.move(other, pos="last-child")
    index_missing()
    assert found("cranes", partners=(other.pk,)).pages == [article.pk]


def test_a_deleted_topic_is_not_found_any_more(site, topic):
    key = topic.pk
    topic.delete()
    assert list(SearchDue.objects.values_list("topic_id", flat=True)) == [key]
    index_topic(key)
    assert not found("logistics").pages
    assert SearchEntry.objects.get(pk=site["cranes"].pk).topics == []


def test_a_job_that_ends_well_leaves_nothing_due(site):
    site["cranes"].save_revision().publish()
    site["tax"].save_revision().publish()
    index_page(site["cranes"].pk)
    assert list(SearchDue.objects.values_list("page_id", flat=True)) == [site["tax"].pk]


def test_a_change_while_its_page_is_written_stays_due(site, monkeypatch):
    article, load = site["cranes"], indexing._load

    def publish_again(pages):
        load(pages)
        article.title = "Cranes that dance"
        article.save_revision().publish()

    article.save_revision().publish()
    monkeypatch.setattr(indexing, "_load", publish_again)
    index_page(article.pk)
    monkeypatch.undo()
    assert SearchDue.objects.filter(page_id=article.pk).count() == 1
    index_missing()
    assert found("dance").pages == [article.pk]


def test_a_change_that_is_rolled_back_leaves_nothing_due(site, topic):
    with transaction.atomic():
        topic.delete()
        transaction.set_rollback(True)
    assert not SearchDue.objects.exists()


def test_what_an_entry_says_already_is_not_written_once_more(site):
    with statements() as made:
        index_page(site["cranes"].sponsor.pk)
    assert not [one.sql for one in made if one.sql.lstrip().startswith(("UPDATE", "INSERT"))]


def test_entries_are_written_in_one_order(site):
    pages = [site["tax"], site["cranes"], site["tax"].sponsor.specific, site["cranes"].sponsor.specific]
    # Some that have changed, and some that are only looked at.
    for page in pages[::2]:
        page.title += " anew"
    for page in pages[1::2]:
        page.last_published_at = timezone.now()
    written = []

    def note(execute, sql, params, many, context):
        if "partners_searchentry" in sql and many:
            rows = list(params)
            written.extend(row[1] if sql.startswith("UPDATE") else row[0] for row in rows)
            return execute(sql, rows, many, context)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        assert index_pages(pages) == 2
    assert written == sorted(page.pk for page in pages)
    assert len(written) < PAGES_AT_ONCE


def refuse_at_once():
    """Let the database refuse what it would as a transaction ends, which that of a test never does."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_page_that_is_deleted_meanwhile_holds_up_no_other(site, monkeypatch):
    gone, sponsor, load = site["cranes"], site["cranes"].sponsor, indexing._load
    key = gone.pk

    def delete_one(pages):
        load(pages)
        if gone.pk:
            gone.delete()
            refuse_at_once()

    sponsor.title = "Quayside Lifts"
    sponsor.save_revision().publish()
    monkeypatch.setattr(indexing, "_load", delete_one)
    index_page(sponsor.pk)
    assert found("quayside").pages == [sponsor.pk]
    assert not SearchEntry.objects.filter(pk=key).exists()
    # Deleting it was a change of its own.
    assert list(SearchDue.objects.values_list("page_id", flat=True)) == [key]


def test_what_else_the_database_refuses_is_told(site):
    site["cranes"].title += " anew"
    site["cranes"].locale_id = 0
    refuse_at_once()
    with pytest.raises(IntegrityError):
        index_pages([site["cranes"]])


def test_words_are_put_into_their_index_at_once(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname = 'search_word_trigrams'")
        assert cursor.fetchone() == (["fastupdate=off"],)
