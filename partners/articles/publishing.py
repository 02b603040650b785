"""What may an article not be published without, whichever way it comes?

The FTC's 'Native Advertising: A Guide for Businesses' asks that whoever meets an article is told that it was paid for,
and by whom. So the kind, the sponsor's name and logo, and words for the picture must be there; drafts may lack them.
The database repeats the rule for live rows, for whoever writes past this code.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from partners.articles.disclosure import Disclosure
from partners.articles.partner_campaign import begins_later
from partners.articles.partner_campaign import in_words as moment_in_words

if TYPE_CHECKING:
    from partners.articles.article_page import PartnerArticlePage
    from partners.articles.partner_page import PartnerPage

# What was refused while somebody listens: a library may catch the refusal and tell nobody.
_heard: ContextVar["list[NotPublishable] | None"] = ContextVar("refused_publications", default=None)


class NotPublishable(ValidationError):  # noqa: N818  named for what happened
    """`page`, an article or a partner, lacks something that readers must be told: the errors name each by its field."""

    def __init__(self, page: "PartnerArticlePage | PartnerPage", missing: dict[str, str]) -> None:
        super().__init__({field: [message] for field, message in missing.items()})
        self.page = page

    @property
    def sentence(self) -> str:
        """One paragraph for an editor: which page, and what to do about it."""
        return " ".join([_("“%(title)s” is not published.") % {"title": self.page.title}, *self.messages])


@contextmanager
def listening() -> Iterator[list[NotPublishable]]:
    """Give a list to which every publication that is refused meanwhile is added, whoever catches the refusal."""
    refused: list[NotPublishable] = []
    token = _heard.set(refused)
    try:
        yield refused
    finally:
        _heard.reset(token)


def forget_heard() -> None:
    """Take back what was heard so far: whoever calls this tells the editor what was refused."""
    if (heard := _heard.get()) is not None:
        heard.clear()


def what_is_missing(article: "PartnerArticlePage") -> dict[str, str]:
    """Return what `article`, which stands in the tree, may not be published without: how to mend it, by field."""
    missing = {}
    if article.disclosure not in Disclosure.values:
        missing["disclosure"] = what_kind_is_it()
    if not says_what_its_picture_shows(article):
        missing["hero_alt"] = _("Say what the picture shows, or mark it as decorative.")
    sponsor = article.sponsor
    if lacking := what_a_partner_lacks(sponsor):
        missing[NON_FIELD_ERRORS] = lacking
    elif is_alias_in_its_own_language(article):
        missing[NON_FIELD_ERRORS] = _("An article cannot be an alias in its own language. Copy it instead.")
    elif lacking := what_partners_of_aliases_lack(article):
        missing[NON_FIELD_ERRORS] = lacking
    return missing


def what_a_partner_lacks(partner: "PartnerPage") -> str:
    """Return what to do about a partner that readers could not recognise as a sponsor, or an empty string."""
    if partner.logo_id is not None and partner.title.strip():
        return ""
    return _("The partner “%(partner)s” needs a name and a logo first: readers see both.") % {"partner": partner.title}


def what_partners_of_aliases_lack(article: "PartnerArticlePage") -> str:
    """Return what to do about the first partner below which an alias would go live with `article`, or an empty string.

    Wagtail publishes aliases last, when the article itself is stored already.
    """
    if not article.pk:
        return ""
    aliases = type(article).objects.filter(alias_of=article.pk)
    return next((lacking for alias in aliases if (lacking := what_a_partner_lacks(alias.sponsor))), "")


def is_alias_in_its_own_language(article: "PartnerArticlePage") -> bool:
    """Say whether another article of the language would stand below a second partner, who then seems to have paid."""
    return bool(article.alias_of_id) and article.alias_of.locale_id == article.locale_id


def what_kind_is_it() -> str:
    """Return what an editor is told who has not chosen the kind."""
    return _("Say whether the article was paid for, and who controlled its text.")


def says_what_its_picture_shows(article: "PartnerArticlePage") -> bool:
    """Say whether the hero image, if there is one, has words or is marked decorative."""
    return article.hero_image_id is None or article.hero_decorative or bool(article.hero_alt.strip())


def require_publishable(article: "PartnerArticlePage") -> None:
    """Raise NotPublishable where something is missing."""
    if missing := what_is_missing(article):
        raise _told(NotPublishable(article, missing))


def when_its_campaign_begins(article: "PartnerArticlePage") -> str:
    """Return what to do about an article that would be published before its campaign begins, or an empty string."""
    begins = begins_later(article.partner_campaign_id, article.go_live_at)
    if begins is None:
        return ""
    return _("Its campaign begins on %(moment)s. Schedule the article for then or later.") % {
        "moment": moment_in_words(begins)
    }


def require_begun_campaign(article: "PartnerArticlePage") -> None:
    """Raise NotPublishable where readers would see the article before its campaign begins."""
    if waits := when_its_campaign_begins(article):
        raise _told(NotPublishable(article, {"partner_campaign": waits}))


def milder_than_told(article: "PartnerArticlePage", other: "PartnerArticlePage") -> NotPublishable:
    """Return the refusal of `article`, which would be published as a milder kind than its translation `other` is."""
    message = _(
        "It was published as “%(kind)s” in another language (%(language)s) after this draft was given its kind. Choose "
        "the same here; if that is wrong, publish another kind there first."
    ) % {"kind": Disclosure(other.disclosure).label, "language": other.locale}
    return _told(NotPublishable(article, {"disclosure": message}))


def require_recognisable(partner: "PartnerPage") -> None:
    """Raise NotPublishable where a partner has no name or no logo."""
    if lacking := what_a_partner_lacks(partner):
        raise _told(NotPublishable(partner, {NON_FIELD_ERRORS: lacking}))


def require_no_alias_in_its_own_language(article: "PartnerArticlePage") -> None:
    """Raise NotPublishable for such an alias, also of a draft: it would go live together with the draft, or stop it."""
    if is_alias_in_its_own_language(article):
        raise _told(NotPublishable(article, what_is_missing(article)))


def in_words(error: IntegrityError) -> str:
    """Return what an editor is told where the database refused what this module let pass; empty for another error.

    That is somebody else's change at the same moment.
    """
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    if constraint not in {"live_article_is_labelled", "sponsor_keeps_its_logo", "sponsor_keeps_its_name"}:
        return ""
    return _(
        "Nothing was saved: a published article needs its kind, words for its picture, and a partner with a name and a "
        "logo. Somebody may have changed one of them meanwhile."
    )


def _told(refusal: NotPublishable) -> NotPublishable:
    if (heard := _heard.get()) is not None:
        heard.append(refusal)
    return refusal
