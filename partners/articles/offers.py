"""What can an article offer its reader, without articles knowing what stands behind the offer?"""

from functools import cached_property
from typing import Any

from django.apps import apps
from wagtail import blocks
from wagtail.models import Page

from partners.articles.site_page import SitePage
from partners.keeping import once


class OfferPage(SitePage):
    """A page that an article can open over itself, such as a form.

    Concrete kinds live in packages above this one; the chooser below finds them when the apps are loaded,
    so that `articles` names none of them.
    """

    class Meta:
        abstract = True

    def get_opener_label(self) -> str:
        """Return the words of the link that opens the offer."""
        raise NotImplementedError

    def get_close_label(self) -> str:
        """Return the words that close the offer again."""
        raise NotImplementedError

    def get_dialog_error(self) -> str:
        """Return the words shown where the offer could not be fetched or sent."""
        raise NotImplementedError


def kinds_of_offer() -> list[type[Page]]:
    """Return every concrete page model derived from OfferPage."""
    return [model for model in apps.get_models() if issubclass(model, OfferPage)]


class OfferChooserBlock(blocks.PageChooserBlock):
    """A page chooser that shows pages of every concrete kind of offer."""

    @cached_property
    def target_models(self) -> list[type[Page]]:
        """Return every concrete page model derived from OfferPage."""
        return kinds_of_offer()

    def bulk_to_python(self, values: list[Any]) -> list[Any]:
        """Return the pages of keys as Wagtail does; articles of one partner mostly offer the same."""
        pages: list[Any] = once(
            ("offers", tuple(values)), lambda: super(OfferChooserBlock, self).bulk_to_python(values)
        )
        return pages

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Keep the kinds of offer out of migrations: they may grow without one."""
        return ("wagtail.blocks.PageChooserBlock", [], {"required": self.field.required})
