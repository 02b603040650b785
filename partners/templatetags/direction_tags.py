"""How does a template set words of an unknown direction into a sentence of its own?"""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def isolated(words: str) -> SafeString:
    """Return `words`, which somebody typed, as HTML that keeps their direction to themselves.

    A line finds its direction by its first letter that is not isolated (Unicode Standard Annex 9, P2): Hebrew that a
    Chinese sentence begins with would turn all of the sentence around.
    """
    return format_html("<bdi>{}</bdi>", words)
