"""A hundred honest visits, each with the addresses that must get a letter for it."""

import itertools

from tests import builders
from tests.partners.brochures.sessions import Session, a_network

CHINESE = ["陳大文", "李小龍", "王伟", "欧阳娜娜", "司馬 懿", "黄 家駒", "张伟", "何鴻燊", "周 芷若", "林徽因"]
FAMILY = ["Chan", "Cheung", "Fung", "Ho", "Kwok", "Lam", "Lau", "Leung", "Ng", "Tang"]
GIVEN = ["Ka Yan", "Wing", "Siu Ming", "Tsz Ching", "Ho Yin", "Mei", "Kin", "Oi Lam", "Pak Hei", "Yuk"]


class Visits:
    """Every method is one kind of visit: it makes `number` visits one after the other, yielding (kind, addresses)."""

    def __init__(self, clock, page):
        self.clock, self.page = clock, page
        self.others = [builders.request_page(page.get_parent().specific) for _ in range(4)]
        self.people = itertools.count(1)

    def all(self):
        """Yield a hundred visits as (kind, function that makes one and returns the addresses)."""
        for kind, times in COUNTS.items():
            for number in range(times):
                yield kind, lambda kind=kind, number=number: getattr(self, kind)(number)

    def _person(self):
        number = next(self.people)
        name = f"{GIVEN[number % 10]} {FAMILY[number // 10 % 10]}"
        return {"name": name, "email": f"person{number}@readers.example"}

    def autofill_and_enter(self, number):
        person = self._person()
        Session(self.clock).ask(self.page, after=1.2 + number / 10, **person)
        return [person["email"]]

    def by_keyboard(self, number):
        person = self._person()
        Session(self.clock).ask(self.page, after=15 + number * 4, company=f"Harbour Works {number}", **person)
        return [person["email"]]

    def slowly_with_a_screen_reader(self, number):
        person = self._person()
        Session(self.clock).ask(self.page, after=1_800 + number * 60, **person)
        return [person["email"]]

    def without_javascript_and_with_a_slip(self, number):
        person, session = self._person(), Session(self.clock)
        slip = {**person, "email": person["email"].replace("@", " at ")}
        again = session.renewed(session.send(self.page, session.open(self.page), after=25, **slip))
        session.thanked(session.send(self.page, again, after=6, email=person["email"]))
        return [person["email"]]

    def in_chinese(self, number):
        email = f"reader{number}@中文{number}.example"
        Session(self.clock).ask(self.page, after=40, name=CHINESE[number], company="前海港口有限公司", email=email)
        return [email]

    def with_a_tagged_address(self, number):
        email = ["+1@readers.example", "ann+qh@readers.example", "b.o.b+news@gmail.com", "x+@readers.example"][number]
        Session(self.clock).ask(self.page, after=12, **{**self._person(), "email": email})
        return [email]

    def from_one_office(self, number):
        person = self._person()
        session = Session(self.clock, f"203.0.113.{number % 4}")
        session.ask(self.page, after=9, company="Tidewater Insurance (Hong Kong) Limited", **person)
        return [person["email"]]

    def from_one_mobile_carrier(self, number):
        person = self._person()
        Session(self.clock, f"2001:db8:77:{number:x}::5").ask(self.page, after=20, **person)
        return [person["email"]]

    def with_a_double_click(self, number):
        person, session = self._person(), Session(self.clock)
        inputs = session.open(self.page)
        first = session.thanked(session.send(self.page, inputs, after=14, **person))
        second = session.thanked(session.send(self.page, inputs, after=0.2, **person))
        assert first.headers["Location"] == second.headers["Location"]
        return [person["email"]]

    def back_to_mend_the_address(self, number):
        person, session = self._person(), Session(self.clock)
        inputs = session.open(self.page)
        mistyped = person["email"].replace("readers", "raeders")
        session.thanked(session.send(self.page, inputs, after=14, **{**person, "email": mistyped}))
        session.thanked(session.send(self.page, inputs, after=8, **person))
        return [mistyped, person["email"]]

    def closed_and_opened_again(self, number):
        person, session = self._person(), Session(self.clock)
        session.open(self.page)
        self.clock.wait(70)
        session.ask(self.page, after=5, **person)
        return [person["email"]]

    def left_open_overnight(self, number):
        person = self._person()
        Session(self.clock).ask(self.page, after=[11, 20, 64, 100][number] * 3_600, **person)
        return [person["email"]]

    def left_open_for_too_long(self, number):
        person, session = self._person(), Session(self.clock)
        late = session.send(self.page, session.open(self.page), after=9 * 86_400, company="Kept & Co", **person)
        again = session.renewed(late)
        assert (again["name"], again["email"], again["company"]) == (person["name"], person["email"], "Kept & Co")
        session.thanked(session.send(self.page, again, after=1.5))
        return [person["email"]]

    def asks_for_several_brochures(self, number):
        person, session = self._person(), Session(self.clock)
        for page in (self.page, *self.others):
            session.ask(page, after=7, company="Lighthouse Trading Company", **person)
        return [person["email"]] * 5

    def asks_again_twice(self, number):
        person, session = self._person(), Session(self.clock)
        for _ in range(3):
            session.ask(self.page, after=60, **person)
        return [person["email"]] * 3

    def of_a_small_firm(self, number):
        email = f"{['info', 'sales', 'hello', 'office'][number]}@small-firm-{number}.example"
        Session(self.clock).ask(self.page, after=22, **{**self._person(), "email": email})
        return [email]

    def with_a_site_for_a_company(self, number):
        person = self._person()
        company = ["Sea.com", "www.harbour.example", "https://harbour.example/", "Harbour www.harbour.example"][number]
        Session(self.clock).ask(self.page, after=22, company=company, **person)
        return [person["email"]]

    def of_one_name(self, number):
        email = f"li-wei-{number}@readers.example"
        Session(self.clock).ask(self.page, after=22, name="李伟", email=email)
        return [email]

    def in_two_tabs(self, number):
        person, session = self._person(), Session(self.clock)
        first = session.open(self.page)
        session.open(self.page)
        session.thanked(session.send(self.page, first, after=30, **person))
        return [person["email"]]

    def over_a_private_relay(self, number):
        email = f"relay{number}.ab12@privaterelay.example"
        Session(self.clock, a_network()).ask(self.page, after=3, **{**self._person(), "email": email})
        return [email]


COUNTS = {
    "autofill_and_enter": 8,
    "by_keyboard": 6,
    "slowly_with_a_screen_reader": 5,
    "without_javascript_and_with_a_slip": 5,
    "in_chinese": 8,
    "with_a_tagged_address": 4,
    "from_one_office": 20,
    "from_one_mobile_carrier": 6,
    "with_a_double_click": 4,
    "back_to_mend_the_address": 4,
    "closed_and_opened_again": 3,
    "left_open_overnight": 4,
    "left_open_for_too_long": 2,
    "asks_for_several_brochures": 2,
    "asks_again_twice": 2,
    "of_a_small_firm": 4,
    "with_a_site_for_a_company": 4,
    "of_one_name": 4,
    "in_two_tabs": 2,
    "over_a_private_relay": 3,
}
