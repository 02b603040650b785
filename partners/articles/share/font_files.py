"""Which font files come with the site?

All are under the SIL Open Font License and come from pinned packages, since a font for Chinese is too large for the
repository. Whatever the site draws, on whichever machine, is drawn with these.
"""

from importlib.resources import files
from pathlib import Path

SERIF = Path(str(files("fontpkg_source_serif_4"))) / "files" / "SourceSerif4[opsz,wght].ttf"
# One collection for every region that writes Chinese characters; each has forms of its own.
CHINESE = Path(str(files("manimgx_fonts_cjk"))) / "NotoSansCJK-VF.otf.ttc"
_OTHERS = Path(str(files("manimgx_fonts")))
# In the order in which they are asked: scripts that name places and people, then signs.
OTHERS = [
    _OTHERS / f"{name}[wght].ttf"
    for name in (
        "NotoSans",
        "NotoSansArabic",
        "NotoSansHebrew",
        "NotoSansThai",
        "NotoSansDevanagari",
        "NotoSansBengali",
        "NotoSansTamil",
        "NotoSansTelugu",
        "NotoSansGeorgian",
        "NotoSansArmenian",
        "NotoSansLao",
        "NotoSansKhmer",
        "NotoSansMyanmar",
        "NotoSansSinhala",
        "NotoSansEthiopic",
        "NotoEmoji",
        "NotoSansSymbols",
    )
]
# How the collection calls itself in each form.
CHINESE_FAMILIES = {"zh-hant": "Noto Sans CJK HK", "zh-hans": "Noto Sans CJK SC"}
