"""The wires of the engines: JSON with a target, JSON on paths; errors, pages, times."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timezone
from typing import Any, Callable

from ..step_functions.wire import ApiError, some

__all__ = ["ApiError", "some", "iso", "seconds", "page", "lowered", "within", "missing"]


def iso(when: float | None) -> str | None:
    return None if when is None else datetime.fromtimestamp(when, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds(given: Any) -> float | None:
    """A time as a client sends it: a number, or ISO text."""
    if given in (None, ""):
        return None
    try:
        return float(given)
    except ValueError:
        return datetime.fromisoformat(str(given).replace("Z", "+00:00")).timestamp()


def within(when: float, asked: dict, after: str, before: str) -> bool:
    first, last = seconds(asked.get(after)), seconds(asked.get(before))
    return (first is None or when >= first) and (last is None or when <= last)


def page(found: list, asked: dict, size: int, show: Callable[[Any], Any], name: str, token: str = "nextToken",
         send: str | None = None) -> dict:
    """`token` as the request names it, `send` as the answer does."""
    first = 0
    if asked.get(token):
        try:
            first = int(base64.urlsafe_b64decode(asked[token]))
        except ValueError:
            raise ApiError("ValidationException", f"The {token} is not valid.") from None
    answer: dict[str, Any] = {name: [show(one) for one in found[first:first + size]]}
    if first + size < len(found):
        answer[send or token] = base64.urlsafe_b64encode(str(first + size).encode()).decode()
    return answer


def lowered(value: Any) -> Any:
    """PascalCase as Step Functions takes it, in camelCase as the API keeps it; keys of maps such as SPARK_DRIVER stay."""
    if isinstance(value, dict):
        return {(k if k.isupper() or "_" in k or "." in k else k[:1].lower() + k[1:]): lowered(v)
                for k, v in value.items()}
    return [lowered(one) for one in value] if isinstance(value, list) else value


def missing(code: str, message: str) -> ApiError:
    return ApiError(code, message)


def answer(status: str, content: dict, code: str | None, kind: str) -> tuple[str, list, bytes]:
    body = json.dumps(content).encode()
    return status, [("Content-Type", kind), ("Content-Length", str(len(body))), ("x-amzn-RequestId", "practice"),
                    *([("x-amzn-ErrorType", code)] if code else [])], body
