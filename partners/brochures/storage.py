"""Where do brochures' files lie, so that no address leads to them?"""

from typing import Never

from django.core.files.storage import FileSystemStorage


class PrivateStorage(FileSystemStorage):
    """Files that are reached through a view that checks who asks, and by no address of their own.

    Django's storage would fall back to MEDIA_URL and give an address that looks public.
    """

    def url(self, name: str | None) -> Never:
        """Refuse. Raises ValueError, as a storage without addresses does."""
        raise ValueError("A private file has no address of its own.")
