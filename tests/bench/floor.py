"""Bare views that return an article's bytes: what Django itself costs, and what is left of it without middleware."""

import os
from pathlib import Path
from typing import Any

import dj_database_url
import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

# What `django-admin startproject` writes, in its order.
DEFAULT_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
BODY, MIDDLEWARE, TABLE = "BENCH_BODY", "BENCH_MIDDLEWARE", "BENCH_TABLE"


def application_from_environment() -> Any:
    """Return a Django of one view that answers every path with the file that BENCH_BODY names."""
    body = Path(os.environ[BODY]).read_bytes()

    def view(request: HttpRequest, rest: str) -> HttpResponse:
        return HttpResponse(body)

    return _application(view, DEFAULT_MIDDLEWARE if os.environ.get(MIDDLEWARE) == "default" else [])


def inserting_from_environment() -> Any:
    """Return a Django of one view that keeps a row for each form it is sent, in the table that BENCH_TABLE names."""
    statement = f"INSERT INTO {os.environ[TABLE]} (email) VALUES (%s)"

    @csrf_exempt
    def view(request: HttpRequest, rest: str) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute(statement, [request.POST["email"]])
        return HttpResponse(status=303, headers={"Location": "/"})

    known = {**dj_database_url.parse(os.environ["DATABASE_URL"]), "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    return _application(view, DEFAULT_MIDDLEWARE, DATABASES={"default": known})


def _application(view: Any, middleware: list[str], **more: Any) -> Any:
    class Urls:
        urlpatterns = [path("<path:rest>", view)]

    settings.configure(
        SECRET_KEY="of no worth",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=Urls,
        USE_TZ=True,
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"]
        + ["django.contrib.messages"],
        MIDDLEWARE=middleware,
        **more,
    )
    django.setup()
    return WSGIHandler()


def dictionary_from_environment() -> Any:
    """Return a function that looks the file up in a dictionary: as quick as an application in Python can be."""
    body = Path(os.environ[BODY]).read_bytes()
    headers = [("Content-Type", "text/html"), ("Content-Length", str(len(body)))]
    known: dict[str, list[bytes]] = {}

    def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", headers)
        return known.setdefault(environ["PATH_INFO"], [body])

    return answer


application = application_from_environment() if BODY in os.environ else None
dictionary = dictionary_from_environment() if BODY in os.environ else None
inserting = inserting_from_environment() if TABLE in os.environ else None
