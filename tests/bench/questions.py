"""What is asked of a site whatever its size?

In braces stands what only the site knows (`asking._places`). Where the large site would show more than the small one,
which is more work whatever a site's size, the same is asked as well in words that show equally much of both.
"""

from urllib.parse import quote, urlencode

DESK = "/admin/brochure-requests/"
# What there is little of among whatever there is (`rarities`).
RARE_TOPIC, SMALL_PARTNER, RARE_LANGUAGE = "bench-rare", "bench-small", "zh-hans"
# Of a hundred articles twelve say this and 'harbour', of a hundred thousand about 7,700: every fourth English one says
# it, and every second the other.
IN_TWELVE = "bamerdo"


def _search(q: str, **more: str) -> str:
    return f"/search/?{urlencode({'q': q, **more})}"


# Names of the table's groups, of what is asked, and its address.
ASKED = {
    "lists": {
        "'latest post', part 1": "/latest/",
        "'latest post', part 5,000": "/latest/{deep}",
        "every language": "/latest/?language=all",
        "a year": "/latest/?year=2023",
        "a kind": "/latest/?kind=contributed",
        "a topic of half of the articles": "/latest/?topic=bulk-topic-0",
        "a topic of a tenth": "/latest/?topic=bulk-topic-22",
        "a partner with a tenth of the articles": "/latest/?partner=bulk-partner-0",
        "a partner whose articles are old": "/latest/?partner=bulk-partner-{last}",
        "partner and topic": "/latest/?partner=bulk-partner-0&topic=bulk-topic-5",
        "kind, topic and year": "/latest/?kind=paid&topic=bulk-topic-3&year=2024",
    },
    "pages": {
        "home": "/",
        "an article": "{article}",
        "a partner's page": "/partners/bulk-partner-0/",
        "a partner's page, last part": "/partners/bulk-partner-0/?before={end}",
        "all partners": "/partners/",
    },
    "machines": {
        "feed of everything": "/feeds/all.rss",
        "feed, part 1,000": "/feeds/all.rss?before={fed}",
        "feed of a topic": "/feeds/topics/bulk-topic-0.atom",
        "feed of a partner": "/feeds/partners/bulk-partner-0.json",
        "feed of a partner, its last ten": "/feeds/partners/bulk-partner-0.json?before={last_ten}",
        "feed, not modified": "/feeds/all.rss#etag",
        "sitemap's index": "/sitemap.xml",
        "sitemap's part, for each 100 addresses": "{sitemap}",
        "robots.txt": "/robots.txt",
    },
    "search": {
        "a word of all articles": _search("qianhai"),
        "two words of many": _search("harbour finance"),
        "two words, twelve hits and more": _search(f"harbour {IN_TWELVE}"),
        "two words of half, by their beginnings": _search("harbour har"),
        "a word of one": _search("unique7x"),
        "four words of one each, none with two": _search("unique1x unique2x unique3x unique4x"),
        "a word of none": _search("zyxwvuts"),
        "a mistyped word": _search("harbuor finance"),
        "a mistyped word, twelve hits and more": _search(f"harbuor {IN_TWELVE}"),
        "a mistyped word beside words of none": _search("harbuor zyxwvuts unique9999999x"),
        "two Chinese characters of all": _search("前海"),
        "five Chinese characters": _search("港口金融區"),
        "one Chinese character": _search("海"),
        "narrowed by language and kind": _search("harbour", language="en", kind="paid"),
        "narrowed by partner and topic": _search("qianhai", partner="bulk-partner-1", topic="bulk-topic-0"),
        "suggestions": "/search/suggestions/?q=harb",
        "suggestions, one letter": "/search/suggestions/?q=b",
        "suggestions, Chinese": f"/zh-hant/search/suggestions/?q={quote('港')}",
    },
    "desk": {
        "first page": DESK,
        "page 30": f"{DESK}?p=30",
        "oldest first": f"{DESK}?ordering=created_at",
        "accepted letters": f"{DESK}?mail_state=sent",
        "failed letters (there are none)": f"{DESK}?mail_state=failed",
        "one language": f"{DESK}?language=zh-hant",
        "two days": f"{DESK}?created_at_from={{yesterday}}&created_at_to={{today}}",
        "search of a name that is everywhere": f"{DESK}?q=reader",
        "search of one address": f"{DESK}?q=reader77%40",
        "search of two Chinese characters": f"{DESK}?q={quote('大文')}",
        "search that finds nothing": f"{DESK}?q=nobodyhere",
        "one request": f"{DESK}{{request}}/",
        "what goes with its person's erasure": f"{DESK}{{request}}/erase/",
    },
    "admin": {
        "children of a partner": "/admin/pages/{partner}/",
        "search for pages": "/admin/pages/search/?q=unique77x",
        "campaigns": "/admin/snippets/partners/partnercampaign/",
        "reads and requests": "/admin/figures/",
        "what changed on the site": "/admin/reports/site-history/",
        "topics": "/admin/snippets/partners/topic/",
        "editor of an article": "/admin/pages/{page}/edit/",
    },
    "few": {
        "a topic of five articles": f"/latest/?topic={RARE_TOPIC}",
        "its feed": f"/feeds/topics/{RARE_TOPIC}.atom",
        "an article of it": "{rare_article}",
        "a topic of five and a kind": f"/latest/?kind=paid&topic={RARE_TOPIC}",
        "a partner of five articles": f"/latest/?partner={SMALL_PARTNER}",
        "its page": f"/partners/{SMALL_PARTNER}/",
        "its feed in JSON": f"/feeds/partners/{SMALL_PARTNER}.json",
        "search within it": _search("qianhai", partner=SMALL_PARTNER),
    },
    # Asked last: most of its articles are given to another one before.
    "a language of five": {
        "its home page": f"/{RARE_LANGUAGE}/",
        "its 'latest post'": f"/{RARE_LANGUAGE}/latest/",
        "a kind": f"/{RARE_LANGUAGE}/latest/?kind=contributed",
        "a topic": f"/{RARE_LANGUAGE}/latest/?topic=bulk-topic-0",
        "its feed": f"/{RARE_LANGUAGE}/feeds/all.rss",
        "the feed of a topic": f"/{RARE_LANGUAGE}/feeds/topics/bulk-topic-0.rss",
        "an article": "{few_article}",
    },
}
