"""How does a template show a title whose lines end between its phrases?"""

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from partners.articles.phrases import in_phrases

register = template.Library()


@register.filter
def phrases(title: str, language: str = "") -> SafeString:
    """Return `title`, which is in `language` (a code of LANGUAGES) or else in the active one, in its phrases as HTML.

    For headings and links that readers see; what machines read is the title itself.
    """
    return in_phrases(str(title), language or get_language() or "")
