"""What have the desk's own logs kept of a person, and how is it taken out of them?"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from wagtail.models import ModelLogEntry

from partners.brochures.forgetting import register_eraser
from partners.brochures.person import Words, addresses_of, names_about, words_about
from partners.brochures.submission import Submission
from partners.submissions.access_log import AccessRecord
from partners.submissions.saved_filter import may_be_typed

# What stands in place of what named a person.
ERASED = "[erased]"


def register() -> None:
    """Name the desk's logs to every erasure."""
    register_eraser(
        "searches",
        _("Searches for the person"),
        forget_searches,
        count=_count_searches,
        by_age=forget_searches_by_age,
    )
    register_eraser(
        "audit",
        _("Words about the person in the audit log"),
        forget_entries,
        count=_count_entries,
        by_age=forget_entries_by_age,
    )


def without(value: Any, words: Words) -> Any:
    """Return `value`, of JSON, with ERASED for each text in it that speaks of whom `words` give away.

    Its keys are the site's own.
    """
    if isinstance(value, str):
        return ERASED if words.stand_in(value) else value
    if isinstance(value, list):
        return [without(part, words) for part in value]
    if isinstance(value, dict):
        return {name: without(part, words) for name, part in value.items()}
    return value


def forget_searches(submission_ids: Sequence[int], address: str) -> int:
    """Replace what was searched for, where it named the person; who searched, when and how stays. Return how many."""
    return _forget_searches(words_about(submission_ids, address))


def forget_searches_by_age(submission_ids: Sequence[int], address: str) -> int:
    """Do so where the whole address or the full name was searched for. Return how many."""
    return _forget_searches(names_about(submission_ids))


def _forget_searches(words: Words) -> int:
    found = list(_searches(words))
    for record, filters in found:
        AccessRecord.objects.filter(pk=record.pk).update(filters=filters)
    return len(found)


def forget_entries(submission_ids: Sequence[int], address: str) -> int:
    """Replace what entries of Wagtail's audit log say of the person; who did what, and when, stays. Return how many."""
    return _forget_entries(submission_ids, address, words_about(submission_ids, address))


def forget_entries_by_age(submission_ids: Sequence[int], address: str) -> int:
    """Do so where they hold the whole address or the full name. Return how many."""
    return _forget_entries(submission_ids, address, names_about(submission_ids))


def _forget_entries(submission_ids: Sequence[int], address: str, words: Words) -> int:
    found = list(_entries(submission_ids, address, words))
    for entry, label, data in found:
        ModelLogEntry.objects.filter(pk=entry.pk).update(label=label, data=data)
    return len(found)


def _count_searches(submission_ids: Sequence[int], address: str) -> int:
    return sum(1 for _found in _searches(words_about(submission_ids, address)))


def _count_entries(submission_ids: Sequence[int], address: str) -> int:
    return sum(1 for _found in _entries(submission_ids, address, words_about(submission_ids, address)))


def _searches(words: Words) -> Iterator[tuple[AccessRecord, Any]]:
    if not words:
        return
    for record in AccessRecord.objects.exclude(filters={}).only("filters").iterator():
        filters = dict(_asked_without(name, value, words) for name, value in record.filters.items())
        if filters != record.filters:
            yield record, filters


def _asked_without(name: str, value: Any, words: Words) -> tuple[str, Any]:
    """Return a parameter of a list's address without the person: old records have names that no list knows, too."""
    if isinstance(value, list):
        value = [_asked_without(name, part, words)[1] for part in value]
    elif not isinstance(value, str) or may_be_typed(name, value):
        value = without(value, words)
    return (ERASED if may_be_typed("", name) and words.stand_in(name) else name), value


def _entries(submission_ids: Sequence[int], address: str, words: Words) -> Iterator[tuple[ModelLogEntry, str, Any]]:
    """Yield the entries about the requests, and those of the trade that quote an address, with what is to stand there.

    Accounts of the staff have entries of their own, which are none of a reader's.
    """
    if not words:
        return
    trade = ModelLogEntry.objects.filter(content_type__app_label="partners")
    requests = ContentType.objects.get_for_model(Submission)
    about = Q(content_type=requests, object_id__in=[str(pk) for pk in submission_ids])
    for each in {address, *addresses_of(submission_ids)} - {""}:
        about |= Q(text__icontains=each) | Q(label__icontains=each)
    entries: QuerySet[ModelLogEntry] = trade.annotate(text=Cast("data", TextField())).filter(about)
    for entry in entries:
        label, data = without(entry.label, words), without(entry.data, words)
        if (label, data) != (entry.label, entry.data):
            yield entry, label, data
