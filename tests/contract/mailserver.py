"""A mail server and a web server of the tests' own, on 127.0.0.1, in threads of this process."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class MailServer:
    """Speaks as much SMTP as smtplib asks for. `answers` overrules the answer to a command."""

    port: int = 0
    taken: list[bytes] = field(default_factory=list)
    answers: dict[str, bytes] = field(default_factory=dict)
    after_data: Callable[[], None] | None = None
    """Called between the taking over of a message and the answer that says so."""

    def mailbox(self) -> list[EmailMessage]:
        """What a reader sees: a message that arrived twice under one Message-ID stands once."""
        shown: dict[str, EmailMessage] = {}
        for raw in self.taken:
            message: Any = message_from_bytes(raw, policy=policy.default)
            shown.setdefault(message["Message-ID"], message)
        return list(shown.values())

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(line: bytes) -> None:
            writer.write(line + b"\r\n")

        say(b"220 tests")
        try:
            while line := await reader.readline():
                verb = line[:4].upper().decode().strip()
                if verb in self.answers:
                    say(self.answers[verb])
                elif verb == "DATA":
                    say(b"354 go on")
                    await writer.drain()
                    self.taken.append(await self._body(reader))
                    if self.after_data is not None:
                        self.after_data()
                    say(b"250 taken")
                else:
                    say(b"221 bye" if verb == "QUIT" else b"250 fine")
                await writer.drain()
                if verb == "QUIT":
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    @staticmethod
    async def _body(reader: asyncio.StreamReader) -> bytes:
        lines = []
        while (line := await reader.readline()) != b".\r\n":
            if not line:
                raise ConnectionError("the client went away in the middle of its message")
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A server that answers until the end of the block."""
    server, ready = MailServer(), threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        listening = await asyncio.start_server(server.talk, "127.0.0.1", server.port)
        server.port = listening.sockets[0].getsockname()[1]
        ready.set()
        async with listening:
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)


@dataclass
class WebServer:
    """Keeps what it was sent; `status` and `body` are its answer."""

    port: int = 0
    status: int = 200
    body: bytes = b"{}"
    location: str = ""
    taken: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def web_server() -> Iterator[WebServer]:
    """A web server that answers until the end of the block."""
    state = WebServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.taken.append((self.path, dict(self.headers.items()), body))
            self.send_response(state.status)
            if state.location:
                self.send_header("Location", state.location)
            self.send_header("Content-Length", str(len(state.body)))
            self.end_headers()
            self.wfile.write(state.body)

        def log_message(self, *args: Any) -> None:
            """No lines between those of the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
