"""How is it known afterwards that an article had another label, or another sponsor, when readers saw it?"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import LogActionRegistry, LogFormatter, log
from wagtail.models import Revision

from partners.articles.disclosure import Disclosure, strictness

if TYPE_CHECKING:
    from partners.articles.article_page import PartnerArticlePage

LABEL_CHANGED = "partners.label.change"
SPONSOR_CHANGED = "partners.sponsor.change"
# A revision may keep a moment less exactly.
_PRECISION = timedelta(seconds=1)
_STORED = (
    *("live", "first_published_at", "disclosure", "label_changed_at", "disclosure_before"),
    *("partner_campaign", "has_new_campaign", "path", "depth"),
)


def register_log_actions(actions: LogActionRegistry) -> None:
    """Name both changes to Wagtail's audit log."""

    @actions.register_action(LABEL_CHANGED)
    class LabelFormatter(LogFormatter):  # type: ignore[misc, unused-ignore]
        """Says which kind of content it was and is."""

        label = _("Change label")

        def format_message(self, entry: Any) -> str:
            """Return the sentence for `entry`."""
            kinds = {"": gettext("none"), **{kind.value: str(kind.label) for kind in Disclosure}}
            return gettext("Label changed from ‘%(old)s’ to ‘%(new)s’.") % {
                key: kinds.get(entry.data[key], entry.data[key]) for key in ("old", "new")
            }

    @actions.register_action(SPONSOR_CHANGED)
    class SponsorFormatter(LogFormatter):  # type: ignore[misc, unused-ignore]
        """Says whose article it was and is."""

        label = _("Change sponsor")

        def format_message(self, entry: Any) -> str:
            """Return the sentence for `entry`."""
            names = {key: entry.data[key] for key in ("old", "new")}
            sentences = [gettext("Sponsor changed from ‘%(old)s’ to ‘%(new)s’.") % names]
            if left := entry.data.get("left_campaign"):
                sentences.append(gettext("It left the campaign “%(campaign)s”.") % {"campaign": left})
            return " ".join(sentences)


def stored_label(article: "PartnerArticlePage", *, locks: bool = True) -> dict[str, Any] | None:
    """Return what is stored of the article's label and campaign, or None for an article that is not stored yet.

    The row is locked, so that two changes at once are both written down, unless nothing is to be written.
    """
    rows = type(article).objects.filter(pk=article.pk)
    if locks:
        rows = rows.select_for_update(of=["self"], no_key=True)
    return rows.values(*_STORED).first() if article.pk else None


def was_seen(stored: dict[str, Any] | None) -> bool:
    """Say whether readers have ever seen the article of which `stored` is what `stored_label` returns."""
    return stored is not None and (stored["live"] or stored["first_published_at"] is not None)


def keep_label_date(article: "PartnerArticlePage", stored: dict[str, Any] | None) -> bool:
    """Set when the label was changed last; say whether that is now. A revision knows an older date than the row.

    An alias, and the revisions of a copy, come with the date of an article that is another to its readers.
    """
    if stored is None or not was_seen(stored):
        if article.pk or article.alias_of_id:
            article.label_changed_at = None
        return False
    is_changed = bool(stored["disclosure"] != article.disclosure)
    article.label_changed_at = timezone.now() if is_changed else stored["label_changed_at"]
    return is_changed


def keep_told_kind(version: "PartnerArticlePage", row: "PartnerArticlePage") -> None:
    """Let `version`, which a revision remembers, be of no milder kind than `row`, the article as it is stored, where
    readers were told of a change since that revision was made. From then on the version knows of it.
    """
    told = row.label_changed_at
    if told is None:
        return
    known = version.label_changed_at
    if (known is None or known < told - _PRECISION) and strictness(version.disclosure) < strictness(row.disclosure):
        version.disclosure = row.disclosure
    version.label_changed_at = told


def keep_for_editors(revision: Revision, *, is_newest: bool) -> None:
    """Store the changed content of `revision`, with a new moment where it is the newest: by that Wagtail, and the form,
    know that whoever has it open was shown another.
    """
    if is_newest:
        revision.created_at = timezone.now()
    revision.save(update_fields=["content", *(["created_at"] if is_newest else [])])


def write_down_label_change(article: "PartnerArticlePage", stored: dict[str, Any] | None) -> None:
    """Write the change into the article's history, in an entry of its own."""
    if stored is not None:
        log(instance=article, action=LABEL_CHANGED, data={"old": stored["disclosure"], "new": article.disclosure})
