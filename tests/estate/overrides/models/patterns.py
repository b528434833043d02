"""TestEventPattern, which moto does not have, with moto's own matching ("Amazon EventBridge API Reference")."""

from __future__ import annotations

import json

from .model import Models
from .wire import ApiError

_MUST = ("id", "account", "source", "time", "region", "resources", "detail-type")


def test_event_pattern(store: Models, asked: dict) -> dict:
    from moto.events.models import EventPattern, EventPatternParser

    try:
        event = json.loads(asked["Event"])
    except ValueError:
        raise ApiError("ValidationException", "Parameter Event is not valid.") from None
    lacking = [name for name in _MUST if name not in event]
    if lacking:
        raise ApiError("ValidationException", f"Parameter Event is not valid. Reason: Event must contain {', '.join(lacking)}")
    try:
        pattern = EventPatternParser(asked["EventPattern"]).parse()
    except Exception as wrong:  # moto's own error, for its own server
        raise ApiError("InvalidEventPatternException", f"Event pattern is not valid. Reason: {wrong}") from None
    return {"Result": bool(EventPattern(asked["EventPattern"], pattern).matches_event(event))}
