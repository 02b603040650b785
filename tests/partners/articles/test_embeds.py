"""partners/articles/embeds.py: three providers, no request to any of them."""

import pytest
from wagtail.embeds.exceptions import EmbedNotFoundException

from partners.articles.embeds import VideoFinder, player_address, video_of


@pytest.mark.parametrize(
    ("url", "video"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3", ("YouTube", "dQw4w9WgXcQ")),
        ("https://youtu.be/dQw4w9WgXcQ", ("YouTube", "dQw4w9WgXcQ")),
        ("https://m.youtube.com/shorts/dQw4w9WgXcQ/", ("YouTube", "dQw4w9WgXcQ")),
        ("https://vimeo.com/76979871", ("Vimeo", "76979871")),
        ("https://www.bilibili.com/video/BV1xx411c7mD/", ("Bilibili", "BV1xx411c7mD")),
        ("https://www.youtube.com/watch", None),
        ("https://youtube.com.evil.example/watch?v=x", None),
        ("javascript:alert(1)//youtube.com/watch?v=x", None),
        ("https://youtu.be/x%22onload", None),
        ("https://example.com/", None),
        ("https://[broken", None),
        ("", None),
    ],
)
def test_video_of(url, video):
    assert video_of(url) == video


def test_player_is_on_a_host_that_the_policy_allows(settings):
    for url in ("https://youtu.be/dQw4w9WgXcQ", "https://vimeo.com/1", "https://bilibili.com/video/BV1"):
        assert any(player_address(url).startswith(f"{host}/") for host in settings.VIDEO_HOSTS)
    assert player_address("https://example.com/") == ""


def test_finder_refuses_what_it_does_not_accept():
    finder = VideoFinder()
    assert finder.accept("https://vimeo.com/1")
    assert not finder.accept("https://example.com/")
    with pytest.raises(EmbedNotFoundException):
        finder.find_embed("https://example.com/")
