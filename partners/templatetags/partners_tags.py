"""How do templates mark links that were paid for, and which picture stands for a brochure?"""

from typing import Any

from django import template
from django.template.base import Parser, Token
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from wagtail.rich_text import RichText

from partners.articles.links import mark_external_links
from partners.articles.links_in_text import texts_of
from partners.submissions import mail_page

register = template.Library()
register.filter("with_mail_problem", mail_page.with_mail_problem)


def _is_paid(page: Any) -> bool:
    """A partner's pages count as paid, unless the article itself says that nothing was paid."""
    return bool(getattr(page, "is_paid", getattr(getattr(page, "_meta", None), "app_label", "") == "partners"))


class MarkedLinks(template.Node):
    """A part of a template whose links are marked when all of it has been rendered, whatever they came from."""

    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: template.Context) -> SafeString:
        """Render the part, and mark its links as the page in the context asks."""
        page = context.get("page")
        with texts_of(page):
            rendered = self.nodelist.render(context)
        html = mark_external_links(rendered, paid=_is_paid(page))
        # Safe: a template has rendered it, and the values of rel are ours.
        return mark_safe(html)  # noqa: S308


@register.tag
def marked_links(parser: Parser, token: Token) -> MarkedLinks:
    """Mark every link to another site up to `endmarked_links`: in text, tables, cards, whatever block there will be.

    Links to pages of this site that stand in texts of the page are looked up together, however many texts it has.
    """
    nodelist = parser.parse(("endmarked_links",))
    parser.delete_first_token()
    return MarkedLinks(nodelist)


@register.simple_tag(takes_context=True)
def cell_content(context: dict[str, Any], cell: Any) -> str:
    """Render a cell of a table; one of rich text like any other rich text of the page."""
    if isinstance(cell.value, RichText):
        return str(cell.value)
    return str(cell.render(context.flatten() if hasattr(context, "flatten") else context))


@register.simple_tag
def answer_words(answer: dict[str, Any]) -> str:
    """Return a stored answer in words: a list as its parts, a ticked box as yes, nothing as a dash."""
    return value_words(answer.get("value"))


@register.simple_tag
def value_words(value: Any) -> str:
    """Return a value of JSON in words: a list as its parts, yes or no, nothing as a dash."""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, list):
        value = "; ".join(str(part) for part in value)
    return str(value or "–")


@register.simple_tag
def brochure_cover(brochure: Any, language: str) -> Any:
    """Return the picture of a brochure's cover for readers of `language`, or None; its own words say what it shows."""
    return brochure.cover_for(language) if brochure else None
