"""Which words belong to a language?"""

from django.conf import settings

from partners.letters.words import Language, en, zh_hans, zh_hant

_LANGUAGES: dict[str, Language] = {"en": en.LANGUAGE, "zh-hant": zh_hant.LANGUAGE, "zh-hans": zh_hans.LANGUAGE}


def language_words(code: str) -> Language:
    """Return the words of the language `code`; a language that has none yet gets those of the site's own."""
    return _LANGUAGES.get(code, _LANGUAGES[settings.LANGUAGE_CODE])
