"""How does a template say which parts of a page are kept, so that the next change does not cost all of it?"""

from collections.abc import Callable

from django import template
from django.template.base import FilterExpression, Parser, Token
from django.utils.safestring import SafeString, mark_safe

from partners.for_everybody import NAME, RENDERS_PART, ForEverybody
from partners.keeping import markup, may_keep, own_part

register = template.Library()


class KeptNode(template.Node):
    """A part of a template that is rendered where nobody keeps it. What it sets is not known outside."""

    def __init__(
        self,
        nodelist: template.NodeList,
        name: str,
        is_steady: FilterExpression | bool,
        *,
        is_shared: bool,
        is_of_partners: bool,
    ) -> None:
        self.nodelist = nodelist
        self.name = name
        self.is_steady = is_steady
        self.is_shared = is_shared
        self.is_of_partners = is_of_partners

    def render(self, context: template.Context) -> SafeString:
        """Render the part, or take it from what is kept: of a visitor's page without anything of his."""
        if RENDERS_PART in context:
            # A part of a part, kept with that.
            return self.nodelist.render(context)
        everybody: ForEverybody | None = context.get(NAME)

        def make() -> str:
            given = context if everybody is None or not may_keep() else everybody.context(context)
            with given.push():
                return self.nodelist.render(given)

        kept = self._kept(context, make, everybody.state if everybody is not None else "")
        # Safe: a template has rendered it.
        return mark_safe(kept if everybody is None else everybody.for_its_visitor(kept))  # noqa: S308

    def _kept(self, context: template.Context, make: Callable[[], str], state: str) -> str:
        if self.is_shared:
            return markup(("template", self.name), make)
        steady = self.is_steady if isinstance(self.is_steady, bool) else bool(self.is_steady.resolve(context))
        # One address may answer with one template or another, such as that of an article that is gone.
        whole = context.template.name if context.template else ""
        is_of_lists = not steady and not self.is_of_partners
        return own_part(f"{whole}:{self.name}:{state}", make, of_lists=is_of_lists, of_partners=self.is_of_partners)


@register.tag
def keep(parser: Parser, token: Token) -> KeptNode:
    """Keep what stands up to `endkeep` under a name.

    `{% keep head %}` is of the page that is shown, and depends on which pages there are;
    `{% keep text steady %}` depends only on what is loaded for it, and for the page before it; `steady=…` decides so;
    `{% keep list partners %}` depends also on which partners there are, but on no articles;
    `{% keep footer shared %}` is the same on all pages of a language: nothing in it may be of the page or the request.
    """
    _tag, name, *options = token.split_contents()
    is_shared = is_of_partners = False
    is_steady: FilterExpression | bool = False
    for option in options:
        key, _, value = option.partition("=")
        if option == "shared":
            is_shared = True
        elif option == "partners":
            is_of_partners = True
        elif key == "steady":
            is_steady = parser.compile_filter(value) if value else True
        else:
            raise template.TemplateSyntaxError(f"'keep' does not know '{option}'.")
    nodelist = parser.parse(("endkeep",))
    parser.delete_first_token()
    return KeptNode(nodelist, name, is_steady, is_shared=is_shared, is_of_partners=is_of_partners)
