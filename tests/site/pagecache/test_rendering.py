"""What does a page cost that is not in memory, and is what it shows true whichever of its parts are kept?"""

from typing import Any

import pytest
from django.test.signals import template_rendered
from procrastinate.contrib.django.models import ProcrastinateJob
from wagtail.images import get_image_model

from home.models import SiteDetails
from partners.articles.article_page import PartnerArticlePage
from partners.renditions.making import make
from partners.renditions.uses import specs_of
from partners.search.indexing import index_missing
from tests import builders
from tests.site.pagecache.standing_in import announced, queries, tags_of_page

pytestmark = pytest.mark.django_db

# At most so many queries, whatever their length, for a page that was never shown, on a site of which others were.
MOST_OF_AN_ARTICLE, MOST_OF_A_LIST = 6, 8


def test_a_page_that_has_not_changed_is_made_again_without_a_query(site, articles):
    for path in ("/", "/latest/", "/partners/", articles[0].sponsor.url, articles[0].url):
        first = site.body(path)
        assert queries(site, path) == [], path
        assert site.body(path) == first


def test_an_article_that_was_never_shown_costs_few_queries(site, articles):
    site.body(articles[0].url)
    for article in articles[1:4]:
        made = queries(site, article.url)
        assert len(made) <= MOST_OF_AN_ARTICLE, "\n".join(made)


@pytest.mark.parametrize("query", ["", "after", "kind=paid", "year=2026&language=all"])
def test_a_list_that_was_never_shown_costs_few_queries(site, articles, query):
    from partners.articles.paging import place_in

    site.body(articles[0].url)
    asked = f"after={place_in(articles[5]).cursor}" if query == "after" else query
    ordered = "&".join(sorted(asked.split("&")))
    made = queries(site, "/latest/", ordered)
    assert len(made) <= MOST_OF_A_LIST, "\n".join(made)


def test_after_a_publication_other_articles_are_made_of_what_is_kept(site, articles):
    for article in articles:
        site.body(article.url)
    articles[8].title = "Tall ships again"
    articles[8].save_revision().publish()
    announced(site, *tags_of_page(articles[8]))
    assert b"Tall ships again" in site.body(articles[8].url)
    # The newest and what is related are looked for; every card but the changed one is there.
    assert len(queries(site, articles[0].url)) <= 5
    assert b"Tall ships again" in site.body(articles[0].url)


@pytest.mark.parametrize(
    ("path", "query", "most"),
    [
        # The third and fourth of what was published and of its picture, for its card.
        ("/latest/", "", 4),
        ("/latest/", "language=all", 4),
        ("/latest/", "kind=paid&partner={slug}", 4),
        ("/partners/", "", 0),
        # Two of them of a hit that is no article.
        ("/search/", "q=quays", 4),
        ("/search/", "kind=paid&partner={slug}&q=quays", 2),
        ("/search/suggestions/", "q=port", 2),
    ],
)
def test_after_a_publication_lists_and_searches_ask_for_articles_alone(site, articles, path, query, most):
    """Languages, topics, partners, menus and what may be read have not changed."""
    index_missing()
    query = query.format(slug=articles[0].sponsor.slug)
    site.body(path, query)
    announced(site, *tags_of_page(articles[8]), "search", "renditions")
    made = queries(site, path, query)
    assert len(made) <= most, "\n".join(made)


@pytest.mark.parametrize("path", ["/latest/", "partner"])
def test_of_a_card_that_is_kept_no_article_is_loaded(site, articles, path):
    """Whatever was published: a list asks which articles there are, and for those alone that it does not know."""
    path = articles[0].sponsor.url if path == "partner" else path
    site.body(path)
    announced(site, f"list:{articles[0].locale_id}")
    made = "\n".join(queries(site, path))
    assert "partners_partnerarticlepage" in made
    assert "wagtailimages_image" not in made


def test_after_a_publication_the_home_page_does_not_name_its_partners_anew(site, articles):
    before = site.body("/")
    announced(site, *tags_of_page(articles[8]))
    rendered = []

    def note(template, **_more):
        rendered.append(template.name)

    template_rendered.connect(note)
    try:
        assert site.body("/") == before
    finally:
        template_rendered.disconnect(note)
    assert "components/cards.html" in rendered
    assert "components/partner_list.html" not in rendered


def test_a_new_partner_is_in_every_list_of_partners(site, articles):
    paths = [("/", ""), ("/partners/", ""), ("/search/", "q=quays"), ("/search/suggestions/", "q=Hoists")]
    for path, query in paths:
        assert b"Harbour Hoists" not in site.body(path, query)
    partner = builders.partner("Harbour Hoists", slug="hoists")
    announced(site, *tags_of_page(partner))
    for path, query in paths:
        assert b"Harbour Hoists" in site.body(path, query), path
    article = builders.article(partner)
    announced(site, *tags_of_page(article))
    assert b"Harbour Hoists (1)" in site.body("/latest/")
    assert site.ask("/latest/", "partner=hoists")[0] == "200 OK"
    partner.unpublish()
    announced(site, *tags_of_page(partner))
    for path, query in [*paths, ("/latest/", "")]:
        assert b"Harbour Hoists (" not in site.body(path, query)
    assert site.ask("/latest/", "partner=hoists")[0] == "404 Not Found"


def test_a_new_name_of_the_sponsor_is_on_every_part_that_named_it(site, articles):
    sponsor = articles[0].sponsor
    paths = ("/", "/latest/", "/partners/", sponsor.url, *(article.url for article in articles[:3]))
    old = sponsor.title.encode()
    assert all(old in site.body(path) for path in paths)
    sponsor.title = "Renamed and Sons"
    sponsor.save_revision().publish()
    announced(site, *tags_of_page(sponsor))
    for path in paths:
        body = site.body(path)
        assert b"Renamed and Sons" in body, path
        assert old not in body, path


def test_a_label_that_changes_is_new_in_every_card_and_above_the_text(site, articles):
    changed = articles[-1]
    paths = ("/", "/latest/", changed.sponsor.url, changed.url, articles[0].url)
    for path in paths:
        site.body(path)
    changed.disclosure = "unpaid_contribution"
    changed.save_revision().publish()
    announced(site, *tags_of_page(changed))
    for path in paths:
        assert b"Contributed content" in site.body(path), path


def test_an_offer_that_is_translated_or_withdrawn_is_offered_so(site, articles):
    article = articles[0]
    offer = article.offer
    assert b"data-brochure-opener" in site.body(article.url)
    offer.unpublish()
    announced(site, *tags_of_page(offer))
    assert b"data-brochure-opener" not in site.body(article.url)


def test_a_picture_and_a_setting_are_shown_as_they_are_now(site, articles):
    article = articles[0]
    site.body(article.url)
    image = get_image_model().objects.get(pk=article.hero_image_id)
    image.renditions.all().delete()
    SiteDetails.objects.update_or_create(
        site_id=builders.home().get_site().pk, defaults={"organisation": "Pilots' House"}
    )
    announced(site, "site")
    assert b"Pilots&#x27; House" in site.body(article.url)


def test_a_picture_that_was_missing_is_shown_by_every_part_when_it_is_made(site):
    sponsor = builders.partner("Tide Works")
    article = builders.illustrated(sponsor, builders.request_page(sponsor))
    another = builders.article(sponsor)
    paths = ("/", "/latest/", "/partners/", sponsor.url, article.url, another.url)
    before = {path: site.body(path) for path in paths}
    assert all(b'class="frame"' in body for body in before.values())
    # From the parts that are kept, nothing is asked, ordered or made.
    jobs = ProcrastinateJob.objects.count()
    assert [queries(site, path) for path in paths] == [[]] * len(paths)
    assert ProcrastinateJob.objects.count() == jobs
    figure = article.body[2].value["image"]
    for image, kind in ((article.hero_image, "hero"), (figure, "figure"), (sponsor.logo, "logo")):
        make(image, specs_of(kind))
        # What the trigger says of a new row.
        announced(site, "renditions", f"image:{image.pk}")
    for path in paths:
        body = site.body(path)
        assert b'class="frame"' not in body, path
        assert b"/media/images/" in body, path


def test_two_requests_share_no_page(site, articles):
    """What one of them remembers of the page, the other asks for itself, and so depends on it."""
    from django.test import RequestFactory

    from home.routing import page_at, site_of
    from partners.keeping import KeepingMiddleware

    found = []

    def look(request: Any) -> None:
        page = page_at(site_of(request), articles[0].url.strip("/"))
        page.sponsor, page.body[0].value
        found.append(page)

    for _ in range(2):
        KeepingMiddleware(look)(RequestFactory().get("/", HTTP_HOST="127.0.0.1"))
    first, second = found
    assert first is not second
    assert first.body is not second.body
    assert first.__dict__.keys() == second.__dict__.keys()


def test_an_edit_of_a_page_reaches_no_other_request(site, articles):
    article = articles[0]
    site.body(article.url)
    stored = PartnerArticlePage.objects.get(pk=article.pk)
    stored.title = "Nobody has published this"
    assert b"Nobody has published this" not in site.body(article.url)


def test_what_is_gone_is_not_shown_from_its_parts(site, articles):
    article = articles[0]
    site.body(article.url)
    article.unpublish()
    announced(site, *tags_of_page(article))
    assert site.ask(article.url)[0] == "404 Not Found"
