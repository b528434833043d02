"""Holds an answer to the service's own model: no unknown members, the right types, known values of enumerations."""

from __future__ import annotations

import json
import re



def called(client, operation: str, **asked) -> dict:
    """Calls `operation` ("list_clusters") and checks the body as it came over the wire."""
    name = client.meta.method_to_api_mapping[operation]
    seen: list[bytes] = []
    event = f"after-call.{client.meta.service_model.service_id.hyphenize()}.{name}"
    hook = lambda http_response, **_: seen.append(http_response.content)  # noqa: E731
    client.meta.events.register(event, hook)
    try:
        answer = getattr(client, operation)(**asked)
    finally:
        client.meta.events.unregister(event, hook)
    assert seen, f"{name} was not seen"
    model = client.meta.service_model.operation_model(name)
    wrong: list[str] = []
    if seen[-1].strip():
        _look(json.loads(seen[-1]), model.output_shape, name, client.meta.service_model.metadata["protocol"], wrong)
    assert not wrong, wrong[:8]
    return answer


def _look(value, shape, path: str, protocol: str, wrong: list[str]) -> None:
    kind = shape.type_name
    if value is None:
        wrong.append(f"{path} is null")
    elif kind == "structure":
        if not isinstance(value, dict):
            wrong.append(f"{path} is {value!r}")
            return
        names = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        for name, inner in value.items():
            if name not in names:
                wrong.append(f"{path}.{name} is unknown")
            else:
                _look(inner, names[name], f"{path}.{name}", protocol, wrong)
        wrong += [f"{path}.{name} is missing" for name in shape.required_members
                  if shape.members[name].serialization.get("name", name) not in value]
    elif kind == "list":
        for number, inner in enumerate(value):
            _look(inner, shape.member, f"{path}[{number}]", protocol, wrong)
    elif kind == "map":
        for name, inner in value.items():
            _look(inner, shape.value, f"{path}.{name}", protocol, wrong)
    elif kind == "timestamp":
        text = shape.serialization.get("timestampFormat") == "iso8601"
        if (text and not (isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value))) or (
                not text and not isinstance(value, (int, float))):
            wrong.append(f"{path} is no time: {value!r}")
    elif kind == "string":
        if not isinstance(value, str):
            wrong.append(f"{path} is {value!r}")
        elif shape.enum and value not in shape.enum:
            wrong.append(f"{path}: {value} is not of {shape.enum}")
    elif kind == "boolean":
        if not isinstance(value, bool):
            wrong.append(f"{path} is {value!r}")
    elif kind in ("integer", "long") and (isinstance(value, bool) or not isinstance(value, int)):
        wrong.append(f"{path} is {value!r}, not {kind}")
    elif kind in ("double", "float") and (isinstance(value, bool) or not isinstance(value, (int, float))):
        wrong.append(f"{path} is {value!r}, not {kind}")
