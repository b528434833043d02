"""The metrics of endpoints and of their monitors.

"Amazon SageMaker Developer Guide, Monitor Amazon SageMaker AI with Amazon CloudWatch": AWS/SageMaker and /aws/sagemaker/Endpoints
by EndpointName and VariantName, every minute, times in microseconds; an asynchronous endpoint has no Invocations and no
OverheadLatency. What monitors publish has the dimensions Endpoint and MonitoringSchedule, as AWS's own dashboards and alarms spell
them; of one schedule as that page spells it: /aws/sagemaker/Endpoints/data-metric by EndpointName and ScheduleName. Points of a
minute are kept for 15 days. A minute's Invocations are one point with their number, so SampleCount counts
minutes.
"""

from __future__ import annotations

import math
from zlib import crc32

from ..evidence.columns import numbers
from . import states_metrics

DATA, MODEL = "aws/sagemaker/Endpoints/data-metrics", "aws/sagemaker/Endpoints/model-metrics"
BIAS, SHAP = "aws/sagemaker/Endpoints/bias-metrics", "aws/sagemaker/Endpoints/explainability-metrics"
DOCUMENTED, AS_DOCUMENTED = "/aws/sagemaker/Endpoints/data-metric", {"no-show-emea-live-data"}
CALLS, MACHINES = "AWS/SageMaker", "/aws/sagemaker/Endpoints"
_CALLS = ("Invocations", "InvocationsPerInstance", "Invocation4XXErrors", "Invocation5XXErrors", "ModelLatency", "OverheadLatency")
_MACHINES = ("CPUUtilization", "MemoryUtilization", "DiskUtilization")
_NOT_ASYNCHRONOUS = ("Invocations", "InvocationsPerInstance", "OverheadLatency")
_KEPT = 15 * 86_400
Points = list[tuple[float, float]]


def install() -> None:
    states_metrics.WINDOWED.update({
        DATA: (_data, _data_names), DOCUMENTED: (_documented, _documented_names), MODEL: (_model, _model_names),
        BIAS: (_bias, _bias_names), SHAP: (_shap, _shap_names),
        CALLS: (_calls, _calls_names), MACHINES: (_machines, _machines_names)})
    states_metrics.UNITS.update({"ModelLatency": "Microseconds", "OverheadLatency": "Microseconds", "CPUUtilization": "Percent",
                                 "MemoryUtilization": "Percent", "DiskUtilization": "Percent"})


def _store():
    from . import models

    return models.ready()


def _named(given: list[dict]) -> dict[str, str]:
    return {one["Name"]: one["Value"] for one in given}


def _schedules(kind: str) -> list:
    return [one for one in _store().schedules.values() if one.kind == kind and one.publishes]


def _runs(kind: str, dimensions: list[dict], start: float, end: float, *more: str):
    """The schedule that exactly these dimensions mean, with the runs of the window that got as far as publishing."""
    named = _named(dimensions)
    if set(named) != {"Endpoint", "MonitoringSchedule", *more}:
        return None, []
    schedule = _store().schedules.get(named["MonitoringSchedule"])
    if schedule is None or schedule.kind != kind or not schedule.publishes or schedule.endpoint != named["Endpoint"]:
        return None, []
    return schedule, [when for when in reversed(schedule.times())
                      if start <= when < end and schedule.ended(when).status != "Failed"]


def _dimensions(schedule, **more: str) -> list[dict]:
    return [{"Name": name, "Value": value} for name, value in
            {"Endpoint": schedule.endpoint, "MonitoringSchedule": schedule.name, **more}.items()]


def _data(metric: str, dimensions: list[dict], start: float, end: float) -> Points:
    if _named(dimensions).get("MonitoringSchedule") in AS_DOCUMENTED:
        return []
    return _of_data(metric, dimensions, start, end)


_SPELLED = {"EndpointName": "Endpoint", "ScheduleName": "MonitoringSchedule"}


def _documented(metric: str, dimensions: list[dict], start: float, end: float) -> Points:
    named = _named(dimensions)
    if set(named) != set(_SPELLED) or named["ScheduleName"] not in AS_DOCUMENTED:
        return []
    return _of_data(metric, [{"Name": _SPELLED[name], "Value": value} for name, value in named.items()], start, end)


def _documented_names() -> list[tuple[str, list[dict]]]:
    return [(metric, [{"Name": name, "Value": value} for name, value in
                      (("EndpointName", schedule.endpoint), ("ScheduleName", schedule.name))])
            for metric, schedule in _data_metrics() if schedule.name in AS_DOCUMENTED]


def _of_data(metric: str, dimensions: list[dict], start: float, end: float) -> Points:
    schedule, times = _runs("DataQuality", dimensions, start, end)
    cast, found = _store().cast, []
    for when in times:
        for told in ("feature_baseline_drift_", "feature_non_null_", "feature_data_"):
            if not metric.startswith(told):
                continue
            column = metric.removeprefix(told)
            batch = next((one for one in cast.batches(schedule.endpoint, when) if one.column.name == column), None)
            if batch is None:
                return []
            if told == "feature_baseline_drift_":
                found.append((when, cast.drifts(schedule.endpoint, when)[column]))
            elif told == "feature_non_null_":
                found.append((when, float(batch.present)))
            elif batch.column.kind != "text":
                found += [(when, value) for value in numbers(batch)]
    return found


def _data_names() -> list[tuple[str, list[dict]]]:
    return [(metric, _dimensions(schedule)) for metric, schedule in _data_metrics() if schedule.name not in AS_DOCUMENTED]


def _data_metrics() -> list[tuple]:
    cast = _store().cast
    return [(f"{told}{batch.column.name}", schedule) for schedule in _schedules("DataQuality")
            for batch in cast.batches(schedule.endpoint, schedule.last)
            for told in ("feature_baseline_drift_", "feature_non_null_", "feature_data_")[:2 if batch.column.kind == "text" else 3]]


def _model(metric: str, dimensions: list[dict], start: float, end: float) -> Points:
    schedule, times = _runs("ModelQuality", dimensions, start, end)
    told = [(when, _store().cast.quality_of(schedule.endpoint, when).get(metric)) for when in times]
    return [(when, value[0]) for when, value in told if value]


def _model_names() -> list[tuple[str, list[dict]]]:
    return [(metric, _dimensions(schedule)) for schedule in _schedules("ModelQuality")
            for metric in _store().cast.quality_of(schedule.endpoint, schedule.last)]


_BIAS = ("BiasStage", "Label", "LabelValue", "Facet", "FacetValue")


def _bias(metric: str, dimensions: list[dict], start: float, end: float) -> Points:
    schedule, times = _runs("ModelBias", dimensions, start, end, *_BIAS)
    named, found = _named(dimensions), []
    for when in times:
        stage = _store().cast.bias_of(schedule.endpoint, when)["post_training_bias_metrics"]
        for entry in stage["facets"].get(named["Facet"], ()):
            if entry["value_or_threshold"] == named["FacetValue"]:
                found += [(when, one["value"]) for one in entry["metrics"]
                          if f"bias_metric_{one['name']}" == metric and one["value"] is not None]
    return found


def _bias_names() -> list[tuple[str, list[dict]]]:
    found = []
    for schedule in _schedules("ModelBias"):
        stage = _store().cast.bias_of(schedule.endpoint, schedule.last)["post_training_bias_metrics"]
        for facet, entries in stage["facets"].items():
            for entry in entries:
                dimensions = _dimensions(schedule, BiasStage="Post-Training", Label=stage["label"],
                                         LabelValue=stage["label_value_or_threshold"], Facet=facet,
                                         FacetValue=entry["value_or_threshold"])
                found += [(f"bias_metric_{one['name']}", dimensions) for one in entry["metrics"] if one["value"] is not None]
    return found


_SHAP = ("ExplainabilityMethod", "Label", "ValueType")


def _shap(metric: str, dimensions: list[dict], start: float, end: float) -> Points:
    schedule, times = _runs("ModelExplainability", dimensions, start, end, *_SHAP)
    if metric == "ExpectedValue":
        return [(when, 0.36) for when in times]
    told = [(when, _store().cast.attributed(schedule.endpoint, when).get(metric.removeprefix("feature_"))) for when in times]
    return [(when, value) for when, value in told if value is not None]


def _shap_names() -> list[tuple[str, list[dict]]]:
    found = []
    for schedule in _schedules("ModelExplainability"):
        for kind, metrics in (("GlobalShapValues", [f"feature_{name}" for name in
                                                    _store().cast.attributed(schedule.endpoint, schedule.last)]),
                              ("ExpectedValue", ["ExpectedValue"])):
            dimensions = _dimensions(schedule, ExplainabilityMethod="KernelShap", Label="label0", ValueType=kind)
            found += [(metric, dimensions) for metric in metrics]
    return found


def _variant(dimensions: list[dict]) -> tuple[dict, dict] | None:
    named = _named(dimensions)
    endpoint = _store().endpoints.get(named.get("EndpointName", ""))
    if endpoint is None or set(named) != {"EndpointName", "VariantName"} or endpoint["EndpointStatus"] == "Failed":
        return None
    found = next((one for one in endpoint["ProductionVariants"] if one["VariantName"] == named["VariantName"]), None)
    return found and (endpoint, found)


def _minutes(start: float, end: float):
    from .jobs.model import now

    first = math.ceil(max(start, now() - _KEPT) / 60) * 60
    return range(first, math.floor(min(end, now() - 60)), 60)


def _wave(name: str, when: int) -> tuple[float, float]:
    """How busy the hour is, 0.2 to 1, and a number from -1 to 1 of this minute."""
    day = math.sin((when % 86_400) / 86_400 * 2 * math.pi - 2.1)
    return 0.6 + 0.4 * day, crc32(f"{name}{when}".encode()) / 2 ** 31 - 1


def _calls(metric: str, dimensions: list[dict], start: float, end: float) -> Points:
    found = _variant(dimensions)
    if found is None or metric not in _CALLS:
        return []
    endpoint, variant = found
    if "AsyncInferenceConfig" in endpoint and metric in _NOT_ASYNCHRONOUS:
        return []
    name, since = endpoint["EndpointName"], _store().now - 1_800
    size, points = 60 + crc32(name.encode()) % 240, []
    sick = endpoint["EndpointStatus"] == "RollingBack"
    for when in _minutes(start, end):
        busy, dice = _wave(name, when)
        calls = round(size * busy * (1 + 0.2 * dice) * variant["CurrentWeight"])
        ill = sick and when >= since
        value = {"Invocations": calls, "InvocationsPerInstance": calls / max(1, variant["CurrentInstanceCount"]),
                 "Invocation4XXErrors": int(dice > 0.985), "Invocation5XXErrors": round(calls * 0.22) if ill else int(dice > 0.998),
                 "ModelLatency": (38_000 + 9_000 * busy + 4_000 * dice) * (5 if ill else 1),
                 "OverheadLatency": 2_100 + 300 * dice}[metric]
        points.append((float(when), round(float(value), 2)))
    return points


def _calls_names() -> list[tuple[str, list[dict]]]:
    return [(metric, _of(endpoint, variant)) for endpoint, variant in _variants() for metric in _CALLS
            if not ("AsyncInferenceConfig" in endpoint and metric in _NOT_ASYNCHRONOUS)]


def _variants() -> list[tuple[dict, dict]]:
    return [(one, variant) for one in _store().endpoints.values() if one["EndpointStatus"] != "Failed"
            for variant in one["ProductionVariants"]]


def _of(endpoint: dict, variant: dict) -> list[dict]:
    return [{"Name": "EndpointName", "Value": endpoint["EndpointName"]}, {"Name": "VariantName", "Value": variant["VariantName"]}]


def _machines(metric: str, dimensions: list[dict], start: float, end: float) -> Points:
    """CPU is a percentage of one core, so two cores reach 200."""
    found = _variant(dimensions)
    if found is None or metric not in _MACHINES:
        return []
    points = []
    for when in _minutes(start, end):
        busy, dice = _wave(found[0]["EndpointName"], when)
        value = {"CPUUtilization": 140 * busy + 12 * dice, "MemoryUtilization": 41 + 3 * busy, "DiskUtilization": 12.5}[metric]
        points.append((float(when), round(value, 2)))
    return points


def _machines_names() -> list[tuple[str, list[dict]]]:
    return [(metric, _of(endpoint, variant)) for endpoint, variant in _variants() for metric in _MACHINES]
