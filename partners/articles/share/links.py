"""Where can a reader pass an article on, and in which words?

What is sent begins with the label: who gets the message reads it before the title. Plain links to the services' own
pages for that: no script of theirs runs here, and none learns of a reader who does not follow its link.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.articles.share.card import words_for_picture

if TYPE_CHECKING:
    from partners.articles.article_page import PartnerArticlePage


@dataclass(frozen=True)
class ShareLink:
    """One way to pass an article on; `is_web` tells a page of another site from a program of the reader's own."""

    name: str | Promise
    url: str
    is_web: bool = True


@dataclass(frozen=True)
class Sharing:
    """What a reader passes on of an article: `text` in one line, label first, and the address of its page."""

    text: str
    url: str

    @property
    def links(self) -> list[ShareLink]:
        """The ways to pass it on. Services that take no text show the page's own title, which has the label too."""
        both = f"{self.text}\n{self.url}"
        return [
            ShareLink(_("E-mail"), "mailto:?" + _query({"subject": self.text, "body": both}), is_web=False),
            ShareLink("WhatsApp", "https://wa.me/?" + _query({"text": both})),
            ShareLink("LinkedIn", "https://www.linkedin.com/sharing/share-offsite/?" + _query({"url": self.url})),
            ShareLink("Facebook", "https://www.facebook.com/sharer/sharer.php?" + _query({"u": self.url})),
            ShareLink(
                pgettext_lazy("the network", "X"),
                "https://x.com/intent/post?" + _query({"text": self.text, "url": self.url}),
            ),
            ShareLink(
                _("Weibo"),
                "https://service.weibo.com/share/share.php?" + _query({"url": self.url, "title": self.text}),
            ),
            ShareLink("LINE", "https://line.me/R/share?" + _query({"text": both})),
        ]


def sharing_of(article: "PartnerArticlePage") -> Sharing:
    """Return what a reader of `article`, in the language that is active, passes on."""
    words = words_for_picture(article.disclosure_label, article.sponsor.title, article.title)
    return Sharing(text=" ".join(words.split()), url=article.full_url or "")


def _query(values: Mapping[str, str]) -> str:
    """Return `values` as a query in which a space is %20: mail programs show a plus as it is (RFC 6068, 5)."""
    return urlencode(values, quote_via=quote, safe="")
