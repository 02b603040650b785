"""Which articles stand on a part of a feed, and has anything of it changed?

Both are asked of the database in a fixed number of queries, however many articles there are. Whether something has
changed is asked first, and costs far less than the articles themselves.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Exists, OuterRef, Subquery, TextField
from django.db.models.functions import MD5, Cast, Coalesce, JSONObject, Length, Substr
from django.db.models.lookups import Contains
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.models import Page, PageLogEntry

from partners.articles.article_page import PartnerArticlePage
from partners.articles.feeds.channel import TOPICS, Channel, counted_of
from partners.articles.hero import HERO
from partners.articles.paging import PLACE, Place, older_than, values_of
from partners.articles.partner_campaign import still_listed
from partners.articles.restrictions import private_patterns
from partners.articles.topics import Topic
from partners.ready_made import Slot, is_any, ready_made

ENTRIES = 20

# What a reader of the feed sees of an article; a digest stands for the body.
_SEEN = (
    "pk",
    "translation_key",
    "url_path",
    "title",
    "standfirst",
    "disclosure",
    "label_changed_at",
    "publication_date",
    "first_published_at",
    "last_published_at",
    "hero_alt",
    "hero_decorative",
    "hero_image__file_hash",
    "hero_image__focal_point_x",
    "hero_image__focal_point_y",
    "hero_image__focal_point_width",
    "hero_image__focal_point_height",
    "hero_is_made",
    "sponsor_seen",
    "topic_names",
    "body_digest",
)


@dataclass(frozen=True)
class Cursor(Place):
    """Where a part of a feed begins: after the article of this place, as a feed's address writes it."""

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}.{self.pk}"

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Return the cursor that `text` stands for. Raises ValueError for anything else."""
        day, _, key = text.partition(".")
        if not (key.isascii() and key.isdecimal() and len(key) < 19):
            raise ValueError(text)
        return cls(date.fromisoformat(day), int(key))


@dataclass(frozen=True)
class Part:
    """A part of a feed as it is now: the keys of its articles, where the next part begins, and its validators."""

    keys: list[int]
    following: Cursor | None
    etag: str
    changed_at: datetime | None


def part_of(channel: Channel, cursor: Cursor | None, salt: str) -> Part:
    """Return the part of `channel` that begins at `cursor`, by one query; `salt` names what else tells answers apart.

    Unpublishing, moving and renaming may leave nothing in the rows that remain: they show in the digest, and in the
    date by the newest entry of the pages' history.
    """
    query = _rows(channel.kind, cursor is not None)
    # How a topic's are found depends on how many there are.
    ask = query.rows_planned_for if channel.kind == TOPICS else query.rows
    rows = ask(language=channel.language, **channel.articles, **values_of(cursor), **private_patterns())
    last = rows[ENTRIES - 1] if len(rows) > ENTRIES else None
    keys = [row["pk"] for row in rows[:ENTRIES] if row["is_shown"]]
    rows = [row for row in rows if row["is_shown"]]
    return Part(
        keys=keys,
        following=Cursor(last["publication_date"], last["pk"]) if last else None,
        etag=_etag(channel, cursor, salt, rows),
        changed_at=max((moment for row in rows for moment in _moments(channel, row)), default=None),
    )


def articles_of(channel: Channel, part: Part) -> list[Any]:
    """Return the articles of a part in its order, with `sponsor_seen` and `topic_names`, by one query."""
    return _articles().rows(keys=part.keys, language=channel.language, **private_patterns())


@ready_made
def _rows(kind: str, is_beyond: bool) -> Any:
    # Chosen first, of what is counted: the database would read the body of every article before it takes the newest.
    first = counted_of(kind).first(ENTRIES + 1, beyond=older_than(PLACE, day="day") if is_beyond else None)
    chosen = PartnerArticlePage.objects.marked(still_listed()).filter(pk__in=first)
    renditions = get_image_model().get_rendition_model().objects
    articles = _with_what_is_seen(chosen).annotate(
        body_digest=MD5(Cast("body", TextField())),
        has_links=Contains(Cast("body", TextField()), "linktype"),
        hero_is_made=Exists(renditions.filter(image_id=OuterRef("hero_image_id"), filter_spec=HERO)),
        logged_at=Subquery(PageLogEntry.objects.order_by("-timestamp").values("timestamp")[:1]),
    )
    return articles.newest_first().values(*_SEEN, "has_links", "logged_at", "is_shown")


@ready_made
def _articles() -> Any:
    articles = PartnerArticlePage.objects.listed(is_ready_made=True).filter(is_any("pk", "keys"))
    return _with_what_is_seen(articles).select_related("hero_image", "locale").newest_first()


def _with_what_is_seen(articles: Any) -> Any:
    """Add the sponsor, as {title, live}, and the names of the topics in the feed's `language`."""
    parent_path = Substr(OuterRef("path"), 1, Length(OuterRef("path")) - Page.steplen)
    language = Slot("language", CharField())
    translated = Topic.objects.filter(locale__language_code=language, translation_key=OuterRef("translation_key"))
    topics = (
        Topic.objects.filter(articles=OuterRef("pk"))
        .annotate(shown=Coalesce(Subquery(translated.values("name")[:1]), "name"))
        .order_by("shown")
        .values("shown")
    )
    sponsor = Page.objects.filter(path=parent_path).values(seen=JSONObject(title="title", live="live"))
    return articles.annotate(sponsor_seen=Subquery(sponsor), topic_names=ArraySubquery(topics))


def _etag(channel: Channel, cursor: Cursor | None, salt: str, rows: list[dict[str, Any]]) -> str:
    """Return a strong validator of what the rows make.

    The day is in it for what the rows do not know: a picture in the middle of a text, the words of a new version of the
    site. So a reader fetches the whole once a day at least. A text that links to pages names them, with the label and
    sponsor of each article, so the newest entry of any page's history is in it, too.
    """
    told = [[row[field] for field in _SEEN] for row in rows]
    linked = [row["logged_at"] for row in rows if row["has_links"]][:1]
    whole = repr((channel.name, channel.title, channel.address, str(cursor), salt, timezone.localdate(), told, linked))
    return f'"{hashlib.sha256(whole.encode()).hexdigest()[:32]}"'


def _moments(channel: Channel, row: dict[str, Any]) -> Iterator[datetime]:
    """Yield the times at which what a row shows can have changed, none later than now."""
    known = (row["first_published_at"], row["last_published_at"], row["label_changed_at"], row["logged_at"])
    now = timezone.now()
    return (min(moment, now) for moment in (*known, channel.changed_at) if moment is not None)
