"""Whether an execution can be redriven, and why not, in the words of the API.

"AWS Step Functions API Reference, DescribeExecution" (redriveStatus, redriveStatusReason) and "AWS Step Functions
Developer Guide, Redrive eligibility for unsuccessful executions".
"""

from __future__ import annotations

from . import history
from .model import OPEN, Execution

DAY = 86_400
PERIOD = 14 * DAY
YEAR = 365 * DAY
EVENTS = 24_999
DELETING = "State machine is in DELETING status"
BEFORE_LAUNCH = "Execution was started before the launch of RedriveExecution"
TOO_MANY_EVENTS = "Execution history event limit exceeded"
TOO_LONG = "Execution has exceeded the max execution time"
TOO_LATE = "Execution redrivable period exceeded"


def reason_against(execution: Execution) -> str | None:
    if execution.machine.status == "DELETING":
        return DELETING
    if execution.status in (OPEN, "SUCCEEDED"):
        return f"Execution is {execution.status} and cannot be redriven"
    if execution.started_before_launch:
        return BEFORE_LAUNCH
    if history.now() - execution.started > YEAR:
        return TOO_LONG
    if len(execution.events) >= EVENTS:
        return TOO_MANY_EVENTS
    if history.now() - execution.stopped > PERIOD:
        return TOO_LATE
    return None


def status(execution: Execution) -> tuple[str, str | None]:
    """A child of a Map Run cannot be redriven by itself, only with its Map Run."""
    if execution.map_run is not None and execution.map_run.children_kind == "EXPRESS":
        if execution.status == "SUCCEEDED":
            return "NOT_REDRIVABLE", "Execution is SUCCEEDED and cannot be redriven"
        return "REDRIVABLE_BY_MAP_RUN", None
    reason = reason_against(execution)
    if reason:
        return "NOT_REDRIVABLE", reason
    return ("REDRIVABLE_BY_MAP_RUN" if execution.map_run is not None else "REDRIVABLE"), None
