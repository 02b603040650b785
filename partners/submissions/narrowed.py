"""Which requests does an address of the list mean, for whom, and how is that said in words?"""

from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin.active_filters import filter_adapter_class_registry

from partners.numbers import number_in
from partners.submissions.access import visible_to
from partners.submissions.access_log import parameters_of
from partners.submissions.filters import SubmissionFilterSet
from partners.submissions.inbox import SubmissionQuerySet

SEARCH = "q"
# Single requests, as the list's ticks name them.
TICKED = "id"


class NotUnderstood(Exception):  # noqa: N818  named for what happened
    """A filter names what does not exist: without it there would be more requests than somebody saw."""


def filters_in(query: QueryDict) -> dict[str, list[str]]:
    """Return of the `query` of the list's address what narrows the list: filters, search and ticked requests."""
    known = parameters_of(SubmissionFilterSet) | {SEARCH}
    return {
        name: values
        for name, values in query.lists()
        # Ticked ones that are empty are none, and not all.
        if name == TICKED or (any(values) and name in known)
    }


def ids_in(values: list[str]) -> list[int]:
    """Return the numbers among `values`, each once; whatever else they hold is nobody's id."""
    return sorted({number for number in map(number_in, values) if number is not None})


def narrowed(user: Any, filters: dict[str, list[str]]) -> SubmissionQuerySet:
    """Return the requests that the list shows `user` under `filters`, in no order; of those ticked, where some are.

    Raises NotUnderstood where a filter does not hold any more.
    """
    filter_set = _filter_set(user, filters)
    if not filter_set.is_valid():
        raise NotUnderstood
    found: SubmissionQuerySet = filter_set.qs.matching(search_in(filters))
    if TICKED in filters:
        found = found.filter(pk__in=ids_in(filters[TICKED]))
    return found.order_by()


def search_in(filters: dict[str, list[str]]) -> str:
    """Return the words that were searched for."""
    return " ".join(filters.get(SEARCH, [])[-1:])


def in_words(user: Any, filters: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Return the filters as the desk says them: what is filtered, and by what."""
    words = [(_("Search"), search_in(filters))] if search_in(filters) else []
    if TICKED in filters:
        number = len(ids_in(filters[TICKED]))
        words.append((_("Ticked"), ngettext("%(number)s request", "%(number)s requests", number) % {"number": number}))
    filter_set = _filter_set(user, filters)
    form = filter_set.form
    if not filter_set.is_valid():
        return words
    for name in form.changed_data:
        bound, value = form[name], form.cleaned_data[name]
        if name not in filter_set.filters or value == bound.initial:
            continue
        kind = filter_adapter_class_registry.get(filter_set.filters[name])
        adapter = kind(filter_set.filters[name], bound, value, "", QueryDict(mutable=True))
        words += [(str(active.field_label), str(active.value)) for active in adapter.get_active_filters()]
    return words


def _filter_set(user: Any, filters: dict[str, list[str]]) -> Any:
    query = QueryDict(mutable=True)
    for name, values in filters.items():
        query.setlist(name, values)
    request: Any = HttpRequest()
    request.user, request.GET = user, query
    return SubmissionFilterSet(query, queryset=visible_to(user).with_mail(), request=request)
