"""Rules for passwords, by setting: classes, reuse, common words in pinyin too; and who has to change theirs."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import (
    MinimumLengthValidator,
    get_default_password_validators,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contract.access.models import Account

CLASSES = (re.compile(r"[a-z]"), re.compile(r"[A-Z]"), re.compile(r"[0-9]"), re.compile(r"[^a-zA-Z0-9]"))

# What people here make passwords of, beside the English list that Django brings.
WORDS = tuple(
    [
        "woaini",
        "aini",
        "nihao",
        "zhongguo",
        "beijing",
        "shanghai",
        "guangzhou",
        "shenzhen",
        "hangzhou",
        "chengdu",
        "wuhan",
        "nanjing",
        "tianjin",
        "chongqing",
        "xian",
        "mima",
        "koulin",
        "denglu",
        "yonghu",
        "guanliyuan",
        "guanli",
        "xitong",
        "ceshi",
        "moren",
        "huawuyuan",
        "huawu",
        "rexian",
        "zhengfu",
        "zhengwu",
        "shimin",
        "fuwu",
        "hotline",
        "hetong",
        "gongsi",
        "danwei",
        "bangong",
        "woshi",
        "laoban",
        "jingli",
        "caiwu",
        "renshi",
        "shenhe",
        "fuhe",
        "jingban",
        "xiaoming",
        "zhangsan",
        "lisi",
        "wangwu",
        "baobao",
        "laopo",
        "laogong",
        "mama",
        "baba",
        "gongxi",
        "facai",
        "shunli",
        "pingan",
        "kuaile",
        "xinnian",
        "chunjie",
        "password",
        "admin",
        "administrator",
        "root",
        "user",
        "guest",
        "test",
        "welcome",
        "login",
        "letmein",
        "iloveyou",
        "qwerty",
        "qwertyuiop",
        "asdf",
        "asdfgh",
        "zxcvbn",
        "qaz",
        "wsx",
        "edc",
    ]
)
_AROUND = re.compile(r"^[^a-z]+|[^a-z]+$")
_LOOKS_LIKE = str.maketrans("013457@$!", "oieastasi")


class LengthValidator(MinimumLengthValidator):
    """Django's, whose sentences have no Chinese."""

    def get_error_message(self) -> str:
        return self.get_help_text()

    def get_help_text(self) -> str:
        return _("Use at least %(least)d characters.") % {"least": self.min_length}


class ClassesValidator:
    """Of small and capital letters, digits and other characters at least `least` kinds."""

    def __init__(self, least: int = 3) -> None:
        self.least = least

    def validate(self, password: str, user: Any = None) -> None:
        if sum(bool(kind.search(password)) for kind in CLASSES) < self.least:
            raise ValidationError(self.get_help_text(), code="password_few_classes")

    def get_help_text(self) -> str:
        return _("Use at least %(least)d of these: small letters, capital letters, digits, other characters.") % {
            "least": self.least
        }


class CommonWordsValidator:
    """No password that is nothing but common words, in pinyin too, or the person's name, with digits around."""

    def validate(self, password: str, user: Any = None) -> None:
        text = password.casefold()
        core = _AROUND.sub("", text).translate(_LOOKS_LIKE)
        words = (*WORDS, *filter(None, (re.sub(r"[^a-z]", "", n.casefold()) for n in _names(user))))
        for letters in (re.sub(r"[^a-z]", "", text), re.sub(r"[^a-z]", "", core)):
            if letters and _made_of(words, letters):
                raise ValidationError(self.get_help_text(), code="password_common_words")

    def get_help_text(self) -> str:
        return _("Common words, in pinyin too, with digits around them are guessed first. Use others.")


def _names(user: Any) -> tuple[str, ...]:
    return (user.get_username(), user.email.partition("@")[0]) if user is not None else ()


def _made_of(words: Sequence[str], letters: str) -> bool:
    """Whether the letters are nothing but such words, one after the other."""
    reached = {0}
    for end in range(1, len(letters) + 1):
        if any(end - len(word) in reached and letters.endswith(word, 0, end) for word in words):
            reached.add(end)
    return len(letters) in reached


class ReuseValidator:
    """None of the last passwords, the present one among them."""

    def __init__(self, last: int = 5) -> None:
        self.last = last

    def validate(self, password: str, user: Any = None) -> None:
        if user is None or user.pk is None:
            return
        account = Account.objects.filter(user=user).first()
        earlier = [user.password, *(account.earlier if account else [])][: self.last]
        if any(check_password(password, kept) for kept in earlier):
            raise ValidationError(self.get_help_text(), code="password_reused")

    def get_help_text(self) -> str:
        text = ngettext("It must not be your present one.", "It must not be one of your last %(last)d.", self.last)
        return text % {"last": self.last}


def rules() -> list[Any]:
    """The rules in force, each of which says what it asks for."""
    return list(get_default_password_validators())


@transaction.atomic
def change(*, user: Any, new: str, at: datetime) -> None:
    """The person's own new password. ValidationError (field `new_password`) for one that the rules refuse."""
    try:
        validate_password(new, user)
    except ValidationError as error:
        raise ValidationError({"new_password": error.messages}) from error
    user.set_password(new)
    user.save()
    kept = Account.objects.get(user=user)
    kept.must_change, kept.changed_at = False, at
    kept.save()


def must_change(user: Any, now: datetime) -> bool:
    """Whether the password was given by somebody else, or has grown too old (PASSWORD_MAX_AGE_DAYS, 0: never)."""
    account = Account.objects.filter(user=user).first()
    if account is not None and account.must_change:
        return True
    changed = account.changed_at if account and account.changed_at else user.date_joined
    days = settings.PASSWORD_MAX_AGE_DAYS
    return bool(days) and now - changed >= timedelta(days=days)
