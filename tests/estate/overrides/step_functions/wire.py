"""The wire of Step Functions: awsJson1_0, errors of the API, pages, names."""

from __future__ import annotations

import base64
import json
import re
from typing import Any, Callable

from ...story import ACCOUNT
from .model import Machine, Store

# "AWS Step Functions API Reference, StartExecution": what a name must not contain, and how long it may be.
_BAD_NAME = re.compile(r"[\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]")
_STATES_ARN = re.compile(rf"^arn:aws[a-z-]*:states:[a-z0-9-]+:{ACCOUNT}:[a-zA-Z]+:.+")


class ApiError(Exception):
    """An error of the API, answered with HTTP 400 as all of Step Functions' own are."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def check_arn(arn: Any, *kinds: str) -> str:
    if not isinstance(arn, str) or not _STATES_ARN.match(arn) or (kinds and arn.split(":")[5] not in kinds):
        raise ApiError("InvalidArn", f"Invalid Arn: 'Invalid ARN prefix: {arn}'")
    return arn


def check_name(name: str) -> str:
    if not 1 <= len(name) <= 80 or _BAD_NAME.search(name):
        raise ApiError("InvalidName", f"Invalid Name: '{name}'")
    return name


def unqualified(arn: str) -> str:
    """A version's or an alias's ARN without its last part."""
    return ":".join(arn.split(":")[:7])


def machine_of(store: Store, arn: Any) -> Machine:
    check_arn(arn, "stateMachine")
    machine = store.machines.get(unqualified(arn).partition("/")[0])
    if machine is None:
        raise ApiError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")
    return machine


def page(found: list, asked: dict, show: Callable[[Any], dict], name: str, default: int = 100) -> dict:
    """One page. The token holds where to go on and what was asked: other arguments make it invalid."""
    size = asked.get("maxResults") or default
    if not isinstance(size, int) or not 0 <= size <= 1000:
        raise ApiError("ValidationException",
                       f"1 validation error detected: Value '{size}' at 'maxResults' failed to satisfy "
                       "constraint: Member must have value less than or equal to 1000")
    rest = {k: v for k, v in asked.items() if k not in ("nextToken", "maxResults")}
    first = 0
    if asked.get("nextToken"):
        try:
            kept = json.loads(base64.urlsafe_b64decode(asked["nextToken"]))
            first = kept["from"]
        except (ValueError, KeyError, TypeError):
            kept = {}
        if kept.get("of") != rest:
            raise ApiError("InvalidToken", "Invalid Token: 'Invalid token'")
    answer: dict[str, Any] = {name: [show(one) for one in found[first:first + size]]}
    if first + size < len(found):
        token = json.dumps({"from": first + size, "of": rest}).encode()
        answer["nextToken"] = base64.urlsafe_b64encode(token).decode()
    return answer


def some(**fields: Any) -> dict:
    """Without what is None: an absent member is absent on the wire."""
    return {name: value for name, value in fields.items() if value is not None}
