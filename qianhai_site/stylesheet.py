"""How do many small stylesheets, and an article's scripts, reach the browser as one file each?"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

BUNDLE = "css/site.css"
SCRIPT_BUNDLE = "js/article.js"
_IMPORT = re.compile(r'@import url\("([\w-]+\.css)"\) layer\(([\w-]+)\);\n')
_SCRIPT_IMPORT = re.compile(r'^import "\./([\w-]+\.js)";\n', re.MULTILINE)
# Only comments that have their lines to themselves: what looks like one within a line may be part of a string.
_COMMENT = re.compile(r"^[ \t]*(?:/\*.*?\*/|//[^\n]*)[ \t]*\n", re.MULTILINE | re.DOTALL)


def without_comments(source: str) -> str:
    """Return a stylesheet or a script without its comments: a sixth of what compression leaves, and for no browser."""
    return _COMMENT.sub("", source)


def bundled(entry: Path) -> str:
    """Return the stylesheet `entry` with each `@import url("x.css") layer(y);` replaced by that file in its layer.

    A browser asks for imported files only after it has read the file that imports them: one file saves a round trip.
    Raises FileNotFoundError for an import that does not exist.
    """

    def included(match: re.Match[str]) -> str:
        text = (entry.parent / match[1]).read_text(encoding="utf-8")
        return f"@layer {match[2]} {{\n{text}}}\n"

    return without_comments(_IMPORT.sub(included, entry.read_text(encoding="utf-8")))


def bundled_script(entry: Path) -> str:
    """Return the module `entry` with each `import "./x.js";` replaced by that module, in a block of its own.

    For modules that are run for what they do: they export nothing, and their names stay inside their blocks.
    Raises FileNotFoundError for an import that does not exist.
    """

    def included(match: re.Match[str]) -> str:
        return f"{{\n{(entry.parent / match[1]).read_text(encoding='utf-8')}}}\n"

    return without_comments(_SCRIPT_IMPORT.sub(included, entry.read_text(encoding="utf-8")))


class SiteStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed static files, with the site's stylesheet and an article's script as one file each."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Bundle stylesheet and script into their collected copies, then hash and compress as the base class does."""
        for name, bundle in {BUNDLE: bundled, SCRIPT_BUNDLE: bundled_script}.items():
            if not dry_run and name in paths:
                # From the source: the collected copy of an earlier run is bundled already, and may be out of date.
                storage, path = paths[name]
                Path(self.path(name)).write_text(bundle(Path(storage.path(path))), encoding="utf-8")
                paths = {**paths, name: (self, name)}
        yield from super().post_process(paths, dry_run=dry_run, **options)
