"""Calls of the API, whose every answer is held against the published schema."""

import json

import jsonschema
from django.test import Client

LIST = "/api/v1/requests"


def get(token, path=LIST, **parameters):
    """Read `path`, and hold every answer against the published schema."""
    response = Client().get(path, parameters, headers={"Authorization": f"Bearer {token}"} if token else {})
    check(response, path)
    return response


def check(response, path):
    document = json.loads(Client().get("/api/v1/openapi.json").content)
    address = path if path in document["paths"] else "/api/v1/requests/{reference}"
    described = document["paths"][address]["get"]["responses"][str(response.status_code)]["content"]
    kind = response.headers["Content-Type"].partition(";")[0]
    assert kind == ("application/json" if response.status_code == 200 else "application/problem+json")
    checker = jsonschema.Draft202012Validator({**described[kind]["schema"], "components": document["components"]})
    checker.validate(response.json())
    assert response.headers["Cache-Control"] == "no-store"
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


def references(response):
    assert response.status_code == 200, response.content
    return [request["reference"] for request in response.json()["requests"]]
