"""In which words do we ask for a consent, and which words were asked when?"""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Never

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.text import get_text_list
from django.utils.translation import gettext_lazy as _


class Purpose(models.TextChoices):
    """What a person may agree to beside getting the brochure, each asked for and withdrawn by itself."""

    NEWS = "news", _("News from us")
    HANDOVER = "handover", _("Data handed to the partner")
    TRANSFER = "transfer", _("Data taken out of mainland China")


# The closed list: what may stand in braces in a wording of each purpose.
PLACEHOLDERS: Mapping[str, tuple[str, ...]] = {
    Purpose.NEWS: ("site",),
    Purpose.HANDOVER: ("site", "partner", "kinds", "goods", "gain"),
    Purpose.TRANSFER: ("site", "partner"),
}
# What consent to handing data over for direct marketing has to say (Hong Kong's Cap. 486, section 35J): to whom,
# which kinds of data, for which goods and services, and whether for gain.
NEEDED: Mapping[str, frozenset[str]] = {Purpose.HANDOVER: frozenset({"partner", "kinds", "goods", "gain"})}

# Not in the catalogues: a translator must not change what people agreed to without a new version beside it.
GAIN_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "gain": "This is done for gain: {site} is paid or rewarded for it.",
        "no_gain": "This is not done for gain: {site} gets nothing in return.",
    },
    "zh-hant": {
        "gain": "此舉屬為得益而提供資料：{site}會因此獲得金錢或其他回報。",
        "no_gain": "此舉並非為得益而提供資料：{site}不會因此獲得任何回報。",
    },
    "zh-hans": {
        "gain": "此举属于有偿提供：{site}会因此获得金钱或其他回报。",
        "no_gain": "此举属于无偿提供：{site}不会因此获得任何回报。",
    },
}

_PLACE = re.compile(r"\{([^{}]*)\}")


class AppendOnly(Exception):  # noqa: N818  named for the rule
    """Evidence was to be changed. Nothing of it ever is: what is new becomes a row of its own."""


def fill_in(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with each {name} replaced by its value, in one pass: a value's own braces stay as they are.

    Raises KeyError for a name without a value.
    """
    return _PLACE.sub(lambda place: values[place[1]], text)


def gain_sentence(choice: str, language: str, site: str) -> str:
    """Return the sentence that says whether data is handed over for gain; `choice` is a key of GAIN_WORDS' values."""
    return fill_in(GAIN_WORDS[language][choice], {"site": site})


class ConsentWordingQuerySet(models.QuerySet["ConsentWording"]):
    """Reads of wordings."""

    def current(self, language: str) -> "ConsentWordingQuerySet":
        """Return the newest version of each purpose in `language`."""
        newest = self.filter(language=language).order_by("purpose", "-version")
        return newest.distinct("purpose")


class ConsentWording(models.Model):
    """One version of the sentence beside a box. Never changed and never removed: a new version is a new row.

    Made by `add_wording`; triggers of the database refuse every change but forgetting a removed user.
    """

    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    language = models.CharField(_("language"), max_length=16, choices=settings.LANGUAGES, default="en")
    version = models.PositiveIntegerField(_("version"), editable=False)
    text = models.TextField(_("sentence"), max_length=1000, validators=[MaxLengthValidator(1000)])
    created_at = models.DateTimeField(_("added"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("added by"),
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )

    objects = ConsentWordingQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent wording")
        verbose_name_plural = _("consent wordings")
        default_permissions = ("add", "view")
        ordering: ClassVar[list[str]] = ["purpose", "language", "-version"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["purpose", "language", "version"], name="consent_wording_version"),
            models.CheckConstraint(
                name="consent_wording_is_whole",
                condition=Q(purpose__in=Purpose.values, version__gte=1) & ~Q(text="") & ~Q(language=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} ({self.get_language_display()}) {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store a new version. Raises AppendOnly for one that is stored already."""
        if not self._state.adding:
            raise AppendOnly("A wording is never changed: add a new version.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        """Refuse. Raises AppendOnly."""
        raise AppendOnly("A wording is never removed: people may have agreed to it.")

    def clean(self) -> None:
        """Refuse unknown, broken and, where the law wants them, missing placeholders.

        Raises ValidationError on `text`.
        """
        super().clean()
        if self.purpose not in Purpose.values:
            return
        found = set(_PLACE.findall(self.text))
        allowed = PLACEHOLDERS[self.purpose]
        if found - set(allowed) or set("{}") & set(_PLACE.sub("", self.text)):
            names = get_text_list([f"{{{name}}}" for name in allowed], _("and"))
            raise ValidationError({"text": _("In braces only these may stand here: %(names)s.") % {"names": names}})
        if missing := NEEDED.get(self.purpose, frozenset()) - found:
            names = get_text_list([f"{{{name}}}" for name in allowed if name in missing], _("and"))
            raise ValidationError({"text": _("The law wants this sentence to name %(names)s too.") % {"names": names}})
