"""What do articles say that nobody wrote? Words drawn by chance, in three languages, as often as words are in texts."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

_HAN = {
    "zh-hant": "港口船期貨櫃碼頭倉庫海灣城市道路鐵路法律金融數據網絡人才樹木橋樑燈塔潮水風雨日夜早晚東西南北新舊長短",
    "zh-hans": "港口船期货柜码头仓库海湾城市道路铁路法律金融数据网络人才树木桥梁灯塔潮水风雨日夜早晚东西南北新旧长短",
}
_NAMES = {"en": "Article", "zh-hant": "文章", "zh-hans": "文章"}
_SYLLABLES = ("ba", "do", "fen", "gal", "hu", "kin", "lo", "mer", "nu", "pol", "ran", "sil", "tor", "vey", "wo", "zan")
# Every article has the first; half of them the second, a tenth the third; the fourth is one article's own.
EVERYWHERE = {"en": "Qianhai", "zh-hant": "前海", "zh-hans": "前海"}
IN_HALF = {"en": "harbour", "zh-hant": "港口金融區", "zh-hans": "港口金融区"}
IN_A_TENTH = {"en": "finance", "zh-hant": "跨境支付", "zh-hans": "跨境支付"}
PARAGRAPHS = 5


@dataclass(frozen=True)
class Words:
    """What one article says."""

    title: str
    standfirst: str
    paragraphs: tuple[str, ...]


def own_word(number: int) -> str:
    """Return the word that stands in the article `number` alone."""
    return f"unique{number}x"


def write(language: str, number: int, chance: random.Random) -> Words:
    """Return the words of article `number`: of the same `chance`, the same ones."""
    words = _VOCABULARY[language]
    space = " " if language == "en" else ""
    known = [EVERYWHERE[language], own_word(number)]
    if number % 2 == 0:
        known.append(IN_HALF[language])
    if number % 10 == 0:
        known.append(IN_A_TENTH[language])
    paragraphs = []
    for place in range(PARAGRAPHS):
        said = chance.choices(words, cum_weights=_WEIGHTS[language], k=60)
        if place < len(known):
            said.insert(chance.randrange(60), f" {known[place]} " if space == "" else known[place])
        paragraphs.append(_sentence(said, space))
    title = _sentence(chance.choices(words, k=5), space).rstrip(".。")
    return Words(
        title=f"{title} ({_NAMES[language]} {number})",
        standfirst=_sentence(chance.choices(words, k=14), space),
        paragraphs=tuple(paragraphs),
    )


def _sentence(words: Sequence[str], space: str) -> str:
    joined = space.join(words).strip()
    return f"{joined[:1].upper()}{joined[1:]}{'.' if space else '。'}"


def _vocabulary(language: str) -> list[str]:
    """Return 4,096 words of three syllables, or the pairs of its characters."""
    if language == "en":
        return [f"{one}{two}{three}" for one in _SYLLABLES for two in _SYLLABLES for three in _SYLLABLES]
    return [one + two for one in _HAN[language] for two in _HAN[language]]


def _weights(count: int) -> list[float]:
    """Return cumulative weights by which the n-th word is drawn 1/n times as often as the first (Zipf's law)."""
    total, weights = 0.0, []
    for rank in range(1, count + 1):
        total += 1 / rank
        weights.append(total)
    return weights


_VOCABULARY = {language: _vocabulary(language) for language in _NAMES}
_WEIGHTS = {language: _weights(len(words)) for language, words in _VOCABULARY.items()}
