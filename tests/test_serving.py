"""How the program is served: policy, checks before going live, and the server's own words."""

import os
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from django.test import Client
from gunicorn.config import Config

from config import server

ROOT = Path(__file__).parents[1]
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "only-for-this-test-0123456789-abcdefghijklmnop-QRSTUV",
    "FIELD_ENCRYPTION_KEYS": "sm4-1:AAAAAAAAAAAAAAAAAAAAAA==",
    "CHAIN_HASH": "sm3",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "ALLOWED_HOSTS": "hotline.example",
}


@pytest.mark.parametrize("https", ["on", "off"])
def test_the_checks_before_going_live_are_silent(https: str) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--tag=security", "--tag=models", "--fail-level=WARNING"],
        cwd=ROOT,
        env=os.environ | PRODUCTION | {"HTTPS": https},
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0 and "WARNINGS" not in told.stderr, told.stderr


def policy(path: str, client: Client | None = None) -> dict[str, str]:
    header = (client or Client()).get(path).headers["Content-Security-Policy"]
    return dict(part.strip().partition(" ")[::2] for part in header.split(";"))


@pytest.mark.django_db
def test_scripts_come_from_files_of_this_server_and_are_made_out_of_text_in_the_admin_only(admin_client) -> None:
    for path in ("/api/v1/docs/", "/health/live", "/nowhere"):
        assert policy(path)["script-src"] == "'self'"
    for found in (policy("/admin/login/"), policy("/admin/", admin_client)):
        assert set(found["script-src"].split()) == {"'self'", "'unsafe-eval'"}
        assert (found["object-src"], found["frame-ancestors"], found["base-uri"]) == ("'none'", "'none'", "'self'")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/schema/", "/api/v1/docs/"])
def test_the_description_of_the_api_is_open_unless_a_setting_asks_for_a_login(settings, path: str) -> None:
    signed_in = Client()
    signed_in.force_login(User.objects.create_user("somebody"))
    assert Client().get(path).status_code == 200
    assert Client().get(path, headers={"Authorization": "Token expired"}).status_code == 200
    settings.API_DESCRIPTION = "login"
    assert Client().get(path).status_code == 401
    assert signed_in.get(path).status_code == 200


def test_the_server_opens_no_control_socket_and_both_ways_of_starting_it_know() -> None:
    assert server.control_socket_disable
    for path in ("Dockerfile", "contract/management/commands/run.py"):
        assert "python:config.server" in (ROOT / path).read_text()


@pytest.mark.parametrize(("status", "word"), [(400, "无法读取"), (431, "Cookie"), (417, "无法处理")])
def test_what_the_server_refuses_by_itself_is_answered_in_our_words(status: int, word: str) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        server.refuse(ours, status, "Bad Request", "<script>Invalid Header 'x'</script>")
        ours.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: theirs.recv(65536), b"")).decode()
    head, _, body = answer.partition("\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ") and f"Content-Length: {len(body.encode())}" in head
    assert word in body and "Invalid" not in body and "script" not in body


def test_the_servers_own_access_log_names_the_client_behind_the_proxies_and_no_query(settings) -> None:
    logger = server.Logger(Config())
    environ = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 203.0.113.9", "SERVER_PROTOCOL": "HTTP/1.1"}
    environ |= {"REQUEST_METHOD": "GET", "RAW_URI": "/admin/x/?q=secret", "QUERY_STRING": "q=secret"}
    answer = SimpleNamespace(status="200 OK", headers=[], sent=3)
    for proxies, address in ((0, "10.0.0.1"), (1, "203.0.113.9")):
        settings.NUM_PROXIES = proxies
        atoms = logger.atoms(answer, SimpleNamespace(headers=[]), environ, timedelta(0))
        line = Config().access_log_format % logger.atoms_wrapper_class(atoms)
        assert line.startswith(f"{address} ") and "GET /admin/x/ HTTP/1.1" in line and "secret" not in line
