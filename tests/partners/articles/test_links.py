"""partners/articles/links.py: which links leave the site, and how they are marked."""

import pytest

from partners.articles.links import is_external, mark_external_links


@pytest.mark.parametrize(
    "href",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "HTTP://ELSEWHERE.EXAMPLE",
        "https://例子.example/",
        "https://elsewhere.example:8000/",
        "ftp://elsewhere.example/",
        "weixin://dl/chat",
        # As the URL standard reads them.
        "\\\\elsewhere.example",
        "/\\elsewhere.example",
        "https:/elsewhere.example",
        "https:elsewhere.example",
        " \thttps://elsewhere.example",
        "ht\ntps://elsewhere.example",
        "https://%65lsewhere.example/",
        # The site's own name elsewhere than in the host's place.
        "https://127.0.0.1@elsewhere.example/",
        "https://127.0.0.1.elsewhere.example/",
        "https://elsewhere.example\\@127.0.0.1",
        "https://elsewhere.example/?127.0.0.1",
        # What cannot be read is nobody's.
        "http://[broken",
        "https:///",
        "https://" + "x" * 70 + ".example/",
    ],
)
def test_leads_out(href):
    assert is_external(href)


@pytest.mark.parametrize(
    "href",
    [
        "/latest/",
        "latest",
        "#top",
        "?page=2",
        "",
        "mailto:a@b.example",
        "tel:+85212345678",
        "http://127.0.0.1:8000/latest/",
        "HTTP://127.0.0.1:8000/latest/",
        "https://127.0.0.1/latest/",
        "//127.0.0.1:8000/latest/",
        "http://LOCALHOST/",
        "http://localhost./",
    ],
)
def test_stays(href):
    assert not is_external(href)


@pytest.mark.parametrize("host", ["前海.example", "xn--ldr157d.example", "%E5%89%8D%E6%B5%B7.example", "前海.EXAMPLE."])
def test_a_name_of_ours_in_chinese_is_ours_in_every_spelling(settings, host):
    settings.SITE_URL = "https://前海.example"
    assert not is_external(f"https://{host}/latest/")
    settings.SITE_URL = "https://xn--ldr157d.example"
    assert not is_external(f"https://{host}/latest/")
    assert is_external("https://前海.elsewhere.example/")


def test_every_name_that_the_site_answers_to_is_its_own(settings):
    settings.ALLOWED_HOSTS = ["qianhai.example", ".bay.example", "*"]
    for own in ("https://qianhai.example/", "https://bay.example/", "https://www.bay.example/"):
        assert not is_external(own)
    assert is_external("https://elsewhere.example/")


def test_only_external_links_change():
    html = '<p><a href="/in/">in</a> <a href="https://out.example/?a=1&amp;b=2" rel="nofollow">out</a> “é”</p>'
    marked = mark_external_links(html, paid=True)
    assert marked == html.replace('rel="nofollow"', 'rel="sponsored noopener"')
    assert mark_external_links("<p>no link</p>", paid=True) == "<p>no link</p>"
    assert 'rel="noopener"' in mark_external_links(html, paid=False)


@pytest.mark.parametrize(
    ("written", "marked"),
    [
        ("<A HREF=https://x.example>", '<A HREF=https://x.example rel="sponsored noopener">'),
        ("<a\nhref='//x.example'>", "<a\nhref='//x.example' rel=\"sponsored noopener\">"),
        ('<a/href="//x.example"/>', '<a/href="//x.example" rel="sponsored noopener"/>'),
        ('<a REL=me href="//x.example">', '<a rel="sponsored noopener" href="//x.example">'),
        ('<a rel href="//x.example">', '<a rel="sponsored noopener" href="//x.example">'),
        ('<a href="&#104;ttps://x.example">', '<a href="&#104;ttps://x.example" rel="sponsored noopener">'),
        (
            '<a title="a > b rel=&quot;c&quot;" href="//x.example">',
            '<a title="a > b rel=&quot;c&quot;" href="//x.example" rel="sponsored noopener">',
        ),
        ('<area href="//x.example" alt="">', '<area href="//x.example" rel="sponsored noopener" alt="">'),
    ],
)
def test_however_a_link_is_written(written, marked):
    assert mark_external_links(written, paid=True) == marked


@pytest.mark.parametrize(
    "html",
    [
        '<abbr href="https://x.example">',
        '<a name="here">',
        "<a href>",
        '<a data-href="https://x.example" href="/in/">',
        '<a href="/in/" href="https://x.example">',
        "&lt;a href=https://x.example&gt;",
    ],
)
def test_what_is_no_link_out_stays_as_it_is(html):
    assert mark_external_links(html, paid=True) == html
