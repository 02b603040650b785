"""How does the API say that something is wrong? As problem details (RFC 9457)."""

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Schema

PROBLEM_TYPE = "application/problem+json"


class Problem(Schema):
    """What is wrong, for machines and people (RFC 9457)."""

    type: str = "about:blank"
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str
    errors: list[dict[str, str]] | None = Field(None, description="What is wrong with which parameter.")


def problem(
    status: HTTPStatus, detail: str, headers: dict[str, str] | None = None, errors: list[dict[str, str]] | None = None
) -> HttpResponse:
    """Return an answer that tells what is wrong; never kept by a cache."""
    content: dict[str, Any] = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    if errors is not None:
        content["errors"] = errors
    answer = HttpResponse(json.dumps(content), content_type=PROBLEM_TYPE, status=status.value, headers=headers or {})
    answer.headers["Cache-Control"] = "no-store"
    return answer


def in_problem_details(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let `view` say its own refusals, such as of a method, in the same form."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code < 400 or response.headers.get("Content-Type") == PROBLEM_TYPE:
            return response
        status = HTTPStatus(response.status_code)
        allowed = {"Allow": response.headers["Allow"]} if "Allow" in response.headers else {}
        return problem(status, status.description or status.phrase, allowed)

    return answer
