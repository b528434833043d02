"""CloudWatch over rpc-v2-cbor, for moto, which speaks its JSON protocol only.

Newer SDKs call `POST /service/GraniteServiceVersion20100801/operation/NAME` with CBOR in and out ("Smithy RPC v2 CBOR
protocol"). The request becomes JSON, the answer becomes CBOR again; the service model tells which numbers are times.
"""

from __future__ import annotations

import io
import json
from datetime import datetime, timezone
from functools import lru_cache

_PATH = "/service/GraniteServiceVersion20100801/operation/"


def to_json(environ):
    """Rewrites a CBOR request in place and returns the way back, or None for any other request."""
    path = environ.get("PATH_INFO", "")
    if environ.get("HTTP_SMITHY_PROTOCOL") != "rpc-v2-cbor" or not path.startswith(_PATH):
        return None
    import cbor2

    operation = path[len(_PATH):]
    raw = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    sent = cbor2.loads(raw) if raw else {}
    body = json.dumps(sent, default=_plain).encode()
    environ.update({
        "PATH_INFO": "/", "RAW_URI": "/", "REQUEST_URI": "/", "CONTENT_TYPE": "application/x-amz-json-1.0",
        "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body),
        "HTTP_X_AMZ_TARGET": f"GraniteServiceVersion20100801.{operation}",
    })

    def back(status, headers, body):
        if dict((k.lower(), v) for k, v in headers).get("content-type") == "application/cbor":
            return status, headers, body
        ok = status.startswith("2")
        answer = json.loads(body) if body.strip() else {}
        shape = _outputs().get(operation) if ok else None
        packed = cbor2.dumps(_typed(answer, shape), datetime_as_timestamp=True)
        return status, [("Content-Type", "application/cbor"), ("Smithy-Protocol", "rpc-v2-cbor"),
                        ("Content-Length", str(len(packed)))], packed

    return back


def error(code: str, message: str) -> tuple[list, bytes]:
    import cbor2

    return ([("Content-Type", "application/cbor"), ("Smithy-Protocol", "rpc-v2-cbor")],
            cbor2.dumps({"__type": code, "message": message}))


@lru_cache(maxsize=1)
def _outputs() -> dict:
    from botocore.session import get_session

    model = get_session().get_service_model("cloudwatch")
    return {name: model.operation_model(name).output_shape for name in model.operation_names}


def _plain(value):
    if isinstance(value, datetime):
        return value.timestamp()
    raise TypeError(f"cannot put {type(value).__name__} into JSON")


def _typed(value, shape):
    """Times become tagged CBOR times, doubles stay doubles: typed clients refuse an integer in their place."""
    if shape is None or value is None:
        return value
    kind = shape.type_name
    if kind == "structure":
        return {k: _typed(v, shape.members.get(k)) for k, v in value.items()}
    if kind == "list":
        return [_typed(v, shape.member) for v in value]
    if kind == "map":
        return {k: _typed(v, shape.value) for k, v in value.items()}
    if kind == "timestamp":
        if isinstance(value, str):
            return datetime.fromisoformat(value.replace("Z", "+00:00"))
        return datetime.fromtimestamp(float(value), timezone.utc)
    return float(value) if kind in ("double", "float") else value
