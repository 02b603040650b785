"""How does a text of the content files become the stored form of a page's body?"""

import uuid
from collections.abc import Mapping
from typing import Any

from wagtail.blocks import StreamBlock
from wagtail.blocks.stream_block import StreamValue

from .content_files import Block, kind_of
from .markup import to_html

#: Under this name the blocks' identifiers are made, so that a translation's blocks keep those of its source.
_BLOCKS = uuid.UUID("8f7c5f1e-0f3b-5a55-9d35-1d6f3f0b2a71")


def to_stream(
    stream_block: StreamBlock,
    blocks: list[Block],
    page: str,
    images: Mapping[str, int],
    offers: Mapping[str, int],
    articles: Mapping[str, int],
) -> StreamValue:
    """Return a body.

    `page` names the page that the body is for; `images`, `offers` and `articles` give primary keys by picture name and
    slug. Raises ContentError for a block of no known kind, KeyError for an unknown picture, offer or article.
    """
    stored = [
        {
            "type": kind_of(block),
            "value": _value(kind_of(block), block, images, offers, articles),
            "id": str(uuid.uuid5(_BLOCKS, f"{page}/{number}")),
        }
        for number, block in enumerate(blocks)
    ]
    return StreamValue(stream_block, stored, is_lazy=True)


def _value(
    kind: str, block: Block, images: Mapping[str, int], offers: Mapping[str, int], articles: Mapping[str, int]
) -> Any:
    match kind:
        case "paragraph":
            return to_html(block["paragraph"], articles)
        case "heading":
            return {"text": block["heading"], "level": str(block.get("level", 2))}
        case "quote":
            return {"text": block["quote"], "attribution": block["attribution"], "role": block.get("role", "")}
        case "image":
            image = {"image": images[block["image"]], "alt_text": block["alt"], "decorative": False}
            return {"image": image, "caption": block.get("caption", "")}
        case "table":
            table = {
                "columns": [{"type": "text", "heading": heading} for heading in block["columns"]],
                "rows": [{"values": row} for row in block["rows"]],
                "caption": "",
            }
            return {"caption": block["table"], "table": table}
        case "fact_box":
            return {"title": block["fact_box"], "text": to_html(block["text"], articles)}
        case "notes":
            return [to_html(note, articles) for note in block["notes"]]
        case _:
            return {"heading": block["call_to_action"], "text": block["text"], "offer": offers[block["offer"]]}
