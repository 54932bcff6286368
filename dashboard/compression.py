"""Compressed answers: what may be kept for good is compressed well, once; everything else quickly, each time."""

import gzip
from collections import OrderedDict
from http import HTTPStatus

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ROOM = 64 * 2**20
SMALLEST = 1000
FOREVER = "max-age=31536000"
BEST, QUICK = 9, 4
STREAMED = ("/api/export/", "/api/base-maps/")
"""Below them are files that are sent as they are made, or piece by piece; most of them are compressed already."""
Answer = tuple[Message, Message]


class Compression:
    """Compresses for clients that accept gzip; answers given for good come from memory the next time.

    Only what says `public` is kept, so whatever is meant for one person never reaches another.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self.quick = GZipMiddleware(self._keeping, minimum_size=SMALLEST, compresslevel=QUICK)
        self.app = app
        self.kept: OrderedDict[str, Answer] = OrderedDict()
        self.size = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or ask the application and compress."""
        plain = scope["type"] != "http" or scope["path"].startswith(STREAMED)
        if plain or "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
            await self.app(scope, receive, send)
            return
        address = _address(scope)
        if address not in self.kept:
            await self.quick(scope, receive, send)
            return
        self.kept.move_to_end(address)
        for message in self.kept[address]:
            await send({**message})

    async def _keeping(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ask the application; hold back an answer for good until it is whole, compress it and keep it."""
        start: Message | None = None
        parts: list[bytes] = []

        async def watch(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and scope["method"] == "GET" and _for_good(message):
                start = message
                return
            if start is None:
                await send(message)
                return
            parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                for item in await self._keep(_address(scope), start, b"".join(parts)):
                    await send({**item})

        await self.app(scope, receive, watch)

    async def _keep(self, address: str, start: Message, body: bytes) -> Answer:
        packed = await to_thread.run_sync(gzip.compress, body, BEST)
        headers = MutableHeaders(raw=list(start["headers"]))
        headers["Content-Encoding"] = "gzip"
        headers["Content-Length"] = str(len(packed))
        headers.add_vary_header("Accept-Encoding")
        answer = ({**start, "headers": headers.raw}, {"type": "http.response.body", "body": packed})
        self.kept[address] = answer
        self.size += len(packed)
        while self.size > ROOM:
            _, (_, oldest) = self.kept.popitem(last=False)
            self.size -= len(oldest["body"])
        return answer


def _address(scope: Scope) -> str:
    return f"{scope['method']} {scope['path']}?{scope['query_string'].decode('latin-1')}"


def _for_good(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    says = headers.get("cache-control", "")
    return (
        start["status"] == HTTPStatus.OK
        and "public" in says
        and FOREVER in says
        and "content-encoding" not in headers
        and headers.get("content-length") != "0"
    )
