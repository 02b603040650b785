"""Which files does the demo need, and how are they put into storage?"""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from PIL import Image as PillowImage
from wagtail.images import get_image_model

from partners.brochures.brochure import BrochureFile

from .brochure_pdf import make_pdf
from .content_files import Brochure, Demo
from .pictures import draw_cover, draw_mark, draw_scene


@dataclass(frozen=True)
class Works:
    """What was drawn and set: pictures by name as (file name, bytes), PDFs by brochure and language."""

    pictures: Mapping[str, tuple[str, bytes]]
    pdfs: Mapping[tuple[str, str], bytes]


@dataclass
class Shelf:
    """The storage's side of a transaction: it remembers what was stored, so that it can be taken back."""

    stored: list[tuple[Storage, str]] = field(default_factory=list)

    def keep_image(self, title: str, description: str, name: str, content: bytes) -> Any:
        """Store a picture and return its image."""
        image = get_image_model()(title=title, description=description[:255])
        image.file = ContentFile(content, name=name)
        image._set_image_file_metadata()
        image.save()
        self.stored.append((image.file.storage, image.file.name))
        return image

    def keep_pdf(self, file: BrochureFile, content: bytes, name: str) -> None:
        """Store a brochure's file as an editor's upload would be; raises ValidationError for what is no PDF."""
        file.file = ContentFile(content, name=name)
        file.clean()
        file.save()
        self.stored.append((file.file.storage, file.file.name))


@contextmanager
def shelf() -> Iterator[Shelf]:
    """Give a shelf; when what is done with it fails, everything on it is removed from storage again."""
    made = Shelf()
    try:
        yield made
    except BaseException:
        for storage, name in made.stored:
            storage.delete(name)
        raise


def make_works(demo: Demo, width: int) -> Works:
    """Draw every picture that the demo names, `width` pixels wide, and set every brochure."""
    pictures: dict[str, tuple[str, bytes]] = {}
    for partner in demo.partners:
        pictures[partner.mark] = (f"{partner.mark}.png", _png(draw_mark(partner.mark, max(width // 4, 24))))
    for brochure in demo.brochures:
        pictures[brochure.cover] = (f"{brochure.cover}.jpg", _jpeg(draw_cover(brochure.cover, width * 2 // 3)))
    for name in scene_names(demo):
        pictures[name] = (f"{name}.jpg", _jpeg(draw_scene(name, width)))
    return Works(pictures=pictures, pdfs=dict(_pdfs(demo, width)))


def scene_names(demo: Demo) -> list[str]:
    """Return the name of every scene that opens an article or stands in one, each once."""
    names = {article.hero: None for article in demo.articles}
    for article in demo.articles:
        names |= {block["image"]: None for block in article.texts["en"]["body"] if "image" in block}
    return list(names)


def pdf_name(brochure: Brochure, language: str) -> str:
    """Return the name under which a reader saves an edition."""
    return f"{brochure.slug}.pdf" if language == "en" else f"{brochure.slug}-{language}.pdf"


def _pdfs(demo: Demo, width: int) -> Iterator[tuple[tuple[str, str], bytes]]:
    partners = {partner.slug: partner for partner in demo.partners}
    for brochure in demo.brochures:
        for language in brochure.editions:
            pdf = make_pdf(brochure, partners[brochure.partner], language, picture_width=width * 2 // 3)
            yield (brochure.slug, language), pdf


def _png(image: PillowImage.Image) -> bytes:
    content = io.BytesIO()
    image.save(content, "PNG", optimize=True)
    return content.getvalue()


def _jpeg(image: PillowImage.Image) -> bytes:
    content = io.BytesIO()
    image.save(content, "JPEG", quality=90, optimize=True, progressive=True, subsampling=0)
    return content.getvalue()
