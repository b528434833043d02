"""The metrics of Step Functions, counted from the executions themselves, so that they always agree with the lists.

"AWS Step Functions Developer Guide, Monitoring Step Functions metrics using Amazon CloudWatch": namespace AWS/States,
dimension StateMachineArn. "Amazon CloudWatch API Reference, GetMetricData": 500 queries a call, pages by MaxDatapoints;
moto looks at every datum for every period of every query, and has no pages.

Statistics, lists and math expressions of other namespaces stay moto's. Zeros are not sent: a time without an ended
execution has no datapoint.
"""

from __future__ import annotations

import base64
import json
import math
from bisect import bisect_left
from collections import defaultdict
from datetime import datetime, timezone
from typing import Any, Callable

from ..story import REGION
from . import step_functions
from .step_functions.model import Execution, Machine

NAMESPACE, DIMENSION = "AWS/States", "StateMachineArn"
QUERIES, DATAPOINTS = 500, 100_800
_ENDED = {"SUCCEEDED": "ExecutionsSucceeded", "FAILED": "ExecutionsFailed", "TIMED_OUT": "ExecutionsTimedOut",
          "ABORTED": "ExecutionsAborted"}
_END_EVENTS = {"ExecutionSucceeded": "SUCCEEDED", "ExecutionFailed": "FAILED", "ExecutionTimedOut": "TIMED_OUT",
               "ExecutionAborted": "ABORTED"}
# Namespaces that other overrides count: the points of (metric, dimensions), and what ListMetrics shows of them.
SOURCES: dict[str, tuple[Callable, Callable]] = {}
# The same where points are many: those of a window only, (metric, dimensions, start, end).
WINDOWED: dict[str, tuple[Callable, Callable]] = {}
UNITS = {"ExecutionTime": "Milliseconds"}
# SERVICE_QUOTA of usage metrics, by their service and resource ("Using metric math").
QUOTAS: dict[tuple[str, str], float] = {}
NAMES = ("ExecutionsStarted", *_ENDED.values(), "ExecutionTime", "ExecutionsRedriven")


def install() -> None:
    from moto.cloudwatch.models import CloudWatchBackend
    from moto.cloudwatch.responses import CloudWatchResponse

    moto_data, moto_statistics = CloudWatchBackend.get_metric_data, CloudWatchBackend.get_metric_statistics
    moto_filtered = CloudWatchBackend.get_filtered_metrics

    def get_metric_data(self, queries, start_time, end_time, scan_by="TimestampAscending"):
        own = [query for query in queries if _is_own(query, self)]
        if not own:
            return moto_data(self, queries, start_time, end_time, scan_by)
        math_ones = [query for query in queries if "Expression" in query]
        rest = [{**query, "ReturnData": True} for query in queries if query not in own and query not in math_ones]
        found = {result["id"]: result for result in
                 (moto_data(self, rest, start_time, end_time, scan_by) if rest else [])}
        for query in own:
            found[query["Id"]] = _result(query, start_time, end_time, scan_by)
        for query in math_ones:
            found[query["Id"]] = _quota(query, queries, found) or _expression(query, list(found.values()))
        return [found[query["Id"]] for query in queries if query.get("ReturnData", True)]

    def get_metric_statistics(self, namespace, metric_name, start_time, end_time, period, stats, dimensions, unit=None):
        if namespace not in (NAMESPACE, *SOURCES, *WINDOWED) or self.region_name != REGION:
            return moto_statistics(self, namespace, metric_name, start_time, end_time, period, stats, dimensions,
                                   unit=unit)
        start, end = start_time.timestamp(), end_time.timestamp()
        buckets = _buckets(_points(namespace, metric_name, dimensions, start - period, end), start, end, period)
        return [_datapoint(when, values, stats, metric_name) for when, values in sorted(buckets.items())]

    def get_filtered_metrics(self, metric_name, namespace, dimensions):
        found = moto_filtered(self, metric_name, namespace, dimensions)
        if self.region_name == REGION and namespace in (None, NAMESPACE):
            found = found + [one for one in _listed() if one.filter(namespace, metric_name, dimensions)]
        if self.region_name == REGION and namespace in (*SOURCES, *WINDOWED):
            found = found + [one for one in _others(namespace) if one.filter(namespace, metric_name, dimensions)]
        return found

    CloudWatchBackend.get_metric_data = get_metric_data
    CloudWatchBackend.get_metric_statistics = get_metric_statistics
    CloudWatchBackend.get_filtered_metrics = get_filtered_metrics
    CloudWatchResponse.get_metric_data = _paged(CloudWatchResponse.get_metric_data)


def _is_own(query: dict, backend) -> bool:
    stat = query.get("MetricStat")
    return bool(stat) and stat["Metric"].get("Namespace") in (NAMESPACE, *SOURCES, *WINDOWED) and backend.region_name == REGION


def _result(query: dict, start: datetime, end: datetime, scan_by: str) -> dict:
    stat = query["MetricStat"]
    metric = stat["Metric"]
    period, first, last = int(stat["Period"]), start.timestamp(), end.timestamp()
    points = _points(metric["Namespace"], metric["MetricName"], metric.get("Dimensions", []), first - period, last)
    buckets = _buckets(points, first, last, period)
    times = sorted(buckets, reverse=scan_by == "TimestampDescending")
    return {"id": query["Id"], "label": query.get("Label") or metric["MetricName"], "status_code": "Complete",
            "values": [_statistic(stat["Stat"], buckets[when]) for when in times],
            "timestamps": [datetime.fromtimestamp(when, timezone.utc) for when in times]}


def is_told(namespace: str, region: str) -> bool:
    """Whether its metrics are counted here rather than put into moto."""
    return namespace in (NAMESPACE, *SOURCES, *WINDOWED) and region == REGION


def told(namespace: str, metric: str, dimensions: list[dict], start: float, end: float, period: int,
         statistic: str) -> dict[float, float]:
    """One statistic of a metric that is counted here, by the start of its period."""
    buckets = _buckets(_points(namespace, metric, dimensions, start - period, end), start, end, period)
    return {when: _statistic(statistic, values) for when, values in buckets.items()}


def _quota(query: dict, queries: list[dict], found: dict) -> dict | None:
    """SERVICE_QUOTA(id): the quota at each point of a usage metric."""
    if not query["Expression"].startswith("SERVICE_QUOTA("):
        return None
    of = query["Expression"][len("SERVICE_QUOTA("):].rstrip(")").strip()
    metric = next((one["MetricStat"]["Metric"] for one in queries if one["Id"] == of and "MetricStat" in one), {})
    by = {one["Name"]: one["Value"] for one in metric.get("Dimensions", [])}
    quota = QUOTAS.get((by.get("Service"), by.get("Resource")))
    times = found[of]["timestamps"] if quota is not None and of in found else []
    return {"id": query["Id"], "label": query["Id"], "values": [quota] * len(times), "timestamps": times, "status_code": "Complete"}


def _expression(query: dict, results: list[dict]) -> dict:
    from moto.cloudwatch.metric_data_expression_parser import parse_expression

    values, times = parse_expression(query["Expression"], results)
    return {"id": query["Id"], "label": query.get("Label") or query["Id"], "values": values, "timestamps": times,
            "status_code": "Complete"}


def _points(namespace: str, metric: str, dimensions: list[dict], start: float, end: float) -> list[tuple[float, float]]:
    """Times with values of one metric of one machine; without exactly that dimension there is nothing."""
    if namespace in WINDOWED:
        return WINDOWED[namespace][0](metric, dimensions, start, end)
    if namespace in SOURCES:
        return SOURCES[namespace][0](metric, dimensions)
    if len(dimensions) != 1 or dimensions[0].get("Name") != DIMENSION:
        return []
    store = step_functions.store()
    with store.lock:
        machine = store.machines.get(dimensions[0].get("Value"))
        return _of_machine(machine).get(metric, []) if machine else []


def _of_machine(machine: Machine) -> dict[str, list[tuple[float, float]]]:
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for execution in step_functions.store().past_of(machine).values():
        if not execution.summary:
            execution.ready()
        found["ExecutionsStarted"].append((execution.started, 1.0))
        for metric, when, value in _ends(execution):
            found[metric].append((when, value))
    for points in found.values():
        points.sort()
    return found


def _ends(execution: Execution) -> list[tuple[str, float, float]]:
    """A redriven execution has ended more than once; each end counts where it was."""
    if execution.redrives and execution.events:
        ends = [(_END_EVENTS[e["type"]], e["timestamp"]) for e in execution.events if e["type"] in _END_EVENTS]
    else:
        ends = [(execution.status, execution.stopped)] if execution.stopped is not None else []
    found = []
    for status, when in ends:
        found.append((_ENDED[status], when, 1.0))
        found.append(("ExecutionTime", when, round((when - execution.started) * 1000, 3)))
    found += [("ExecutionsRedriven", e["timestamp"], 1.0) for e in execution.events
              if execution.redrives and e["type"] == "ExecutionRedriven"]
    return found


def _buckets(points: list[tuple[float, float]], start: float, end: float, period: int) -> dict[float, list[float]]:
    """By periods that begin at multiples of the period, as CloudWatch aligns them; the start is rounded down too."""
    start = math.floor(start / period) * period
    buckets: dict[float, list[float]] = defaultdict(list)
    for when, value in points[bisect_left(points, (start, 0.0)):]:
        if when >= end:
            break
        buckets[math.floor(when / period) * period].append(value)
    return buckets


def _statistic(name: str, values: list[float]) -> float:
    if name.startswith("p"):
        ordered = sorted(values)
        return ordered[min(len(ordered) - 1, math.ceil(float(name[1:]) / 100 * len(ordered)) - 1)]
    return float({"Sum": sum, "Average": lambda v: sum(v) / len(v), "Minimum": min, "Maximum": max,
                  "SampleCount": len}[name](values))


class _Datapoint:
    """Has what moto's answer reads from its own."""

    def __init__(self, when: float, values: list[float], stats: list[str], unit: str) -> None:
        self.timestamp, self.unit = datetime.fromtimestamp(when, timezone.utc), unit
        for name, attribute in (("Sum", "sum"), ("Average", "average"), ("Minimum", "minimum"), ("Maximum", "maximum"),
                                ("SampleCount", "sample_count")):
            setattr(self, attribute, _statistic(name, values) if name in stats else None)


def _datapoint(when: float, values: list[float], stats: list[str], metric: str) -> _Datapoint:
    return _Datapoint(when, values, stats, UNITS.get(metric, "Count"))


def _others(namespace: str) -> list:
    from moto.cloudwatch.models import MetricDatumBase

    return [MetricDatumBase(namespace, metric, dimensions, None) for metric, dimensions in {**SOURCES, **WINDOWED}[namespace][1]()]


def _listed() -> list:
    """ "ListMetrics": what has had data in the last two weeks."""
    from moto.cloudwatch.models import MetricDatumBase

    store, found = step_functions.store(), []
    since = datetime.now(timezone.utc).timestamp() - 14 * 86_400
    with store.lock:
        for machine in list(store.machines.values()):
            for metric, points in _of_machine(machine).items():
                if points[-1][0] >= since:
                    found.append(MetricDatumBase(NAMESPACE, metric, [{"Name": DIMENSION, "Value": machine.arn}], None))
    return found


def _paged(answer):
    """GetMetricData in pages of MaxDatapoints; a metric that is cut says PartialData and goes on in the next page."""
    from moto.cloudwatch.exceptions import ValidationError
    from moto.core.responses import ActionResult

    def get_metric_data(self) -> Any:
        asked = self._get_params()
        if len(asked.get("MetricDataQueries", [])) > QUERIES:
            raise ValidationError(f"The collection MetricDataQueries must not have a size greater than {QUERIES}.")
        results = answer(self).result["MetricDataResults"]
        room, first = int(asked.get("MaxDatapoints") or DATAPOINTS), (0, 0)
        if asked.get("NextToken"):
            first = tuple(json.loads(base64.urlsafe_b64decode(asked["NextToken"])))
        page, token = [], None
        for number, result in enumerate(results[first[0]:], first[0]):
            begin = first[1] if number == first[0] else 0
            values, times = result["values"][begin:begin + room], result["timestamps"][begin:begin + room]
            room -= len(values)
            whole = begin + len(values) == len(result["values"])
            page.append({**result, "values": values, "timestamps": times,
                         "status_code": "Complete" if whole else "PartialData"})
            if not whole:
                token = base64.urlsafe_b64encode(json.dumps([number, begin + len(values)]).encode()).decode()
                break
        return ActionResult({"MetricDataResults": page, **({"NextToken": token} if token else {})})

    return get_metric_data


