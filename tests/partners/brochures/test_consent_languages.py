"""partners/brochures/consent_views.py: a link that opens nothing any more says so in its reader's language."""

from unittest import mock

import pytest
from bs4 import BeautifulSoup
from django.core import signing

from partners.brochures.consent_links import confirmation_url
from partners.brochures.submission import Submission
from tests import builders
from tests.partners.brochures.asking import EVERYTHING, ask, asking_page

pytestmark = pytest.mark.django_db

RUN_OUT = {"en": "This link has run out", "zh-hant": "此連結已過期", "zh-hans": "此链接已过期"}


def after_seven_days():
    return mock.patch.object(signing.time, "time", return_value=signing.time.time() + 7 * 86400 + 1)


def language(response):
    html = BeautifulSoup(response.content, "html.parser").html["lang"]
    assert html == response.headers["Content-Language"]
    return html


@pytest.mark.parametrize(("code", "words"), RUN_OUT.items())
def test_link_that_ran_out_says_so_in_the_language_of_the_request(client, settings, code, words):
    submission = ask(asking_page(builders.partner("Lanternbridge", language=code), **EVERYTHING), "news")
    assert submission.language == code
    address = confirmation_url(submission).removeprefix(settings.SITE_URL)
    with after_seven_days():
        for response in (client.get(address, headers={"accept-language": "fr"}), client.post(address)):
            assert response.status_code == 410
            assert language(response) == code
            assert words in BeautifulSoup(response.content, "html.parser").h1.text
        switched = client.get(f"{address}?lang=zh-hans", headers={"accept-language": "en"})
    assert language(switched) == "zh-hans"


def test_link_of_a_forgotten_request_that_ran_out_speaks_the_browser_s_language(client, settings):
    submission = ask(builders.request_page())
    address = confirmation_url(submission).removeprefix(settings.SITE_URL)
    Submission.objects.filter(pk=submission.pk).delete()
    with after_seven_days():
        response = client.get(address, headers={"accept-language": "zh-HK"})
    assert response.status_code == 410
    assert language(response) == "zh-hant"


@pytest.mark.parametrize("address", ["/consent/x/", "/consent/confirm/x/"])
@pytest.mark.parametrize(("accepted", "code"), [("zh-HK", "zh-hant"), ("zh-CN,zh;q=0.9", "zh-hans"), ("fr", "en")])
def test_link_that_leads_nowhere_speaks_the_browser_s_language(client, address, accepted, code):
    response = client.get(address, headers={"accept-language": accepted})
    assert response.status_code == 404
    assert language(response) == code
