"""When do an article's languages follow what an editor has said of it in one of them: its kind, and its campaign?

When readers are told: with its publication, the first one included. What a draft says otherwise is noted on its row
until then, since saving a draft overwrites the row, and whoever saves one may not be allowed to publish.

Two drafts may disagree. Of kinds, the stricter one that is published counts in all languages, whichever came first: a
milder one that was chosen before is refused, and its editor told. Of campaigns, the one that is published last.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from partners.articles.carrying_campaign import begin_campaign_of_new, carry_campaign_to_translations
from partners.articles.carrying_label import carry_label_to_translations
from partners.articles.disclosure import strictness
from partners.articles.keeping_place import keep_place
from partners.articles.label_change import keep_label_date, stored_label, write_down_label_change
from partners.articles.publishing import milder_than_told

if TYPE_CHECKING:
    from partners.articles.article_page import PartnerArticlePage

_LOCK = "partners.articles.in_step:"
NOTED = ("disclosure_before", "has_new_campaign")


@dataclass(frozen=True)
class News:
    """What an article that is being saved says otherwise than its translations.

    `kind_before` is the kind that it had in common with them, or None where it still has; `is_told` says that readers
    see what is saved, `begins` that the article was not live until now.
    """

    kind_before: str | None = None
    campaign: bool = False
    is_told: bool = False
    begins: bool = False


@contextmanager
def keeping_in_step(article: "PartnerArticlePage", fields: set[str] | None) -> Iterator[None]:
    """Store `article` within this, in one transaction with what follows from it in its history and in other languages.

    `fields` are those that are written, those of `NOTED` and the label's date among them; None for all.
    """
    with transaction.atomic():
        _one_language_at_a_time(article)
        stored = stored_label(article)
        if stored is None:
            _begin_as_told(article)
            begin_campaign_of_new(article)
        else:
            keep_place(article, stored)
        is_changed = keep_label_date(article, stored)
        news = _note_news(article, stored, fields)
        if (stricter := _stricter_elsewhere(article, news)) is not None:
            raise milder_than_told(article, stricter)
        yield
        if is_changed:
            write_down_label_change(article, stored)
        _carry_news(article, news)


def _begin_as_told(article: "PartnerArticlePage") -> None:
    """Give a draft that is stored for the first time the kind and the campaign of which readers know in other
    languages: what it was translated from may be a draft that says otherwise, and tells so with its own publication.
    """
    if article.live or article.alias_of_id:
        return
    told = list(_live_family(article).order_by("pk").values_list("disclosure", "partner_campaign"))
    kinds, campaigns = [kind for kind, _campaign in told], [campaign for _kind, campaign in told]
    if kinds and article.disclosure not in kinds:
        article.disclosure = max(kinds, key=strictness)
    if campaigns and article.partner_campaign_id not in campaigns:
        article.partner_campaign_id = campaigns[0]


def _one_language_at_a_time(article: "PartnerArticlePage") -> None:
    """Have two languages of an article that are published at once see what the other one tells readers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{_LOCK}{article.translation_key}"])


def require_in_step(article: "PartnerArticlePage") -> None:
    """Raise NotPublishable where `article`, published now, would be a milder kind than another language by a decision
    that its editor cannot have known: one that was published since the draft was given its kind.
    """
    if (stricter := told_stricter(article)) is not None:
        raise milder_than_told(article, stricter)


def told_stricter(article: "PartnerArticlePage") -> "PartnerArticlePage | None":
    """Return the translation for which `require_in_step` would refuse `article`, or None."""
    row = stored_label(article, locks=False)
    if row is None or article.alias_of_id:
        return None
    news = _news_of_stored(article, row, {"disclosure"})
    return _stricter_elsewhere(article, replace(news, is_told=True, begins=not row["live"]))


def _stricter_elsewhere(article: "PartnerArticlePage", news: News) -> "PartnerArticlePage | None":
    if not news.is_told or (news.kind_before is None and not news.begins):
        return None
    # What had its own kind in common with this one goes along, to a milder one as well.
    others = _told_otherwise(article).exclude(disclosure=news.kind_before or article.disclosure)
    mild = strictness(article.disclosure)
    return next((other for other in others.select_related("locale") if strictness(other.disclosure) > mild), None)


def _told_otherwise(article: "PartnerArticlePage") -> Any:
    return _live_family(article).exclude(pk=article.pk).exclude(disclosure=article.disclosure).order_by("pk")


def _live_family(article: "PartnerArticlePage") -> Any:
    return type(article).objects.filter(translation_key=article.translation_key, alias_of=None, live=True)


def _note_news(article: "PartnerArticlePage", stored: dict[str, Any] | None, fields: set[str] | None) -> News:
    """Return what is new in `article`, which is about to be saved, and note it on a draft.

    What the article itself knows of such notes may come from a revision and does not count.
    """
    if article.alias_of_id:
        # It says what its original says, and has nothing of its own to carry.
        news = News()
    elif stored is None:
        news = _news_of_new(article)
    else:
        news = _news_of_stored(article, stored, fields)
    article.disclosure_before = None if news.is_told else news.kind_before
    article.has_new_campaign = news.campaign and not news.is_told
    return news


def _carry_news(article: "PartnerArticlePage", news: News) -> None:
    """Tell the translations of `article`, which has been saved, what is new; to be called within its transaction."""
    if not news.is_told:
        return
    if news.kind_before is not None or news.begins:
        # At the first publication drafts may lag behind that were translated from an earlier draft.
        carry_label_to_translations(article, article.disclosure if news.kind_before is None else news.kind_before)
        for kind in list(
            _told_otherwise(article).values_list("disclosure", flat=True).distinct().order_by("disclosure")
        ):
            # Those that said less, by a decision of their own.
            carry_label_to_translations(article, kind)
    if news.campaign or news.begins:
        carry_campaign_to_translations(article, only_drafts=not news.campaign)


def _news_of_new(article: "PartnerArticlePage") -> News:
    """Compare with what readers see in other languages: a draft may be translated before it is published itself."""
    told = _live_family(article).order_by("pk").values_list("disclosure", "partner_campaign").first()
    kind, campaign_id = told or (article.disclosure, article.partner_campaign_id)
    kind_before = kind if kind != article.disclosure else None
    is_new_campaign = campaign_id != article.partner_campaign_id
    return News(kind_before, campaign=is_new_campaign, is_told=article.live, begins=article.live)


def _news_of_stored(article: "PartnerArticlePage", stored: dict[str, Any], fields: set[str] | None) -> News:
    written = {
        "disclosure": article.disclosure,
        "partner_campaign": article.partner_campaign_id,
        "live": article.live,
    }
    told = {**stored, **{name: value for name, value in written.items() if fields is None or name in fields}}
    kind, is_live = told["disclosure"], bool(told["live"])
    kind_before = stored["disclosure"] if stored["disclosure_before"] is None else stored["disclosure_before"]
    return News(
        kind_before if kind_before != kind else None,
        campaign=stored["has_new_campaign"] or stored["partner_campaign"] != told["partner_campaign"],
        is_told=is_live,
        begins=is_live and not stored["live"],
    )
