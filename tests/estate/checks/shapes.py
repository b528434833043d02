"""Whether an answer on the wire is what the API's model says: every member known, none missing, each of its type."""

from __future__ import annotations

import json
from functools import lru_cache


def watch(client) -> None:
    """From now on every answer to this client is held to the model of its operation."""
    client.meta.events.register("after-call.stepfunctions", _check)


def _check(http_response, parsed, model, **_) -> None:
    if http_response.status_code == 200:
        assert http_response.headers["Content-Type"] == "application/x-amz-json-1.0"
        wrong = list(_wrong(json.loads(http_response.content), model.output_shape, model.name))
        assert not wrong, wrong[:5]
    elif parsed["Error"]["Message"] != "Ordered by the practice estate." and http_response.status_code != 501:
        assert http_response.status_code == 400, http_response.status_code
        code = parsed["Error"]["Code"]
        assert code in _errors(model) | {"AccessDeniedException", "ValidationException"}, f"{model.name} answers {code}"


@lru_cache(maxsize=None)
def _errors(model) -> frozenset:
    return frozenset(shape.name for shape in model.error_shapes)


def _wrong(value, shape, where: str):
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            yield f"{where} is {value!r}"
            return
        yield from (f"{where}.{name} is not in the model" for name in value if name not in shape.members)
        yield from (f"{where}.{name} is missing" for name in shape.required_members if name not in value)
        for name, member in shape.members.items():
            if name in value:
                yield from _wrong(value[name], member, f"{where}.{name}")
    elif kind == "list":
        for number, one in enumerate(value):
            yield from _wrong(one, shape.member, f"{where}[{number}]")
    elif kind == "map":
        for name, one in value.items():
            yield from _wrong(one, shape.value, f"{where}.{name}")
    else:
        fits = {"string": str, "boolean": bool, "integer": int, "long": int, "float": (int, float),
                "timestamp": (int, float)}
        if not isinstance(value, fits[kind]) or (kind != "boolean" and isinstance(value, bool)):
            yield f"{where} is {value!r}, not a {kind}"
        elif getattr(shape, "enum", None) and value not in shape.enum:
            yield f"{where} is {value!r}, not of {shape.enum}"
        elif kind == "string" and not shape.metadata.get("min", 0) <= len(value) <= shape.metadata.get("max", 1 << 30):
            yield f"{where} has {len(value)} characters"
