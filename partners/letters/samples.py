"""What is put into a letter that nobody asked for: a preview, a trial?"""

from datetime import timedelta

from django.conf import settings
from django.utils import formats, timezone, translation

from partners.articles.disclosure import Disclosure, words_for
from partners.letters.composing import Contents
from partners.letters.kinds import LetterKind, names_of, placeholders_for
from partners.letters.languages import language_words
from partners.letters.sheet import NamedArticle, Table

_TITLES = {
    "en": (
        "A. Reader",
        "A sample brochure",
        "A sample form",
        "A sample article",
        "A sample partner",
        "The sentence beside the box",
    ),
    "zh-hant": ("陳女士", "宣傳冊樣本", "表格樣本", "文章樣本", "合作夥伴樣本", "方格旁的句子"),
    "zh-hans": ("陈女士", "宣传册样本", "表单样本", "文章样本", "合作伙伴样本", "方格旁的句子"),
}


def sample_contents(kind: LetterKind, language: str) -> Contents:
    """Return made-up contents for a letter of `kind` in `language`; its link leads to the site's front page."""
    name, brochure, form, article, sponsor, sentence = _TITLES.get(language, _TITLES["en"])
    fixed = language_words(language).fixed
    now = timezone.localtime()
    with translation.override(language):
        values = {
            "name": name,
            "brochure": brochure,
            "form": form,
            "link": f"{settings.SITE_URL}/?sample",
            "expires": formats.date_format(now + timedelta(days=settings.BROCHURE_LINK_DAYS), "DATE_FORMAT"),
            "reference": "QH-0000-0000",
            "language": dict(settings.LANGUAGES).get(language, language),
            "time": formats.date_format(now, "DATETIME_FORMAT"),
            "date": formats.date_format(now, "DATE_FORMAT"),
            "ticked": sentence,
            "requests": "3",
            "failed": "1",
        }
        label = str(words_for(Disclosure.PARTNER_CONTROLLED).label)
    fits = set(names_of(placeholders_for(kind, "body")))
    facts = {
        LetterKind.STAFF_NOTICE: ("reference", "form", "brochure", "language", "time"),
        LetterKind.CONSENT_CONFIRMATION: ("ticked",),
    }.get(kind, ())
    return Contents(
        values={key: value for key, value in values.items() if key in fits},
        article=NamedArticle(article, label, sponsor) if kind == LetterKind.BROCHURE else None,
        notes=[fixed.attached] if kind == LetterKind.BROCHURE else [],
        facts=[(fixed.facts[key], values[key]) for key in facts],
        table=Table(
            headings=(fixed.facts["form"], fixed.facts["requests"], fixed.facts["failed"]), rows=((form, "3", "1"),)
        )
        if kind == LetterKind.STAFF_DIGEST
        else None,
    )
