"""Where does a user keep a filter, find it again, share, rename and remove it?"""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets.button import Button

from partners.submissions.desk_page import DESK, DeskPage
from partners.submissions.narrowed import TICKED, filters_in, in_words
from partners.submissions.saved_filter import SavedFilter

MINE, ADD, CHANGE, REMOVE = "saved_filters", "saved_filter_add", "saved_filter_change", "saved_filter_remove"
# In the list's header; the page of saved filters has all.
IN_HEADER = 20


def kept_of(request: HttpRequest) -> dict[str, list[str]]:
    """Return of the list's address what is worth keeping: search and filters, and no single requests."""
    return {name: values for name, values in filters_in(request.GET).items() if name != TICKED}


def filter_buttons(request: HttpRequest) -> list[Button]:
    """Return what the list's header offers: the saved filters, to save what is shown now, and the page of all."""
    desk = reverse(DESK)
    offered: Any = SavedFilter.objects.offered_to(request.user)[:IN_HEADER]
    buttons = [
        Button(saved.name, url=f"{desk}?{saved.query}", icon_name="user" if saved.is_mine else "group", priority=place)
        for place, saved in enumerate(offered)
    ]
    if kept_of(request):
        url = f"{reverse(ADD)}?{request.GET.urlencode()}"
        buttons.append(Button(_("Save what is filtered now"), url=url, icon_name="plus", priority=IN_HEADER + 1))
    buttons.append(Button(_("All saved filters"), url=reverse(MINE), icon_name="list-ul", priority=IN_HEADER + 2))
    return buttons


class SavedFilterForm(WagtailAdminModelForm):
    """How it is called, and whether others find it."""

    class Meta:
        model = SavedFilter
        fields = ("name", "is_shared")

    def clean_name(self) -> str:
        """Return the name. Raises ValidationError where the owner has one of this name."""
        name: str = self.cleaned_data["name"]
        others = SavedFilter.objects.owned_by(self.instance.owner).exclude(pk=self.instance.pk)
        if others.filter(name=name).exists():
            raise ValidationError(_("You have one of this name already."))
        return name


class SavedFilterPage(DeskPage):
    """What the pages share."""

    header_icon = "search"

    def between(self) -> list[dict[str, Any]]:
        """Return the way over all of them."""
        return [{"url": reverse(MINE), "label": AllView.page_title}]


class AllView(SavedFilterPage):
    """What the user has saved, and what others share."""

    page_title = _("Saved filters")
    template_name = "partners/submissions/saved_filters.html"

    def between(self) -> list[dict[str, Any]]:
        """Return nothing: this is the page of all."""
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add them."""
        saved = SavedFilter.objects.offered_to(self.request.user).select_related("owner")
        return {**super().get_context_data(**kwargs), "saved": saved, "desk_url": reverse(DESK)}


class EditPage(SavedFilterPage):
    """GET shows what is filtered and asks for a name, POST keeps it."""

    template_name = "partners/submissions/saved_filter.html"

    @cached_property
    def saved(self) -> SavedFilter:
        """What is edited. Raises Http404."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the form and the filters in words."""
        saved = self.saved
        return {
            "form": SavedFilterForm(instance=saved),
            **super().get_context_data(**kwargs),
            "filters": in_words(self.request.user, saved.filters),
            "desk_url": f"{reverse(DESK)}?{saved.query}",
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Keep it, and go to the list as it shows it."""
        form = SavedFilterForm(request.POST, instance=self.saved)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        form.save()
        messages.success(request, _("The filter is saved."))
        return redirect(f"{reverse(DESK)}?{self.saved.query}")


class AddView(EditPage):
    """Keeps what the list is narrowed by, which the address holds."""

    page_title = _("Save filter")

    @cached_property
    def saved(self) -> SavedFilter:
        """A new one. Raises Http404 where nothing narrows the list."""
        owner: Any = self.request.user
        filters = kept_of(self.request)
        if not filters:
            raise Http404
        return SavedFilter(owner=owner, filters=filters)


class ChangeView(EditPage):
    """Renames or shares one of the user's own."""

    page_title = _("Change filter")

    @cached_property
    def saved(self) -> SavedFilter:
        """It. Raises Http404 for somebody else's, as for none."""
        return get_object_or_404(SavedFilter.objects.owned_by(self.request.user), pk=self.kwargs["pk"])


class RemoveView(SavedFilterPage):
    """GET asks, POST removes one of the user's own."""

    page_title = _("Delete filter")
    header_icon = "bin"
    template_name = "partners/submissions/saved_filter_remove.html"

    @cached_property
    def saved(self) -> SavedFilter:
        """It. Raises Http404 for somebody else's, as for none."""
        return get_object_or_404(SavedFilter.objects.owned_by(self.request.user), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add it."""
        return {**super().get_context_data(**kwargs), "saved": self.saved, "mine_url": reverse(MINE)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Remove it."""
        self.saved.delete()
        messages.success(request, _("The filter is deleted."))
        return redirect(MINE)


def admin_urls() -> list[URLPattern]:
    """Return the addresses below the desk's."""
    return [
        path("brochure-requests/filters/", AllView.as_view(), name=MINE),
        path("brochure-requests/filters/add/", AddView.as_view(), name=ADD),
        path("brochure-requests/filters/<int:pk>/", ChangeView.as_view(), name=CHANGE),
        path("brochure-requests/filters/<int:pk>/delete/", RemoveView.as_view(), name=REMOVE),
    ]
