"""How does a page tell machines what it is? Not in a preview, and not where it has no address yet."""

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from partners.articles import structured_data
from partners.articles.structured_data import Data, as_element

register = template.Library()


def _elements(*data: Data | None) -> SafeString:
    # Safe: each element is.
    return mark_safe("\n".join(as_element(each) for each in data if each))  # noqa: S308


@register.simple_tag(takes_context=True)
def article_markup(context: dict[str, Any]) -> SafeString:
    """Write what the article of the context is, and where it stands."""
    page = context["page"]
    return _elements(structured_data.article_data(page), structured_data.breadcrumb_data(page))


@register.simple_tag(takes_context=True)
def partner_markup(context: dict[str, Any]) -> SafeString:
    """Write who the partner of the context is, and where its page stands."""
    page = context["page"]
    return _elements(structured_data.partner_data(page), structured_data.breadcrumb_data(page))


@register.simple_tag
def site_markup() -> SafeString:
    """Write what the site is."""
    return as_element(structured_data.site_data())


@register.simple_tag(takes_context=True)
def page_markup(context: dict[str, Any]) -> SafeString:
    """Write where the page of the context stands."""
    return _elements(structured_data.breadcrumb_data(context["page"]))
