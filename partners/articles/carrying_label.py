"""What happens to an article's translations when its kind turns out to be another?

Whether money was paid is a fact about the article, not about a language: the translations that said the same as it did
follow, each with an entry in its own history, and so do drafts. A draft that an editor has given another kind keeps it
until it is published (`in_step.py`).
"""

import json
from typing import TYPE_CHECKING

from django.db.models import Q
from wagtail_localize.models import TranslationSource

from partners.articles.label_change import keep_for_editors, keep_label_date, stored_label, write_down_label_change

if TYPE_CHECKING:
    from partners.articles.article_page import PartnerArticlePage


def carry_label_to_translations(article: "PartnerArticlePage", old: str) -> None:
    """Give `article`'s kind to its translations: to those of the kind `old`, and to drafts that were not given another.

    To be called within its transaction. An alias says what its original says, so it follows that.
    """
    new = article.disclosure
    family = type(article).objects.filter(translation_key=article.translation_key, alias_of=None).exclude(pk=article.pk)
    undecided = Q(disclosure_before=None) | Q(disclosure="")
    behind = family.filter(Q(live=True, disclosure=old) | (Q(live=False) & undecided)).exclude(disclosure=new)
    for key in list(behind.order_by("pk").values_list("pk", flat=True)):
        # One that follows may have taken the others along.
        if (other := behind.filter(pk=key).first()) is not None:
            _follow(other, new)
    # The next translation starts from what was stored of the original.
    for source in TranslationSource.objects.filter(object_id=article.translation_key).select_for_update():
        content = json.loads(source.content_json)
        if content.get("disclosure") == old or source.locale_id == article.locale_id:
            source.content_json = json.dumps({**content, "disclosure": new})
            source.save(update_fields=["content_json"])


def _follow(other: "PartnerArticlePage", new: str) -> None:
    if other.live and not other.has_unpublished_changes:
        newest = other.get_latest_revision_as_object()
        newest.disclosure = new
        newest.save_revision(clean=False).publish()
        return
    # What its editor has not finished stays unfinished, but will not bring the old kind back.
    for revision in other.revisions.filter(content__disclosure=other.disclosure):
        if revision.pk == other.latest_revision_id or revision.approved_go_live_at:
            revision.content = {**revision.content, "disclosure": new}
            keep_for_editors(revision, is_newest=revision.pk == other.latest_revision_id)
    stored = stored_label(other)
    other.disclosure = new
    if other.live:
        other.save(update_fields=["disclosure"], clean=False)
        # Wagtail does this when a page is published, which this one is not; `other` is what readers see, not the draft.
        other.update_aliases()
        return
    # Past its own `save`, which would take this for a choice of its editor.
    is_changed = keep_label_date(other, stored)
    rows = type(other).objects.filter(pk=other.pk)
    rows.update(disclosure=new, label_changed_at=other.label_changed_at, disclosure_before=None)
    if is_changed:
        write_down_label_change(other, stored)
