"""How does a template show hits of a search, of which all but the searched words is kept already?"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from django import template
from django.db.models import Model
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from partners.keeping import markup
from partners.search.hits import EXTRACT, TITLE, Hit

register = template.Library()


@register.simple_tag(takes_context=True)
def search_hit(context: Mapping[str, Any], hit: Hit) -> SafeString:
    """Return a hit: its label and sponsor, its title and what of its text was searched for."""

    def make() -> str:
        # Only what the key tells: other searches find the same page.
        shown = {"hit": replace(hit, is_frame=True), "request": context.get("request")}
        return render_to_string("partners/search/hit.html", shown)

    frame = markup(("hit", hit.page.pk), make, _shown_by(hit))
    before, _title, rest = frame.partition(TITLE)
    between, _extract, after = rest.partition(EXTRACT)
    # Safe: a template has rendered the frame, and the hit its words.
    return mark_safe("".join((before, hit.title, between, hit.extract, after)))  # noqa: S308


def _shown_by(hit: Hit) -> Iterator[Model]:
    yield hit.page
    if hit.article is not None:
        yield hit.article.sponsor
