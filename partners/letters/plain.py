"""How does a letter read without HTML?"""

from collections.abc import Iterator

from partners.letters.sheet import Sheet
from partners.letters.wrapping import wrap


def plain_text(sheet: Sheet) -> str:
    """Return the plain part: paragraphs wrapped at 78 columns, each address on a line of its own and whole."""
    return "\n\n".join(part for part in _parts(sheet) if part) + "\n"


def _parts(sheet: Sheet) -> Iterator[str]:
    colon = sheet.words.colon
    yield wrap(sheet.heading)
    for block in sheet.body:
        yield block.text
    yield "\n".join(wrap(label + colon + value, rest="  ") for label, value in sheet.facts)
    yield _table(sheet)
    yield wrap(sheet.button + colon) + "\n" + sheet.link
    yield "\n".join(wrap(note) for note in sheet.notes)
    yield _article(sheet)
    for block in sheet.closing:
        yield block.text
    # RFC 3676, 4.3: what follows is the signature.
    yield "-- \n" + wrap(sheet.reason)
    yield "\n".join(_footer(sheet))


def _table(sheet: Sheet) -> str:
    if sheet.table is None:
        return ""
    colon = sheet.words.colon
    _, *headings = sheet.table.headings
    lines = []
    for name, *cells in sheet.table.rows:
        counted = " · ".join(heading + colon + cell for heading, cell in zip(headings, cells, strict=True))
        lines.append(wrap(f"{name}\n{counted}", first="- ", rest="  "))
    return "\n".join(lines)


def _article(sheet: Sheet) -> str:
    article = sheet.article
    if article is None:
        return ""
    named = [wrap(f"{article.label} · {article.sponsor}"), wrap(article.title), article.url]
    return wrap(sheet.words.article_lead) + "\n\n" + "\n".join(line for line in named if line)


def _footer(sheet: Sheet) -> Iterator[str]:
    before, after = sheet.questions
    yield wrap(before + sheet.desk + after)
    if sheet.consent_url:
        yield f"{wrap(sheet.words.consents + sheet.words.colon)}\n{sheet.consent_url}"
    if sheet.privacy_url:
        yield f"{wrap(sheet.words.privacy + sheet.words.colon)}\n{sheet.privacy_url}"
    yield wrap(sheet.organisation)
    yield sheet.site_url
