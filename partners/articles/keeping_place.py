"""What if an article is moved by one request while another one, which had loaded it before, saves it?

Wagtail writes every column, so that the article would quietly be its former partner's again, in a tree that does not
add up, and in the campaign that it has left.
"""

from typing import TYPE_CHECKING, Any

from partners.articles.partner_campaign import is_of_another_partner

if TYPE_CHECKING:
    from partners.articles.article_page import PartnerArticlePage


def keep_place(article: "PartnerArticlePage", stored: dict[str, Any]) -> None:
    """Let `article`, which is about to be saved, stand where it stands by now; `stored` is its locked row."""
    if article.path == stored["path"]:
        return
    article.path, article.depth = stored["path"], stored["depth"]
    article.__dict__.pop("sponsor", None)
    article.set_url_path(article.get_parent(update=True))
    if article.partner_campaign_id and is_of_another_partner(article.partner_campaign_id, article.sponsor):
        article.partner_campaign_id = stored["partner_campaign"]
