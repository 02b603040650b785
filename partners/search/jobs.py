"""When are entries written?"""

from typing import Any

from procrastinate.contrib.django import app
from procrastinate.retry import RetryStrategy
from wagtail.models import Page

from partners.articles.topics import Topic
from partners.deferring import BULK, job
from partners.search.entry import SearchDue
from partners.search.indexing import index_missing, index_page, index_topic

_QUEUE = "search"
INDEX_TASK = "partners.search.index_page"
INDEX_TOPIC_TASK = "partners.search.index_topic"
_SWEEP = "partners.search.index_missing"
# One at a time: two that learn the same words would wait for each other.
_LOCK = "search"
# Soon and not often: one that waits to be tried again holds the lock, and what it leaves is the sweep's.
_PATIENCE = RetryStrategy(max_attempts=2, wait=5)


def index_later(instance: Page, **signal: Any) -> None:
    """Queue the writing of the entry of a page that is being published, unpublished or moved.

    What is due is written down as well: where the job fails, or its worker dies, the sweep makes up for it.
    """
    SearchDue.objects.create(page_id=instance.pk)
    job(INDEX_TASK, queue=_QUEUE, lock=_LOCK).defer(page_id=instance.pk)


@app.task(name=INDEX_TASK, queue=_QUEUE, lock=_LOCK, retry=_PATIENCE)
def index_one(page_id: int) -> None:
    """Write the entry of a page."""
    index_page(page_id)


def index_topic_later(instance: Topic, *, created: bool = False, **signal: Any) -> None:
    """Queue the writing of what carries the name of a topic that was renamed or deleted."""
    if not created:
        SearchDue.objects.create(topic_id=instance.pk)
        job(INDEX_TOPIC_TASK, queue=_QUEUE, lock=_LOCK).defer(topic_id=instance.pk)


@app.task(name=INDEX_TOPIC_TASK, queue=_QUEUE, lock=_LOCK, retry=_PATIENCE)
def index_one_topic(topic_id: int) -> None:
    """Write the entries of a topic's articles."""
    index_topic(topic_id)


@app.periodic(cron="*/5 * * * *")
@app.task(name=_SWEEP, queue=_QUEUE, lock=_LOCK, queueing_lock=_SWEEP, priority=BULK)
def sweep(timestamp: int) -> None:
    """Write what no job has written."""
    index_missing()
