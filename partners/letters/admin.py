"""How are letters kept in the admin?"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.snippets.views.snippets import CreateView, DeleteView, EditView, IndexView, SnippetViewSet

from partners.letters.form import LETTER_PANELS
from partners.letters.kinds import LetterKind
from partners.letters.letter_text import LetterText, shipped_text
from partners.letters.trial_view import TrialView

TRIAL_URL_NAME = "wagtailsnippets_partners_lettertext:trial"


@dataclass(frozen=True)
class Cell:
    """A letter in one language: where it is changed and tried, and whether somebody has changed it."""

    language: str
    name: str
    changed: bool
    edit_url: str
    trial_url: str


@dataclass(frozen=True)
class Row:
    """A letter in every language."""

    label: str | Promise
    cells: list[Cell]


class LetterIndexView(IndexView):
    """Every letter in every language, whether it has words of its own or the shipped ones."""

    template_name = "partners/letters/admin/index.html"
    is_searchable = False

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """Return none: every letter is there already."""
        return []

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """Return none: a table of fixed rows has nothing to export or to sort."""
        return []

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `rows`, and `languages` for their headings."""
        stored = {(text.kind, text.language): text for text in LetterText.objects.all()}
        rows = [
            Row(kind.label, [self._cell(kind, named, stored.get((kind, named[0]))) for named in settings.LANGUAGES])
            for kind in LetterKind
        ]
        languages = [name for _code, name in settings.LANGUAGES]
        return {**super().get_context_data(*args, **kwargs), "rows": rows, "languages": languages}

    def _cell(self, kind: LetterKind, named: tuple[str, str], stored: LetterText | None) -> Cell:
        language, name = named
        if stored is not None:
            edit_url = reverse(self.edit_url_name, args=[stored.pk])
        else:
            edit_url = f"{reverse(self.add_url_name)}?kind={kind}&language={language}"
        return Cell(
            language=language,
            name=name,
            changed=stored is not None,
            edit_url=edit_url,
            trial_url=reverse(TRIAL_URL_NAME, args=[kind, language]),
        )


class LetterCreateView(CreateView):
    """Changes a letter for the first time: the form begins with the shipped words."""

    @cached_property
    def asked(self) -> tuple[str, str]:
        """The letter and the language in the address. Raises Http404 where there is no such letter."""
        kind, language = self.request.GET.get("kind", ""), self.request.GET.get("language", "")
        if kind not in LetterKind.values or language not in dict(settings.LANGUAGES):
            raise Http404
        return kind, language

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Go to the stored words where a colleague has changed the letter in the meantime."""
        kind, language = self.asked
        stored = LetterText.objects.filter(kind=kind, language=language).first()
        if stored is not None and request.method == "GET":
            return redirect(reverse(self.edit_url_name, args=[stored.pk]))
        return super().dispatch(request, *args, **kwargs)

    def get_initial_form_instance(self) -> LetterText:
        """Return the letter as it was shipped."""
        return shipped_text(*self.asked)

    def get_add_url(self) -> str:
        """Return this address, with letter and language."""
        kind, language = self.asked
        return f"{reverse(self.add_url_name)}?kind={kind}&language={language}"

    def get_page_subtitle(self) -> str:
        """Return letter and language."""
        return str(shipped_text(*self.asked))


class LetterEditView(EditView):
    """Changes words that are stored already."""

    delete_item_label = _("Back to the shipped words")

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """Offer to try the letter."""
        url = reverse(TRIAL_URL_NAME, args=[self.object.kind, self.object.language])
        return [HeaderButton(_("Send me a test"), url=url, icon_name="mail")]


class LetterDeleteView(DeleteView):
    """Goes back to the shipped words."""

    page_title = _("Back to the shipped words")
    success_message = _("%(object)s has its shipped words again.")

    @property
    def confirmation_message(self) -> Any:
        """Say what happens."""
        return _("The words that were written here are thrown away, and the letter has those again that it came with.")


class LetterTextViewSet(SnippetViewSet):
    """Letters, each in every language."""

    model = LetterText
    icon = "mail"
    menu_label = _("Letters")
    menu_order = 255
    add_to_admin_menu = True
    copy_view_enabled = False
    index_template_name = LetterIndexView.template_name
    index_view_class = LetterIndexView
    add_view_class = LetterCreateView
    edit_view_class = LetterEditView
    delete_view_class = LetterDeleteView
    edit_handler = LETTER_PANELS

    def get_urlpatterns(self) -> list[URLPattern]:
        """Add the address at which a letter is tried to Wagtail's own."""
        trial = self.construct_view(TrialView)
        return [*super().get_urlpatterns(), path("trial/<str:kind>/<str:language>/", trial, name="trial")]
