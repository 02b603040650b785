"""Ten thousand guesses at the address of a brochure's file, none of which gets one."""

import itertools
import random
import string
import time
import uuid
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.signing import Signer
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory
from django.urls import Resolver404, resolve

from partners.brochures import views
from tests import builders
from tests.partners.brochures.conftest import BROWSER, expire, fetch, path

pytestmark = pytest.mark.django_db

GUESSES = 10_000
# So many take the whole way, with every middleware and page; the rest meet the address's view alone.
WHOLE_WAY = 100
ALPHABET = string.ascii_letters + string.digits + "-_"


def near_misses(token, chance):
    """Yield `token` with one character changed, lost, doubled, swapped or in the other case, for ever."""
    while True:
        at = chance.randrange(len(token))
        other = chance.choice([letter for letter in ALPHABET if letter != token[at]])
        yield token[:at] + other + token[at + 1 :]
        yield token[:at] + token[at + 1 :]
        yield token[:at] + token[at] + token[at:]
        yield token[:at]
        if token[at].swapcase() != token[at]:
            yield token[:at] + token[at].swapcase() + token[at + 1 :]


def wrong_signatures(key, chance):
    """Yield the right key, signed with another secret, for another purpose, or not at all, for ever."""
    for number in itertools.count():
        yield Signer(key=f"secret {number}", sep=".", salt="partners.brochures.link").sign(key)
        yield Signer(sep=".", salt=f"purpose {number}").sign(key)
        yield key + "." + "".join(chance.choices(ALPHABET, k=43))
        yield key + "." * (number % 9)


def random_tokens(chance):
    while True:
        yield uuid.UUID(int=chance.getrandbits(128), version=4).hex + "." + "".join(chance.choices(ALPHABET, k=43))
        yield "".join(chance.choices(ALPHABET, k=chance.randrange(1, 90)))


def countable(link):
    """Yield numbers and names that rows and files have, under every folder that might serve them, for ever."""
    file = link.brochure_file
    stored = file.file.name
    names = [stored, stored.removeprefix("brochures/"), file.original_filename, file.sha256, file.sha256 + ".pdf"]
    folders = [
        "/brochures/",
        "/media/",
        "/media/brochures/",
        "/media/images/",
        "/private/",
        "/var/private/",
        "/static/",
        "/",
    ]
    for folder, name in itertools.product([*folders, "/documents/1/", "/zh-hant/brochures/"], names):
        yield folder + quote(name)
    for number in itertools.count():
        for folder in ("/brochures/", "/documents/", "/media/brochures/"):
            yield f"{folder}{number}/"
            yield f"{folder}{number}.pdf"
        yield f"/documents/{number}/{quote(file.original_filename)}"
        yield f"/brochures/file/{number}/"
        yield f"/brochures/{number:032x}/"


def traversals(link):
    """Yield ways out of a folder that is served into the one that is not, for ever."""
    name = link.brochure_file.file.name
    ups = ["../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%5c", "....//", "..;/", "%252e%252e%252f", "..%c0%af", "./../"]
    folders = ["/media/images/", "/media/", "/static/", "/brochures/", "/documents/", "/"]
    ends = [f"private/{name}", name, f"private%2f{name.replace('/', '%2f')}", f"private/{name}%00", f"PRIVATE/{name}"]
    for times in itertools.count(1):
        for folder, up, end in itertools.product(folders, ups, ends):
            yield folder + up * times + end


def guesses(link):
    """Return the guesses, mixed from every kind in equal parts."""
    chance = random.Random(20261123)
    kinds = [
        (f"/brochures/{quote(token)}/" for token in near_misses(path(link).split("/")[2], chance)),
        (f"/brochures/{token}/" for token in wrong_signatures(link.key.hex, chance)),
        (f"/brochures/{token}/" for token in random_tokens(chance)),
        countable(link),
        traversals(link),
    ]
    right = path(link)
    found: dict[str, None] = {}
    for together in zip(*kinds, strict=True):
        found |= dict.fromkeys(together)
        if len(found) > GUESSES:
            break
    found.pop(right, None)
    return list(found)[:GUESSES]


def ask(factory, address):
    """Return what the address's view answers, as a server calls it; 404 where there is no view or page."""
    request = factory.get(address, headers=BROWSER)
    request.user = None
    try:
        view, args, kwargs = resolve(request.path_info)
        return view(request, *args, **kwargs)
    except (Http404, Resolver404):
        return HttpResponse(status=404)
    except SuspiciousOperation:
        return HttpResponse(status=400)


def test_no_guess_gets_a_file(link, content, monkeypatch, capsys):
    addresses = guesses(link)
    assert len(set(addresses)) == GUESSES
    client, factory = Client(headers=BROWSER), RequestFactory()
    whole_way = random.Random(7).sample(addresses, WHOLE_WAY)
    started = time.perf_counter()
    answers = [client.get(address, follow=True) for address in whole_way]
    with monkeypatch.context() as patch:
        # The page that says no is the same each time; drawing it is what takes the time.
        patch.setattr(views, "_page", lambda request, template, status=200: HttpResponse(status=status))
        answers += [ask(factory, address) for address in addresses]
        found = [answer for answer in answers if answer.status_code not in {400, 404} or answer.streaming]
        took = time.perf_counter() - started
        # What was asked is answered by the right address, so it could have been found.
        assert fetch(client, path(link)).body == content
    with capsys.disabled():
        print(f"\n{len(addresses)} guesses, {WHOLE_WAY} of them the whole way: {len(found)} files, {took:.1f} s")
    assert [answer.get("Content-Disposition") for answer in found] == []


def test_a_document_beside_it_has_no_way_into_private_storage(client, link):
    assert not str(settings.PRIVATE_ROOT).startswith(str(settings.MEDIA_ROOT))
    assert not str(settings.PRIVATE_ROOT).startswith(str(settings.STATIC_ROOT))
    expire(link)
    assert fetch(client, path(link)).status_code == 404
    builders.add_file(link.brochure_file.brochure, builders.pdf_bytes(8))
    assert fetch(client, path(link)).status_code == 404
