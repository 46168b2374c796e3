"""Tokens of the API: `Authorization: Token <token>`."""

from typing import Any

from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from rest_framework.exceptions import AuthenticationFailed


class TokenAuthentication(KnoxTokenAuthentication):
    """knox's tokens; bytes that cannot be a token are refused (401) before they are looked up."""

    def authenticate_credentials(self, token: bytes) -> Any:
        if not (token.isascii() and token.isalnum()):
            raise AuthenticationFailed()
        return super().authenticate_credentials(token)


class TokenScheme(KnoxTokenScheme):  # drf-spectacular finds it by being defined
    target_class = "kit.api.authentication.TokenAuthentication"
    name = "token"
