"""Has a file of the site's code changed since the last look?"""

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

import watchfiles

WATCHED = ("qianhai_site", "home", "partners", "locale")
# A template or a style sheet is read anew without a restart only by Django's own development server.
ENDINGS = (".py", ".html", ".txt", ".mo")


class Reload:
    """Watches the code in a thread; `changed` tells what has changed since it was last asked."""

    def __init__(self, repository: Path) -> None:
        """Name the folder whose packages are watched."""
        self._folders = [repository / name for name in WATCHED if (repository / name).exists()]
        self._repository = repository
        self._changed: set[str] = set()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        """Start watching."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        """Stop watching."""
        self._end.set()

    def changed(self) -> str:
        """Return the changed file, or their number; '' where nothing has changed."""
        names, self._changed = self._changed, set()
        return f"{len(names)} files" if len(names) > 1 else "".join(names)

    def _watch(self) -> None:
        for changes in watchfiles.watch(*self._folders, stop_event=self._end, raise_interrupt=False):
            self._changed |= {
                str(Path(name).relative_to(self._repository)) for _, name in changes if name.endswith(ENDINGS)
            }
