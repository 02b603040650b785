"""What does an editor fill in to change a letter, and what may stand in it?"""

from typing import Any

from django.forms import HiddenInput
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList, Panel

from partners.letters.kinds import LINE_FIELDS, PROSE_FIELDS, LetterKind, Placeholder, placeholders_for


class LetterForm(WagtailAdminModelForm):
    """The editor's form of a letter. Which letter it is, and in which language, is given with the address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Fix letter and language where they are known, and name to each field what may stand in it."""
        super().__init__(*args, **kwargs)
        kind: str = self.instance.kind
        if kind not in LetterKind.values:
            return
        self.fields["kind"].disabled = self.fields["language"].disabled = True
        for name in (*LINE_FIELDS, *PROSE_FIELDS):
            listed = " ".join(f"{{{place.name}}}" for place in placeholders_for(kind, name))
            field = self.fields[name]
            field.help_text = " ".join(
                part for part in (str(field.help_text), _("Placeholders: %(listed)s") % {"listed": listed}) if part
            )


class PlaceholdersPanel(Panel):
    """Carries letter and language through the form, and shows what each placeholder stands for."""

    def get_form_options(self) -> dict[str, Any]:
        """Return the two fields that no editor changes."""
        return {"fields": ["kind", "language"], "widgets": {"kind": HiddenInput, "language": HiddenInput}}

    class BoundPanel(Panel.BoundPanel):
        """The panel for one letter."""

        template_name = "partners/letters/admin/placeholders.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """Add the letter and its placeholders.

            The template writes the two hidden fields itself: a browser would not send those that are disabled here,
            and a preview of a letter that is not stored yet has nothing else to know it by.
            """
            kind: str = self.instance.kind
            places: tuple[Placeholder, ...] = placeholders_for(kind, "body") if kind in LetterKind.values else ()
            return {**super().get_context_data(parent_context), "letter": self.instance, "places": places}


LETTER_PANELS = ObjectList(
    [
        PlaceholdersPanel(heading=gettext_lazy("Placeholders"), icon="code"),
        FieldPanel("subject"),
        FieldPanel("preheader"),
        FieldPanel("heading"),
        FieldPanel("body"),
        FieldPanel("button"),
        FieldPanel("closing"),
    ],
    base_form_class=LetterForm,
)
