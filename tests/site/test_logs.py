"""qianhai_site/settings/logs.py: what anybody can cause is no error, which would wake somebody."""

import logging

import pytest

from qianhai_site.settings.logs import LOGGING, as_a_warning


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("django.security.TooManyFieldsSent", "WARNING"),
        ("django.security.DisallowedHost", "WARNING"),
        ("django.request", "ERROR"),
        ("partners.delivery.record", "ERROR"),
    ],
)
def test_what_anybody_can_send_is_a_warning_of_one_line(name, level):
    said = (ValueError, ValueError("x"), None)
    record = logging.LogRecord(name, logging.ERROR, "", 0, "The number of fields exceeded it.", None, said)
    assert as_a_warning(record)
    line = logging.Formatter("{levelname} {message}", style="{").format(record)
    assert line.partition("\n")[0] == f"{level} The number of fields exceeded it."
    assert ("\n" in line) is (level == "ERROR")


def test_a_form_of_too_many_fields_is_refused_and_wakes_nobody(client, settings, db, caplog):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    assert client.post("/admin/login/", {str(number): "" for number in range(4)}).status_code == 400
    said = [record for record in caplog.records if record.name.startswith("django.security")]
    assert said
    assert all(as_a_warning(record) and record.levelname == "WARNING" for record in said)
    # The handler through which everything goes, also what loggers below Django's write.
    assert "as_a_warning" in LOGGING["handlers"]["stderr"]["filters"]
