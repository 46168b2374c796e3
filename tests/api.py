"""Helpers for tests of the API: a client that carries a token, and what a problem looks like."""

from typing import Any

from django.contrib.auth.models import User
from knox.models import AuthToken
from rest_framework.response import Response
from rest_framework.test import APIClient

V1 = "/api/v1"


def client_of(user: User | None = None, language: str = "zh-hans") -> APIClient:
    """A client that speaks for `user` with a real token."""
    client = APIClient(HTTP_ACCEPT_LANGUAGE=language)
    if user is not None:
        _token, text = AuthToken.objects.create(user=user)
        client.credentials(HTTP_AUTHORIZATION=f"Token {text}", HTTP_ACCEPT_LANGUAGE=language)
    return client


def problem(response: Any, status: int) -> dict[str, Any]:
    """The problem document of an answer that must have this status."""
    assert response.status_code == status, (response.status_code, response.content[:500])
    assert response["Content-Type"] == "application/problem+json"
    document = response.json()
    assert {"type", "title", "status", "detail", "instance", "code"} <= set(document)
    assert document["status"] == status
    return document


def ok(response: Response, status: int = 200) -> Any:
    """The data of an answer that must have this status."""
    assert response.status_code == status, (response.status_code, response.content[:1000])
    return response.json() if response.content else None
