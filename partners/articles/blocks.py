"""Of which blocks is an article's body made?"""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.embeds.blocks import EmbedBlock
from wagtail.images.blocks import ImageBlock

from partners.articles.embeds import player_address
from partners.articles.notes import NotesBlock
from partners.articles.offers import OfferChooserBlock
from partners.keeping import active_locale

INLINE_FEATURES = ["bold", "italic", "link"]
PARAGRAPH_FEATURES = [*INLINE_FEATURES, "ol", "ul"]


class HeadingBlock(blocks.StructBlock):
    """A heading below the page's own title."""

    text = blocks.CharBlock(max_length=160, label=_("Text"))
    level = blocks.ChoiceBlock(choices=[("2", _("Section")), ("3", _("Sub-section"))], default="2", label=_("Level"))

    class Meta:
        icon = "title"
        label = _("Heading")
        template = "partners/blocks/heading.html"

    def get_searchable_content(self, value: Any) -> list[str]:
        """Return the words of the heading `value` alone: the name of its level is read by editors, not by readers."""
        return list(self.child_blocks["text"].get_searchable_content(value["text"]))


class QuoteBlock(blocks.StructBlock):
    """Words of somebody, and whose they are."""

    text = blocks.TextBlock(label=_("Words"), help_text=_("Without quotation marks; the page sets them."))
    attribution = blocks.CharBlock(max_length=160, label=_("Who said it"))
    role = blocks.CharBlock(max_length=160, required=False, label=_("Role"))

    class Meta:
        icon = "openquote"
        label = _("Quote")
        template = "partners/blocks/quote.html"


class FigureBlock(blocks.StructBlock):
    """A picture with its alternative text and a caption."""

    image = ImageBlock(label=_("Image"))
    caption = blocks.CharBlock(max_length=300, required=False, label=_("Caption and credit"))

    class Meta:
        icon = "image"
        label = _("Image")
        template = "partners/blocks/image.html"


class TableBlock(blocks.StructBlock):
    """Rows and columns, with a caption that says what they show."""

    caption = blocks.CharBlock(max_length=300, label=_("Caption"))
    table = TypedTableBlock(
        [
            ("text", blocks.CharBlock(required=False, label=_("Text"))),
            ("number", blocks.CharBlock(required=False, label=_("Number"))),
            ("rich_text", blocks.RichTextBlock(features=INLINE_FEATURES, required=False, label=_("Rich text"))),
        ],
        label=_("Table"),
    )

    class Meta:
        icon = "table"
        label = _("Table")
        template = "partners/blocks/table.html"


class VideoBlock(blocks.StructBlock):
    """A video of YouTube, Vimeo or Bilibili, loaded only when the reader asks for it."""

    video = EmbedBlock(label=_("Address of the video's page"), help_text=_("YouTube, Vimeo or Bilibili."))
    title = blocks.CharBlock(max_length=200, label=_("Title"))

    class Meta:
        icon = "media"
        label = _("Embed")
        template = "partners/blocks/embed.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add `player`, the address that the reader's press loads, or an empty string."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        video = value.get("video")
        context["player"] = player_address(video.url) if video else ""
        return context


class FactBoxBlock(blocks.StructBlock):
    """Facts set beside the running text."""

    title = blocks.CharBlock(max_length=120, label=_("Title"))
    text = blocks.RichTextBlock(features=PARAGRAPH_FEATURES, label=_("Facts"))

    class Meta:
        icon = "list-ul"
        label = _("Fact box")
        template = "partners/blocks/fact_box.html"


class CallToActionBlock(blocks.StructBlock):
    """The place in the text where the brochure is offered."""

    heading = blocks.CharBlock(max_length=120, label=_("Heading"))
    text = blocks.TextBlock(required=False, label=_("Text"))
    offer = OfferChooserBlock(label=_("Form"), help_text=_("The form that opens over the article."))

    class Meta:
        icon = "mail"
        label = _("Brochure call to action")
        template = "partners/blocks/call_to_action.html"

    def clean(self, value: Any) -> Any:
        """Refuse a form that no reader could open.

        Raises a block error on `offer` where the form's page is not published, or is private.
        """
        cleaned = super().clean(value)
        offer = cleaned.get("offer")
        if offer is not None and (not offer.live or offer.get_view_restrictions().exists()):
            message = _("Readers cannot open this form. Publish it and let it be public, or choose another.")
            raise blocks.StructBlockValidationError(block_errors={"offer": ValidationError(message)})
        return cleaned

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add `offer`: the form in the page's language, or None where it cannot be opened."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context["offer"] = openable_offer(value.get("offer"))
        return context


def openable_offer(page: Any) -> Any:
    """Return the offer `page` (a page or None) as its specific kind, or None where a reader could not open it.

    A reader gets the offer in the active language. One that is withdrawn there is not replaced by another
    language's; one that was never translated is offered as it is.
    """
    if page is None:
        return None
    locale = active_locale()
    found = page if page.locale_id == locale.pk else page.get_translation_or_none(locale) or page
    offer = found.specific
    return offer if offer.live and not offer.get_view_restrictions().exists() else None


class TextBlocks(blocks.StreamBlock):
    """The blocks of any page with a text."""

    paragraph = blocks.RichTextBlock(
        features=PARAGRAPH_FEATURES, label=_("Paragraph"), icon="pilcrow", template="partners/blocks/paragraph.html"
    )
    heading = HeadingBlock()
    quote = QuoteBlock()
    image = FigureBlock()
    table = TableBlock()
    embed = VideoBlock()
    fact_box = FactBoxBlock()


class ArticleBlocks(TextBlocks):
    """The blocks of a partner's article."""

    call_to_action = CallToActionBlock()
    notes = NotesBlock()

    class Meta:
        block_counts: ClassVar[dict[str, dict[str, int]]] = {"notes": {"max_num": 1}}


def words_of(body: Any) -> str:
    """Return the words in a StreamField's value, without mark-up.

    What a search would find is the text itself; str() of a value of several fields is Python's account of it. An
    address is no text, and an offer stands for a page of its own.
    """
    return "\n".join(
        str(text)
        for block in body
        if block.block_type not in {"embed", "call_to_action"}
        for text in block.block.get_searchable_content(block.value)
    )
