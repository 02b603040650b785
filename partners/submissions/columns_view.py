"""Where does a user choose the columns of the desk's list?"""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from partners.submissions.columns import DEFAULT, choices, chosen_names
from partners.submissions.desk_columns import choose
from partners.submissions.desk_page import DESK, DeskPage

URL_NAME = "desk_columns"


class ColumnsForm(forms.Form):
    """Which columns the list has beside the reference."""

    names = forms.MultipleChoiceField(
        label=_("Columns"), required=False, widget=forms.CheckboxSelectMultiple, choices=choices
    )


class ColumnsView(DeskPage):
    """GET shows what there is, POST keeps what is ticked. The address has the list's, to go back to."""

    page_title = _("Columns")
    header_icon = "table"
    template_name = "partners/submissions/columns.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the form."""
        form = ColumnsForm(initial={"names": chosen_names(self.request.user)})
        return {"form": form, **super().get_context_data(**kwargs), "desk_url": self.desk_url}

    @property
    def desk_url(self) -> str:
        """The list as it was."""
        return f"{reverse(DESK)}?{self.request.GET.urlencode()}"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Keep the choice, and go back to the list."""
        form = ColumnsForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        names = list(DEFAULT) if "usual" in request.POST else form.cleaned_data["names"]
        choose(request.user, names)
        messages.success(request, _("The list has these columns for you from now on."))
        return redirect(self.desk_url)


def admin_urls() -> list[URLPattern]:
    """Return the address below the desk's."""
    return [path("brochure-requests/columns/", ColumnsView.as_view(), name=URL_NAME)]
