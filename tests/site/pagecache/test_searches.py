"""What does a search ask for of which parts are kept, and is what it shows true?"""

import re

import pytest
from bs4 import BeautifulSoup

from partners.search.hits import EXTRACT, TITLE
from partners.search.indexing import index_missing
from tests.site.pagecache.standing_in import announced, queries, tags_of_page

pytestmark = pytest.mark.django_db


def test_a_search_asks_one_question_until_a_text_changes(site, articles):
    index_missing()
    site.body("/search/", "q=port")
    announced(site, "search")
    assert len(queries(site, "/search/", "q=port")) == 1
    articles[0].standfirst = "Ships turn round in the port by themselves."
    articles[0].save_revision().publish()
    announced(site, *tags_of_page(articles[0]), "search")
    # Between the publication and the job that indexes it, the hit shows what the index knows.
    assert b"by themselves" not in site.body("/search/", "q=port")
    index_missing()
    announced(site, "search")
    asked = queries(site, "/search/", "q=port")
    assert len([one for one in asked if one.startswith('… FROM "partners_searchentry"')]) == 1
    assert b"in the <mark>port</mark> by themselves" in site.body("/search/", "q=port")


def test_hits_of_other_searches_share_all_but_their_words(site, articles):
    index_missing()
    port, lorries = (site.body("/search/", f"q={word}").decode() for word in ("port", "lorries"))
    assert '… FROM "partners_partnerarticlepage"' not in "".join(queries(site, "/search/", "q=lorries+drivers"))
    assert "A <mark>port</mark> that drives itself" in port
    assert "A port that drives itself" in lorries
    assert "<mark>Lorries</mark> without drivers" in lorries
    assert "<mark>Lorries" not in port
    assert not {TITLE, EXTRACT} & set(re.findall("\ue000.*?\ue000", port + lorries))
    assert "Contributed content" not in BeautifulSoup(port, "html.parser").find(class_="hits").text
    articles[-1].disclosure, articles[-1].title = "unpaid_contribution", "Lorries, port"
    articles[-1].save_revision().publish()
    announced(site, *tags_of_page(articles[-1]))
    for word in ("port", "lorries"):
        hits = BeautifulSoup(site.body("/search/", f"q={word}"), "html.parser").find(class_="hits").text
        assert all(words in hits for words in ("Contributed content", "Lorries, port"))
