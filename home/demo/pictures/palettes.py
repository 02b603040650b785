"""Which few colours does a picture allow itself?"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """The colours of one picture, from the far sky to the nearest ink."""

    sky: tuple[str, ...]
    sun: str
    far: str
    middle: str
    near: str
    ink: str
    sea: tuple[str, ...]
    light: str
    accent: str
    second: str


DAWN = Palette(
    sky=("#2d5f73", "#7fb0ac", "#f2cfa4"),
    sun="#fbe6c0",
    far="#6d9ba0",
    middle="#2f6573",
    near="#173f50",
    ink="#0c2733",
    sea=("#5d9aa0", "#1f5566", "#0f3443"),
    light="#fdf2dc",
    accent="#e8663d",
    second="#f2b04c",
)
NOON = Palette(
    sky=("#bfe0e3", "#e3f0ea", "#fbf3e0"),
    sun="#ffffff",
    far="#b3d0cf",
    middle="#5c98a2",
    near="#245a6b",
    ink="#123645",
    sea=("#9fcdcb", "#4c95a0", "#23667a"),
    light="#fffaf0",
    accent="#d9532f",
    second="#efb23e",
)
DUSK = Palette(
    sky=("#31305c", "#8a4a72", "#ee8b62", "#f8c67d"),
    sun="#ffe1a0",
    far="#7b4a74",
    middle="#43335f",
    near="#2a2347",
    ink="#161430",
    sea=("#c8706a", "#5a3c69", "#241f45"),
    light="#ffeccb",
    accent="#f56f4c",
    second="#f7b955",
)
NIGHT = Palette(
    sky=("#0a1630", "#12305a", "#2b5f86"),
    sun="#dfe9ee",
    far="#1d466d",
    middle="#12315a",
    near="#0c2145",
    ink="#071530",
    sea=("#24567c", "#10305a", "#081a38"),
    light="#ffeab5",
    accent="#39c5bb",
    second="#f4b450",
)
GARDEN = Palette(
    sky=("#f6d9b8", "#fbe9cf", "#fdf4e3"),
    sun="#f2845c",
    far="#c9cfb0",
    middle="#7c9c83",
    near="#315f53",
    ink="#17382f",
    sea=("#a9c8b8", "#5f9a92", "#2f6b6a"),
    light="#fffaf0",
    accent="#d9573a",
    second="#e9a93c",
)
STONE = Palette(
    sky=("#c9d3dd", "#e6e3dc", "#f6e7d2"),
    sun="#fff6e6",
    far="#b4bdc8",
    middle="#76869b",
    near="#39485f",
    ink="#1b2638",
    sea=("#aab8c4", "#6f8298", "#3c4d66"),
    light="#fffaf1",
    accent="#b4442f",
    second="#d9a441",
)
JADE = Palette(
    sky=("#0f3d44", "#1f6a68", "#6fb59a", "#e9dca8"),
    sun="#fff1bf",
    far="#3f8880",
    middle="#1c5a5c",
    near="#0f3d45",
    ink="#08262d",
    sea=("#5fa894", "#1d6164", "#0c353e"),
    light="#fff4d0",
    accent="#f0743e",
    second="#f3bd55",
)
ROSE = Palette(
    sky=("#f3b9a0", "#f8d5bb", "#fdebd6"),
    sun="#fff8ec",
    far="#dba699",
    middle="#a8677a",
    near="#5a3a5c",
    ink="#2c2140",
    sea=("#e2b3a4", "#a8748a", "#5b4370"),
    light="#fff8ec",
    accent="#c7402f",
    second="#edaa42",
)
STEEL = Palette(
    sky=("#16323f", "#25505c", "#3d7478"),
    sun="#d8efe6",
    far="#2f626b",
    middle="#1f4855",
    near="#13313d",
    ink="#0a1d26",
    sea=("#2f666e", "#173f4c", "#0b2530"),
    light="#f4f0dc",
    accent="#ff7a45",
    second="#ffc45a",
)
