"""Which parts of pages are kept beside whole pages, so that a page of which one thing changed is quickly made anew?

They live in the same store, under the same tags, and are as true as whole pages: what has changed is made anew, and
nothing is used without a recent proof that every change has been heard of.
"""

import sys
import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db.models import Model
from django.utils.translation import get_language
from wagtail.blocks import StreamValue
from wagtail.models import Page

from qianhai_site.pagecache.keys import Key, Keys
from qianhai_site.pagecache.listening import SURE, Listener
from qianhai_site.pagecache.opting_in import lists_of, tags_of
from qianhai_site.pagecache.part import Part, PartKey
from qianhai_site.pagecache.showing import Showing, current_showing, recording, recording_part
from qianhai_site.pagecache.store import LIST, PARTNERS, PLACES, SITE, Store

# Seconds by which the proof for a part ends sooner than that for a whole page: meanwhile the page around it is made.
MARGIN = 0.3
# What a value is taken for where it is not a text: a page and what belongs to it. And what each of the texts in a
# page's blocks takes beside itself, as it was measured.
VALUE_BYTES, TEXT_OVERHEAD = 16 * 1024, 128
# Beside its content, what a part costs: its key, tags and places in the store.
OVERHEAD = 2048

_ON_SITE, _OF_PARTNERS = frozenset({SITE}), frozenset({PARTNERS})


class Parts:
    """Keeps parts of pages in a store: the `Keeper` of partners/keeping.py."""

    def __init__(self, store: Store, listener: Listener, keys: Keys) -> None:
        self._store, self._listener, self._keys = store, listener, keys

    def value(
        self,
        key: Hashable,
        make: Callable[[], Any],
        shows: Iterable[Model] = (),
        *,
        since: int,
        of_list: int | None = None,
        of_partners: bool = False,
        of_places: bool = False,
    ) -> Any:
        """Return what is kept under `key`, or what `make` loads now, or makes of `shows`."""
        whole = current_showing()
        known = PartKey("value", key)
        part = whole.known.get(known) if whole is not None else None
        if part is None and (part := self._recalled(known)) is None:
            tags = {tag for model in shows for tag in tags_of(model)}
            tags |= {f"{LIST}{of_list}"} if of_list is not None else set()
            tags |= _OF_PARTNERS if of_partners else set()
            tags |= {PLACES} if of_places else set()
            part = self._made_by_itself(known, make, whole, tags, since)
        if whole is not None:
            whole.known[known] = part
            # What is done with it is noted by nobody.
            whole.tags |= part.tags
        return part.content

    def markup(self, key: Hashable, make: Callable[[], str], shows: Iterable[Model] = ()) -> str:
        """Return the markup kept under `key` for pages of the active language, or what `make` renders now."""
        whole = current_showing()
        if whole is None or whole.key is None or not whole.is_for_everybody:
            return make()
        known = _markup_key(whole.key, key)
        part = self._recalled(known)
        if part is None:
            tags = {tag for model in shows for tag in tags_of(model)}
            part = self._made_by_itself(known, make, whole, tags)
        whole.shown |= part.tags
        return str(part.content)

    def has(self, key: Hashable, *, is_markup: bool) -> bool:
        """Say whether `value`, or `markup`, would find what is kept under `key` now."""
        whole = current_showing()
        if not is_markup:
            known = PartKey("value", key)
            return (whole is not None and known in whole.known) or self._recalled(known) is not None
        if whole is None or whole.key is None or not whole.is_for_everybody:
            return False
        return self._recalled(_markup_key(whole.key, key)) is not None

    def own(self, name: str, make: Callable[[], str], *, of_lists: bool = True, of_partners: bool = False) -> str:
        """Return the part called `name` of the answer that is being made, kept or rendered now."""
        whole = current_showing()
        if whole is None or whole.key is None or not whole.is_for_everybody:
            return make()
        known = PartKey("own", (whole.key, get_language(), name))
        part = self._recalled(known)
        if part is None:
            with recording_part(whole, of_its_own=False) as showing:
                content = make()
            tags = showing.all_tags | _ON_SITE
            if not of_lists:
                tags = {tag for tag in tags if not tag.startswith(LIST)}
            tags |= _OF_PARTNERS if of_partners else set()
            part = self._put(known, content, tags, whole)
        whole.shown |= part.tags
        return str(part.content)

    def moment(self) -> int:
        """Return where in the changes that are heard of this moment is."""
        return self._store.mark()

    @contextmanager
    def for_visitors(self, environ: Mapping[str, Any], page: Page, since: int) -> Iterator[None]:
        """Keep parts of `page` meanwhile, at whatever address it is shown, of whose visitor nothing is in them."""
        key = self._keys.of_page(environ, page.pk)
        if key is None:
            yield
            return
        self._listener.ensure_running()
        with recording(key, since, keeps_whole=False) as showing:
            showing.tags |= {SITE, *lists_of({f"{LIST}{page.locale_id}"}), *tags_of(page)}
            showing.is_for_everybody = True
            yield

    @property
    def are_used(self) -> bool:
        """Whether a page that is begun now may be made of parts."""
        return time.monotonic() < self._store.certain_until - MARGIN

    def _recalled(self, key: PartKey) -> Part | None:
        part = self._store.part(key)
        if part is None or not part.is_fresh:
            return None
        now, until = time.monotonic(), self._store.certain_until
        if now >= until - MARGIN or now >= part.good_until:
            return None
        if (showing := current_showing()) is not None:
            showing.proofs.append(until - SURE)
        part.is_used = True
        return part

    def _made_by_itself(
        self, key: PartKey, make: Callable[[], Any], whole: Showing | None, tags: Iterable[str] = (), since: int = 0
    ) -> Part:
        """Make a part of nothing that the answer around it has loaded, and keep it."""
        self._listener.ensure_running()
        alone = recording(mark=since) if whole is None else recording_part(whole, of_its_own=True)
        with alone as showing:
            content = make()
        return self._put(key, content, showing.all_tags.union(_ON_SITE, tags), showing)

    def _put(self, key: PartKey, content: Any, tags: set[str], showing: Showing) -> Part:
        part = Part(content, frozenset(tags), OVERHEAD + _weight(content), showing.good_until)
        self._store.put(key, part, showing.mark)
        return part


def _weight(content: Any) -> int:
    """Return for how many bytes a part's content is taken."""
    if isinstance(content, str):
        return sys.getsizeof(content)
    values = vars(content).values() if isinstance(content, Page) else ()
    return VALUE_BYTES + sum(
        _weight_of_texts(list(value.raw_data)) for value in values if isinstance(value, StreamValue)
    )


def _weight_of_texts(value: Any) -> int:
    if isinstance(value, Mapping):
        return sum(map(_weight_of_texts, value.values()))
    return sum(map(_weight_of_texts, value)) if isinstance(value, list) else sys.getsizeof(value) + TEXT_OVERHEAD


def _markup_key(page: Key, key: Hashable) -> PartKey:
    """Links are of the host and scheme, and words of the language."""
    return PartKey("markup", (page.host, page.is_secure, get_language(), key))
