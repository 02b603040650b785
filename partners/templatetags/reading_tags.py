"""How does a template help readers to find their way in a long text?"""

from typing import Any

from django import template
from django.template.base import Parser, Token
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from partners.articles.contents import anchor_of, contents_of
from partners.articles.notes import link_references, notes_of

register = template.Library()
register.filter("anchor", anchor_of)
register.simple_tag(contents_of)


@register.filter
def number_of_parts(parts: list[Any]) -> int:
    """Return how many headings a list of contents has, those of sub-sections among them."""
    return sum(1 + len(part.parts) for part in parts)


class Noted(template.Node):
    """A part of a template whose references to the notes of a body are links, with those notes below it."""

    def __init__(self, nodelist: template.NodeList, body: template.base.FilterExpression) -> None:
        self.nodelist = nodelist
        self.body = body

    def render(self, context: template.Context) -> SafeString:
        """Render the part; where the body has no notes, as it is."""
        html = self.nodelist.render(context)
        notes = notes_of(self.body.resolve(context))
        if not notes:
            return html
        text, references = link_references(html, len(notes))
        numbered = [(number, note, references.get(number, ())) for number, note in enumerate(notes, 1)]
        # Safe: templates have rendered both, and the links between them are ours.
        return mark_safe(text + render_to_string("components/notes.html", {"notes": numbered}))  # noqa: S308


@register.tag
def noted(parser: Parser, token: Token) -> Noted:
    """Link the references up to `endnoted` with the notes of a body, and set these below: `{% noted page.body %}`."""
    body = parser.compile_filter(token.split_contents()[1])
    nodelist = parser.parse(("endnoted",))
    parser.delete_first_token()
    return Noted(nodelist, body)
