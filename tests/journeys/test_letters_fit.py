"""Every letter in every language, on a phone and a desktop, by day and by night: nothing overflows, all can be read."""

import pytest
from django.conf import settings
from playwright.sync_api import Browser

from partners.letters import sender
from partners.letters.composing import write
from partners.letters.kinds import LetterKind
from partners.letters.letter_text import shipped_text
from partners.letters.samples import sample_contents
from partners.letters.sender import Sender

# For each piece of text: its contrast with the nearest background (WCAG 2.2, 1.4.3), and the size of its letters.
READABILITY = """() => {
  const parse = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const background = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.offsetParent) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(background(element))];
    found.push({
      text: walker.currentNode.data.trim().slice(0, 40),
      contrast: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05),
      size: parseFloat(getComputedStyle(element).fontSize),
    });
  }
  return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 600, 1000])
def test_letters_fit_and_can_be_read(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, width: int, scheme: str
) -> None:
    # The database cannot be asked beside a browser, and the sender is all that a shipped letter would ask for.
    monkeypatch.setattr(sender, "_look_up", [lambda language: Sender("Qianhai", "https://example.com/privacy/")])
    tab = browser.new_page(viewport={"width": width, "height": 700}, color_scheme=scheme)  # type: ignore[arg-type]
    requests: list[str] = []
    tab.on("request", lambda request: requests.append(request.url))
    for kind in LetterKind:
        for language, _name in settings.LANGUAGES:
            contents = sample_contents(kind, language)
            tab.set_content(write(kind, language, shipped_text(kind, language).words(), contents).html)
            where = f"{kind} {language}"
            assert tab.evaluate("document.documentElement.scrollWidth") <= width, where
            assert tab.locator(".sheet").evaluate("sheet => sheet.offsetWidth") <= 600, where
            assert tab.locator(".button a").bounding_box()["height"] >= 44, where  # type: ignore[index]
            pieces = tab.evaluate(READABILITY)
            assert len(pieces) > 8, where
            assert [piece for piece in pieces if piece["contrast"] < 4.5 or piece["size"] < 13] == [], where
    assert requests == []
    tab.close()
