"""How long does a text take to read?"""

import math
import re

from django.utils.html import strip_tags

# Silent reading of non-fiction: 238 English words a minute (Brysbaert 2019); of Chinese, 255 to 260
# characters a minute or more (Wang et al. 2018). Both rounded.
WORDS_A_MINUTE = 238
HAN_CHARACTERS_A_MINUTE = 260

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_WORD = re.compile(r"[^\W_]+(?:[’'.,-][^\W_]+)*")


def reading_minutes(text: str) -> int:
    """Return the whole minutes, at least one, that a reader needs for `text` (plain or HTML).

    Chinese is counted by characters, every other script by words; a mixed text adds the two.
    """
    plain = strip_tags(text)
    han = len(_HAN.findall(plain))
    words = len(_WORD.findall(_HAN.sub(" ", plain)))
    return max(1, math.ceil(han / HAN_CHARACTERS_A_MINUTE + words / WORDS_A_MINUTE))
