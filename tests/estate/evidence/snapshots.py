"""Evidently's snapshots (version 0.7, `Report.run(…).save_json`) of the same batches that Model Monitor sees.

Against a reference of more than a thousand rows Evidently takes distances: Wasserstein over the standard deviation for
numbers, Jensen-Shannon for the rest. Against a small one it takes p-values, and drift is a *small* value.
"""

from __future__ import annotations

import json
import math
import uuid
from statistics import NormalDist

from .columns import Batch, categories, moved, numbers

_SPACE = uuid.UUID("5f1d6e0a-3a4b-4c57-8d0b-0a6f6a1a77aa")


def snapshot(baseline: tuple[Batch, ...], current: tuple[Batch, ...], small: bool) -> bytes:
    found = [(now.column.name, *_drift(before, now, small)) for before, now in zip(baseline, current)]
    drifted = sum((value < limit) if "p_value" in method else (value >= limit) for _, method, limit, value in found)
    metrics = [_metric("DriftedColumnsCount(drift_share=0.5)", {
        "type": "evidently:metric_v2:DriftedColumnsCount", "drift_share": 0.5},
        {"count": float(drifted), "share": drifted / len(found)})]
    for name, method, limit, value in found:
        metrics.append(_metric(f"ValueDrift(column={name},method={method},threshold={limit})", {
            "type": "evidently:metric_v2:ValueDrift", "column": name, "method": method, "threshold": limit}, value))
    return json.dumps({"metrics": metrics, "tests": []}).encode()


def _metric(name: str, config: dict, value) -> dict:
    return {"id": uuid.uuid5(_SPACE, name).hex, "metric_name": name, "config": config, "value": value}


def _drift(before: Batch, now: Batch, small: bool) -> tuple[str, float, float]:
    kind = before.column.kind
    if small:
        return ("K-S p_value" if kind in ("number", "count") else "Z-test p_value" if kind == "flag" else "chi-square p_value",
                0.05, _p_value(before, now))
    if kind == "number":
        return "Wasserstein distance (normed)", 0.1, _wasserstein(before, now)
    return "Jensen-Shannon distance", 0.1, _jensen_shannon(before, now)


def _p_value(before: Batch, now: Batch) -> float:
    """Of the two-sample Kolmogorov-Smirnov test for 500 reference rows, by its series; for flags of the test of proportions."""
    n, m = 500, now.present
    if before.column.kind == "flag":
        p, q = (sum(numbers(one)) / one.present for one in (before, now))
        pooled = (p * n + q * m) / (n + m)
        z = abs(p - q) / math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
        return 2 * (1 - NormalDist().cdf(z))
    root = math.sqrt(n * m / (n + m)) * moved(before, now)
    if root < 0.2:
        return 1.0
    return min(1.0, max(0.0, 2 * sum((-1) ** (k - 1) * math.exp(-2 * k * k * root * root) for k in range(1, 30))))


def _wasserstein(before: Batch, now: Batch) -> float:
    one, other = sorted(numbers(before)), sorted(numbers(now))
    steps = 200
    gap = sum(abs(one[len(one) * k // steps] - other[len(other) * k // steps]) for k in range(steps)) / steps
    mean = math.fsum(one) / len(one)
    return gap / max(math.sqrt(math.fsum((value - mean) ** 2 for value in one) / len(one)), 0.001)


def _jensen_shannon(before: Batch, now: Batch) -> float:
    def shares(batch: Batch) -> dict:
        if batch.column.kind == "text":
            return {value: many / batch.present for value, many in categories(batch)}
        found: dict = {}
        for value in numbers(batch):
            found[value] = found.get(value, 0) + 1 / batch.present
        return found

    one, other = shares(before), shares(now)
    total = 0.0
    for value in {*one, *other}:
        p, q = one.get(value, 0.0), other.get(value, 0.0)
        middle = (p + q) / 2
        total += sum(part * math.log(part / middle) for part in (p, q) if part)
    return math.sqrt(max(0.0, total / 2))
