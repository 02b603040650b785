"""How do other systems read requests? By an API that hands out what their token, and each person's consent, allow."""

from http import HTTPStatus
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe
from ninja import Field, NinjaAPI, Query, Schema
from ninja.errors import AuthenticationError, Throttled, ValidationError

from partners.handover.api_access import RETRY_AFTER, ApiTokenAuth, NotInScope, TokenThrottle
from partners.handover.api_filters import RequestFilters, narrowed, unknown_parameters, write_cursor
from partners.handover.api_token import ApiToken
from partners.handover.problems import PROBLEM_TYPE, Problem, in_problem_details, problem
from partners.handover.reading import fetch, readable_by
from partners.handover.request_data import RequestData, describe
from partners.submissions.access_log import Way, record_access

PREFIX = "/api/v1/"


class RequestsAPI(NinjaAPI):
    """django-ninja's API, whose answers no cache keeps."""

    def create_temporal_response(self, request: HttpRequest) -> HttpResponse:
        """Return the answer that a view fills."""
        answer = super().create_temporal_response(request)
        answer.headers["Cache-Control"] = "no-store"
        return answer


api = RequestsAPI(
    title="Brochure requests",
    version="1",
    description="Reads the requests that a token, and each person's consent at that moment, allow.",
    urls_namespace="handover_api",
    auth=ApiTokenAuth(),
    throttle=[TokenThrottle()],
    # Its pages of documentation would load from other hosts; docs/handover.md is ours.
    docs_url=None,
    openapi_url=None,
)


class RequestList(Schema):
    """A page of requests, the oldest first; `next` is the cursor of the page after it, null on the last."""

    requests: list[RequestData]
    next: str | None = Field(description="Give it as `cursor`, with the same other parameters.")


def _refusals(*statuses: HTTPStatus) -> dict[str, Any]:
    content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {str(status.value): {"description": status.phrase, "content": content} for status in statuses}


_ALWAYS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)


def bearer_of(request: HttpRequest) -> ApiToken:
    """Return the token with which `request` was made."""
    return cast(ApiToken, cast(Any, request).auth)


@api.get(
    "requests",
    response=RequestList,
    operation_id="listRequests",
    summary="List requests",
    openapi_extra={"responses": _refusals(HTTPStatus.BAD_REQUEST, *_ALWAYS)},
)
def list_requests(request: HttpRequest, filters: Query[RequestFilters]) -> RequestList:
    """The requests that this token may have, the oldest first."""
    token = bearer_of(request)
    if unknown := unknown_parameters(request.GET):
        raise ValidationError([{"loc": ("query", name), "msg": "there is no such parameter"} for name in unknown])
    # Of a name that is given twice the last counts, but all are written down; PostgreSQL takes no NUL.
    if odd := [name for name, values in request.GET.lists() if any("\x00" in str(value) for value in values)]:
        raise ValidationError([{"loc": ("query", name), "msg": "a NUL is in no value"} for name in odd])
    # One more than is shown says whether there is a page after it.
    found = fetch(narrowed(readable_by(token), filters)[: filters.limit + 1], token)
    page = found[: filters.limit]
    record_access(Way.API, via=f"token {token.prefix}", filters=_asked(request), count=len(page))
    return RequestList(
        requests=[describe(submission, token) for submission in page],
        next=write_cursor(page[-1]) if len(found) > len(page) else None,
    )


@api.get(
    "requests/{reference}",
    response=RequestData,
    operation_id="readRequest",
    summary="Read a request",
    openapi_extra={"responses": _refusals(HTTPStatus.NOT_FOUND, *_ALWAYS)},
)
def read_request(request: HttpRequest, reference: str) -> RequestData:
    """One request. What this token may not have is not found, as what does not exist."""
    token = bearer_of(request)
    # PostgreSQL takes no NUL.
    found = [] if "\x00" in reference else fetch(readable_by(token).filter(reference=reference), token)
    if not found:
        raise Http404
    record_access(Way.API, via=f"token {token.prefix}", submission=found[0], count=1)
    return describe(found[0], token)


def _asked(request: HttpRequest) -> dict[str, list[str]]:
    return {name: [str(value) for value in values] for name, values in request.GET.lists() if name != "cursor"}


@api.exception_handler(AuthenticationError)
def say_unauthorized(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Ask for a token, whatever is wrong with the one that came (RFC 6750, 3)."""
    kind = ', error="invalid_token"' if "Authorization" in request.headers else ""
    headers = {"WWW-Authenticate": f'Bearer realm="api"{kind}'}
    return problem(HTTPStatus.UNAUTHORIZED, "Send a valid token as 'Authorization: Bearer <token>'.", headers)


@api.exception_handler(NotInScope)
def say_forbidden(request: HttpRequest, error: NotInScope) -> HttpResponse:
    """Say that the token is good, but not for this."""
    headers = {"WWW-Authenticate": 'Bearer realm="api", error="insufficient_scope", scope="requests:read"'}
    return problem(HTTPStatus.FORBIDDEN, "This token lacks the scope 'requests:read'.", headers)


@api.exception_handler(Throttled)
def say_too_often(request: HttpRequest, error: Throttled) -> HttpResponse:
    """Say when there is room again."""
    return problem(HTTPStatus.TOO_MANY_REQUESTS, "Too many reads within a minute.", {"Retry-After": str(RETRY_AFTER)})


@api.exception_handler(Http404)
def say_not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    """Say that there is no such thing, for this token."""
    return problem(HTTPStatus.NOT_FOUND, "There is no such thing, or not for this token.")


@api.exception_handler(ValidationError)
def say_bad_request(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Say which parameter is wrong."""
    errors = [{"parameter": str(wrong["loc"][-1]), "detail": str(wrong["msg"])} for wrong in error.errors]
    return problem(HTTPStatus.BAD_REQUEST, "A parameter is wrong.", errors=errors)


def openapi_schema() -> dict[str, Any]:
    """Return the API's description in OpenAPI 3.1."""
    schema: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=PREFIX))
    schema["components"]["schemas"]["Problem"] = Problem.model_json_schema()
    del schema["servers"]
    return schema


@require_safe
def show_schema(request: HttpRequest) -> HttpResponse:
    """Answer with the description; it tells of no person, and needs no token."""
    return JsonResponse(openapi_schema())


def refuse_unknown(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer for what does not exist below the API, in its own form."""
    return problem(HTTPStatus.NOT_FOUND, "There is no such address.")


def api_urls() -> list[URLPattern]:
    """Return the addresses below PREFIX."""
    patterns = cast(list[URLPattern], api.urls[0])
    for pattern in patterns:
        pattern.callback = in_problem_details(pattern.callback)
    return [
        # Before django-ninja's own root, which leaves the answer to the site's page.
        path("", refuse_unknown, {"rest": ""}),
        path("openapi.json", show_schema, name="api_schema"),
        *patterns,
        path("<path:rest>", refuse_unknown),
    ]
