"""Evaluations of a model, and Clarify's analyses: bias by facet, attributions by feature.

"Amazon SageMaker Developer Guide, Model quality metrics" (names, best constant classifier, standard deviations that are the
text "NaN" for small sets) and "Analysis results" of Clarify.
"""

from __future__ import annotations

import json
import math
import random

PROBLEMS = ("regression", "binary_classification", "multiclass_classification")
BIAS = {"AD": "Accuracy Difference (AD)", "CDDPL": "Conditional Demographic Disparity in Predicted Labels (CDDPL)",
        "DI": "Disparate Impact (DI)", "DPPL": "Difference in Positive Proportions in Predicted Labels (DPPL)",
        "RD": "Recall Difference (RD)", "TE": "Treatment Equality (TE)"}
PRE_BIAS = {"CI": "Class Imbalance (CI)", "DPL": "Difference in Positive Proportions in Labels (DPL)",
            "KL": "Kullback-Leibler Divergence (KL)"}
# The comparison that a constraint makes: what is worse.
LOWER_IS_BETTER = ("mae", "mse", "rmse", "false_positive_rate", "false_negative_rate")


def metrics(problem: str, skill: float, rows: int, seed: str) -> dict[str, tuple[float, float | None]]:
    """Values with standard deviations. `skill` 0 to 1: how good the model is."""
    dice = random.Random(seed)
    wobble = lambda: (dice.random() - 0.5) * 0.004  # noqa: E731
    spread = 0.35 / math.sqrt(rows)
    if problem == "regression":
        error = 24 * (1.02 - skill) + wobble()
        found = {"mae": error, "mse": (error * 1.31) ** 2, "rmse": error * 1.31, "r2": skill - 0.03 + wobble()}
        return {name: (round(value, 5), round(abs(value) * spread, 6) if rows >= 200 else None)
                for name, value in found.items()}
    found = {"accuracy": skill + wobble(), "precision": skill - 0.02 + wobble(), "recall": skill - 0.05 + wobble()}
    precision, recall = found["precision"], found["recall"]
    for name, beta in (("f0_5", 0.25), ("f1", 1.0), ("f2", 4.0)):
        found[name] = (1 + beta) * precision * recall / (beta * precision + recall)
    if problem == "binary_classification":
        found.update(auc=min(0.999, skill + 0.06), true_positive_rate=recall, true_negative_rate=skill + 0.01,
                     false_positive_rate=0.99 - skill, false_negative_rate=1 - recall)
    else:
        found = {f"weighted_{name}" if name not in ("accuracy",) else name: value for name, value in found.items()}
    found.update({f"{name}_best_constant_classifier": 0.58 + dice.random() * 0.02
                  for name in list(found) if name in ("accuracy", "f1", "weighted_f1", "precision", "recall")})
    return {name: (round(value, 5), round(spread * (1.2 - abs(value)), 6) if rows >= 200 else None)
            for name, value in found.items()}


def evaluation(problem: str, found: dict, rows: int, test_set: str, digest: str, slices: dict[str, dict] | None = None,
               classes: tuple[str, ...] = ()) -> bytes:
    told = {"version": 0.0, "dataset": {"item_count": rows, "uri": test_set, "sha256": digest},
            f"{problem}_metrics": _metrics(found)}
    if problem == "binary_classification":
        hits, falls = round(rows * 0.42 * found["recall"][0]), round(rows * 0.58 * found["false_positive_rate"][0])
        told[f"{problem}_metrics"]["confusion_matrix"] = {
            "0": {"0": round(rows * 0.58) - falls, "1": falls}, "1": {"0": round(rows * 0.42) - hits, "1": hits}}
        told[f"{problem}_metrics"]["receiver_operating_characteristic_curve"] = {
            "false_positive_rates": [0.0, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0],
            "true_positive_rates": [round(min(1.0, found["auc"][0] * x), 4) for x in (0, 0.5, 0.68, 0.84, 0.96, 1.02, 1.2)]}
        told[f"{problem}_metrics"]["precision_recall_curve"] = _precision_recall(found["precision"][0], found["recall"][0])
    if problem == "multiclass_classification" and classes:
        told[f"{problem}_metrics"]["confusion_matrix"] = _confusion(classes, rows, found["accuracy"][0])
    if slices:
        told["slices"] = {name: _metrics(values) for name, values in slices.items()}
    return _json(told)


def _confusion(classes: tuple[str, ...], rows: int, accuracy: float) -> dict[str, dict[str, int]]:
    """Counts by true class, then by predicted one. Each class has fewer rows than the one before, and is hit less often;
    what is missed goes to the class after it, and a fifth of that to the one before."""
    told, weights = {}, [0.55 ** place for place in range(len(classes))]
    for place, name in enumerate(classes):
        of = round(rows * weights[place] / sum(weights))
        missed = round(of * min(0.9, (1 - accuracy) * (0.8 + 0.35 * place)))
        row = dict.fromkeys(classes, 0)
        before = missed // 5
        row[name] = of - missed
        row[classes[(place + 1) % len(classes)]] += missed - before
        row[classes[place - 1]] += before
        told[name] = row
    return told


def _precision_recall(precision: float, recall: float) -> dict[str, list[float]]:
    """From the surest row alone to all rows, of which 42 % are positive, through the model's own threshold."""
    return {"recalls": [0.0, round(recall / 2, 4), recall, round((1 + recall) / 2, 4), 1.0],
            "precisions": [1.0, round((1 + precision) / 2, 4), precision, round((precision + 0.42) / 2, 4), 0.42]}


def _metrics(found: dict) -> dict:
    return {name: {"value": value, "standard_deviation": "NaN" if spread is None else spread}
            for name, (value, spread) in found.items()}


def quality_statistics(problem: str, found: dict, rows: int) -> bytes:
    return _json({"version": 0.0, "dataset": {"item_count": rows}, f"{problem}_metrics": _metrics(found)})


def quality_constraints(problem: str, found: dict) -> bytes:
    return _json({"version": 0.0, f"{problem}_constraints": {
        name: {"threshold": value, "comparison_operator":
               "GreaterThanThreshold" if name in LOWER_IS_BETTER else "LessThanThreshold"}
        for name, (value, _) in found.items() if not name.endswith("_best_constant_classifier")}})


def quality_violations(limits: dict, found: dict) -> list[dict]:
    told = []
    for name, (value, spread) in found.items():
        limit = limits.get(name, (None,))[0]
        if limit is None or name.endswith("_best_constant_classifier"):
            continue
        above = name in LOWER_IS_BETTER
        if (value > limit) if above else (value < limit):
            told.append({"constraint_check_type": "GreaterThanThreshold" if above else "LessThanThreshold",
                         "description": f"Metric {name} with {value} +/- {'NaN' if spread is None else spread} was "
                                        f"{'GreaterThanThreshold' if above else 'LessThanThreshold'} '{limit}'",
                         "metric_name": name})
    return told


def bias(facet: str, values: tuple[str, ...], label: str, seed: str, tilt: float = 0.0, broken: bool = False,
         before: bool = True) -> dict:
    """`tilt` moves the model's metrics of the last facet value; `broken`: that value had no positive rows."""
    dice = random.Random(seed)

    def one(names: dict[str, str], place: int) -> dict:
        told = []
        for name, description in names.items():
            value = round((dice.random() - 0.5) * 0.05 + tilt * (place == len(values) - 1), 5)
            if name == "DI":
                value = round(1 + value, 5)
            entry = {"name": name, "description": description, "value": value}
            if broken and place == len(values) - 1 and name in ("RD", "TE", "DI"):
                entry.update(value=None, error=f"{description} cannot be computed: no positive label in the facet")
            told.append(entry)
        return {"value_or_threshold": values[place], "metrics": told}

    def stage(names: dict[str, str]) -> dict:
        return {"label": label, "label_value_or_threshold": "1",
                "facets": {facet: [one(names, place) for place in range(len(values))]}}

    return {"version": "1.0", "post_training_bias_metrics": stage(BIAS),
            **({"pre_training_bias_metrics": stage(PRE_BIAS)} if before else {})}


def bias_violations(baseline: dict, current: dict) -> list[dict]:
    told = []
    before, now = (one["post_training_bias_metrics"]["facets"] for one in (baseline, current))
    for facet, entries in now.items():
        for old, new in zip(before[facet], entries):
            for was, metric in zip(old["metrics"], new["metrics"]):
                if None in (was["value"], metric["value"]) or abs(metric["value"] - was["value"]) <= 0.1:
                    continue
                told.append({"facet": facet, "facet_value": new["value_or_threshold"], "metric_name": metric["name"],
                             "constraint_check_type": "bias_drift_check",
                             "description": f"Metric value {metric['value']} doesn't meet the baseline constraint "
                                            f"requirement {was['value']}"})
    return told


def attributions(names: list[str], seed: str, order: tuple[str, ...] = ()) -> dict[str, float]:
    """Global SHAP values, the first of `order` (else of `names`) the largest."""
    dice = random.Random(seed)
    ranked = [*order, *(name for name in names if name not in order)]
    return {name: round(0.31 * 0.72 ** place * (0.94 + dice.random() * 0.12), 6) for place, name in enumerate(ranked)}


def explanation(shap: dict[str, float], expected: float) -> dict:
    top = next(iter(shap))
    return {"version": "1.0", "explanations": {
        "kernel_shap": {"label0": {"global_shap_values": shap, "expected_value": expected}},
        "pdp": [{"feature_name": top, "data_type": "numerical", "feature_values": [1.0, 2.0, 3.0, 4.0],
                 "data_distribution": [0.2, 0.4, 0.3, 0.1], "model_predictions": [[0.2, 0.35, 0.5, 0.58]],
                 "label_headers": ["label0"]}]}}


def ndcg(baseline: dict[str, float], current: dict[str, float]) -> float:
    """Clarify's ranking distance: what the live order gains by the baseline's attributions, against the best order."""
    gain = lambda order: sum(baseline[name] / math.log2(place + 2) for place, name in enumerate(order))  # noqa: E731
    return gain(sorted(current, key=lambda name: -current[name])) / gain(sorted(baseline, key=lambda name: -baseline[name]))


def attribution_violations(baseline: dict[str, float], current: dict[str, float]) -> list[dict]:
    found = ndcg(baseline, current)
    return [] if found >= 0.9 else [{
        "label": "label0", "metric_name": "shap", "constraint_check_type": "feature_attribution_drift_check",
        "description": f"Feature attribution drift {found} exceeds threshold 0.9"}]


def _json(content: dict) -> bytes:
    return json.dumps(content).encode()


def packed(content: dict) -> bytes:
    return _json(content)
