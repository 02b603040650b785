"""Whose figures does a user of the admin see?"""

from dataclasses import dataclass
from typing import Any

from wagtail.permissions import policy_registry

from partners.articles.partner_page import PartnerPage
from partners.brochures.submission import Submission
from partners.submissions.access import is_partner_viewer
from partners.submissions.partner_viewer import PartnerViewer


@dataclass(frozen=True)
class Scope:
    """`partners`: the ids of the partners' pages whose figures are seen, in every language; None for all figures."""

    partners: frozenset[int] | None

    @property
    def is_whole(self) -> bool:
        """Whether all figures are seen, and with them how the mail is."""
        return self.partners is None


def may_see_figures(user: Any) -> bool:
    """Say whether `user` sees any figures: whoever reads the desk, or requests for the sake of a partner."""
    return bool(policy_registry.get_by_type(Submission).user_has_permission(user, "view")) or is_partner_viewer(user)


def scope_of(user: Any) -> Scope | None:
    """Return what `user` sees, or None for nothing. Every figure is read within the scope that this returns.

    A partner viewer sees what became of all requests to the partners that he or she is tied to, also of those whose
    persons did not agree to a handover: these are numbers, and say nothing about anybody.
    """
    if is_partner_viewer(user):
        ties = PartnerViewer.objects.filter(user=user.pk).values("partner__translation_key")
        pages = PartnerPage.objects.filter(translation_key__in=ties)
        return Scope(frozenset(pages.values_list("pk", flat=True)))
    return Scope(None) if may_see_figures(user) else None
