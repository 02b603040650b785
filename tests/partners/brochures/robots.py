"""Robots that send a brochure's form, each kind in its own way, and how many letters each kind may get out of it."""

import itertools
import json
from dataclasses import dataclass, field
from urllib.parse import urlencode

from partners.brochures.circumstances import TRAP_FIELD
from tests.partners.brochures.sessions import Session, a_network

FIRST_NAMES = ["Ada", "Ben", "Chi", "Dev", "Eva", "Fay", "Gil", "Hoi", "Ida", "Jun"]
LAST_NAMES = ["Almond", "Barley", "Clover", "Dill", "Elder"]
NAMES = [f"{first} {last}" for first, last in itertools.product(FIRST_NAMES, LAST_NAMES)]


@dataclass
class Deed:
    """What one kind of robot did: at most `bound` letters may come of its `posts`, all to `targets`."""

    bound: int
    posts: int = 0
    targets: list[str] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)


class Robot:
    """A kind of robot at work; each method is a kind."""

    def __init__(self, clock, page, strict_page):
        self.clock, self.page, self.strict_page = clock, page, strict_page
        self.numbers = itertools.count(1)

    def _address(self, deed):
        address = f"target{next(self.numbers)}@victims.example"
        deed.targets.append(address)
        return address

    def _post(self, deed, session, inputs, *, page=None, after=5.0, **typed):
        typed.setdefault("email", self._address(deed) if "email" not in typed else None)
        if typed["email"] not in deed.targets:
            deed.targets.append(typed["email"])
        typed.setdefault("name", NAMES[deed.posts % len(NAMES)])
        response = session.send(page or self.page, inputs, after=after, **typed)
        deed.posts += 1
        deed.statuses.add(response.status_code)
        return response

    def _fresh(self, deed, *, remote=None, page=None, **typed):
        session = Session(self.clock, remote)
        return self._post(deed, session, session.open(page or self.page), page=page, **typed)

    def instant(self, deed):
        for _ in range(10):
            self._fresh(deed, after=0.2)

    def fills_every_field(self, deed):
        for _ in range(10):
            self._fresh(deed, after=30, **{TRAP_FIELD: "I really like your site"})

    def never_loads_the_form(self, deed):
        for _ in range(5):
            self._post(deed, Session(self.clock), {})

    def has_a_cookie_but_no_key(self, deed):
        session = Session(self.clock)
        token = session.open(self.page)["csrfmiddlewaretoken"]
        for _ in range(5):
            self._post(deed, session, {"csrfmiddlewaretoken": token})

    def forges_keys(self, deed):
        session = Session(self.clock)
        inputs = session.open(self.page)
        for key in ("0" * 32, f"{'0' * 32}:{'A' * 43}", inputs["key"][:-1], "x" * 200):
            self._post(deed, session, {**inputs, "key": key})

    def replays_an_old_key(self, deed):
        session = Session(self.clock)
        inputs = session.open(self.page)
        self.clock.wait(8 * 86_400)
        for _ in range(10):
            self._post(deed, session, inputs)

    def presses_again_at_once_with_the_renewed_key(self, deed):
        for _ in range(5):
            session = Session(self.clock)
            answer = self._post(deed, session, {**session.open(self.page), "key": "none"})
            self._post(deed, session, session.renewed(answer), after=0.1)

    def one_key_for_a_list_of_addresses(self, deed):
        deed.bound = 3
        session = Session(self.clock)
        inputs = session.open(self.page)
        for _ in range(20):
            self._post(deed, session, inputs)

    def injects_headers(self, deed):
        for typed in (
            {"email": "a@victims.example\r\nBcc: b@victims.example"},
            {"email": "a@victims.example%0aBcc:b@victims.example"},
            {"email": "a@victims.example, b@victims.example"},
            {"email": '"a@victims.example\nBcc: b"@victims.example'},
            {"name": "Ann\r\nBcc: b@victims.example"},
        ):
            self._fresh(deed, **typed)

    def links_in_the_name(self, deed):
        for name in ("Win at https://casino.example", "www.pills.example", "Visit casino.com now"):
            self._fresh(deed, name=name)

    def links_in_the_company(self, deed):
        for company in ("Cheap pills at http://pills.example today", "https://a.example https://b.example"):
            self._fresh(deed, company=company)

    def marked_up_links(self, deed):
        for company in (
            '<a href="https://casino.example">casino</a>',
            "[url=https://casino.example]casino[/url]",
            "[casino](https://casino.example)",
        ):
            self._fresh(deed, company=company)

    def same_text_from_many_networks(self, deed):
        deed.bound = 8
        for _ in range(30):
            self._fresh(deed, name="Robert Growth", company="Growth Partners")

    def fifty_networks_one_victim(self, deed):
        deed.bound = 3
        for number in range(50):
            self._fresh(deed, email="victim@victims.example", company=f"Works {number}")

    def one_network_fifty_victims(self, deed):
        deed.bound = 30
        for number in range(50):
            self._fresh(deed, remote=f"198.18.7.{number}", company=f"Mills {number}")

    def one_network_under_forged_forwarding(self, deed):
        deed.bound = 30
        for number in range(50):
            session = Session(self.clock, "198.18.8.8", HTTP_X_FORWARDED_FOR=a_network())
            # The test site has no proxy; what a robot claims in the header must not make it many.
            session.client.defaults["REMOTE_ADDR"] = f"8.8.8.{number}"
            self._post(deed, session, session.open(self.page), company=f"Docks {number}")

    def one_mailbox_in_many_spellings(self, deed):
        deed.bound = 3
        for number in range(20):
            self._fresh(deed, email=f"v.ictim+{number}@gmail.com", company=f"Quays {number}")

    def mailboxes_for_minutes(self, deed):
        for number in range(5):
            self._fresh(deed, page=self.strict_page, email=f"r{number}@mailinator.com")

    def skips_the_puzzle(self, deed):
        for number in range(5):
            self._fresh(deed, page=self.strict_page, company=f"Yards {number}")

    def sends_json(self, deed):
        session = Session(self.clock)
        inputs = session.open(self.page)
        body = json.dumps({**inputs, "name": "Bot", "email": self._address(deed)})
        self._raw(deed, session, body, "application/json")
        session.client.defaults["HTTP_X_CSRFTOKEN"] = inputs["csrfmiddlewaretoken"]
        self._raw(deed, session, body, "application/json")

    def sends_the_wrong_type(self, deed):
        session = Session(self.clock)
        body = urlencode({**session.open(self.page), "name": "Bot", "email": self._address(deed)})
        for content_type in (
            *("text/plain", "", "application/xml", "multipart/form-data", "multipart/form-data; boundary=x"),
            *("application/x-www-form-urlencoded; charset=utf-16", "multipart/form-data; boundary=x; charset=hex"),
        ):
            self._raw(deed, session, body, content_type)

    def sends_too_much(self, deed):
        self._fresh(deed, company="x" * 1_000_000)
        self._fresh(deed, company="x" * 5_000_000)
        self._fresh(deed, **{f"field{number}": "x" for number in range(11_000)})

    def _raw(self, deed, session, body, content_type):
        response = session.client.generic("POST", self.page.url, body.encode(), content_type=content_type)
        deed.posts += 1
        deed.statuses.add(response.status_code)


KINDS = frozenset(name for name, value in vars(Robot).items() if callable(value) and not name.startswith("_"))
