"""How does a template show a picture? By saying what for: its sizes are those of the use."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from partners.renditions import showing
from partners.renditions.uses import USES

register = template.Library()


@register.simple_tag
def picture(image: Any, use: str, **attributes: Any) -> SafeString:
    """Show `image` (or None) for a use of partners/renditions/uses.py; `attributes` are those of its <img>.

    In a reader's request nothing is made for it: what is missing is ordered. Raises KeyError for an unknown use.
    """
    return showing.picture(image, USES[use], attributes) if image else SafeString()
