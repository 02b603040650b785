"""Who may publish by wagtail-localize, and what becomes of a translation's form that was opened before a change?

Its views ask for the right to translate, or to edit, where they publish as well, and look at no lock. They stand at
their addresses here, with the same names.
"""

from contextlib import suppress
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.models import Page
from wagtail.signals import page_published
from wagtail_localize.models import Translation
from wagtail_localize.views import convert, submit_translations, update_translations


def admin_urls() -> list[URLPattern]:
    """Return the addresses of these views, for Wagtail's hook; the first that fits an address answers it."""
    return [
        path("localize/submit/page/<int:page_id>/", SubmitPageTranslationView.as_view()),
        path("localize/update/<int:translation_source_id>/", UpdateTranslationsView.as_view()),
        path("localize/page/<int:page_id>/convert_to_alias/", convert_to_alias),
    ]


class SubmitPageTranslationView(submit_translations.SubmitPageTranslationView):  # type: ignore[misc, unused-ignore]
    """Translates a page, for whoever may edit it."""

    def get_object(self) -> Page:
        """Return the page. Raises PermissionDenied for whoever may not edit it."""
        page: Page = super().get_object()
        _require_editing(self.request, page)
        return page


class UpdateTranslationsView(update_translations.UpdateTranslationsView):  # type: ignore[misc, unused-ignore]
    """Brings a source's changes into its translations, and publishes them for whoever may publish each of them."""

    def get_object(self) -> Any:
        """Return the source. Raises PermissionDenied for whoever may not edit what it was made of."""
        source = super().get_object()
        _require_editing(self.request, source.get_source_instance())
        return source

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Publish all of them, or change nothing and name those that the user may not publish."""
        translations = self.object.translations.filter(enabled=True).select_related("target_locale")
        publishes = form.cleaned_data["publish_translations"]
        if publishes:
            pages = [(translation, translation.get_target_instance()) for translation in translations]
            kept = [each for each in pages if isinstance(each[1], Page) and not _may_publish(self.request, each[1])]
            if kept:
                for translation, page in kept:
                    messages.error(self.request, _refusal(page, translation.target_locale))
                return redirect(self.request.get_full_path())
        form.cleaned_data["publish_translations"] = False
        response: HttpResponse = super().form_valid(form)
        if publishes:
            for translation in translations:
                # Each is committed by itself: one that is refused, of which its editor is told, keeps no other back.
                with suppress(ValidationError):
                    translation.save_target(user=self.request.user, publish=True)
        return response


def convert_to_alias(request: HttpRequest, page_id: int) -> HttpResponse:
    """Make a translation an alias of its source, with which it is published from now on, for whoever may publish it.

    One that is locked, since it is scheduled for example, stays what it is.
    """
    page = get_object_or_404(Page, pk=page_id)
    if request.method == "POST" and not _may_publish(request, page):
        messages.error(request, _refusal(page, page.locale))
        return redirect("wagtailadmin_pages:edit", page_id)
    response: HttpResponse = convert.convert_to_alias(request, page_id)
    alias = Page.objects.filter(pk=page_id, live=True).exclude(alias_of=None).first()
    if request.method == "POST" and alias is not None:
        # wagtail-localize tells of one alone that was not published before: the search would go on with the old words.
        page_published.send(sender=alias.specific_class, instance=alias.specific, revision=None, alias=True)
    return response


def answer_translation_form(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Answer a translation's form that would publish what is locked, or whose page is edited as any other by now.

    For Wagtail's hook `before_edit_page`, ahead of wagtail-localize's. The form has nothing but its button: what was
    translated is stored already, each text by itself.
    """
    if request.method != "POST" or "action" not in request.POST or "title" in request.POST or page.alias_of_id:
        return None
    translation: Any = (
        Translation.objects.filter(source__object_id=page.translation_key, target_locale=page.locale_id, enabled=True)
        .select_related("target_locale")
        .first()
    )
    if translation is None:
        words = _("“%(title)s” is no longer synchronised with its source. Nothing was changed: edit it here.")
        messages.error(request, words % {"title": page.get_admin_display_title()})
    elif _is_locked(request, page):
        words = _("“%(title)s” is locked, and was not published.")
        messages.error(request, words % {"title": page.get_admin_display_title()})
    else:
        return None
    return redirect(request.path)


def _require_editing(request: HttpRequest, instance: Any) -> None:
    if isinstance(instance, Page) and not instance.permissions_for_user(request.user).can_edit():
        raise PermissionDenied


def _may_publish(request: HttpRequest, page: Page) -> bool:
    return bool(page.permissions_for_user(request.user).can_publish()) and not _is_locked(request, page)


def _is_locked(request: HttpRequest, page: Page) -> bool:
    lock = page.get_lock()
    return lock is not None and bool(lock.for_user(request.user))


def _refusal(page: Page, locale: Any) -> str:
    names = {"title": page.get_admin_display_title(), "language": locale}
    return _("You may not publish “%(title)s” (%(language)s) now. Nothing was changed.") % names
