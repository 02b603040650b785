"""How is a picture offered in several widths, whatever the width of its original?"""

import re
from typing import Any

from django import template
from django.template.base import Parser, Token
from django.utils.safestring import SafeString, mark_safe
from wagtail.images.templatetags.wagtailimages_tags import PictureNode, image

register = template.Library()

_SRCSET = re.compile(r'srcset="([^"]*)"')


class DistinctPictureNode(PictureNode):
    """Wagtail's picture without candidates of equal width, which HTML forbids.

    An original that is smaller than what is asked for is not enlarged: several renditions of it are then one size.
    """

    def render(self, context: template.Context) -> SafeString:
        """Render as Wagtail does, each width once."""
        # Safe: candidates are left out of what Wagtail has escaped.
        return mark_safe(_SRCSET.sub(_distinct, super().render(context)))  # noqa: S308


@register.tag
def picture(parser: Parser, token: Token) -> Any:
    """Do as Wagtail's tag of this name does; libraries loaded later win, so load this one after Wagtail's."""
    node = image(parser, token)
    return DistinctPictureNode(node.image_expr, node.filter_specs, node.output_var_name, node.attrs)


def _distinct(srcset: re.Match[str]) -> str:
    by_width: dict[str, str] = {}
    for candidate in srcset[1].split(", "):
        by_width.setdefault(candidate.rpartition(" ")[2], candidate)
    return f'srcset="{", ".join(by_width.values())}"'
