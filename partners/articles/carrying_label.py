"""What happens to an article's translations when its kind turns out to be another?

Whether money was paid is a fact about the article, not about a language: the translations that said the same as it did
follow, each with an entry in its own history. One that an editor has given another kind keeps it.
"""

import json
from typing import TYPE_CHECKING

from wagtail_localize.models import TranslationSource

if TYPE_CHECKING:
    from partners.articles.article_page import PartnerArticlePage


def carry_label_to_translations(article: "PartnerArticlePage", old: str) -> None:
    """Give the translations of `article` whose kind is `old` its own kind; to be called within its transaction.

    Aliases are left to Wagtail, which keeps them like their original.
    """
    others = type(article).objects.filter(
        translation_key=article.translation_key, disclosure=old, alias_of__isnull=True
    )
    for other in others.exclude(pk=article.pk).order_by("pk"):
        _follow(other, old, article.disclosure)
    # The next translation starts from what was stored of the original.
    for source in TranslationSource.objects.filter(object_id=article.translation_key).select_for_update():
        content = json.loads(source.content_json)
        if content.get("disclosure") == old:
            source.content_json = json.dumps({**content, "disclosure": article.disclosure})
            source.save(update_fields=["content_json"])


def _follow(other: "PartnerArticlePage", old: str, new: str) -> None:
    if other.live and not other.has_unpublished_changes:
        newest = other.get_latest_revision_as_object()
        newest.disclosure = new
        newest.save_revision(clean=False).publish()
        return
    # What its editor has not finished stays unfinished, but will not bring the old kind back.
    for revision in other.revisions.filter(content__disclosure=old):
        if revision.pk == other.latest_revision_id or revision.approved_go_live_at:
            revision.content = {**revision.content, "disclosure": new}
            revision.save(update_fields=["content"])
    other.disclosure = new
    other.save(update_fields=["disclosure"], clean=False)
