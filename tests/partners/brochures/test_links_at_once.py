"""partners/brochures/: what many requests at the same moment make of one link."""

from django.test import RequestFactory

from partners.brochures.downloads import Who, count_download
from partners.brochures.fresh_link import send_fresh_link
from partners.brochures.message import BrochureMessage
from partners.brochures.sending import FRESH_LINK_KIND
from tests import builders
from tests.at_once import at_once
from tests.partners.brochures.conftest import BROWSER, expire


def test_eight_buttons_send_one_letter(committed_link):
    expire(committed_link)
    sent = at_once(8, lambda _: send_fresh_link(committed_link.token))
    assert len([message for message in sent if message]) == 1
    assert BrochureMessage.objects.filter(submission=committed_link.submission, kind=FRESH_LINK_KIND).count() == 1


def test_ten_openings_lose_no_count(committed_link):
    at_once(10, lambda _: count_download(RequestFactory().get("/", headers=BROWSER), committed_link))
    row = committed_link.downloads.get()
    assert (row.who, row.count) == (Who.PERSON, 10)


def test_ten_parts_of_one_reading_count_once(committed_link):
    headers = {**BROWSER, "Range": "bytes=0-"}
    at_once(10, lambda _: count_download(RequestFactory().get("/", headers=headers), committed_link))
    assert committed_link.downloads.get().count == 1


def test_uploads_at_once_get_numbers_of_their_own(committed_link):
    brochure = committed_link.brochure_file.brochure
    contents = iter([builders.pdf_bytes(note=f"at once {number}") for number in range(6)])
    made = at_once(6, lambda _: builders.add_file(brochure, next(contents)).version)
    assert sorted(made) == [2, 3, 4, 5, 6, 7]
