"""What do the demo's content files say, and is what they say complete?"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from .languages import LANGUAGES

CONTENT = Path(__file__).parent / "content"

#: The key that says of which kind a block is, and the keys that it must and may have beside it.
BLOCKS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "paragraph": (frozenset(), frozenset()),
    "heading": (frozenset(), frozenset({"level"})),
    "quote": (frozenset({"attribution"}), frozenset({"role"})),
    "image": (frozenset({"alt"}), frozenset({"caption"})),
    "table": (frozenset({"columns", "rows"}), frozenset()),
    "fact_box": (frozenset({"text"}), frozenset()),
    "call_to_action": (frozenset({"text", "offer"}), frozenset()),
    "notes": (frozenset(), frozenset()),
}

type Block = dict[str, Any]


class ContentError(ValueError):
    """A content file that cannot be used; the message names the file, the place and what is wrong."""


@dataclass(frozen=True)
class Partner:
    """A sponsor: its mark's name, and title, summary and about in each language."""

    slug: str
    mark: str
    texts: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Article:
    """An article: what is the same in each language, and title, standfirst, hero_alt and body in each it has."""

    slug: str
    partner: str
    disclosure: str
    publication_date: date
    topics: tuple[str, ...]
    hero: str
    texts: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Brochure:
    """A brochure and the words of its form; a language whose text has pages has an edition of its own.

    `consents` are the purposes that the form asks about beside the brochure.
    """

    slug: str
    partner: str
    consents: tuple[str, ...]
    cover: str
    ink: str
    accent: str
    texts: Mapping[str, Mapping[str, Any]]

    @property
    def editions(self) -> tuple[str, ...]:
        """The languages in which there is a PDF."""
        return tuple(language for language, text in self.texts.items() if "pages" in text)


@dataclass(frozen=True)
class Demo:
    """Everything that the content files say."""

    organisation: str
    contact_email: str
    standing: Mapping[str, Mapping[str, Mapping[str, Any]]]
    notices: Mapping[str, Mapping[str, Mapping[str, Any]]]
    topics: Mapping[str, Mapping[str, str]]
    partners: tuple[Partner, ...]
    brochures: tuple[Brochure, ...]
    articles: tuple[Article, ...]


def read_demo(folder: Path = CONTENT) -> Demo:
    """Read every content file below a folder; articles come oldest first.

    Raises ContentError for a file that is no TOML or lacks something.
    """
    site = _parse(folder / "site.toml")
    topics = _parse(folder / "topics.toml")
    partners = tuple(_partner(path) for path in _files(folder / "partners"))
    brochures = tuple(_brochure(path) for path in _files(folder / "brochures"))
    articles = tuple(_article(path) for path in _files(folder / "articles"))
    slugs = {partner.slug for partner in partners}
    offers = {brochure.slug for brochure in brochures}
    works: list[Brochure | Article] = [*brochures, *articles]
    for work in works:
        if work.partner not in slugs:
            raise ContentError(f"{work.slug}.toml: there is no partner '{work.partner}'")
    for article in articles:
        for topic in article.topics:
            if topic not in topics:
                raise ContentError(f"{article.slug}.toml: there is no topic '{topic}'")
        for text in article.texts.values():
            for block in text["body"]:
                if block.get("offer", next(iter(offers), "")) not in offers:
                    raise ContentError(f"{article.slug}.toml: there is no brochure '{block['offer']}'")
    return Demo(
        organisation=_take(site, "organisation", "site.toml"),
        contact_email=_take(site, "contact_email", "site.toml"),
        standing={
            page: _in_every_language(_take(site, page, "site.toml"), ("introduction",), f"site.toml [{page}]")
            for page in ("home", "latest", "partners")
        },
        notices={
            path.stem: _in_every_language(_parse(path), ("title", "introduction", "body"), path.name)
            for path in sorted((CONTENT / "notices").glob("*.toml"), reverse=True)
        },
        topics=topics,
        partners=partners,
        brochures=brochures,
        articles=tuple(sorted(articles, key=lambda article: article.publication_date)),
    )


def kind_of(block: Block) -> str:
    """Return the kind of a block; raises ContentError for a block of no kind or with the wrong keys."""
    kinds = [key for key in block if key in BLOCKS]
    if len(kinds) != 1:
        raise ContentError(
            f"a block must have exactly one of {', '.join(BLOCKS)}; this has {', '.join(block) or 'nothing'}"
        )
    needed, allowed = BLOCKS[kinds[0]]
    keys = block.keys() - {kinds[0]}
    if missing := needed - keys:
        raise ContentError(f"a block '{kinds[0]}' lacks {', '.join(sorted(missing))}")
    if unknown := keys - needed - allowed:
        raise ContentError(f"a block '{kinds[0]}' cannot have {', '.join(sorted(unknown))}")
    if kinds[0] == "table" and any(len(row) != len(block["columns"]) for row in block["rows"]):
        raise ContentError(f"in the table '{block['table']}' a row is longer or shorter than its columns")
    return kinds[0]


def _files(folder: Path) -> list[Path]:
    found = sorted(folder.glob("*.toml"))
    if not found:
        raise ContentError(f"{folder.name}: there is no content file")
    return found


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError(f"{path.name}: {error}") from error


def _take(table: Mapping[str, Any], key: str, place: str) -> Any:
    value = table.get(key)
    if value is None or value in ("", []):
        raise ContentError(f"{place}: '{key}' is missing or empty")
    return value


def _texts(data: Mapping[str, Any], needed: tuple[str, ...], place: str) -> dict[str, dict[str, Any]]:
    """Return the language tables in the site's order; English must be there, each must have what is needed."""
    texts: dict[str, dict[str, Any]] = {}
    for language in LANGUAGES:
        if language in data:
            for key in needed:
                _take(data[language], key, f"{place} [{language}]")
            texts[language] = data[language]
    if "en" not in texts:
        raise ContentError(f"{place}: there is no [en]")
    return texts


def _in_every_language(page: Mapping[str, Any], needed: tuple[str, ...], place: str) -> dict[str, dict[str, Any]]:
    texts = _texts(page, needed, place)
    if missing := set(LANGUAGES) - texts.keys():
        raise ContentError(f"{place}: not written in {', '.join(sorted(missing))}")
    for text in texts.values():
        _check_blocks(text.get("body", []), place)
    return texts


def _check_blocks(blocks: list[Block], place: str) -> None:
    for number, block in enumerate(blocks, start=1):
        try:
            kind_of(block)
        except ContentError as error:
            raise ContentError(f"{place}, block {number}: {error}") from error


def _partner(path: Path) -> Partner:
    data = _parse(path)
    return Partner(
        slug=path.stem,
        mark=_take(data, "mark", path.name),
        texts=_texts(data, ("title", "summary", "about"), path.name),
    )


def _brochure(path: Path) -> Brochure:
    data = _parse(path)
    needed: tuple[str, ...] = (
        "title",
        "introduction",
        "opener_label",
        "heading",
        "close_label",
        "submit_label",
        "thanks_text",
        "error_text",
    )
    consents = tuple(data.get("consents", ()))
    if "handover" in consents:
        needed += ("handover_kinds", "handover_goods")
    texts = _texts(data, needed, path.name)
    for language, text in texts.items():
        if "pages" in text:
            _take(text, "subtitle", f"{path.name} [{language}]")
    _take(texts["en"], "pages", f"{path.name} [en]")
    return Brochure(
        slug=path.stem,
        partner=_take(data, "partner", path.name),
        consents=consents,
        cover=_take(data, "cover", path.name),
        ink=_take(data, "ink", path.name),
        accent=_take(data, "accent", path.name),
        texts=texts,
    )


def _article(path: Path) -> Article:
    data = _parse(path)
    texts = _texts(data, ("title", "standfirst", "hero_alt", "body"), path.name)
    for language, text in texts.items():
        _check_blocks(text["body"], f"{path.name} [{language}]")
    published = _take(data, "publication_date", path.name)
    if type(published) is not date:
        raise ContentError(f"{path.name}: publication_date must be a date such as 2026-11-18")
    return Article(
        slug=path.stem,
        partner=_take(data, "partner", path.name),
        disclosure=_take(data, "disclosure", path.name),
        publication_date=published,
        topics=tuple(_take(data, "topics", path.name)),
        hero=_take(data, "hero", path.name),
        texts=texts,
    )
