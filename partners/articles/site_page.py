"""What do all pages of the site know of their place: what stands at its top, and may everybody read them?"""

from collections.abc import Iterator
from functools import cache, cached_property
from typing import Any, ClassVar

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page, PageViewRestriction
from wagtail.query import PageQuerySet

from partners.articles.restrictions import private_paths
from partners.keeping import once
from partners.renditions.uses import FIGURE_KIND, HERO_KIND

# The root of the tree is at depth 1, a language's home page at 2; its sections are what menus show.
HOME_DEPTH, SECTION_DEPTH = 2, 3


class SitePage(Page):
    """A page of any kind of this site."""

    # Whether its head and the site's header above it say nothing of which pages there are.
    has_steady_head: ClassVar[bool] = False

    class Meta:
        abstract = True

    @classmethod
    def for_reader(cls) -> PageQuerySet[Any]:
        """Return the pages of this kind, fetched with what is shown of one to its reader."""
        pages: PageQuerySet[Any] = cls._default_manager.all()
        return pages

    @cached_property
    def family(self) -> list[Page]:
        """The page and its translations, published or not, with their locales."""
        key = self.translation_key
        return once(
            ("family", key),
            lambda: list(Page.objects.filter(translation_key=key).select_related("locale").order_by("pk")),
        )

    def own_pictures(self) -> Iterator[tuple[Any, str]]:
        """Yield the pictures that belong to the page, wherever they are shown, with the kind of each
        (partners/renditions/uses.py): its hero image, and those of its text.
        """
        if (hero := getattr(self, "hero_image", None)) is not None:
            yield hero, HERO_KIND
        for block in getattr(self, "body", ()):
            if block.block_type == "image" and (image := block.value["image"]) is not None:
                yield image, FIGURE_KIND

    def update_aliases(self, **kwargs: Any) -> None:
        """Publish the aliases with this page, as Wagtail does; while it is scheduled to be published first, they wait.

        Wagtail asks for it then as well.
        """
        if self.live:
            super().update_aliases(**kwargs)

    def get_view_restrictions(self) -> Any:
        """Return the restrictions that apply to this page, without asking for its ancestors where there are none."""
        return super().get_view_restrictions() if private_paths() else _no_restrictions()


@cache
def _no_restrictions() -> Any:
    """Return no restrictions, as a query that was asked already: asking it anew would be work on each page."""
    found = PageViewRestriction.objects.none()
    list(found)
    return found


def top_of_site(path: str) -> list[Page]:
    """Return the published home page that stands above the place `path` of the tree, and its published sections.

    In the order of the tree, by one query for each page that is made.
    """
    home_path, depths = path[: HOME_DEPTH * Page.steplen], (HOME_DEPTH, SECTION_DEPTH)
    return once(
        ("top", home_path),
        lambda: list(Page.objects.filter(path__startswith=home_path, depth__in=depths).live().order_by("path")),
    )


def sections(home_path: str) -> list[Page]:
    """Return the published pages right below a home page."""
    return [page for page in top_of_site(home_path) if page.depth == SECTION_DEPTH]


def section_of_kind(kind: type[Page], path: str) -> Page | None:
    """Return the first section of a kind in the language to which the place `path` belongs."""
    key = ContentType.objects.get_for_model(kind).pk
    return next((page for page in sections(path) if page.content_type_id == key), None)
