"""Builders of the things that tests are about; every argument that a test does not name has a sensible value."""

import io
import itertools
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image as PillowImage
from pypdf import PdfWriter
from wagtail.images import get_image_model
from wagtail.models import Locale, Site

from home.models import HomePage
from partners.articles.article_page import PartnerArticlePage
from partners.articles.latest_page import LatestPostsPage
from partners.articles.partner_campaign import PartnerCampaign
from partners.articles.partner_page import PartnerIndexPage, PartnerPage
from partners.brochures.brochure import Brochure, BrochureFile
from partners.brochures.request_fields import standard_fields
from partners.brochures.request_page import BrochureRequestPage

_numbers = itertools.count(1)


def home(language: str = "en") -> HomePage:
    """Return the home page of `language` that the first migration leaves."""
    return HomePage.objects.get(locale__language_code=language)


def latest_page(language: str = "en") -> LatestPostsPage:
    """Return 'latest post' of `language`."""
    return LatestPostsPage.objects.get(locale__language_code=language)


def partner_index(language: str = "en") -> PartnerIndexPage:
    """Return the list of partners of `language`."""
    return PartnerIndexPage.objects.get(locale__language_code=language)


def image(title: str = "A crane at the quay", size: tuple[int, int] = (640, 360)) -> Any:
    """Store and return an image of one colour."""
    file = ContentFile(_one_colour(size), name=f"picture-{next(_numbers)}.png")
    return get_image_model().objects.create(title=title, file=file)


@cache
def _one_colour(size: tuple[int, int]) -> bytes:
    # Thousands are stored in a run of the tests, and to encode one takes as long as to store it.
    content = io.BytesIO()
    PillowImage.new("RGB", size, (20, 90, 110)).save(content, "PNG")
    return content.getvalue()


def pdf_bytes(pages: int = 2, note: str = "") -> bytes:
    """Return a real PDF with `pages` blank pages; `note` makes its bytes differ from another's."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=595, height=842)
    writer.add_metadata({"/Title": f"Brochure {note}"})
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


def partner(title: str = "Tidewater Robotics", language: str = "en", **fields: Any) -> PartnerPage:
    """Return a live partner with a logo."""
    fields.setdefault("logo", image("Logo"))
    page = PartnerPage(
        title=title,
        slug=fields.pop("slug", f"partner-{next(_numbers)}"),
        summary="Machines for quays.",
        locale=Locale.objects.get(language_code=language),
        **fields,
    )
    partner_index(language).add_child(instance=page)
    return page


def article(
    parent: PartnerPage | None = None, title: str = "A port that drives itself", **fields: Any
) -> PartnerArticlePage:
    """Return an article below `parent` (a new partner without one), live unless `live=False`."""
    parent = parent or partner()
    defaults: dict[str, Any] = {
        "standfirst": "Lorries without drivers carry boxes from quay to yard.",
        "body": [("paragraph", "<p>The quay is long and the lorries are patient.</p>")],
        "disclosure": "partner_controlled",
        "publication_date": date(2026, 10, 1),
        "slug": f"article-{next(_numbers)}",
        "locale": parent.locale,
    }
    page = PartnerArticlePage(title=title, **{**defaults, **fields})
    parent.add_child(instance=page)
    return page


def illustrated(parent: PartnerPage, offer: BrochureRequestPage, **fields: Any) -> PartnerArticlePage:
    """Return an article below `parent` with a large picture, a heading, a figure and the offer of a form."""
    body = [
        ("heading", {"text": "Quays", "level": "2"}),
        ("paragraph", "<p>Water.</p>"),
        ("image", {"image": image(), "caption": "A quay"}),
        ("call_to_action", {"heading": "Read on", "text": "", "offer": offer}),
    ]
    return article(parent, hero_image=image(), hero_decorative=True, body=body, **fields)


def campaign(of: PartnerPage | None = None, **fields: Any) -> PartnerCampaign:
    """Return a campaign of a partner that began a day ago and ends in a day."""
    now = timezone.now()
    defaults: dict[str, Any] = {
        "name": "Autumn at the quay",
        "starts_at": now - timedelta(days=1),
        "ends_at": now + timedelta(days=1),
    }
    return PartnerCampaign.objects.create(partner=of or partner(), **{**defaults, **fields})


def brochure(title: str = "Doing business in Qianhai", content: bytes | None = None, language: str = "en") -> Brochure:
    """Return a brochure with one file."""
    made = Brochure.objects.create(title=title)
    add_file(made, content or pdf_bytes(note=str(next(_numbers))), language)
    return made


def add_file(to: Brochure, content: bytes, language: str = "en", name: str = "Qianhai brochure.pdf") -> BrochureFile:
    """Add a file to a brochure as an editor's upload would."""
    file = BrochureFile(brochure=to, language=language, file=ContentFile(content, name=name))
    file.clean()
    file.save()
    return file


def request_page(parent: PartnerPage | None = None, of: Brochure | None = None, **fields: Any) -> BrochureRequestPage:
    """Return a live form for a brochure, with the questions that a new form begins with, or those of `questions`."""
    parent = parent or partner()
    questions = fields.pop("questions", None)
    page = BrochureRequestPage(
        title=fields.pop("title", "Ask for the brochure"),
        slug=fields.pop("slug", f"form-{next(_numbers)}"),
        brochure=of or brochure(),
        locale=parent.locale,
        **fields,
    )
    page.request_fields = standard_fields(parent.locale.language_code) if questions is None else questions
    parent.add_child(instance=page)
    return page


def default_site() -> Site:
    """Return the one site."""
    return Site.objects.get(is_default_site=True)
