"""Who is calling the API, and is it not too often?"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security import HttpBearer
from ninja.throttling import BaseThrottle

from partners.brochures.limits import Limit
from partners.handover.api_token import ApiToken, Scope, find_token, note_use

RETRY_AFTER = 60


class NotInScope(Exception):  # noqa: N818  named for what happened
    """The token does not allow this (RFC 6750, 3.1)."""


class ApiTokenAuth(HttpBearer):
    """`Authorization: Bearer <token>` (RFC 6750). Cookies are not read."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """Return the token's row, or None where it opens nothing. Raises NotInScope."""
        row = find_token(token)
        if row is None:
            return None
        if Scope.REQUESTS_READ not in row.scopes:
            raise NotInScope
        note_use(row)
        return row


class TokenThrottle(BaseThrottle):
    """Bounds the reads of each token, counted in PostgreSQL over all processes."""

    def allow_request(self, request: HttpRequest) -> bool:
        """Count the read; False where there is no room within the minute."""
        bearer: Any = request
        limit = Limit("api_token", settings.API_READS_PER_MINUTE, timedelta(seconds=RETRY_AFTER))
        return limit.take(bearer.auth.prefix)

    def wait(self) -> float:
        """Return after how many seconds there is certainly room again."""
        return RETRY_AFTER
