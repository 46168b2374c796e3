"""A message as a webhook: one POST to a permitted address, bounded in time and size.

No proxy is used, no redirect is followed, and the connection goes to the address that was judged
(`destinations`), so that a name cannot change its meaning between the look and the call.
"""

import contextlib
import hmac
import http.client
import json
import socket
import ssl
import threading
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from contract.delivery import robots
from contract.delivery.choices import AttemptOutcome, WebhookFormat
from contract.delivery.destinations import Destination, NotAllowed, permitted, resolve
from contract.delivery.models import OutboxMessage
from contract.delivery.receipt import Receipt, Undeliverable

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0
BODY_BYTES = 256 * 1024
ANSWER_BYTES = 16 * 1024
DETAIL = 500
AGENT = "hotline-contract/1"


def send(message: OutboxMessage, at: datetime) -> Receipt:
    """Post the message; never raises for what the receiver answers.

    Raises Undeliverable where the receiver is not permitted or the message does not fit.
    """
    endpoint = message.endpoint
    if endpoint is None or not endpoint.is_active:
        raise Undeliverable(_("The webhook has been switched off."))
    try:
        destination = permitted(endpoint.url)
    except NotAllowed as error:
        raise Undeliverable(str(error)) from error
    path, headers, body = request_of(message, destination, at)
    if len(body) > BODY_BYTES:
        raise Undeliverable(_("The message is larger than a webhook may be."))
    proof = {"remote_id": str(message.uid), "body_sha256": sha256(body).hexdigest()}
    try:
        status, answer = post(destination, path, headers, body)
    except NotAllowed as error:
        raise Undeliverable(str(error)) from error
    except (OSError, http.client.HTTPException) as error:
        detail = f"{type(error).__name__}: {error}"[:DETAIL]
        return Receipt(AttemptOutcome.FAILED, detail=detail, **proof)
    return _receipt(status, answer, endpoint.format, proof)


def request_of(message: OutboxMessage, destination: Destination, at: datetime) -> tuple[str, dict[str, str], bytes]:
    """Path, headers and body in the endpoint's format, signed at this moment."""
    endpoint = message.endpoint
    assert endpoint is not None
    payload, path = message.payload, destination.path
    title, text = message.subject, payload.get("text", "")
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": AGENT}
    match endpoint.format:
        case WebhookFormat.WECOM:
            return path, headers, _json(robots.wecom(title, text))
        case WebhookFormat.DINGTALK:
            path = robots.dingtalk_signed(path, endpoint.secret, at)
            return path, headers, _json(robots.dingtalk(title, text))
        case WebhookFormat.FEISHU:
            body = robots.feishu_signed(robots.feishu(title, text), endpoint.secret, at)
            return path, headers, _json(body)
    content = _json(
        {
            "id": str(message.uid),
            "event": message.kind,
            "created_at": message.created_at.isoformat(),
            "data": payload.get("data", {}),
        }
    )
    timestamp = str(int(at.timestamp()))
    headers |= {
        "Idempotency-Key": str(message.uid),
        "X-Hotline-Event": message.kind,
        "X-Hotline-Timestamp": timestamp,
        "X-Hotline-Signature": f"sha256={signature(endpoint.secret, timestamp, content)}",
    }
    return path, headers, content


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 of `timestamp.body`: the receiver computes it too, and refuses an old time."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, "sha256").hexdigest()


def post(destination: Destination, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
    """Status and (cut) body of the answer. OSError or HTTPException where there is none."""
    origin = destination.origin
    address = resolve(origin)[0]
    connection = _connection(destination, address)
    # A receiver that answers a byte at a time is cut off, whatever the socket's own patience.
    watch = threading.Timer(TOTAL_SECONDS, _cut, [connection])
    watch.daemon = True
    watch.start()
    try:
        connection.request("POST", path, body=body, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read(ANSWER_BYTES)
    finally:
        watch.cancel()
        connection.close()


def _connection(destination: Destination, address: str) -> http.client.HTTPConnection:
    origin = destination.origin
    if origin.scheme == "https":
        secure = _context()
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            origin.host, origin.port, timeout=CONNECT_SECONDS, context=secure
        )
    else:
        secure = None
        connection = http.client.HTTPConnection(origin.host, origin.port, timeout=CONNECT_SECONDS)

    def connect() -> None:
        plain = socket.create_connection((address, origin.port), CONNECT_SECONDS)
        connection.sock = plain
        if secure is not None:
            sealed = secure.wrap_socket(plain, server_hostname=origin.host, do_handshake_on_connect=False)
            connection.sock = sealed
            sealed.do_handshake()

    connection.connect = connect  # type: ignore[method-assign]
    return connection


def _context() -> ssl.SSLContext:
    """Certificates are checked: by the system's authorities, or by the intranet's own."""
    return ssl.create_default_context(cafile=settings.WEBHOOK_CA_FILE or None)


def _cut(connection: http.client.HTTPConnection) -> None:
    sock = connection.sock
    if sock is not None:
        with contextlib.suppress(OSError):  # it ended by itself just now
            sock.shutdown(socket.SHUT_RDWR)


def _receipt(status: int, answer: bytes, format: str, proof: dict[str, str]) -> Receipt:
    detail = answer.decode(errors="replace")[:DETAIL]
    if not 200 <= status < 300:
        # A redirect is an answer like any other that is no success. 410: the receiver is gone.
        outcome = AttemptOutcome.REFUSED if status == 410 else AttemptOutcome.FAILED
        return Receipt(outcome, code=str(status), detail=detail, **proof)
    if format != WebhookFormat.JSON and (refused := robots.refusal(_parsed(answer))):
        return Receipt(AttemptOutcome.FAILED, code=str(status), detail=refused[:DETAIL], **proof)
    return Receipt(AttemptOutcome.ACCEPTED, code=str(status), detail=detail, **proof)


def _parsed(answer: bytes) -> Any:
    try:
        return json.loads(answer)
    except ValueError:
        return None


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
