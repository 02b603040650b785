"""partners/submissions/closed_admin.py: what of the admin is open to those who edit nothing."""

import re

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import URLResolver, get_resolver, resolve, reverse
from wagtail.models import Collection, GroupApprovalTask, GroupCollectionPermission, GroupPagePermission, Locale
from wagtail.users.models import UserProfile
from wagtail_localize.models import Translation, TranslationSource

from tests import builders
from tests.partners.submissions.conftest import client_of
from tests.partners.submissions.handovers import viewer

pytestmark = pytest.mark.django_db

# Written down here once more: whoever opens an address to all of them has to say so in two places.
ACCOUNT = {
    *("admin/", "admin/account/", "admin/login/", "admin/logout/", "admin/signed-in/"),
    *("admin/password_reset/", "admin/password_reset/done/", "admin/password_reset/complete/"),
    "admin/password_reset/confirm/<uidb64>/<token>/",
    *("admin/sprite/", "admin/jsi18n/", "admin/dismissibles/"),
    # Whatever has no address of its own.
    "admin/^.*/$",
}
OPEN = {
    "Partner viewers": {
        *("admin/partner-requests/", "admin/partner-requests/results/", "admin/partner-requests/<int:pk>/"),
        *("admin/figures/", r"admin/^figures/(?P<name>[a-z]+)\.(?P<ending>png|csv)$"),
    },
    "Auditors": {
        *("admin/access/", "admin/access/results/"),
        *("admin/reports/site-history/", "admin/reports/site-history/results/"),
    },
    "Plain": set(),
}
VALUES = {"int": "1", "str": "x", "slug": "x"}
# Those that are regular expressions.
ODD = {
    "admin/^.*/$": "/admin/x/y/",
    r"admin/^figures/(?P<name>[a-z]+)\.(?P<ending>png|csv)$": "/admin/figures/requests.csv",
    r"admin/pages/^(?P<pk>\d+)/revisions/compare/(?P<revision_id_a>live|earliest|\d+)\.\.\."
    r"(?P<revision_id_b>live|latest|\d+)/$": "/admin/pages/1/revisions/compare/live...latest/",
}


def routes(patterns, prefix=""):
    """Yield each route as it is written, from the root of the site."""
    for pattern in patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def address_of(route):
    """Return an address that `route` answers."""
    if route in ODD:
        return ODD[route]
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: VALUES[found[1] or "str"], route).replace("^", "")


ROUTES = sorted({route for route in routes(get_resolver().url_patterns) if route.startswith("admin/")})


@pytest.fixture(autouse=True)
def plain(db):
    group = Group.objects.create(name="Plain")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    return group


def refused(client, address, **options):
    response = client.get(address, **options)
    return response.status_code == 302 and response.url == reverse("wagtailadmin_home")


def test_every_route_is_asked_at_an_address_of_its_own():
    assert [route for route in ROUTES if resolve(address_of(route)).route != route.replace("/^", "/")] == []
    assert len(ROUTES) > 300


@pytest.mark.parametrize("group", OPEN)
def test_everything_else_is_closed(group):
    client = client_of(viewer("ann", group=group))
    # The log-in leads home whoever is logged in, and asking for the log-out takes the browser's cookie.
    asked = set(ROUTES) - {"admin/login/", "admin/logout/"}
    closed = {route for route in asked if refused(client, address_of(route))}
    assert asked - closed == (ACCOUNT | OPEN[group]) & asked
    for route in ("admin/choose-page/", "admin/documents/chooser/"):
        assert client.post(address_of(route)).status_code == 302
        assert client.get(address_of(route), headers={"X-Requested-With": "XMLHttpRequest"}).status_code == 403
        assert client.get(address_of(route), headers={"Accept": "application/json"}).status_code == 403


def test_rights_that_show_only_are_added_up(plain):
    user = viewer("ann", builders.partner())
    user.groups.add(Group.objects.get(name="Auditors"))
    client = client_of(user)
    assert client.get(reverse("partner_requests")).status_code == 200
    assert client.get(reverse("access_log")).status_code == 200
    assert refused(client, reverse("wagtailadmin_choose_page"))


@pytest.mark.parametrize("group", OPEN)
def test_no_page_that_is_shown_leads_to_one_that_is_closed(group):
    client = client_of(viewer("ann", builders.partner(), group=group))
    # Of those who are logged in, the log-in leads home.
    seen, left = {reverse("wagtailadmin_login")}, [reverse("wagtailadmin_home")]
    while left:
        address = left.pop()
        seen.add(address)
        assert not refused(client, address), address
        response = client.get(address)
        if response.streaming or not response.headers["Content-Type"].startswith("text/html"):
            continue
        text = response.content.decode()
        here = {link["href"].partition("?")[0] for link in BeautifulSoup(text, "html.parser").select("a[href]")}
        # The menu is drawn by a script, from what the page says.
        here |= set(re.findall(r'"url": "(/admin/[^"]*)"', text))
        left += [found for found in here if found.startswith("/admin/") and found not in seen]
    assert len(seen) > 2


def test_viewer_sees_nothing_of_another_partners_plans():
    own, rival = builders.partner("Own"), builders.partner("Rival")
    booked = builders.campaign(rival, name="Secret launch")
    draft = builders.article(rival, "Secret draft", live=False)
    source, _ = TranslationSource.update_or_create_from_instance(draft)
    Translation.objects.create(source=source, target_locale=Locale.objects.get(language_code="zh-hant"))
    addresses = [
        reverse("wagtailadmin_choose_page_child", args=[rival.pk]),
        reverse("wagtailadmin_choose_page_chosen_multiple") + f"?id={draft.pk}",
        reverse("wagtailadmin_pages:move_confirm", args=[draft.pk, own.pk]),
        reverse("wagtailsnippetchoosers_partners_partnercampaign:choose_results"),
        reverse("wagtailsnippetchoosers_partners_partnercampaign:chosen", args=[booked.pk]),
        reverse("wagtail_localize:translations_report_results"),
        reverse("wagtailadmin_choose_page_search") + "?q=Secret",
    ]
    root = client_of(viewer("root", group="Moderators"))
    client = client_of(viewer("ann", own))
    # The title stands there, for those who may see it.
    assert [address for address in addresses[:2] if "Secret" not in root.get(address).content.decode()] == []
    assert [address for address in addresses if "Secret" in client.get(address).content.decode()] == []


@pytest.mark.parametrize("also", ["permission", "pages", "collection", "workflow", "editors", "superuser"])
def test_whoever_has_another_right_is_of_the_staff(plain, also):
    user = viewer("ann", builders.partner())
    match also:
        case "permission":
            plain.permissions.add(Permission.objects.get(codename="view_brochure"))
        case "pages":
            change = Permission.objects.get(codename="change_page")
            GroupPagePermission.objects.create(group=plain, page=builders.home(), permission=change)
        case "collection":
            change = Permission.objects.get(codename="change_document")
            root = Collection.get_first_root_node()
            GroupCollectionPermission.objects.create(group=plain, collection=root, permission=change)
        case "workflow":
            GroupApprovalTask.objects.create(name="Look at it").groups.add(plain)
        case "superuser":
            type(user).objects.filter(pk=user.pk).update(is_superuser=True)
    client = client_of(user)
    assert refused(client, reverse("wagtailadmin_choose_page")) is (also != "superuser")
    user.groups.add(Group.objects.get(name="Editors") if also == "editors" else plain)
    assert client.get(reverse("wagtailadmin_choose_page")).status_code == 200


def test_refusal_is_said_in_the_language_of_the_user():
    user = viewer("ann", builders.partner())
    UserProfile.objects.create(user=user, preferred_language="zh-hans")
    client = client_of(user)
    client.get(reverse("wagtailadmin_choose_page"))
    assert "你没有权限访问" in client.get(reverse("wagtailadmin_home")).content.decode()


def test_visitor_and_whoever_may_not_enter_are_sent_to_the_log_in():
    address = reverse("wagtailadmin_choose_page")
    for client in (Client(), client_of(viewer("nobody", group=None))):
        assert client.get(address).url.startswith(reverse("wagtailadmin_login"))
