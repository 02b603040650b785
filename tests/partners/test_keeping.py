"""partners/keeping.py: what is kept while a page is made is forgotten with it."""

import pytest
from django.test import RequestFactory
from django.urls import reverse
from wagtail.models import PageViewRestriction

from partners.articles.restrictions import is_private
from partners.keeping import KeepingMiddleware, active_locale, once
from tests import builders


def times_asked(method="get", path="/"):
    """Return how often something is asked that one page asks for three times."""
    asked = []

    def answer(request):
        for _ in range(3):
            once("it", lambda: asked.append(1))
        return len(asked)

    return KeepingMiddleware(answer)(getattr(RequestFactory(), method)(path))


def test_a_page_asks_once():
    assert times_asked() == 1
    assert times_asked("head") == 1


def test_each_page_asks_anew():
    assert [times_asked(), times_asked()] == [1, 1]


def test_what_may_write_asks_every_time():
    assert times_asked("post") == 3
    assert times_asked(path=f"{reverse('wagtailadmin_home')}pages/") == 3


def test_without_a_request_every_time():
    asked = []
    for _ in range(2):
        once("it", lambda: asked.append(1))
    assert len(asked) == 2


def test_a_failing_page_leaves_nothing_behind():
    def fail(request):
        once("it", lambda: 1)
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011  any will do
        KeepingMiddleware(fail)(RequestFactory().get("/"))
    assert once("it", lambda: 2) == 2


@pytest.mark.django_db
def test_a_restriction_counts_for_all_below():
    partner = builders.partner()
    article = builders.article(partner)
    neighbour = builders.article(builders.partner())
    PageViewRestriction.objects.create(page=partner, restriction_type=PageViewRestriction.LOGIN)
    assert is_private(partner.path)
    assert is_private(article.path)
    assert not is_private(neighbour.path)


@pytest.mark.django_db
def test_the_locale_is_that_of_the_active_language(settings):
    from django.utils.translation import override

    for code, _name in settings.LANGUAGES:
        with override(code):
            assert active_locale().language_code == code
