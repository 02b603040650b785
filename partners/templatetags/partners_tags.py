"""How do templates set rich text that may hold paid links, and which picture stands for a brochure?"""

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from wagtail.rich_text import RichText, expand_db_html

from partners.articles.links import PAID_REL, UNPAID_REL, mark_external_links
from partners.submissions import mail_page

register = template.Library()
register.filter("with_mail_problem", mail_page.with_mail_problem)


def _is_paid(page: Any) -> bool:
    """A partner's pages count as paid, unless the article itself says that nothing was paid."""
    return bool(getattr(page, "is_paid", getattr(getattr(page, "_meta", None), "app_label", "") == "partners"))


@register.simple_tag(takes_context=True)
def partner_richtext(context: dict[str, Any], value: RichText | str | None) -> SafeString:
    """Render rich text, with the links that leave the site marked as the page in the context asks."""
    source = value.source if isinstance(value, RichText) else (value or "")
    html = mark_external_links(expand_db_html(source), paid=_is_paid(context.get("page")))
    # Safe: the source went through Wagtail's whitelist when it was saved, as |richtext relies on too.
    return mark_safe(html)  # noqa: S308


@register.simple_tag(takes_context=True)
def external_rel(context: dict[str, Any]) -> str:
    """Return the `rel` for a link of the page in the context to another site."""
    return PAID_REL if _is_paid(context.get("page")) else UNPAID_REL


@register.simple_tag(takes_context=True)
def cell_content(context: dict[str, Any], cell: Any) -> str:
    """Render a cell of a table; one of rich text like any other rich text of the page."""
    if isinstance(cell.value, RichText):
        return partner_richtext(context, cell.value)
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
