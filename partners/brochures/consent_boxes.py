"""Which consent boxes does a form show, and which did the visitor see and tick?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.core import signing

from partners.brochures.consent_wording import PLACEHOLDERS, ConsentWording, Purpose, fill_in

if TYPE_CHECKING:
    from partners.brochures.request_page import BrochureRequestPage

SHOWN_FIELD = "consent_shown"
_SALT = "partners.brochures.consent-shown"


@dataclass(frozen=True)
class ConsentBox:
    """A box as its visitor sees it: the filled-in sentence `text` of a wording, and what was done with the box."""

    purpose: Purpose
    wording_id: int
    language: str
    text: str
    ticked: bool = False

    @property
    def name(self) -> str:
        """The name of the box among the form's fields; its id is this after 'id_'."""
        return f"consent_{self.purpose}"


class ConsentBoxes:
    """The boxes of one showing of the form of `page`, or of its answer `data`.

    An answer carries what its visitor saw, signed: that is what counts and what a refused form shows again, even where
    the wording or the form has changed in between. An answer whose account of it is missing or forged agrees to
    nothing: the brochure goes out, and there is no evidence to keep.
    """

    def __init__(self, page: "BrochureRequestPage", data: Mapping[str, str] | None = None) -> None:
        """Read the boxes from `data`, or make those that `page` asks for now. Costs no query where it asks for none."""
        self._page_id = page.pk
        seen = None if data is None else self._seen(data)
        self.answered: tuple[ConsentBox, ...] = tuple(seen or ())
        self.boxes: list[ConsentBox] = _boxes_of(page) if seen is None else seen

    @property
    def signed(self) -> str:
        """What the form carries along so that its answer can tell what was shown; empty without boxes."""
        if not self.boxes:
            return ""
        shown = [[box.purpose.value, box.wording_id, box.language, box.text] for box in self.boxes]
        return signing.dumps({"page": self._page_id, "shown": shown}, salt=_SALT, compress=True)

    def _seen(self, data: Mapping[str, str]) -> list[ConsentBox] | None:
        try:
            account = signing.loads(data.get(SHOWN_FIELD, ""), salt=_SALT)
        except signing.BadSignature:
            return None
        if account["page"] != self._page_id:
            return None
        boxes = (ConsentBox(Purpose(purpose), *rest) for purpose, *rest in account["shown"])
        return [replace(box, ticked=box.name in data) for box in boxes]


def _boxes_of(page: "BrochureRequestPage") -> list[ConsentBox]:
    switched_on = page.switched_on()
    if not switched_on:
        return []
    language = page.locale.language_code
    values = page.wording_values(language)
    wordings = {wording.purpose: wording for wording in ConsentWording.objects.current(language)}
    return [
        ConsentBox(purpose, wordings[purpose].pk, language, fill_in(wordings[purpose].text, values))
        for purpose in switched_on
        if purpose in wordings and _says_all(wordings[purpose], values)
    ]


def _says_all(wording: ConsentWording, values: Mapping[str, str]) -> bool:
    """Say whether the form has a value for every placeholder: half a sentence is no question to agree to."""
    used: Iterable[str] = (name for name in PLACEHOLDERS[wording.purpose] if f"{{{name}}}" in wording.text)
    return all(values[name].strip() for name in used)
