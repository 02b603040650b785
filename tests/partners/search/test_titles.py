"""partners/search/entry.py: what is read of titles is what their entries say, whoever writes those."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from wagtail.models import Locale

from partners.articles.topics import Topic
from partners.search.entry import SearchEntry, SearchTitle
from partners.search.indexing import index_page, index_topic
from tests import builders

pytestmark = pytest.mark.django_db

COLUMNS = ("page_id", "date", "locale_id", "disclosure", "topics", "title_vector")


def differing():
    """Return what either table has of its own."""
    columns = ", ".join(COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"(SELECT {columns} FROM partners_searchentry EXCEPT SELECT {columns} FROM partners_searchtitle)"
            f" UNION ALL (SELECT {columns} FROM partners_searchtitle EXCEPT SELECT {columns} FROM partners_searchentry)"
        )
        return cursor.fetchall()


def publish(article):
    article.save_revision().publish()
    index_page(article.pk)


def rename(site):
    site["cranes"].title = "Cranes that dance"
    publish(site["cranes"])


def tell_another_day(site):
    site["cranes"].publication_date = timezone.localdate()
    publish(site["cranes"])


def tell_a_topic(site):
    topic = Topic.objects.create(name="Logistics", slug="logistics", locale_id=site["cranes"].locale_id)
    site["cranes"].topics = [topic]
    site["cranes"].save()
    index_topic(topic.pk)
    index_page(site["cranes"].pk)


def give_to_another_language(site):
    SearchEntry.objects.filter(pk=site["cranes"].pk).update(
        locale=Locale.objects.get(language_code="zh-hans"), disclosure="other"
    )


def unpublish(site):
    site["cranes"].unpublish()
    index_page(site["cranes"].pk)


def delete(site):
    site["cranes"].delete()


def delete_a_partner(site):
    site["cranes"].sponsor.delete()


def write_all_anew(site):
    call_command("index_search", "--all", verbosity=0)


def add(site):
    index_page(builders.article(site["cranes"].sponsor, title="A new one").pk)


@pytest.mark.parametrize(
    "change",
    [
        rename,
        tell_another_day,
        tell_a_topic,
        give_to_another_language,
        unpublish,
        delete,
        delete_a_partner,
        write_all_anew,
        add,
    ],
)
def test_titles_follow_their_entries(site, change):
    assert SearchTitle.objects.count() == SearchEntry.objects.count() > 4
    before = list(SearchTitle.objects.order_by("page_id").values_list(*COLUMNS))
    change(site)
    assert differing() == []
    after = list(SearchTitle.objects.order_by("page_id").values_list(*COLUMNS))
    assert (after != before) == (change is not write_all_anew)


def test_what_is_not_searched_writes_no_title(site):
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid::text FROM partners_searchtitle ORDER BY 1")
        before = cursor.fetchall()
        SearchEntry.objects.update(published_at=timezone.now())
        cursor.execute("SELECT ctid::text FROM partners_searchtitle ORDER BY 1")
        assert cursor.fetchall() == before
