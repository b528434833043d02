"""Model Monitor's files of a data quality run: statistics.json, constraints.json, constraint_violations.json."""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from functools import lru_cache

from .columns import Batch, Column, categories, drift, numbers, sketch
from .sketch import C, K

THRESHOLD = 0.1
NEAR = 0.2        # a shift by less than so many standard deviations never reaches the threshold, and need not be measured
TYPES = {"number": "Fractional", "count": "Integral", "flag": "Integral", "text": "String"}


@lru_cache(maxsize=2_048)
def _feature(batch: Batch) -> str:
    common = {"num_present": batch.present, "num_missing": batch.missing}
    told = {"name": batch.column.name, "inferred_type": TYPES[batch.column.kind]}
    if batch.column.kind == "text":
        found = categories(batch)
        told["string_statistics"] = {"common": common, "distinct_count": float(len(found)), "distribution": {
            "categorical": {"buckets": [{"value": value, "count": many} for value, many in found]}}}
        return json.dumps(told)
    values = numbers(batch)
    mean = math.fsum(values) / len(values)
    told["numerical_statistics"] = {
        "common": common, "mean": mean, "sum": math.fsum(values),
        "std_dev": math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values)),
        "min": min(values), "max": max(values), "distribution": {"kll": {
            "buckets": _buckets(batch, min(values), max(values)),
            "sketch": {"parameters": {"c": C, "k": float(K)}, "data": [list(level) for level in sketch(batch).levels]}}}}
    return json.dumps(told)


def _buckets(batch: Batch, low: float, high: float) -> list[dict]:
    """Ten of equal width, counted from the sketch; the last one holds its upper bound too."""
    values, weights = sketch(batch).curve
    width, found, before = (high - low) / 10, [], 0
    for number in range(10):
        upper = high if number == 9 else low + width * (number + 1)
        at = len(values) if number == 9 else bisect_right(values, math.nextafter(upper, -math.inf))
        until = weights[at - 1] if at else 0
        found.append({"lower_bound": low + width * number, "upper_bound": upper, "count": float(until - before)})
        before = until
    return found


def statistics(batches: tuple[Batch, ...]) -> bytes:
    features = ",".join(_feature(batch) for batch in batches)
    return f'{{"version": 0.0, "dataset": {{"item_count": {batches[0].rows}}}, "features": [{features}]}}'.encode()


def constraints(columns: tuple[Column, ...], checked: bool = True) -> bytes:
    """`checked` False: somebody switched every comparison off."""
    features, enabled = [], "Enabled" if checked else "Disabled"
    for column in columns:
        told = {"name": column.name, "inferred_type": TYPES[column.kind], "completeness": column.completeness}
        if column.kind == "text":
            told["string_constraints"] = {"domains": list(column.values)}
        else:
            told["num_constraints"] = {"is_non_negative": not column.signed}
        features.append(told)
    return _json({"version": 0.0, "features": features, "monitoring_config": {
        "evaluate_constraints": enabled, "emit_metrics": "Enabled", "datatype_check_threshold": 1.0,
        "domain_content_threshold": 1.0, "distribution_constraints": {
            "perform_comparison": enabled, "comparison_threshold": THRESHOLD, "comparison_method": "Robust",
            "categorical_comparison_threshold": THRESHOLD, "categorical_drift_method": "LInfinity"}}})


def violations(baseline: tuple[Batch, ...], current: tuple[Batch, ...]) -> list[dict]:
    found = []
    for before, now in zip(baseline, current):
        completeness, name = now.present / now.rows, now.column.name
        if completeness < now.column.completeness:
            found.append(_violation(name, "completeness_check",
                                    f"Value: {completeness} does not meet the constraint requirement! "))
        if now.new:
            known = sum(many for value, many in categories(now) if value != now.stranger) / now.present
            if known < 1:
                found.append(_violation(name, "categorical_values_check",
                                        f"Value: {known} does not meet the constraint requirement! "))
        near = abs(now.shift - before.shift) < NEAR and not now.new
        gone = 0.0 if near else drift(before, now)
        if gone > THRESHOLD:
            found.append(_violation(name, "baseline_drift_check",
                                    f"Baseline drift distance: {gone} exceeds threshold: {THRESHOLD}"))
    return found


def _violation(feature: str, kind: str, description: str) -> dict:
    return {"feature_name": feature, "constraint_check_type": kind, "description": description}


def violations_file(found: list[dict], version: str | None = None) -> bytes:
    return _json({**({"version": version} if version else {}), "violations": found})


def _json(content: dict) -> bytes:
    return json.dumps(content).encode()
