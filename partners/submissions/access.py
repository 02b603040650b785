"""Who may see requests, and what may be done with them?"""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import FETCH_PEERS, QuerySet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import policy_registry

from partners.brochures.quarantine import WITHOUT_LETTER
from partners.brochures.submission import Submission
from partners.submissions.inbox import SubmissionQuerySet
from partners.submissions.partner_viewer import agreed_for_partners_of, has_partner_right

# view: every request, with list, detail and history (partner viewers have no right of these: see visible_to). resend:
# write to the person again, release, close as spam, revoke a link. work: notes, assignment, status. export: files of
# many requests. erase: a person's data, and how long they are kept. audit: the log of who saw what, which needs no
# right to see it oneself.
ACTIONS = frozenset({"view", "resend", "work", "export", "erase", "audit"})
# Whoever takes one of these must see the request.
NEED_VIEW = ACTIONS - {"view", "audit"}


class SubmissionPolicy(ModelPermissionPolicy):
    """Requests are read, and answered again; what a visitor said is never added to, changed or deleted by hand.

    The right to edit a page gives no right to its requests. A superuser has every permission of Django's, so
    the actions that nobody may take are refused here and not by leaving out their permission.
    """

    def user_has_permission(self, user: AbstractBaseUser | AnonymousUser, action: str) -> bool:
        """Say whether `user` may take `action` on any request."""
        if action not in ACTIONS or not super().user_has_permission(user, action):
            return False
        return action not in NEED_VIEW or bool(super().user_has_permission(user, "view"))

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[User]:
        """Return the users who may take one of `actions`; nobody for actions that do not exist here."""
        return super().users_with_any_permission(ACTIONS.intersection(actions))

    def _get_users_with_any_permission_codenames(self, permission_codenames: Iterable[str]) -> QuerySet[User]:
        users = super()._get_users_with_any_permission_codenames(permission_codenames)
        return users if permission_codenames else users.none()

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> SubmissionQuerySet:
        """Return the requests on which `user` may take one of `actions`."""
        requests = SubmissionQuerySet(Submission).fetch_mode(FETCH_PEERS)
        return requests.all() if self.user_has_any_permission(user, actions) else requests.none()


def is_partner_viewer(user: Any) -> bool:
    """Say whether `user` sees requests for the sake of partners only, and so on pages of their own."""
    sees_all = policy_registry.get_by_type(Submission).user_has_permission(user, "view")
    return not sees_all and has_partner_right(user)


def visible_to(user: Any) -> SubmissionQuerySet:
    """Return the requests that `user` may see: whatever shows requests reads through this, and finds no others.

    The right to view shows all. A partner viewer finds those whose persons agree now that a partner of his or hers
    gets their data, but for what is held back, closed as spam or erased. Everybody else finds none.
    """
    if is_partner_viewer(user):
        requests = SubmissionQuerySet(Submission).fetch_mode(FETCH_PEERS).exclude(WITHOUT_LETTER).exclude(email="")
        return requests.filter(agreed_for_partners_of(user))
    return policy_registry.get_by_type(Submission).instances_user_has_permission_for(user, "view")
