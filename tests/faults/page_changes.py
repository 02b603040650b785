"""Changes of what readers see, each by other means, as a test of the page cache throws them at the demo."""

import random
from collections.abc import Callable
from typing import Any

from django.db import connection
from wagtail.images import get_image_model
from wagtail.models import PageViewRestriction, Site

from home.models import HomePage, SiteDetails, StandardPage
from partners.articles.article_page import PartnerArticlePage
from partners.articles.partner_page import PartnerPage
from partners.articles.topics import Topic
from partners.brochures.request_page import BrochureRequestPage

Change = Callable[[random.Random, Any, str], None]


def one_of(dice: random.Random, rows: Any) -> Any:
    return dice.choice(list(rows.order_by("pk")))


def edit(dice: random.Random, article: Any, word: str) -> None:
    article.title = f"{article.title[:60]} {word}"
    article.save_revision().publish()


def unpublish(dice: random.Random, article: Any, word: str) -> None:
    article.unpublish()


def publish_again(dice: random.Random, article: Any, word: str) -> None:
    for page in PartnerArticlePage.objects.filter(live=False):
        page.save_revision().publish()


def delete(dice: random.Random, article: Any, word: str) -> None:
    article.delete()


def rename_partner(dice: random.Random, article: Any, word: str) -> None:
    partner = one_of(dice, PartnerPage.objects.live())
    partner.slug = f"{partner.slug[:30]}-{word}"
    partner.title = f"Sponsor {word}"
    partner.save_revision().publish()


def open_partner(dice: random.Random, article: Any, word: str) -> None:
    old = article.get_parent().specific
    partner = PartnerPage(title=f"New {word}", slug=f"new-{word}", summary=word, logo=old.logo, locale=old.locale)
    old.get_parent().add_child(instance=partner)


def hide_partner(dice: random.Random, article: Any, word: str) -> None:
    """Of those that have no articles, or there would soon be none to change."""
    for partner in PartnerPage.objects.live().filter(slug__startswith="new-")[:1]:
        partner.unpublish()


def move(dice: random.Random, article: Any, word: str) -> None:
    others = PartnerPage.objects.live().filter(locale=article.locale).exclude(pk=article.get_parent().pk)
    article.move(one_of(dice, others), pos="last-child")


def reorder(dice: random.Random, article: Any, word: str) -> None:
    """Have the article, or its sponsor, stand where another stood: places in the tree are handed on."""
    page = dice.choice([article, article.get_parent()])
    page.move(one_of(dice, page.get_siblings(inclusive=False).live() or page.get_siblings()), pos="left")


def restrict(dice: random.Random, article: Any, word: str) -> None:
    PageViewRestriction.objects.create(page=article, restriction_type=PageViewRestriction.LOGIN)


def open_again(dice: random.Random, article: Any, word: str) -> None:
    PageViewRestriction.objects.all().delete()


def change_setting(dice: random.Random, article: Any, word: str) -> None:
    details = SiteDetails.for_site(Site.objects.get(is_default_site=True))
    details.organisation = f"House {word}"
    details.save()


def rename_topic_in_bulk(dice: random.Random, article: Any, word: str) -> None:
    Topic.objects.filter(pk=one_of(dice, Topic.objects.all()).pk).update(name=f"Topic {word}")


def crop(dice: random.Random, article: Any, word: str) -> None:
    image = article.hero_image or get_image_model().objects.first()
    image.focal_point_x, image.focal_point_y = 10 + dice.randrange(50), 10
    image.focal_point_width = image.focal_point_height = 5
    image.save()


def change_offer(dice: random.Random, article: Any, word: str) -> None:
    form = one_of(dice, BrochureRequestPage.objects.live())
    form.opener_label = f"Get it {word}"
    form.save_revision().publish()


def change_menu(dice: random.Random, article: Any, word: str) -> None:
    page = one_of(dice, StandardPage.objects.live())
    page.title = f"Notice {word}"
    page.save_revision().publish()


def change_by_hand(dice: random.Random, article: Any, word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE partners_partnerarticlepage SET standfirst = %s WHERE page_ptr_id = %s", [word, article.pk]
        )


def change_home(dice: random.Random, article: Any, word: str) -> None:
    home = one_of(dice, HomePage.objects.live())
    home.tagline = f"Here {word}"
    home.save_revision().publish()


CHANGES: list[Change] = [
    *(edit, unpublish, publish_again, delete, rename_partner, move, reorder, restrict, open_again, change_setting),
    *(open_partner, hide_partner, rename_topic_in_bulk, crop, change_offer, change_menu, change_by_hand, change_home),
]


def change_at_random(dice: random.Random) -> str:
    """Change something, and return what it was."""
    article = one_of(dice, PartnerArticlePage.objects.live())
    change, word = dice.choice(CHANGES), str(dice.randrange(10**6))
    change(dice, article, word)
    return f"{change.__name__} of {article.pk}, {word}"
