"""How does the demo get into an empty site?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.models import Locale, Page, Site

from home.models import HomePage, PartnerContentPage, SiteDetails, StandardPage
from partners.articles.article_page import PartnerArticlePage
from partners.articles.latest_page import LatestPostsPage
from partners.articles.partner_page import PartnerIndexPage, PartnerPage
from partners.articles.topics import Topic
from partners.brochures.brochure import Brochure, BrochureFile
from partners.brochures.request_fields import standard_fields
from partners.brochures.request_page import BrochureRequestPage

from . import content_files
from .content_files import Demo, read_demo
from .languages import LANGUAGES
from .markup import to_html
from .pictures.canvas import SHEET_WIDTH
from .stream import to_stream
from .works import Shelf, Works, make_works, pdf_name, shelf

FORM_WORDS = (
    "title",
    "introduction",
    "opener_label",
    "heading",
    "close_label",
    "submit_label",
    "thanks_text",
    "error_text",
)
# Only where the form asks whether the partner may have the data.
HANDOVER_WORDS = ("handover_kinds", "handover_goods")

type Pages[P: Page] = dict[tuple[str, str], P]


def is_seeded(demo: Demo) -> bool:
    """Whether the demo is there: one of its partners' pages, in any language, is the sign."""
    return PartnerPage.objects.filter(slug__in=[partner.slug for partner in demo.partners]).exists()


def seed(*, width: int = SHEET_WIDTH) -> bool:
    """Load the demo with pictures `width` pixels wide; return False, touching nothing, where it already is.

    Pictures and PDFs are made before the transaction begins. Raises ContentError for a content file that cannot
    be used; whatever is raised, nothing is left in the database or in storage.
    """
    demo = read_demo()
    if is_seeded(demo):
        return False
    works = make_works(demo, width)
    with shelf() as storage, transaction.atomic():
        _Seeding(demo, works, storage).run()
    return True


@dataclass
class _Seeding:
    """One run: what was made so far, by slug and language."""

    demo: Demo
    works: Works
    storage: Shelf
    locales: Mapping[str, Locale] = field(default_factory=dict)
    images: dict[str, Any] = field(default_factory=dict)
    topics: dict[tuple[str, str], Topic] = field(default_factory=dict)
    partners: Pages[PartnerPage] = field(default_factory=dict)
    forms: Pages[BrochureRequestPage] = field(default_factory=dict)
    # The primary keys of those in English, which links name: a page shows them in its own language.
    articles: dict[str, int] = field(default_factory=dict)

    def run(self) -> None:
        self.locales = {language: Locale.objects.get(language_code=language) for language in LANGUAGES}
        self.store_images()
        self.add_topics()
        self.add_partners()
        self.add_forms()
        for article in self.demo.articles:
            self.add_article(article)
        self.fill_standing_pages()
        for slug, texts in self.demo.notices.items():
            self.add_notice(slug, texts)
        self.fill_details()

    def store_images(self) -> None:
        """Store every picture; what the first article shows with it describes it in the library."""
        described: dict[str, str] = {}
        for article in self.demo.articles:
            text = article.texts["en"]
            described.setdefault(article.hero, text["hero_alt"])
            for block in text["body"]:
                if "image" in block:
                    described.setdefault(block["image"], block["alt"])
        for partner in self.demo.partners:
            described[partner.mark] = f"The mark of {partner.texts['en']['title']}"
        for brochure in self.demo.brochures:
            described[brochure.cover] = f"The cover of ‘{brochure.texts['en']['title']}’"
        for name, (file_name, content) in self.works.pictures.items():
            title = name.replace("-", " ").capitalize()
            self.images[name] = self.storage.keep_image(title, described.get(name, ""), file_name, content)

    def add_topics(self) -> None:
        for slug, names in self.demo.topics.items():
            source, _ = Topic.objects.get_or_create(
                slug=slug, locale=self.locales["en"], defaults={"name": names["en"]}
            )
            self.topics[slug, "en"] = source
            for language in LANGUAGES[1:]:
                translation = source.get_translation_or_none(self.locales[language])
                if translation is None:
                    translation = source.copy_for_translation(self.locales[language])
                    translation.name = names[language]
                    translation.save()
                self.topics[slug, language] = translation

    def add_partners(self) -> None:
        index = PartnerIndexPage.objects.get(locale=self.locales["en"])
        for partner in self.demo.partners:
            for language, text in partner.texts.items():
                words = {"title": text["title"], "summary": text["summary"], "about": to_html(text["about"])}
                if language == "en":
                    page = PartnerPage(slug=partner.slug, logo=self.images[partner.mark], live=False, **words)
                    index.add_child(instance=page)
                else:
                    page = self.translate(self.partners[partner.slug, "en"], language, words)
                self.partners[partner.slug, language] = publish(page)

    def add_forms(self) -> None:
        for brochure in self.demo.brochures:
            given = Brochure.objects.create(title=brochure.texts["en"]["title"], cover=self.images[brochure.cover])
            for language in brochure.editions:
                pdf = self.works.pdfs[brochure.slug, language]
                title = "" if language == "en" else brochure.texts[language]["title"]
                self.storage.keep_pdf(
                    BrochureFile(brochure=given, language=language, title=title), pdf, pdf_name(brochure, language)
                )
            for language, text in brochure.texts.items():
                words = {name: text[name] for name in FORM_WORDS}
                words |= {name: text[name] for name in HANDOVER_WORDS if name in text}
                if language == "en":
                    asked: dict[str, bool | str] = {f"consent_{purpose}": True for purpose in brochure.consents}
                    if "handover" in brochure.consents:
                        asked["handover_gain"] = BrochureRequestPage.Gain.NO_GAIN
                    page = BrochureRequestPage(slug=brochure.slug, brochure=given, live=False, **asked, **words)
                    page.request_fields = standard_fields(language)
                    self.partners[brochure.partner, "en"].add_child(instance=page)
                else:
                    page = self.translate(self.forms[brochure.slug, "en"], language, words)
                    questions = list(page.request_fields.all())
                    for question, said in zip(questions, standard_fields(language), strict=True):
                        question.label = said.label
                    page.request_fields = questions
                self.forms[brochure.slug, language] = publish(page)

    def add_article(self, article: content_files.Article) -> None:
        source: PartnerArticlePage | None = None
        for language, text in article.texts.items():
            words = {
                "title": text["title"],
                "standfirst": text["standfirst"],
                "hero_alt": text["hero_alt"],
                "search_description": text["standfirst"],
                "body": self.body(PartnerArticlePage, text["body"], article.slug, language),
            }
            if source is None:
                page = PartnerArticlePage(
                    slug=article.slug,
                    hero_image=self.images[article.hero],
                    disclosure=article.disclosure,
                    publication_date=article.publication_date,
                    live=False,
                    **words,
                )
                self.partners[article.partner, language].add_child(instance=page)
                source = page
                self.articles[article.slug] = page.pk
            else:
                page = self.translate(source, language, words)
            page.topics = [self.topics[slug, language] for slug in article.topics]
            publish(page)
            published = timezone.make_aware(datetime.combine(article.publication_date, time(9)))
            Page.objects.filter(pk=page.pk).update(first_published_at=published, last_published_at=published)

    def fill_standing_pages(self) -> None:
        """Write the introductions that nobody has written yet."""
        kinds: dict[str, Any] = {"home": HomePage, "latest": LatestPostsPage, "partners": PartnerIndexPage}
        for name, kind in kinds.items():
            for language, text in self.demo.standing[name].items():
                page = kind.objects.filter(locale=self.locales[language]).first()
                if page is not None and not page.introduction:
                    introduction = text["introduction"]
                    page.introduction = to_html(introduction) if kind is HomePage else introduction
                    publish(page)
        # They come with the site, and get a history like every other page.
        for page in PartnerContentPage.objects.filter(live_revision=None):
            publish(page)

    def add_notice(self, slug: str, texts: Mapping[str, Mapping[str, Any]]) -> None:
        """Add a standing page in its languages, unless the site has one at its place."""
        home = HomePage.objects.get(locale=self.locales["en"])
        if StandardPage.objects.child_of(home).filter(slug=slug).exists():
            return
        source = None
        for language, text in texts.items():
            words = {
                "title": text["title"],
                "introduction": text["introduction"],
                "body": self.body(StandardPage, text["body"], slug, language),
            }
            if source is None:
                source = StandardPage(slug=slug, live=False, **words)
                home.add_child(instance=source)
                publish(source)
            else:
                publish(self.translate(source, language, words))

    def fill_details(self) -> None:
        """Say who runs the site, and name the privacy notice, where nobody has."""
        home = HomePage.objects.get(locale=self.locales["en"])
        privacy = StandardPage.objects.child_of(home).filter(slug="privacy").first()
        for site in Site.objects.filter(is_default_site=True):
            details = SiteDetails.for_site(site)
            details.organisation = details.organisation or self.demo.organisation
            details.contact_email = details.contact_email or self.demo.contact_email
            details.privacy_page = details.privacy_page or privacy
            details.save()

    def body(self, kind: Any, blocks: list[content_files.Block], page: str, language: str) -> Any:
        images = {name: image.pk for name, image in self.images.items()}
        offers = {slug: form.pk for (slug, spoken), form in self.forms.items() if spoken == language}
        return to_stream(kind._meta.get_field("body").stream_block, blocks, page, images, offers, self.articles)

    def translate[P: Page](self, source: P, language: str, words: Mapping[str, Any]) -> P:
        """Return an unpublished translation of a page that says these words."""
        page: P = source.copy_for_translation(self.locales[language])
        for name, value in words.items():
            setattr(page, name, value)
        return page


def publish[P: Page](page: P) -> P:
    """Publish what the page says now as a revision, as an editor would, and return it as it is then.

    Raises ValidationError for a page that an editor could not publish.
    """
    page.full_clean()
    page.save_revision(clean=False).publish()
    page.refresh_from_db()
    return page
