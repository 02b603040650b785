"""How does a reader narrow the hits, by a form without JavaScript or by a link?"""

from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale

from partners.articles.disclosure import WORDS
from partners.articles.partner_page import PartnerPage
from partners.articles.restrictions import open_to_all
from partners.articles.topics import Topic
from partners.search.finding import Narrowing

PAID, CONTRIBUTED = "paid", "contributed"
# More partners than these make no list to choose from; a link still narrows by any of them.
MOST_PARTNERS = 100


class LanguageSelect(forms.Select):
    """A list of languages, each of which is named in itself and says so."""

    def create_option(self, name: str, value: Any, *rest: Any, **options: Any) -> dict[str, Any]:
        """Return what Django shows of a choice, with its language."""
        option = super().create_option(name, value, *rest, **options)
        if value:
            option["attrs"]["lang"] = str(value)
        return option


class SearchForm(forms.Form):
    """The fields of the search page. Nothing is required, and a value that is unknown counts as none."""

    q = forms.CharField(required=False, label=_("Search for"))
    language = forms.ChoiceField(required=False, label=_("Language"), widget=LanguageSelect)
    topic = forms.ChoiceField(required=False, label=_("Topic"))
    partner = forms.ChoiceField(required=False, label=_("Partner"))
    kind = forms.ChoiceField(required=False, label=_("Kind"))

    def __init__(self, data: QueryDict, *, locale: Locale) -> None:
        super().__init__(data, auto_id="search-%s")
        partners = open_to_all(PartnerPage.objects.live()).filter(locale=locale).order_by("title", "pk")
        choices = {
            "language": [(one.language_code, one.language_name_local) for one in Locale.objects.order_by("pk")],
            "topic": [(topic.slug, topic.name) for topic in Topic.objects.filter(locale=locale)],
            "partner": list(partners.values_list("slug", "title")[:MOST_PARTNERS]),
            "kind": [(PAID, _("Paid content")), (CONTRIBUTED, _("Contributed content"))],
        }
        nothing = {
            "language": _("All languages"),
            "topic": _("All topics"),
            "partner": _("All partners"),
            "kind": _("All kinds"),
        }
        self.locale = locale
        for name, known in choices.items():
            cast("forms.ChoiceField", self.fields[name]).choices = [("", nothing[name]), *known]
        self.is_valid()

    def narrowing_fields(self) -> list[forms.BoundField]:
        """Return the fields beside the query itself."""
        return [self[name] for name in ("language", "topic", "partner", "kind")]

    def named_fields(self) -> list[forms.BoundField]:
        """Return the fields whose choices are names that a reader may search for."""
        return [self["topic"], self["partner"]]

    def chosen(self) -> dict[str, str]:
        """Return the fields that narrow the hits, with their values."""
        known = getattr(self, "cleaned_data", {})
        return {name: known[name] for name in ("language", "topic", "partner", "kind") if known.get(name)}

    def parameters(self) -> str:
        """Return query and choices as the part of an address that leads to them."""
        return urlencode({"q": self.data.get("q", ""), **self.chosen()})

    def narrowing(self) -> Narrowing:
        """Return what the choices narrow the hits by; topic and partner in all their languages."""
        chosen = self.chosen()
        return Narrowing(
            locale_id=_locale(chosen.get("language")),
            partners=_translations(PartnerPage, self.locale, chosen.get("partner")),
            topics=_translations(Topic, self.locale, chosen.get("topic")),
            disclosures=tuple(
                value for value, words in WORDS.items() if chosen.get("kind") == (PAID if words.paid else CONTRIBUTED)
            ),
        )


def _locale(language_code: str | None) -> int | None:
    return Locale.objects.get(language_code=language_code).pk if language_code else None


def _translations(model: Any, locale: Locale, slug: str | None) -> tuple[int, ...] | None:
    if not slug:
        return None
    keys = model._default_manager.filter(locale=locale, slug=slug).values("translation_key")
    return tuple(model._default_manager.filter(translation_key__in=keys).values_list("pk", flat=True))
