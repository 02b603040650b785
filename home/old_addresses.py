"""Which address of the replaced site leads where? A file is read, checked as a whole, and stored as redirects."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.db import transaction
from django.http import Http404
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.encoding import iri_to_uri, uri_to_iri
from django.utils.translation import get_language_from_path
from wagtail.contrib.redirects.models import Redirect
from wagtail.coreutils import get_dummy_request
from wagtail.models import Page, Site

LONGEST_ADDRESS = 255
KINDS = {"": True, "permanent": True, "301": True, "temporary": False, "302": False}
_HEADINGS = {"old", "from", "old address", "old_path"}
# As `wagtail.urls` names the view that answers with pages.
_PAGES = "wagtail_serve"


class BadLine(ValueError):  # noqa: N818  named for what it is about
    """A line cannot be used; the message says why, and how to mend it."""


@dataclass(frozen=True)
class Line:
    """One redirect as it was asked for: `old` as redirects are looked up by, `new` as it was written."""

    number: int
    old: str
    new: str
    is_permanent: bool


@dataclass(frozen=True)
class Target:
    """Where a redirect leads: to a page, which may move later, or to an address."""

    page: Page | None = None
    link: str = ""


@dataclass
class Imported:
    """What an import found: how many lines did what, and what is wrong with which."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: list[tuple[int, str]] = field(default_factory=list)


def import_redirects(text: str, *, hosts: Sequence[str] = (), is_rehearsal: bool = False) -> Imported:
    """Store the redirects that `text` (CSV: old address, new address, perhaps permanent or temporary) asks for.

    With one bad line, and in a rehearsal, nothing is stored. Whatever is there already is left as it is, so a file can
    be imported again. New addresses are of this site, or of one of `hosts`.
    """
    site = Site.objects.select_related("root_page").get(is_default_site=True)
    found = Imported()
    lines: dict[str, Line] = {}
    for number, cells in _rows(text):
        try:
            line = _read(number, cells)
            earlier = lines.setdefault(line.old, line)
            if (earlier.new, earlier.is_permanent) != (line.new, line.is_permanent):
                raise BadLine(f"Line {earlier.number} sends the same address elsewhere. Keep one of the two.")
        except BadLine as error:
            found.bad.append((number, str(error)))
    targets: dict[str, Target] = {}
    for line in lines.values():
        try:
            if page_at(line.old, site) is not None:
                raise BadLine(f"There is a page at {line.old}, so the redirect would never be used. Take the line out.")
            targets[line.old] = _destination(line, lines, site, hosts)
        except BadLine as error:
            found.bad.append((line.number, str(error)))
    found.bad.sort()
    with transaction.atomic():
        for old, target in targets.items():
            _keep(lines[old], target, site, found, is_rehearsal=is_rehearsal or bool(found.bad))
    return found


def page_at(address: str, site: Site) -> Page | None:
    """Return the published page that answers at `address`, a path with or without a query, or None.

    A part of a page that has addresses of its own, such as a form's thank-you, is no page.
    """
    path = uri_to_iri(address.partition("?")[0])
    path = path if path.endswith("/") else f"{path}/"
    with translation.override(get_language_from_path(path) or settings.LANGUAGE_CODE):
        try:
            match = resolve(path)
        except Resolver404:
            return None
        if match.url_name != _PAGES:
            return None
        try:
            components = [component for component in match.args[0].split("/") if component]
            result = site.root_page.localized.specific.route(get_dummy_request(path=path, site=site), components)
        except Http404:
            return None
        page: Page = result.page
        return page if uri_to_iri(page.get_url() or "") == path else None


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines that say something, by number; a heading says nothing. One that is no CSV comes as one cell."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    is_first = True
    while True:
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            yield reader.line_num, [f"{error}"]
            return
        if any(cells) and not (is_first and cells[0].lower() in _HEADINGS):
            yield reader.line_num, cells
        is_first = False


def _read(number: int, cells: list[str]) -> Line:
    if len(cells) not in (2, 3) or not cells[0] or not cells[1]:
        raise BadLine(
            "Write the old address, a comma, and the new one. An address that holds a comma stands in double quotes."
        )
    kind = cells[2].lower() if len(cells) == 3 else ""
    if kind not in KINDS:
        raise BadLine(f"‘{cells[2]}’ is no kind of redirect. Write permanent or temporary, or leave it out.")
    return Line(number, _old_path(cells[0]), cells[1], KINDS[kind])


def _old_path(written: str) -> str:
    """Return what a redirect is looked up by: decoded, without host, fragment and closing slash; the query sorted."""
    parts = _split(written)
    if not (written.startswith("/") or parts.scheme in {"http", "https"}):
        raise BadLine("The old address must begin with a slash, or with http:// or https://.")
    path = parts.path or "/"
    old = Redirect.normalise_path(f"{path}?{parts.query}" if parts.query else path)
    if old == "/":
        raise BadLine("This is the home page, which is here as well. Take the line out.")
    if len(old) > LONGEST_ADDRESS:
        raise BadLine(f"The old address is longer than {LONGEST_ADDRESS} characters. Leave out its query.")
    return old


def _split(written: str) -> SplitResult:
    # Browsers drop tabs and line breaks, and read a backslash as a slash.
    if "\\" in written or any(not character.isprintable() or character.isspace() for character in written):
        raise BadLine(
            "An address holds no blanks, backslashes or characters that cannot be seen. Write %20 for a blank."
        )
    if written.startswith("//"):
        raise BadLine("An address that begins with two slashes is another site's. Write one slash.")
    try:
        parts = urlsplit(written)
        parts.port  # noqa: B018  a port that is none raises only here
    except ValueError as error:
        raise BadLine("This is no address. Look for a bracket or a colon in it.") from error
    return parts


def _destination(line: Line, lines: dict[str, Line], site: Site, hosts: Sequence[str]) -> Target:
    """Return where `line` leads in the end. A target that is itself an old address of the file is followed."""
    passed = [line.old]
    new = line.new
    while True:
        parts = _split(new)
        if (parts.scheme or parts.netloc) and not _is_ours(parts, site):
            return _elsewhere(parts, hosts)
        path = uri_to_iri(parts.path or "/")
        if not path.startswith("/") or path.startswith("//"):
            raise BadLine("The new address must be one of this site that begins with one slash, such as /partners/.")
        address = path + (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")
        if (target := _standing_at(path, address, site)) is not None:
            return target
        following = lines.get(Redirect.normalise_path(address.partition("#")[0]))
        if following is None:
            return _by_stored(path, address, site)
        if following.old in passed:
            raise BadLine(f"Line {following.number} leads back here: nobody would arrive. Name the page it is about.")
        passed.append(following.old)
        new = following.new


def _standing_at(path: str, address: str, site: Site) -> Target | None:
    """Return the page at `path`, or the whole `address` where it says more than the page, or is no page's."""
    page = page_at(path, site)
    if page is not None and path == address:
        return Target(page=page)
    return Target(link=_fitting(iri_to_uri(address))) if page is not None or _answers(path) else None


def _by_stored(path: str, address: str, site: Site) -> Target:
    """Return the target of a redirect that is stored already for `address`, such as a page's former one."""
    stored = Redirect.get_for_site(site).filter(old_path=Redirect.normalise_path(address)).first()
    if stored is not None and stored.redirect_page is not None and stored.redirect_page.live:
        return Target(page=stored.redirect_page)
    raise BadLine(f"There is no page at {path}. Publish it first, or name another.")


def _answers(path: str) -> bool:
    """Say whether something else than a page stands there, such as the search or a feed."""
    with translation.override(get_language_from_path(path) or settings.LANGUAGE_CODE):
        try:
            return resolve(path).url_name != _PAGES
        except Resolver404:
            return False


def _is_ours(parts: SplitResult, site: Site) -> bool:
    ours = urlsplit(site.root_url)
    return (parts.hostname, parts.port) == (ours.hostname, ours.port) and parts.username is None


def _elsewhere(parts: SplitResult, hosts: Sequence[str]) -> Target:
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadLine("The new address must be one of this site that begins with one slash, such as /partners/.")
    if parts.hostname not in hosts or parts.username is not None or parts.password is not None:
        raise BadLine(
            f"The new address is on another site, {parts.hostname}. Name an address of this one, or allow that site by "
            f"--allow-host {parts.hostname}."
        )
    return Target(link=_fitting(iri_to_uri(parts.geturl())))


def _fitting(link: str) -> str:
    if len(link) > LONGEST_ADDRESS:
        raise BadLine(f"The new address is longer than {LONGEST_ADDRESS} characters.")
    return link


def _keep(line: Line, target: Target, site: Site, found: Imported, *, is_rehearsal: bool) -> None:
    wanted = {
        "redirect_page_id": target.page.pk if target.page else None,
        "redirect_page_route_path": "",
        "redirect_link": target.link,
        "is_permanent": line.is_permanent,
    }
    stored = Redirect.objects.filter(site=site, old_path=line.old).first()
    if stored is None:
        found.added += 1
    elif all(getattr(stored, name) == value for name, value in wanted.items()):
        found.unchanged += 1
        return
    else:
        found.changed += 1
    if not is_rehearsal:
        Redirect.objects.update_or_create(
            site=site, old_path=line.old, defaults={**wanted, "automatically_created": False}
        )
