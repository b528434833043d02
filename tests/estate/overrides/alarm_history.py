"""DescribeAlarmHistory, which moto does not have: what each alarm would have found in the metrics that are told here.

"Amazon CloudWatch API Reference, DescribeAlarmHistory" and "Amazon CloudWatch User Guide, Using Amazon CloudWatch alarms": an
alarm changes when so many of the last periods are beyond its threshold, and its history is kept for 30 days. HistoryData is
JSON in a string. The state that a seed or a call has set comes last, at its time; changes of the configuration are not told.
"""

from __future__ import annotations

import base64
import json
import operator
from datetime import datetime, timezone
from typing import Any

from . import states_metrics

_KEPT = 30 * 86_400
_PAGE = 100
# After the end of its last period.
_EVALUATED = 60
_BEYOND = {"GreaterThanOrEqualToThreshold": operator.ge, "GreaterThanThreshold": operator.gt,
           "LessThanThreshold": operator.lt, "LessThanOrEqualToThreshold": operator.le}
_WORDS = {"GreaterThanOrEqualToThreshold": "greater than or equal to", "GreaterThanThreshold": "greater than",
          "LessThanThreshold": "less than", "LessThanOrEqualToThreshold": "less than or equal to"}
Change = tuple[float, str, str, str]  # when, from, to, why


def install() -> None:
    from moto.cloudwatch.responses import CloudWatchResponse
    from moto.core.responses import ActionResult

    def describe_alarm_history(self) -> Any:
        asked = self._get_params()
        room, first = min(int(asked.get("MaxRecords") or _PAGE), _PAGE), 0
        if asked.get("NextToken"):
            first = int(base64.urlsafe_b64decode(asked["NextToken"]))
        items = _items(self.cloudwatch_backend, asked)
        page, rest = items[first:first + room], len(items) > first + room
        token = base64.urlsafe_b64encode(str(first + room).encode()).decode()
        return ActionResult({"AlarmHistoryItems": page, **({"NextToken": token} if rest else {})})

    CloudWatchResponse.describe_alarm_history = describe_alarm_history
    # moto keeps alarms that are made of others, reads their AlarmRule, and names no action for them.
    CloudWatchResponse.put_composite_alarm = CloudWatchResponse.put_metric_alarm


def _items(backend, asked: dict) -> list[dict]:
    if asked.get("HistoryItemType") not in (None, "StateUpdate"):
        return []
    start, end = (_seconds(asked[name]) if asked.get(name) else None for name in ("StartDate", "EndDate"))
    found = [(change, alarm) for alarm in backend.describe_alarms()
             if asked.get("AlarmName") in (None, alarm.name) and alarm.rule is None
             for change in _changes(alarm, backend.region_name)
             if (start is None or change[0] >= start) and (end is None or change[0] <= end)]
    found.sort(key=lambda one: one[0], reverse=asked.get("ScanBy") != "TimestampAscending")
    return [_item(alarm, change) for change, alarm in found]


def _item(alarm, change: Change) -> dict:
    when, before, after, why = change
    data = {"version": "1.0", "oldState": {"stateValue": before, "stateReason": "Threshold Crossed"},
            "newState": {"stateValue": after, "stateReason": why}}
    return {"AlarmName": alarm.name, "AlarmType": "MetricAlarm", "Timestamp": datetime.fromtimestamp(when, timezone.utc),
            "HistoryItemType": "StateUpdate", "HistorySummary": f"Alarm updated from {before} to {after}",
            "HistoryData": json.dumps(data)}


def _changes(alarm, region: str) -> list[Change]:
    """Oldest first. What is not told here has only the state that it was set to."""
    from .jobs.model import now

    found: list[Change] = []
    state, until = "OK", now()
    for when, fresh, why in _evaluated(alarm, region, until - _KEPT, until):
        if fresh != state:
            found.append((when, state, fresh, why))
            state = fresh
    if alarm.state_value != state:
        found.append((_seconds(alarm.state_updated_timestamp), state, alarm.state_value, alarm.state_reason))
    return found


def _evaluated(alarm, region: str, start: float, until: float):
    """The state after each period that is over."""
    if not alarm.metric_name or not states_metrics.is_told(alarm.namespace, region):
        return
    dimensions = [{"Name": one.name, "Value": one.value} for one in alarm.dimensions]
    period, periods = int(alarm.period), int(alarm.evaluation_periods)
    values = states_metrics.told(alarm.namespace, alarm.metric_name, dimensions, start, until, period, alarm.statistic)
    needed, window = int(alarm.datapoints_to_alarm or periods), []
    for when in range(int(start // period) * period, int(until // period) * period, period):
        value = values.get(when)
        if value is None and alarm.treat_missing_data != "notBreaching":
            continue
        is_beyond = value is not None and _BEYOND[alarm.comparison_operator](value, alarm.threshold)
        window = [*window, is_beyond][-periods:]
        state = "ALARM" if sum(window) >= needed else "OK"
        is_met = "was" if state == "ALARM" else "was not"
        yield (when + period + _EVALUATED, state,
               f"Threshold Crossed: {needed} out of the last {periods} datapoints {is_met} "
               f"{_WORDS[alarm.comparison_operator]} the threshold ({float(alarm.threshold)}).")


def _seconds(time: Any) -> float:
    if not isinstance(time, datetime):
        return float(time)
    return (time if time.tzinfo else time.replace(tzinfo=timezone.utc)).timestamp()
