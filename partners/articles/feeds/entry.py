"""What does a feed say of one article, whatever the format? First, always, whether it was paid for, and by whom."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from partners.articles.article_page import PartnerArticlePage
from partners.articles.dates import published_at, updated_at
from partners.articles.disclosure import labelled, sentence_for
from partners.articles.feeds.addresses import lasting_name
from partners.articles.feeds.channel import Channel
from partners.articles.feeds.characters import clean
from partners.articles.feeds.full_text import full_texts
from partners.articles.site_names import absolute, home_address, publisher


@dataclass(frozen=True)
class Name:
    """Whoever stands behind an entry: a name and, where there is a page of theirs, its address."""

    name: str
    address: str = ""


@dataclass(frozen=True)
class Picture:
    """An entry's picture; `length` in bytes, or None where the storage does not say; `words` begin with the label."""

    address: str
    media_type: str
    width: int
    height: int
    length: int | None
    words: str


@dataclass(frozen=True)
class Entry:
    """One article in a feed. `title`, `summary` and `content` each begin with the label."""

    name: str
    address: str
    title: str
    summary: str
    content: str
    published: datetime
    updated: datetime
    author: Name
    sponsor: Name
    kind: str
    label: str
    sentence: str
    topics: tuple[str, ...]
    language: str
    label_changed_at: datetime | None = None
    picture: Picture | None = None


def entries_of(channel: Channel, articles: list[Any]) -> list[Entry]:
    """Return the entries for `articles`, which `reading.articles_of` has fetched, in their order."""
    texts = full_texts(articles, channel.language)
    return [_entry(article, *text, channel.language) for article, text in zip(articles, texts, strict=True)]


def _entry(article: Any, hero: Any, text: str, language: str) -> Entry:
    address = absolute(article.full_url or "")
    label = article.disclosure_label
    # The sponsor is the parent in the tree, and stands one step above in the address as well.
    above = f"{address.rstrip('/').rpartition('/')[0]}/"
    sponsor = Name(clean(article.sponsor_seen["title"]), above if article.sponsor_seen["live"] else "")
    entry = Entry(
        name=lasting_name("article", article.translation_key, language),
        address=address,
        title=clean(labelled(label, article.title)),
        summary=clean(" · ".join([label, sponsor.name, article.standfirst])),
        content="",
        published=published_at(article),
        updated=updated_at(article),
        author=Name(publisher(), home_address(language)) if article.is_written_by_us else sponsor,
        sponsor=sponsor,
        kind=article.disclosure,
        label=label,
        sentence=sentence_for(article.disclosure, sponsor.name),
        topics=tuple(clean(name) for name in article.topic_names),
        language=language,
        label_changed_at=article.label_changed_at,
        picture=_picture(article, hero, label),
    )
    opening = render_to_string("partners/feeds/disclosure.html", {"entry": entry})
    return replace(entry, content=clean(f"{' '.join(opening.split())}\n{text.strip()}"))


def _picture(article: PartnerArticlePage, hero: Any, label: str) -> Picture | None:
    if hero is None:
        return None
    try:
        length = hero.file.size
    except OSError:
        length = None
    is_described = bool(article.hero_alt.strip()) and not article.hero_decorative
    return Picture(
        address=absolute(hero.url),
        media_type="image/jpeg",
        width=hero.width,
        height=hero.height,
        length=length,
        words=clean(labelled(label, article.hero_alt) if is_described else label),
    )
