"""What does a translation that is kept in step with its source take over from it, beside the texts?"""

from typing import Any

from wagtail_localize.fields import BaseTranslatableField, SynchronizedField


class NotSynchronized(SynchronizedField):  # type: ignore[misc, unused-ignore]
    """A field that wagtail-localize neither copies nor lets a translator override.

    What it copies comes from the source's row or from what was stored of it, which may be a draft's, and goes live as
    soon as the translation does. Who paid, and the campaign, follow a publication alone (`in_step.py`).
    """

    def __init__(self, field_name: str) -> None:
        super().__init__(field_name, overridable=False)

    def is_synchronized(self, obj: Any) -> bool:
        """Say no."""
        return False


# wagtail-localize leaves many-to-many fields out, and its form for a translation has none that an editor could fill in.
OF_ARTICLES: "list[BaseTranslatableField]" = [
    NotSynchronized("disclosure"),
    NotSynchronized("partner_campaign"),
    SynchronizedField("topics", overridable=False),
]
