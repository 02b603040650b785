"""By which campaign did a reader come? The tags that links of newsletters and advertisements carry."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import HttpRequest

from partners.brochures.words import one_line

# The five that Google's Campaign URL Builder documents; everybody uses them.
TAGS = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
LONGEST_TAG = 100
_LONGEST_QUERY = 2000


def read_tags(query: str) -> dict[str, str]:
    """Return the campaign tags in the `query` of an address, each as one line of at most LONGEST_TAG characters."""
    pairs = parse_qsl(query[:_LONGEST_QUERY], errors="replace", max_num_fields=None)
    tags = {name: one_line(value)[:LONGEST_TAG] for name, value in pairs if name in TAGS}
    return {name: tags[name] for name in TAGS if tags.get(name)}


def tags_of(request: HttpRequest) -> dict[str, str]:
    """Return the tags of the form's own address, else those of the page of ours that led to it.

    The script that opens the form over an article hands the article's tags on; without it, the browser tells whence
    the reader came.
    """
    tags = read_tags(request.META.get("QUERY_STRING", ""))
    if tags:
        return tags
    try:
        origin = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return {}
    return read_tags(origin.query) if origin.netloc == request.get_host() else {}


def write_tags(tags: dict[str, str]) -> str:
    """Return `tags` as a query, which `read_tags` reads."""
    return urlencode(tags)
