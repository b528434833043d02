"""What moto lacks answers as a service would: 501 in the client's own protocol, instead of 500 in HTML.

SDKs retry a 500, so a missing operation would look like a slow outage. The shape follows "AWS JSON 1.1 protocol,
Operation error serialization" and "AWS query protocol, Operation error serialization" of the Smithy documentation.
"""

from __future__ import annotations

import logging
from xml.sax.saxutils import escape

LOG = logging.getLogger("estate.aws")


def mend(moto, environ) -> tuple[str, list, bytes]:
    """Calls moto; an exception or a page for people becomes NotImplemented."""
    caught: list = []

    def start_response(status, headers, exc_info=None):
        caught[:] = [status, headers]

    try:
        chunks = moto(environ, start_response)
        try:
            body = b"".join(chunks)
        finally:
            getattr(chunks, "close", lambda: None)()
        status, headers = caught
    except Exception as error:  # moto raises what it lacks; whatever it is, the client needs an answer.
        LOG.warning("moto raised on %s: %r", environ.get("PATH_INFO"), error, exc_info=True)
        return _answer(environ, f"{type(error).__name__}: {error}")
    kind = dict((k.lower(), v) for k, v in headers).get("content-type", "")
    if int(status.split()[0]) in (404, 405, 500) and kind.startswith("text/html") and b"<!doctype html" in body.lower():
        return _answer(environ, "The practice estate has no such operation.")
    return status, headers, body


def _answer(environ, message: str) -> tuple[str, list, bytes]:
    from ..front_aws import answer_error

    caught: list = []
    body = b"".join(answer_error(environ, lambda status, headers: caught.extend([status, headers]),
                                 501, "NotImplemented", message))
    return caught[0], caught[1], body


def query_error(code: str, message: str) -> tuple[list, bytes]:
    body = (f"<ErrorResponse><Error><Type>Sender</Type><Code>{escape(code)}</Code>"
            f"<Message>{escape(message)}</Message></Error><RequestId>practice</RequestId></ErrorResponse>")
    return [("Content-Type", "text/xml")], body.encode()


