"""Signing in and out of the API, and who the token speaks for."""

from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from knox.models import AuthToken
from knox.settings import knox_settings
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contract.access import passwords
from contract.access.lockout import minutes_left
from contract.api.agreement import PartySerializer
from contract.api.base import StrictSerializer
from contract.models import Party
from kit import clock, second_factor
from kit.api.problems import Problem
from kit.api.throttling import LoginThrottle


class LoginSerializer(StrictSerializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(
        max_length=1024, trim_whitespace=False, write_only=True, style={"input_type": "password"}
    )
    code = serializers.CharField(
        max_length=16, required=False, help_text="The code of the second factor, for users who have one."
    )


class TokenSerializer(serializers.Serializer):
    token = serializers.CharField(help_text="Send it as `Authorization: Token <token>`.")
    expires_at = serializers.DateTimeField()


class PersonSerializer(serializers.ModelSerializer):
    """Who the token speaks for, and what it may do."""

    name = serializers.SerializerMethodField()
    parties = serializers.SerializerMethodField()
    permissions = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ["username", "name", "parties", "permissions"]
        read_only_fields = fields

    def get_name(self, user: User) -> str:
        """Family name first, as Chinese names are written; the username where there is none."""
        return f"{user.last_name}{user.first_name}" or user.username

    @extend_schema_field(PartySerializer(many=True))
    def get_parties(self, user: User) -> Any:
        parties = Party.objects.filter(memberships__user=user)
        return PartySerializer(parties, many=True).data

    def get_permissions(self, user: User) -> list[str]:
        return sorted(user.get_all_permissions())


class LoginView(APIView):
    """Username and password for a token."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    throttle_classes = [LoginThrottle]
    throttle_scope = "login"

    @extend_schema(request=LoginSerializer, responses=TokenSerializer, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Sign in.

        The token holds for 30 days. Somebody with ten tokens loses the oldest. Several wrong
        passwords in a row lock the account for a while (429).
        """
        login = LoginSerializer(data=request.data)
        login.is_valid(raise_exception=True)
        asked = _without_session(request)
        code = login.validated_data.pop("code", "")
        user = authenticate(asked, **login.validated_data)
        if user is None:
            raise _refused(asked)
        if second_factor.is_needed(user) and second_factor.match(user, code) is None:
            user_login_failed.send(sender=__name__, credentials={"username": user.get_username()}, request=asked)
            raise _refused(asked)
        if passwords.must_change(user, clock.now()):
            raise Problem(
                status.HTTP_403_FORBIDDEN,
                "password_change_required",
                detail=_("Change your password first (POST auth/password, or the page %(page)s).")
                % {"page": reverse("account")},
            )
        _make_room(user)
        token, text = AuthToken.objects.create(user=user)
        user_logged_in.send(sender=type(user), request=asked, user=user)
        return Response(TokenSerializer({"token": text, "expires_at": token.expiry}).data)


class NewPasswordSerializer(LoginSerializer):
    """Also for who may not sign in before the password is changed: no token is asked for."""

    new_password = serializers.CharField(
        max_length=1024, trim_whitespace=False, write_only=True, style={"input_type": "password"}
    )


class PasswordView(APIView):
    """A new password of one's own."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    throttle_classes = [LoginThrottle]
    throttle_scope = "login"

    @extend_schema(request=NewPasswordSerializer, responses={204: None}, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Change the password. Every token and session of the person ends with it: sign in anew."""
        form = NewPasswordSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked = _without_session(request)
        new = form.validated_data.pop("new_password")
        user = authenticate(asked, **form.validated_data)
        if user is None:
            raise _refused(asked)
        passwords.change(user=user, new=new, at=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class KeySerializer(serializers.ModelSerializer):
    """A token by its first characters; the token itself is not kept."""

    key = serializers.CharField(source="token_key")
    is_this = serializers.SerializerMethodField(help_text="The token of this request.")

    class Meta:
        model = AuthToken
        fields = ["key", "created", "expiry", "is_this"]
        read_only_fields = fields

    def get_is_this(self, token: AuthToken) -> bool:
        return bool(token == self.context["request"].auth)


class KeysView(APIView):
    """The person's own tokens."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=KeySerializer(many=True), tags=["auth"])
    def get(self, request: Request) -> Response:
        """Your tokens that hold, the newest first."""
        tokens = AuthToken.objects.filter(user=request.user).order_by("-created")
        return Response(KeySerializer(tokens, many=True, context={"request": request}).data)


class KeyView(APIView):
    """One token of the person's own."""

    permission_classes = [IsAuthenticated]

    @extend_schema(request=None, responses={204: None}, tags=["auth"])
    def delete(self, request: Request, key: str) -> Response:
        """End one of your tokens."""
        deleted, _rows = AuthToken.objects.filter(user=request.user, token_key=key).delete()
        if not deleted:
            raise Http404
        return Response(status=status.HTTP_204_NO_CONTENT)


class LogoutView(APIView):
    """The token of this request."""

    permission_classes = [IsAuthenticated]

    @extend_schema(request=None, responses={204: None}, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Sign out: this token is void from now on."""
        request.auth.delete()
        return _signed_out(request)


class LogoutAllView(APIView):
    """Every token of the person."""

    permission_classes = [IsAuthenticated]

    @extend_schema(request=None, responses={204: None}, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Sign out everywhere: all tokens of this user are void from now on."""
        AuthToken.objects.filter(user=request.user).delete()
        return _signed_out(request)


class MeView(APIView):
    """The person behind the token."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=PersonSerializer, tags=["auth"])
    def get(self, request: Request) -> Response:
        """Who the token speaks for: user, parties and permissions."""
        return Response(PersonSerializer(request.user).data)


def _refused(request: HttpRequest) -> Problem:
    """The same words for an unknown name, a wrong password and a closed account."""
    if getattr(request, "axes_locked_out", False):
        request.axes_locked_out = False  # type: ignore[attr-defined]  # else axes answers in HTML
        minutes = minutes_left(request)
        problem = Problem(
            status.HTTP_429_TOO_MANY_REQUESTS,
            "locked_out",
            detail=_("Too many failed attempts. Wait %(minutes)d minutes, or ask the office to unlock.")
            % {"minutes": minutes},
        )
        problem.wait = minutes * 60  # goes into Retry-After
        return problem
    problem = Problem(
        status.HTTP_401_UNAUTHORIZED,
        "login_failed",
        detail=_("The username or the password is wrong, or the code of the second factor is missing or wrong."),
    )
    problem.auth_header = "Token"  # goes into WWW-Authenticate
    return problem


def _make_room(user: Any) -> None:
    limit = knox_settings.TOKEN_LIMIT_PER_USER
    tokens = AuthToken.objects.filter(user=user).order_by("-expiry")
    for token in tokens[limit - 1 :]:
        token.delete()


def _without_session(request: Request) -> HttpRequest:
    """A token is no session: those who note down logins would begin one and set its cookie."""
    asked: HttpRequest = request._request
    if hasattr(asked, "session"):
        del asked.session
    return asked


def _signed_out(request: Request) -> Response:
    asked = _without_session(request)
    user_logged_out.send(sender=type(request.user), request=asked, user=request.user)
    return Response(status=status.HTTP_204_NO_CONTENT)
