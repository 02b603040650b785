"""How does a scraped page become a draft of a partner's article, once and only once?"""

from dataclasses import dataclass

from django.db import transaction
from django.utils.html import escape

from partners.articles.article_page import PartnerArticlePage
from partners.articles.partner_page import PartnerPage
from partners.articles.scraped import ScrapedArticle


class CannotImport(ValueError):  # noqa: N818  named for what happened
    """Nothing was written; the message says why and how to mend it."""


@dataclass(frozen=True)
class Imported:
    """The draft, and whether this import made it."""

    article: PartnerArticlePage
    is_new: bool


def import_article(scraped: ScrapedArticle, partner: str, language: str) -> Imported:
    """Store `scraped` as a draft below the partner with the slug `partner` in `language`.

    The disclosure stays empty: whether money was paid is not in the text, and publishing asks for it. The same
    article imported again is recognised by its digest, even if its draft was edited meanwhile.
    Raises CannotImport for a partner that is not there, and for another article of the same title.
    """
    parent = _find_partner(partner, language)
    with transaction.atomic():
        # Two imports at once wait for each other here.
        PartnerPage.objects.select_for_update(of=("self",)).get(pk=parent.pk)
        below = PartnerArticlePage.objects.child_of(parent)
        known = below.filter(source_digest=scraped.digest).first()
        if known is not None:
            return Imported(known, is_new=False)
        # The title that the editor sees: renaming a draft leaves the page's own title until it is published.
        if below.filter(draft_title=scraped.title).exists():
            raise CannotImport(
                f"{parent.title} has an article '{scraped.title}' with another text. "
                "Edit that one in the admin, or delete or rename it and import again."
            )
        article = PartnerArticlePage(
            title=scraped.title,
            standfirst=scraped.standfirst,
            body=[("paragraph", f"<p>{escape(paragraph)}</p>") for paragraph in scraped.paragraphs],
            source_digest=scraped.digest,
            locale=parent.locale,
            live=False,
        )
        # A page that is not live is checked for title and slug only: a draft may lack what publishing asks for.
        parent.add_child(instance=article)
        article.save_revision(clean=False, log_action=True)
        return Imported(article, is_new=True)


def _find_partner(slug: str, language: str) -> PartnerPage:
    """Return the partner with `slug` in `language`; raise CannotImport, naming what there is, unless it is one."""
    partners = PartnerPage.objects.select_related("locale").order_by("slug", "path")
    namesakes = [partner for partner in partners if partner.slug == slug]
    found = [partner for partner in namesakes if partner.locale.language_code == language]
    if len(found) == 1:
        return found[0]
    if found:
        addresses = " and ".join(partner.url_path for partner in found)
        raise CannotImport(f"There are {len(found)} partners '{slug}' in {language}: {addresses}. Rename one of them.")
    known = ", ".join(partner.slug for partner in partners if partner.locale.language_code == language) or "none yet"
    hint = "".join(f" There is one in {partner.locale.language_code}: add --language." for partner in namesakes[:1])
    raise CannotImport(f"There is no partner '{slug}' in {language}. Known: {known}.{hint}")
