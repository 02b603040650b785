"""A database that can be read and not written, as after a failover, or while its operator spares a full disk."""

import logging

import pytest
from bs4 import BeautifulSoup
from django.db import connection

from partners.brochures.form import new_key
from partners.brochures.limits import Allowance
from partners.brochures.submission import Submission
from tests import builders
from tests.faults.committed import empty_queue
from tests.partners.brochures.conftest import expire, path


@pytest.fixture
def committed_form(committed):
    """A form that other connections see too, removed afterwards with all that came of it."""
    page = builders.request_page()
    logo = page.get_parent().specific.logo
    yield page
    connection.close()
    Submission.objects.all().delete()
    Allowance.objects.all().delete()
    page.get_parent().specific.delete()
    page.brochure.delete()
    logo.delete()
    empty_queue()


def only_read():
    """Let the connection be to a server that can only be read."""
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")


def test_form_comes_back_as_it_was_filled_in_and_is_taken_over_a_new_connection(client, committed_form, caplog):
    """The other server takes what is written: a whole connection to this one must not be used again."""
    body = {"name": "Ann", "email": "ann@example.com", "company": "Kept & Co", "key": new_key(), "article": ""}
    only_read()
    with caplog.at_level(logging.ERROR):
        response = client.post(committed_form.url, body)
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    html = BeautifulSoup(response.content, "html.parser")
    assert html.select_one("[data-problem]").text == committed_form.error_text
    assert {field["name"]: field.get("value", "") for field in html.select("form input")}.items() >= body.items()
    assert "InternalError 25006" in caplog.text
    assert "ann@example.com" not in caplog.text
    assert not Submission.objects.exists()
    assert client.post(committed_form.url, body).status_code == 303
    assert Submission.objects.count() == 1


def test_button_that_stores_something_is_503_and_works_over_a_new_connection(client, committed_link):
    expire(committed_link)
    only_read()
    client.raise_request_exception = False
    response = client.post(path(committed_link))
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert client.post(path(committed_link)).status_code == 303
    assert committed_link.submission.messages.count() == 2


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize("path", ["/health/ready", "/health/serving"])
def test_probe_lets_go_of_the_connection(client, path):
    """Another server takes what is written by now, and the process would go on to ask the former one."""
    only_read()
    assert b"only reads" in client.get(path).content
    assert b"only reads" not in client.get(path).content
