"""How does a template show articles as cards, of which most are kept already?"""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import template
from django.db.models import Model
from django.template.loader import render_to_string
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString, mark_safe

from partners.articles.article_page import PartnerArticlePage
from partners.articles.cards import loaded_for_card, loaded_for_cards
from partners.articles.paging import Listed
from partners.keeping import is_kept, markup

register = template.Library()


@register.simple_tag(takes_context=True)
def article_cards(
    context: Mapping[str, Any],
    articles: Iterable[PartnerArticlePage | Listed],
    *,
    level: int = 3,
    lead: bool = False,
    sizes: str = "",
) -> list[SafeString]:
    """Return the cards of `articles`, each with its label and sponsor; none for what is gone since it was listed.

    `level` is that of their headings; `lead` makes them large ones; `sizes` says how wide their pictures are. What
    those need that nobody keeps is loaded for all at once.
    """
    keys = {article: ("card", article.pk, level, lead, sizes) for article in articles}
    loaded = loaded_for_cards(article for article, key in keys.items() if not is_kept(key, is_markup=True))

    def card(article: PartnerArticlePage | Listed) -> str:
        # Lazily: what a card shows that is kept is not asked for.
        one: Any = SimpleLazyObject(lambda: loaded.get(article.pk) or loaded_for_card(article))
        # Only what the key tells: other pages show the same card.
        shown = {"article": one, "level": level, "lead": lead, "sizes": sizes, "request": context.get("request")}
        return markup(
            keys[article],
            lambda: render_to_string("components/article_card.html", shown),
            _shown_by(one),
        )

    cards = []
    for article in keys:
        with contextlib.suppress(PartnerArticlePage.DoesNotExist):
            # Safe: a template has rendered it.
            cards.append(mark_safe(card(article)))  # noqa: S308
    return cards


@register.simple_tag(takes_context=True)
def article_card(context: Mapping[str, Any], article: PartnerArticlePage, **options: Any) -> SafeString:
    """Return the card of one article, with the options of `article_cards`."""
    return article_cards(context, [article], **options)[0]


def _shown_by(article: PartnerArticlePage) -> Iterator[Model]:
    # One after the other: the sponsor of a card that is kept is not asked for.
    yield article
    yield article.sponsor
    if article.hero_image is not None:
        yield article.hero_image
