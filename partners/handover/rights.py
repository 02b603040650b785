"""Who may connect other systems? Whoever holds a right of its own, which neither pages nor requests give."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import LogActionRegistry
from wagtail.permission_policies import ModelPermissionPolicy

from partners.handover.endpoint import WebhookEndpoint
from partners.handover.replay import REPLAY, REPLAY_ALL

ACTIONS = frozenset({"add", "change", "view"})
SHOW_SECRET = "partners.webhook.show_secret"  # noqa: S105  the name of an act
ROTATE_SECRET = "partners.webhook.rotate_secret"  # noqa: S105
MAKE_TOKEN = "partners.api_token.make"  # noqa: S105
REVOKE_TOKEN = "partners.api_token.revoke"  # noqa: S105


class HandoverPolicy(ModelPermissionPolicy):
    """Webhooks, deliveries and tokens are seen, made and changed with the right `manage_handover`, or not at all."""

    def __init__(self, model: Any) -> None:
        super().__init__(model, auth_model=WebhookEndpoint)

    def user_has_permission(self, user: AbstractBaseUser | AnonymousUser, action: str) -> bool:
        """Say whether `user` may take `action`."""
        return action in ACTIONS and super().user_has_permission(user, action)

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[User]:
        """Return the users who may take one of `actions`; nobody for actions that do not exist here."""
        known = ACTIONS.intersection(actions)
        users: QuerySet[User] = super().users_with_any_permission(known)
        return users if known else users.none()

    def _get_permission_codename(self, action: str) -> str:
        return "manage_handover"


def register_log_actions(actions: LogActionRegistry) -> None:
    """Name the acts to the audit log. Entries hold references, numbers and names of systems."""
    actions.register_action(SHOW_SECRET, _("Show secret"), _("Secret shown"))
    actions.register_action(ROTATE_SECRET, _("New secret"), _("Secret changed"))
    actions.register_action(REPLAY, _("Send again"), _("Webhook sent again"))
    actions.register_action(REPLAY_ALL, _("Send all again"), _("Webhooks sent again"))
    actions.register_action(MAKE_TOKEN, _("Make token"), _("Token made and shown"))
    actions.register_action(REVOKE_TOKEN, _("Revoke token"), _("Token revoked"))
