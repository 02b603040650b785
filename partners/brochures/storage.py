"""Where do brochures' files, exports and documents lie, so that no other account reads them?"""

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any, Never

from django.core.files.storage import FileSystemStorage

logger = logging.getLogger(__name__)

# For the account of the site alone. Whoever serves public files goes through the folder above, and would read these.
FILE_MODE, FOLDER_MODE = 0o600, 0o700
# Where Wagtail's documents lie below MEDIA_ROOT.
DOCUMENTS = "documents"
# Where uploaded pictures lie, and what is made of them. Share images, in a folder below, are named by what they show.
NAMED_ONCE = frozenset({"original_images", "images"})


class PrivateStorage(FileSystemStorage):
    """Files that are reached through a view that checks who asks, and by no address of their own.

    Django's storage would fall back to MEDIA_URL and give an address that looks public. Permissions are for the
    site's account alone, whatever its umask; the options of Django's storage set others.
    """

    def __init__(self, **options: Any) -> None:
        ours = {"file_permissions_mode": FILE_MODE, "directory_permissions_mode": FOLDER_MODE}
        super().__init__(**{**ours, **options})

    def save(self, name: str | None, content: IO[Any], max_length: int | None = None) -> str:
        """Store `content` as Django's storage does, and return the name that it got."""
        # Made as ever: the permissions are for this folder and what is below it, and public folders lie beside it.
        Path(self.location).parent.mkdir(parents=True, exist_ok=True)
        return super().save(name, content, max_length=max_length)

    def url(self, name: str | None) -> Never:
        """Refuse. Raises ValueError, as a storage without addresses does."""
        raise ValueError("A private file has no address of its own.")

    def close_to_others(self) -> int:
        """Take from all that is stored the permissions that it would not get today; return how many had them.

        For what was stored before the storage had permissions of its own, or was put there by hand. Nothing gains a
        permission. What cannot be changed, mostly since it belongs to another account, is counted by a
        warning. Links are left alone.
        """
        closed = refused = 0
        for path, wanted in self._stored():
            try:
                mode = stat.S_IMODE(path.stat().st_mode)
                if excess := mode & 0o777 & ~wanted:
                    path.chmod(mode & ~excess)
                    closed += 1
            except FileNotFoundError:
                continue  # it has gone meanwhile
            except OSError:
                refused += 1
        if refused:
            logger.warning(
                "%s private files or folders could not be closed to other accounts: hand all below %s to "
                "the account that the site runs as (chown -R).",
                refused,
                self.location,
            )
        return closed

    def _stored(self) -> Iterator[tuple[Path, int]]:
        """Yield every folder, those above others first, and every file, with the most that it may permit."""
        of_folders, of_files = self.directory_permissions_mode, self.file_permissions_mode
        for folder, _folders, files in os.walk(self.location):
            if of_folders is not None:
                yield Path(folder), of_folders
            if of_files is not None:
                paths = (Path(folder, name) for name in files)
                yield from ((path, of_files) for path in paths if not path.is_symlink())


class MediaStorage(FileSystemStorage):
    """Pictures, which the web server in front reads, and beside them documents, which it may not.

    A document's collection may be for some readers only, so each is sent by a view that asks. `documents` are the
    options of the `PrivateStorage` that has them.

    No picture gets a name that another one has had. Browsers and caches keep renditions for a year by their address,
    share images are told apart by their heroes' names, and what is deleted is removed later, by its name.
    """

    def __init__(self, documents: dict[str, Any] | None = None, **options: Any) -> None:
        super().__init__(**options)
        self._options_of_documents = documents or {}

    @property
    def documents(self) -> PrivateStorage:
        """Return the storage of the documents, whose names there lack the folder."""
        return PrivateStorage(location=Path(self.location) / DOCUMENTS, **self._options_of_documents)

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Return a name that is free and, of a picture, never was used: Django adds its random end to each."""
        folder, _, file = str(name).replace("\\", "/").rpartition("/")
        if folder in NAMED_ONCE and file:
            extension = "".join(PurePosixPath(file).suffixes)
            name = f"{folder}/{self.get_alternative_name(file.removesuffix(extension), extension)}"
        # Shortens what is too long, and then adds such an end once more.
        return super().get_available_name(name, max_length=max_length)

    def _save(self, name: str, content: IO[Any]) -> str:
        """Store under a name that is free; of Django's `save`, which has looked for one."""
        folder, _, rest = name.partition("/")
        if folder == DOCUMENTS and rest:
            return f"{folder}/{self.documents.save(rest, content)}"
        return str(super()._save(name, content))  # type: ignore[misc]
