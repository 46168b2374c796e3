"""How gunicorn serves, here and in the container: `gunicorn --config python:config.server …`.

What it refuses before Django sees it (a header too long, a request line that is none) it answers in
the words of the error pages. Only what differs from its defaults stands here.
"""

import socket
from pathlib import Path
from typing import Any

from gunicorn import glogging, util

worker_class = "gthread"
workers = 2
threads = 4
# A socket in the home folder that takes commands: nobody uses it, and nobody shall.
control_socket_disable = True


class Logger(glogging.Logger):
    """Where an access log is asked for, its address is that of kit/addresses.py: the client's own
    behind NUM_PROXIES proxies, as throttle, locks and the log of accesses know it; and an address
    is written without its query, which holds what was searched for."""

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        from types import SimpleNamespace

        from kit.addresses import client_address

        found: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        path = str(environ.get("RAW_URI", "")).partition("?")[0]
        line = f"{environ.get('REQUEST_METHOD')} {path} {environ.get('SERVER_PROTOCOL')}"
        return found | {"h": client_address(SimpleNamespace(META=environ)) or "-", "r": line, "q": "", "f": "-"}


logger_class = Logger
PAGE = (Path(__file__).parent / "refused.html").read_text(encoding="utf-8")
TEXTS = {
    400: "请求无法读取。请返回上一页，刷新后重试。",
    403: "请求被拒绝。",
    414: "地址过长。请从首页重新进入，或减少筛选条件。",
    431: "请求头过长。请清除浏览器中本站的 Cookie 后重试。",
}
OTHERWISE = "请求无法处理。"


def refuse(sock: socket.socket, status_int: int, reason: str, mesg: str) -> None:
    """gunicorn's `write_error` in our words; what was wrong goes to the log, not to who sent it."""
    body = PAGE.replace("{code}", str(status_int)).replace("{text}", TEXTS.get(status_int, OTHERWISE)).encode()
    head = (
        f"HTTP/1.1 {status_int} {reason}\r\nConnection: close\r\nContent-Type: text/html; charset=utf-8\r\n"
        f"Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\nX-Content-Type-Options: nosniff\r\n"
        f"Cache-Control: no-store\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    util.write_nonblock(sock, head.encode("ascii") + body)


util.write_error = refuse
