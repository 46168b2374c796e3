"""The bodies that group robots of chat programs understand, and their signatures. Pure.

Texts go to a company outside: see `services.outbox`, which leaves names of persons out of them.
"""

import base64
import hmac
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

# What the platforms take, in bytes of UTF-8, with room to spare.
WECOM_BYTES, DINGTALK_BYTES, FEISHU_BYTES = 4000, 18000, 18000
_FULL_WIDTH = str.maketrans("*_[]<>#@`\\", "＊＿［］＜＞＃＠｀＼")


def wecom(title: str, text: str) -> dict[str, Any]:
    """A WeCom (企业微信) group robot: Markdown up to 4,096 bytes; the key is in the address."""
    content = shortened(f"**{escaped(title)}**\n{escaped(text)}", WECOM_BYTES)
    return {"msgtype": "markdown", "markdown": {"content": content}}


def dingtalk(title: str, text: str) -> dict[str, Any]:
    """A DingTalk (钉钉) group robot; a line break needs an empty line in its Markdown."""
    lines = escaped(text).replace("\n", "\n\n")
    content = shortened(f"### {escaped(title)}\n\n{lines}", DINGTALK_BYTES)
    return {"msgtype": "markdown", "markdown": {"title": title[:100], "text": content}}


def feishu(title: str, text: str) -> dict[str, Any]:
    """A Feishu (飞书) group robot: plain text, in which nothing has to be escaped."""
    return {"msg_type": "text", "content": {"text": shortened(f"{title}\n{text}", FEISHU_BYTES)}}


def dingtalk_signed(path: str, secret: str, at: datetime) -> str:
    """The path of a DingTalk robot with its time and signature (加签); unchanged without secret."""
    if not secret:
        return path
    millis = str(int(at.timestamp() * 1000))
    sign = _base64_hmac(secret.encode(), f"{millis}\n{secret}".encode())
    query = urlencode({"timestamp": millis, "sign": sign})
    return f"{path}{'&' if '?' in path else '?'}{query}"


def feishu_signed(body: dict[str, Any], secret: str, at: datetime) -> dict[str, Any]:
    """The body of a Feishu robot with its time and signature: the key signs an empty text."""
    if not secret:
        return body
    seconds = str(int(at.timestamp()))
    sign = _base64_hmac(f"{seconds}\n{secret}".encode(), b"")
    return {"timestamp": seconds, "sign": sign, **body}


def refusal(answer: Any) -> str:
    """What a robot's answer complains of; these platforms answer 200 even when they refuse."""
    if not isinstance(answer, dict):
        return ""
    for name in ("errcode", "code", "StatusCode"):
        if answer.get(name) not in (None, 0, "0"):
            words = answer.get("errmsg") or answer.get("msg") or answer.get("StatusMessage") or ""
            return f"{answer[name]} {words}".strip()
    return ""


def escaped(text: str) -> str:
    """Text in which nothing is markup, nobody is called (@), and nothing is linked.

    The platforms read backslashes differently; full-width signs look the same in all of them.
    """
    return text.translate(_FULL_WIDTH)


def shortened(text: str, limit: int) -> str:
    """The text within so many bytes, never cut within a character."""
    data = text.encode()
    if len(data) <= limit:
        return text
    return data[: limit - 3].decode(errors="ignore") + "…"


def _base64_hmac(key: bytes, text: bytes) -> str:
    return base64.b64encode(hmac.new(key, text, "sha256").digest()).decode()
