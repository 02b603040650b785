"""How does an editor see a letter before anybody gets it?"""

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.csp import CSP

from partners.letters.composing import write
from partners.letters.kinds import LetterKind
from partners.letters.letter_text import LetterText, shipped_text
from partners.letters.samples import sample_contents
from partners.letters.words import ShippedText

# A letter carries its styles with it, and neither scripts nor anything from elsewhere.
_POLICY = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
    "frame-ancestors": [CSP.SELF],
}
_IN_THE_DARK = "@media (prefers-color-scheme: dark)"


def preview(text: LetterText, mode: str) -> HttpResponse:
    """Return the letter that `text` makes of sample values: `mode` is 'html', 'dark' or 'text'."""
    kind = LetterKind(text.kind or LetterKind.BROCHURE)
    language = text.language or settings.LANGUAGE_CODE
    letter = write(kind, language, _completed(text, kind, language), sample_contents(kind, language))
    if mode == "text":
        html: str = render_to_string("partners/letters/plain_preview.html", {"letter": letter, "language": language})
    else:
        # The two blocks of styles are media queries: 'all' shows one of them on any screen, 'not all' on none.
        html = letter.html.replace(_IN_THE_DARK, "@media all" if mode == "dark" else "@media not all")
        html = html.replace("<title>", '<meta name="robots" content="noindex"><title>', 1)
    response = HttpResponse(html)
    response._csp_config = _POLICY  # type: ignore[attr-defined]  # where Django's own decorator puts it
    return response


def _completed(text: LetterText, kind: LetterKind, language: str) -> ShippedText:
    """Return the words of `text`, with shipped ones where a field is still empty: a preview is made while typing."""
    words, shipped = text.words(), shipped_text(kind, language).words()
    return ShippedText(
        subject=words.subject or shipped.subject,
        preheader=words.preheader,
        heading=words.heading or shipped.heading,
        body=words.body or shipped.body,
        button=words.button or shipped.button,
        closing=words.closing,
    )
