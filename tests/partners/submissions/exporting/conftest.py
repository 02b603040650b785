"""Exports, read back as their receiver would."""

import csv
import io
import uuid

import pytest
from django.http import QueryDict
from procrastinate.contrib.django.models import ProcrastinateJob

from partners.submissions.exporting.asking import Wish, export_at_once
from partners.submissions.exporting.cells import as_given
from partners.submissions.exporting.export import RequestExport, private_storage
from partners.submissions.exporting.queue import MAKE_EXPORT_TASK
from partners.submissions.narrowed import filters_in


def filters(query=""):
    """Return the filters of the list's address with `query`."""
    return filters_in(QueryDict(query))


def read_csv(content):
    """Return the rows of a CSV file, each as {column: text}, with what was put in front taken away again."""
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    return [{as_given(name): as_given(text) for name, text in row.items()} for row in rows]


@pytest.fixture
def wish(desk_user):
    """Return a maker of wishes of the desk's user."""

    def make(query="", **fields):
        fields = {"user": desk_user, "format": "csv", "filters": filters(query), **fields}
        return Wish(key=uuid.uuid4(), **fields)

    return make


@pytest.fixture
def exported(wish):
    """Return what exports at once as CSV, and reads it back."""

    def export(query="", **fields):
        _, content = export_at_once(wish(query, **fields))
        with content:
            return read_csv(content.read())

    return export


@pytest.fixture
def make_export_row(wish):
    """Return a maker of stored exports that wait, without a job."""

    def make(query="", **fields):
        return RequestExport.objects.create(**{**wish(query).fields, **fields})

    return make


def file_of(export):
    """Return the stored file of `export`."""
    export.refresh_from_db()
    with private_storage().open(export.file_name) as file:
        return file.read()


def stored():
    try:
        return set(private_storage().listdir("exports")[1])
    except FileNotFoundError:
        return set()


def jobs():
    return ProcrastinateJob.objects.filter(task_name=MAKE_EXPORT_TASK)


@pytest.fixture
def five(make_submission):
    return [make_submission() for _ in range(5)]
