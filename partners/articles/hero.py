"""In which form does an article's hero image leave the site, and what was made of it already?"""

from typing import TYPE_CHECKING, Any

from django.db.models import prefetch_related_objects

from partners.renditions.uses import USES

if TYPE_CHECKING:
    from partners.articles.article_page import PartnerArticlePage

# In feeds, sitemaps and structured data.
HERO = USES["machines"].spec


def hero_with_renditions(article: "PartnerArticlePage") -> Any:
    """Return the hero image of `article` or None; its renditions and those of the pictures in the body come by one
    query.
    """
    figures = [block.value["image"] for block in article.body if block.block_type == "image"]
    pictures = [picture for picture in (article.hero_image, *figures) if picture is not None]
    prefetch_related_objects(pictures, "renditions")
    return article.hero_image
