"""Which addresses of the admin are open to those who edit nothing: partner viewers, auditors, accounts with no right?

Wagtail asks some of its views (choosers of pages, snippets and documents, its API, confirmations, reports of
translations) for nothing but the right to enter the admin, and shows there what everybody plans. So for these users
everything is closed but what is named here: a view that Wagtail or somebody here adds is closed until it is named.
"""

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Exists
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, resolve
from wagtail.admin.auth import permission_denied
from wagtail.admin.localization import get_localized_response
from wagtail.admin.menu import MenuItem
from wagtail.models import GroupApprovalTask, GroupCollectionPermission, GroupPagePermission, GroupSitePermission

from partners.of_admin import is_of_admin
from partners.submissions.partner_viewer import PARTNER_RIGHT

ENTER = "wagtailadmin.access_admin"
# What everybody who may enter needs: the way in and out, the account, and what each page of the admin asks for.
FOR_EVERYBODY = frozenset(
    {
        *("wagtailadmin_login", "wagtailadmin_logout", "wagtailadmin_home", "wagtailadmin_account"),
        *(f"wagtailadmin_password_reset{step}" for step in ("", "_done", "_confirm", "_complete")),
        *("wagtailadmin_sprite", "wagtailadmin_javascript_catalog", "wagtailadmin_dismissibles", "signed_in"),
        # Answers whatever has no other address with 404, or with the same address and a slash.
        "wagtail.admin.views.home.default",
    }
)
# A migration of Wagtail's gives these to every group there is. They fill choosers, of which there are none without
# something to edit.
_CHOOSE = ("choose_document", "choose_image")
# What each right that shows only opens beside; the views ask for it once more.
OPENED_BY = {
    ENTER: FOR_EVERYBODY,
    PARTNER_RIGHT: frozenset(
        {"partner_requests", "partner_requests_results", "partner_request", "figures", "figures_file"}
    ),
    "partners.audit_submission": frozenset(
        {
            *("access_log", "access_log_results"),
            *("wagtailadmin_reports:site_history", "wagtailadmin_reports:site_history_results"),
        }
    ),
    "wagtaildocs.choose_document": frozenset(),
    "wagtailimages.choose_image": frozenset(),
}


class ClosedAdminMiddleware:
    """Refuses what is not named above, as Wagtail refuses: with a message on the admin's home, or 403 to a script."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Remember what answers."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        """Refuse, or let the view answer. Raises PermissionDenied where a script asks."""
        match = request.resolver_match
        # Whoever may not enter is turned away by Wagtail itself.
        if match is None or not is_of_admin(request) or is_open(match, request.user):
            return None
        if not request.accepts("text/html"):
            raise PermissionDenied
        response: HttpResponse = get_localized_response(permission_denied, request)
        return response


def offer_what_is_open(request: HttpRequest, items: list[MenuItem]) -> None:
    """Take from a menu what is closed to the user: packages offer theirs to whoever may enter."""
    items[:] = [item for item in items if is_open(resolve(item.url), request.user)]


def is_open(match: ResolverMatch, user: Any) -> bool:
    """Say whether the view of `match` is open to `user`, who may still be refused there."""
    if match.view_name in FOR_EVERYBODY or user.is_superuser or not user.has_perm(ENTER):
        return True
    rights = frozenset(user.get_all_permissions())
    # One right more, on whatever model, pages, collection or task of a workflow, makes somebody of the staff.
    if not rights <= OPENED_BY.keys() or any(match.view_name in OPENED_BY[right] for right in rights):
        return True
    return _edits_by_a_group(user)


def _edits_by_a_group(user: Any) -> bool:
    """Say whether a group of `user` has a right of those that Wagtail keeps beside Django's."""
    held = [
        GroupPagePermission.objects.filter(group__user=user.pk),
        GroupCollectionPermission.objects.filter(group__user=user.pk).exclude(permission__codename__in=_CHOOSE),
        GroupSitePermission.objects.filter(group__user=user.pk),
        GroupApprovalTask.objects.filter(groups__user=user.pk),
    ]
    return User.objects.filter(reduce(or_, map(Exists, held)), pk=user.pk).exists()
