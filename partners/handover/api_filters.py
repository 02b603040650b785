"""What may the API's list be narrowed by, and how does it go on from page to page?"""

import base64
import binascii
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from django.db.models import Q, QuerySet
from ninja import Field, Schema
from pydantic import AfterValidator

from partners.brochures.submission import Submission
from partners.handover.reading import changed_since

LARGEST_PAGE = 100


def _has_zone(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("give the time with its zone, such as 2026-11-30T08:00:00Z")
    return _in_utc(value)


def _in_utc(moment: datetime) -> datetime:
    """Return the same moment, since PostgreSQL knows no zone further away than 16 hours. Raises ValueError for none."""
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("there is no such time") from error


def _is_cursor(value: str) -> str:
    try:
        read_cursor(value)
    except ValueError as error:
        raise ValueError("use the value of `next` as it came") from error
    return value


Moment = Annotated[datetime, AfterValidator(_has_zone)]


class RequestFilters(Schema):
    """What is asked for."""

    created_since: Moment | None = Field(None, description="Asked at this time or later.")
    created_until: Moment | None = Field(None, description="Asked before this time.")
    updated_since: Moment | None = Field(
        None,
        description="Asked, released, with its address corrected, or with a consent given, confirmed or withdrawn, at "
        "this time or later.",
    )
    form: UUID | None = Field(None, description="Key of a form, as `form.key` tells it: in all its languages.")
    brochure: int | None = Field(None, ge=1, le=2**63 - 1, description="Id of a brochure, as `brochure.id` tells it.")
    language: Literal["en", "zh-hant", "zh-hans"] | None = None
    limit: int = Field(50, ge=1, le=LARGEST_PAGE, description="Requests on a page.")
    cursor: Annotated[str, AfterValidator(_is_cursor)] | None = Field(
        None, max_length=200, description="The `next` of the page before."
    )


def unknown_parameters(names: Iterable[str]) -> list[str]:
    """Return those of `names` that do not exist: passed over, a misspelt one would hand out more than was meant."""
    return [name for name in names if name not in RequestFilters.model_fields]


def write_cursor(submission: Submission) -> str:
    """Return the place after `submission`: opaque, and without the row's number, which would tell how many came in."""
    place = f"{submission.created_at.astimezone(UTC).isoformat()}|{submission.reference}"
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[datetime, str]:
    """Return the time and reference of a place. Raises ValueError for what is none."""
    try:
        place = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, UnicodeError) as error:
        raise ValueError(cursor) from error
    at, _, reference = place.partition("|")
    moment = datetime.fromisoformat(at)
    if moment.tzinfo is None or not reference or "\x00" in reference:
        raise ValueError(cursor)
    return _in_utc(moment), reference


def narrowed(requests: QuerySet[Submission], filters: RequestFilters) -> QuerySet[Submission]:
    """Return what is asked for of `requests`, the oldest first: new ones come after what was read, not in between."""
    if filters.created_since:
        requests = requests.filter(created_at__gte=filters.created_since)
    if filters.created_until:
        requests = requests.filter(created_at__lt=filters.created_until)
    if filters.updated_since:
        requests = requests.filter(pk__in=changed_since(filters.updated_since))
    if filters.form:
        requests = requests.filter(form_page__translation_key=filters.form)
    if filters.brochure:
        requests = requests.filter(brochure=filters.brochure)
    if filters.language:
        requests = requests.filter(language=filters.language)
    if filters.cursor:
        at, reference = read_cursor(filters.cursor)
        # The first condition alone can use the index; the second takes up where the page before ended.
        requests = requests.filter(created_at__gte=at).filter(Q(created_at__gt=at) | Q(reference__gt=reference))
    return requests.order_by("created_at", "reference")
