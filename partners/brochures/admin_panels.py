"""What does an editor see of a brochure's versions, beside the form?"""

from typing import Any

from wagtail.admin.panels import Panel

from partners.brochures.cover import LIST_RENDITION
from partners.brochures.versions import versions_of

FILE_URL_NAME = "wagtailsnippets_partners_brochure:file"


class VersionsPanel(Panel):
    """The versions by language, newest first: what each is, how often it was asked for and opened, which is current."""

    class BoundPanel(Panel.BoundPanel):
        """The panel of one brochure."""

        template_name = "partners/brochures/versions_panel.html"

        def is_shown(self) -> bool:
            """Stay away from a brochure that is not stored yet."""
            return bool(super().is_shown() and self.instance.pk)

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            """Add `versions`, and of which keys the current ones are."""
            versions = list(versions_of(self.instance))
            # They come newest first, and by language.
            current = {version.language: version.pk for version in reversed(versions)}
            return {
                **super().get_context_data(parent_context),
                "versions": versions,
                "current": set(current.values()),
                "rendition": LIST_RENDITION,
                "file_url_name": FILE_URL_NAME,
            }
