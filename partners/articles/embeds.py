"""Which videos may stand in a body, and how is one embedded without asking a third party?"""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from wagtail.embeds.exceptions import EmbedNotFoundException
from wagtail.embeds.finders.base import EmbedFinder

_PLAYERS = {
    "YouTube": "https://www.youtube-nocookie.com/embed/{}",
    "Vimeo": "https://player.vimeo.com/video/{}?dnt=1",
    "Bilibili": "https://player.bilibili.com/player.html?bvid={}",
}


def video_of(url: str) -> tuple[str, str] | None:
    """Return (provider, video id) for the address of a video's page, or None for anything else."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"}:
        return None
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    path = parts.path
    found: tuple[str, str] | None = None
    if host == "youtu.be":
        found = ("YouTube", path.strip("/"))
    elif host in {"youtube.com", "youtube-nocookie.com"}:
        if path == "/watch":
            found = ("YouTube", parse_qs(parts.query).get("v", [""])[0])
        elif match := re.fullmatch(r"/(?:embed|shorts|live)/([\w-]+)/?", path):
            found = ("YouTube", match[1])
    elif host in {"vimeo.com", "player.vimeo.com"}:
        if match := re.fullmatch(r"/(?:video/)?(\d+)/?", path):
            found = ("Vimeo", match[1])
    elif host == "bilibili.com" and (match := re.fullmatch(r"/video/(BV\w+)/?", path)):
        found = ("Bilibili", match[1])
    return found if found and re.fullmatch(r"[\w-]{1,64}", found[1]) else None


def player_address(url: str) -> str:
    """Return the address of the player for the video at `url`, or an empty string where there is none."""
    video = video_of(url)
    return _PLAYERS[video[0]].format(video[1]) if video else ""


class VideoFinder(EmbedFinder):
    """Builds the player's address from the page's address, offline.

    oEmbed would have this server ask the provider, and trust the markup that comes back.
    """

    def __init__(self, **options: Any) -> None:
        """Accept and ignore the options that Wagtail passes on from the settings."""

    def accept(self, url: str) -> bool:
        """Say whether `url` is the address of a video at a provider that the content policy allows."""
        return video_of(url) is not None

    def find_embed(self, url: str, max_width: int | None = None, max_height: int | None = None) -> dict[str, Any]:
        """Return Wagtail's description of the embed; `html` is the player's address.

        The block's template links to the video and loads the player only when a reader asks for it.
        Raises EmbedNotFoundException for an address that `accept` refuses.
        """
        video = video_of(url)
        if video is None:
            raise EmbedNotFoundException
        return {
            "title": "",
            "author_name": "",
            "provider_name": video[0],
            "type": "video",
            "thumbnail_url": None,
            "width": 16,
            "height": 9,
            "html": player_address(url),
        }
