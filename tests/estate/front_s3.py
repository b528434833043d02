"""The thin front before ministack: who asks, what was ordered to go wrong, and a log of what passed.

An ASGI application around ministack's own, in the same process: bytes, Host header and signature reach it
untouched, and its answers stream back unbuffered.
"""

from __future__ import annotations

import asyncio
import base64
import os
from email.utils import formatdate
from xml.sax.saxutils import escape

from . import later, profiles
from .faults import FAULTS, Request
from .overrides import bucket_owner, listing_index, unknown_subresources
from .s3_actions import action, split_path

# What a test may want to see of a request: conditions, copy source, fidelity. Never the signature.
LOGGED_HEADERS = (
    "x-amz-copy-source", "x-amz-copy-source-range", "x-amz-copy-source-if-match", "if-match", "if-none-match",
    "x-amz-metadata-directive", "x-amz-tagging-directive", "x-amz-tagging", "x-amz-storage-class",
    "x-amz-checksum-algorithm", "x-amz-sdk-checksum-algorithm", "x-amz-checksum-mode", "x-amz-expected-bucket-owner",
    "x-amz-source-expected-bucket-owner", "x-amz-mp-object-size", "x-amz-server-side-encryption",
    "x-amz-optional-object-attributes", "range", "content-length", "content-type", "host", "user-agent",
    "amz-sdk-invocation-id", "amz-sdk-request",
)
LOGGED_ANSWERS = ("x-amz-version-id", "x-amz-delete-marker", "x-amz-copy-source-version-id", "x-amz-request-id", "etag")
STATUS_OF = {"SlowDown": 503, "InternalError": 500, "AccessDenied": 403, "ExpiredToken": 400,
             "ConditionalRequestConflict": 409, "PreconditionFailed": 412, "NoSuchKey": 404, "RequestTimeout": 400}


class S3Front:
    def __init__(self, ministack) -> None:
        self._ministack = ministack

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] == "lifespan":
            # ministack's own start opens listeners and looks for Docker; none of that is ours.
            await _answer_lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        request = _describe(scope)
        while FAULTS.hanging.is_set():
            await asyncio.sleep(0.05)

        source = request.headers.get("x-amz-copy-source", "").lstrip("/").partition("/")[0]
        for bucket in (request.bucket, source):
            # The other buckets answer meanwhile; what a bucket's settings are needs none of its objects.
            if later.waits(f"s3/{bucket}") and not request.action.startswith("GetBucket"):
                await asyncio.to_thread(later.called, f"s3/{bucket}")
        refusal = _refusal(request)
        if refusal:
            await _answer_error(scope, receive, send, request, *refusal)
            return
        fault = FAULTS.take(request)
        if fault and await self._play_before(fault, scope, receive, send, request):
            return
        await self._pass_on(fault or {}, scope, receive, send, request)

    async def _play_before(self, fault, scope, receive, send, request) -> bool:
        """Plays what comes before the server's work; true if the request ends here."""
        await asyncio.sleep(fault.get("delay_ms", 0) / 1000)
        if fault.get("when") == "after" or fault.get("truncate") is not None:
            return False
        if fault.get("drop"):
            FAULTS.note(request, 0, fault["rule"])
            _hang_up(send)
            return True
        if "status" in fault or "code" in fault:
            code = fault.get("code", "InternalError")
            status = fault.get("status") or STATUS_OF.get(code, 500)
            message = fault.get("message", "Ordered by the practice estate.")
            await _answer_error(scope, receive, send, request, status, code, message, fault["rule"])
            return True
        return False

    async def _pass_on(self, fault, scope, receive, send, request) -> None:
        """Lets ministack do the work, then loses or cuts its answer if a fault says so."""
        rule, budget = fault.get("rule"), fault.get("truncate")
        lost = fault.get("when") == "after"

        async def watched(message) -> None:
            nonlocal budget
            if message["type"] == "http.response.start":
                message = {**message, "headers": _ids_as_s3_writes_them(message["headers"])}
                headers = {k.decode().lower(): v.decode("latin-1") for k, v in message["headers"]}
                answer = {name: headers[name] for name in LOGGED_ANSWERS if name in headers}
                FAULTS.note(request, message["status"], rule, {"answer": answer})
            if lost:
                return
            if budget is not None and message["type"] == "http.response.body":
                message = {**message, "body": message.get("body", b"")[:budget], "more_body": True}
                await send(message)
                _hang_up(send)
                return
            await send(message)

        try:
            await self._ministack(scope, receive, watched)
        finally:
            if request.method not in ("GET", "HEAD"):
                listing_index.changed(request.bucket, request.key)
        if lost and fault.get("drop"):
            _hang_up(send)
        elif lost:
            code = fault.get("code", "InternalError")
            status = fault.get("status") or STATUS_OF.get(code, 500)
            await _send_xml(send, request, status, code, fault.get("message", "Lost after the work was done."))


def _describe(scope) -> Request:
    headers = {k.decode().lower(): v.decode("latin-1") for k, v in scope["headers"]}
    query = scope["query_string"].decode("latin-1")
    raw_path = scope["raw_path"].decode("latin-1")
    bucket, key = split_path(raw_path)
    profile = profiles.asking(headers.get("authorization", ""), query)
    return Request(
        service="s3", action=action(scope["method"], bucket, key, query, headers), method=scope["method"],
        path=raw_path, query=query, bucket=bucket, key=key, profile=profile.name if profile else "",
        region=profiles.region(headers.get("authorization", "")),
        headers={name: headers[name] for name in LOGGED_HEADERS if name in headers},
    )


def _refusal(request: Request) -> tuple[int, str, str] | None:
    """What is refused before ministack sees it, mostly because of who asks ("Amazon S3 API Reference, Error responses")."""
    profile = next((p for p in profiles.PROFILES if p.name == request.profile), None)
    if profile and profile.expired:
        return 400, "ExpiredToken", "The provided token has expired."
    if profile and request.action in profile.refused:
        return 403, "AccessDenied", profiles.denial(profile, request.action, request.bucket, request.key)
    if profile and profile.closed and request.action == "GetObject" and request.key.startswith(profile.closed):
        return 403, "AccessDenied", profiles.denial(profile, request.action, request.bucket, request.key)
    return bucket_owner.refusal(request.headers) or unknown_subresources.refusal(
        request.method, request.bucket, request.key, request.query)


def _request_id() -> str:
    """16 capital letters and digits, as in every reply of S3."""
    return base64.b32encode(os.urandom(10)).decode()


def _ids_as_s3_writes_them(headers: list) -> list:
    """One request id under S3's name for it; ministack adds another service's."""
    mine = [(k, v) for k, v in headers if k.lower() not in (b"x-amz-request-id", b"x-amzn-requestid")]
    return [*mine, (b"x-amz-request-id", _request_id().encode())]


async def _answer_error(scope, receive, send, request, status, code, message, rule=None) -> None:
    # Read the body first: a client still sending it would see a reset instead of the answer.
    while (await receive()).get("more_body"):
        pass
    FAULTS.note(request, status, rule)
    await _send_xml(send, request, status, code, message)


async def _send_xml(send, request, status, code, message) -> None:
    request_id = _request_id()
    host_id = base64.b64encode(os.urandom(48)).decode()
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{escape(code)}</Code>'
        f"<Message>{escape(message)}</Message><RequestId>{request_id}</RequestId><HostId>{host_id}</HostId></Error>"
    ).encode()
    headers = [(b"content-type", b"application/xml"), (b"x-amz-request-id", request_id.encode()),
               (b"x-amz-id-2", host_id.encode()), (b"date", formatdate(usegmt=True).encode())]
    if request.method == "HEAD":
        body = b""
    else:
        headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _hang_up(send) -> None:
    """Cuts the connection without another byte. ASGI has no word for it, so this walks hypercorn's objects."""
    http_stream = send.__self__
    tcp_server = http_stream.send.__self__.send.__self__
    tcp_server.writer.transport.abort()


async def _answer_lifespan(receive, send) -> None:
    while True:
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return
