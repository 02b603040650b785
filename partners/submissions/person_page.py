"""How does the desk answer somebody who asks what we know about them, or wants it erased?"""

from datetime import date
from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.permissions import policy_registry

from partners.brochures.consent_record import ConsentRecord
from partners.brochures.consent_wording import Purpose
from partners.brochures.erasing import erase_person, held_of
from partners.brochures.forgetting import holdings
from partners.brochures.person import NoAddress, addresses_of, as_address, own_of, requests_of
from partners.brochures.spam_words import mailbox
from partners.brochures.staff_notice import StaffRecipient
from partners.brochures.submission import Submission
from partners.submissions.access import visible_to
from partners.submissions.access_log import Way, record_access
from partners.submissions.person_file import person_file

URL_NAME, FILE_URL_NAME = "person", "person_file"


def may(user: Any, action: str) -> bool:
    """Say whether `user` may take `action` on requests."""
    return bool(policy_registry.get_by_type(Submission).user_has_permission(user, action))


def may_see(user: Any) -> bool:
    """Say whether the page has anything for `user`: to erase people, or to hand out what is known of them."""
    return may(user, "erase") or may(user, "export")


class AddressForm(forms.Form):
    """Whose data it is about."""

    address = forms.CharField(
        label=_("E-mail address"),
        max_length=320,
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_address(self) -> str:
        """Return the address. Raises ValidationError for what is none."""
        try:
            return as_address(self.cleaned_data["address"])
        except NoAddress as error:
            raise ValidationError(_("This is no complete e-mail address.")) from error


class EraseForm(AddressForm):
    """The same address once more, typed, and how many requests were shown."""

    again = forms.CharField(
        label=_("Type the address once more to confirm"),
        max_length=320,
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off", "spellcheck": "false"}),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def clean_again(self) -> str:
        """Return it. Raises ValidationError where it is another mailbox."""
        again: str = self.cleaned_data["again"]
        if mailbox(again) != mailbox(self.cleaned_data.get("address", "")):
            raise ValidationError(_("This is another address."))
        return again


class PersonView(WagtailAdminTemplateMixin, TemplateView):
    """GET asks for an address. POST shows what is there or, with the address typed twice, erases it.

    The address travels in the body of a POST alone: addresses of pages are kept in many logs.
    """

    page_title = _("A person’s data")
    header_icon = "user"
    template_name = "partners/submissions/person.html"
    http_method_names = ["get", "post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse whoever may neither erase nor hand out."""
        if not may_see(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return the way here."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the form, where it is not given."""
        return {"form": AddressForm(), "found": None, **super().get_context_data(**kwargs)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | HttpResponseRedirect:
        """Show what is known, or erase it."""
        if request.POST.get("act") == "erase":
            return self._erase(request)
        form = AddressForm(request.POST)
        found = self._look(form.cleaned_data["address"]) if form.is_valid() else None
        return self.render_to_response(self.get_context_data(form=form, found=found))

    def _look(self, address: str) -> dict[str, Any]:
        """Return what there is, for the template, and write down that somebody looked; not for whom."""
        user = self.request.user
        ids = requests_of(address)
        record_access(Way.SEARCH, user=cast(User, user), count=len(ids))
        counts = held_of(ids, address)
        handed = ConsentRecord.objects.filter(submission__in=ids, purpose=Purpose.HANDOVER, ticked=True)
        return {
            "address": address,
            "addresses": addresses_of(ids),
            "requests": visible_to(user).filter(pk__in=ids).order_by("-pk"),
            "number": len(ids),
            "others": len(ids) - len(own_of(ids, address)),
            "held": [(holding.label, counts[holding.name]) for holding in holdings() if counts[holding.name]],
            "partners": sorted(set(handed.values_list("partner_name", flat=True)) - {""}),
            "is_staff": _is_staff(address),
            "may_erase": may(user, "erase") and _all_visible(user, ids),
            "may_export": may(user, "export") and _all_visible(user, ids),
            "erase_form": EraseForm(initial={"address": address, "seen": len(ids)}),
        }

    def _erase(self, request: HttpRequest) -> HttpResponse | HttpResponseRedirect:
        if not may(request.user, "erase"):
            raise PermissionDenied
        form = EraseForm(request.POST)
        if not form.is_valid():
            return self._show_again(form)
        address = form.cleaned_data["address"]
        ids = requests_of(address)
        if not _all_visible(request.user, ids):
            raise PermissionDenied
        if len(ids) != form.cleaned_data["seen"]:
            form.add_error(None, _("There is more or less than you were shown. Look again."))
            return self._show_again(form)
        run = erase_person(address, by=cast(User, request.user))
        # By numbers: a message travels in a cookie, where an address has no business.
        messages.success(
            request,
            ngettext(
                "%(number)d request was erased. It is counted, and says nothing of anybody any more.",
                "%(number)d requests were erased. They are counted, and say nothing of anybody any more.",
                run.requests,
            )
            % {"number": run.requests},
        )
        return redirect(reverse(URL_NAME))

    def _show_again(self, form: EraseForm) -> HttpResponse:
        messages.error(self.request, _("Nothing was erased."))
        address = form.cleaned_data.get("address")
        found = self._look(address) if address else None
        if found:
            # What was typed stays typed; what is there now counts from here on.
            form.data = {**form.data.dict(), "seen": found["number"]}  # type: ignore[attr-defined]
            found["erase_form"] = form
        first = AddressForm(initial={"address": address or ""})
        return self.render_to_response(self.get_context_data(form=first, found=found))


class PersonFileView(View):
    """A POST that answers with the file of a person's data."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Stream the ZIP; back to the page for what is no address."""
        form = AddressForm(request.POST)
        if not may(request.user, "export"):
            raise PermissionDenied
        if not form.is_valid():
            return redirect(reverse(URL_NAME))
        address = form.cleaned_data["address"]
        if not _all_visible(request.user, requests_of(address)):
            raise PermissionDenied
        parts = person_file(address, user=cast(User, request.user))
        response = StreamingHttpResponse(parts, content_type="application/zip")
        response.headers["Content-Disposition"] = f'attachment; filename="personal-data-{date.today():%Y-%m-%d}.zip"'
        response.headers["X-Content-Type-Options"] = "nosniff"
        add_never_cache_headers(response)
        return response


def _all_visible(user: Any, ids: list[int]) -> bool:
    return visible_to(user).filter(pk__in=ids).count() == len(ids)


def _is_staff(address: str) -> bool:
    """Say whether the address is one of ours as well: of an account, or of somebody who gets notices."""
    return (
        User.objects.filter(email__iexact=address).exists()
        or StaffRecipient.objects.filter(email__iexact=address).exists()
    )


class PersonMenuItem(MenuItem):
    """The way to the page, below 'Reports', for those who may use it."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Say whether the user of `request` may."""
        return may_see(request.user)


def menu_item() -> PersonMenuItem:
    """Return the entry for the menu of reports."""
    return PersonMenuItem(_("A person’s data"), reverse(URL_NAME), icon_name="user", order=910)


def admin_urls() -> list[URLPattern]:
    """Return the addresses below the admin's."""
    return [
        path("person/", PersonView.as_view(), name=URL_NAME),
        path("person/file/", PersonFileView.as_view(), name=FILE_URL_NAME),
    ]
