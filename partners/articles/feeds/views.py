"""How is a feed asked for, and answered to whoever has it already?"""

from datetime import datetime, time

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponsePermanentRedirect
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from partners.articles.feeds import channel as channels
from partners.articles.feeds.addresses import Format, feed_path
from partners.articles.feeds.channel import Channel
from partners.articles.feeds.entry import entries_of
from partners.articles.feeds.json_feed import write_json
from partners.articles.feeds.reading import Cursor, articles_of, part_of
from partners.articles.feeds.xml_feeds import write_atom, write_rss
from partners.articles.site_names import current_language


@require_safe
def feed_all(request: HttpRequest, form: Format) -> HttpResponseBase:
    """Answer with the feed of every article in the language of the address."""
    return _answer(request, channels.whole_site(current_language()), form)


@require_safe
def feed_partners(request: HttpRequest, slug: str, form: Format) -> HttpResponseBase:
    """Answer with a partner's feed, or lead to it from the partner's former name; 404 where there is none to read."""
    language = current_language()
    channel = channels.of_partner(language, slug)
    if channel is None and (renamed := channels.new_slug_of_partner(language, slug)):
        return HttpResponsePermanentRedirect(feed_path(channels.PARTNERS, renamed, form, language))
    return _answer(request, channel, form)


@require_safe
def feed_topics(request: HttpRequest, slug: str, form: Format) -> HttpResponseBase:
    """Answer with a topic's feed; 404 where the language has no topic of that slug."""
    return _answer(request, channels.of_topic(current_language(), slug), form)


def _answer(request: HttpRequest, channel: Channel | None, form: Format) -> HttpResponseBase:
    """Answer with the part of `channel` that `?before=` asks for, or 304 to whoever has it."""
    if channel is None:
        raise Http404("There is no such feed.")
    cursor = _cursor(request)
    part = part_of(channel, cursor, salt=form.ending)
    modified = int(part.changed_at.timestamp()) if part.changed_at else None
    response = get_conditional_response(request, etag=part.etag, last_modified=modified)
    if response is None:
        content = _write(channel, form, str(cursor or ""), str(part.following or ""), articles_of(channel, part))
        response = HttpResponse(content, content_type=f"{form.media_type}; charset=utf-8")
    response["ETag"] = part.etag
    if modified is not None:
        response["Last-Modified"] = http_date(modified)
    return response


def _cursor(request: HttpRequest) -> Cursor | None:
    text = request.GET.get("before", "")
    try:
        return Cursor.parse(text) if text else None
    except ValueError as error:
        raise Http404("No part of a feed begins there.") from error


def _write(channel: Channel, form: Format, this: str, following: str, articles: list[object]) -> bytes:
    entries = entries_of(channel, articles)
    if form.ending == "json":
        return write_json(channel, entries, this, following)
    # The validators hold for a day, and so does the date of a feed without entries.
    today = timezone.make_aware(datetime.combine(timezone.localdate(), time()))
    write = write_rss if form.ending == "rss" else write_atom
    return write(channel, entries, this, following, today)
