"""What do visitors of a site with several processes get, and is it what the database holds?"""

import http.client
import re
from concurrent.futures import ThreadPoolExecutor

from partners.articles.partner_page import PartnerPage
from tests.faults.site import Site as Processes

# So many connections reach every process, as good as always; what all of them see is compared.
EVERYBODY = 12
# A person's request, which no cache answers, sees what the database holds.
A_PERSON = {"Cookie": "sessionid=nobody"}


def ask(site: Processes, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of one answer, over a connection of its own."""
    one = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    try:
        one.request("GET", path, headers=headers)
        answer = one.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        one.close()


def everybody_asks(site: Processes, path: str, **headers: str) -> list[tuple[int, bytes]]:
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda _: ask(site, path, **headers), range(EVERYBODY))
        return [(status, body) for status, _headers, body in answers]


def truth(site: Processes, path: str) -> tuple[int, bytes]:
    status, _headers, body = ask(site, path, **A_PERSON)
    return status, body


def addresses(site: Processes) -> list[str]:
    """Return every address of the demo that is the same for everybody, and some that are not."""
    found = [
        "/robots.txt",
        "/sitemap.xml",
        "/search/",
        "/search/?q=qianhai",
        "/search/suggestions/?q=q",
        "/latest/?page=2",
    ]
    for part in re.findall(r"<loc>[^<]*?(/sitemaps/[^<]*)</loc>", ask(site, "/sitemap.xml")[2].decode()):
        found.append(part)
        found += re.findall(r"<url><loc>https?://[^/]*([^<]*)</loc>", ask(site, part)[2].decode())
    for language in ("", "/zh-hant", "/zh-hans"):
        found += [f"{language}/feeds/all.{form}" for form in ("rss", "atom", "json")]
        found += [
            f"{language}/feeds/partners/{slug}.rss" for slug in PartnerPage.objects.values_list("slug", flat=True)
        ]
    return sorted(set(found))


def compare(site: Processes, paths: list[str]) -> list[str]:
    """Return the paths whose answer from memory differs from the one that Django gives, and where it begins to."""
    with ThreadPoolExecutor(8) as pool:
        true = list(pool.map(lambda path: truth(site, path), paths))
        seen = list(pool.map(lambda path: ask(site, path), paths))
    return [
        f"{path}: {difference(one, (other[0], other[2]))}"
        for path, one, other in zip(paths, true, seen, strict=True)
        if (other[0], other[2]) != one
    ]


def difference(true: tuple[int, bytes], seen: tuple[int, bytes]) -> str:
    """Return the statuses, and what stands where the two bodies part."""
    pairs = enumerate(zip(true[1], seen[1], strict=False))
    place = next((number for number, (one, other) in pairs if one != other), 0)
    around = slice(max(place - 60, 0), place + 60)
    return f"{true[0]} {true[1][around]!r} is {seen[0]} {seen[1][around]!r}"
