"""The evidence of the versions, in the bucket of the registry: `GROUP/vN/NAME`.

Small files are made with the version, because the registry keeps digests of some. Baselines are made when they are read.
"""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING

from ...evidence import quality, reports

if TYPE_CHECKING:
    from .registry import Made

ROWS = 4_000
# What the models with more than two answers say.
CLASSES = {"review-sentiment": ("positive", "neutral", "negative"), "loyalty-tier": ("bronze", "silver", "gold")}
# What is to be put into S3: (key, when, body), and (key, when, size, how it is made).
PLACED: list[tuple[str, float, bytes]] = []
LATER: list[tuple[str, float, int, object]] = []
STATISTICS_SIZE = 192 * 1024


def forget() -> None:
    PLACED.clear()
    LATER.clear()


def model(made: Made) -> bytes:
    return b"\x1f\x8b\x08\x00" + random.Random(f"model/{made.seed}").randbytes(2_048 + made.version * 64)


def metrics(made: Made) -> dict:
    few = made.matter == "no deviations"
    return reports.metrics(made.kind.problem, made.skill, 120 if few else ROWS, made.seed)


def attributions(made: Made) -> dict[str, float]:
    names = [column.name for column in made.kind.columns[1:]]
    if made.matter == "identifier explains":
        names = [*names, "guest_id"]
        return reports.attributions(names, made.seed, ("guest_id", names[-2], names[-3]))
    return reports.attributions(names, made.group)


def test_set(made: Made) -> tuple[str, str]:
    name = f"s3://lake-processed/features/{made.kind.name}/test/"
    if made.matter == "other test set":
        name = f"s3://lake-processed/features/{made.kind.name}/test-summer/"
    return name, hashlib.sha256(name.encode()).hexdigest()


def evidence(made: Made) -> tuple[dict, dict]:
    """Places the files, and answers ModelMetrics and DriftCheckBaselines."""
    rows = 120 if made.matter == "no deviations" else ROWS
    found, problem = metrics(made), made.kind.problem
    slices = {f"region={name}": reports.metrics(problem, made.skill - drop, rows // 4, f"{made.seed}/{name}")
              for name, drop in (("city", 0.0), ("coast", 0.01))}
    classes = CLASSES.get(made.kind.name, ())
    facet, values = made.kind.facet
    bias = reports.bias(facet, values, made.kind.columns[0].name, made.group, broken=made.matter == "bias error",
                        tilt=0.24 if made.matter == "bias over" else 0.0)
    limits = reports.bias(facet, values, made.kind.columns[0].name, made.group)
    shap = reports.explanation(attributions(made), 0.36)
    told = {
        # A multiclass file of Model Monitor has a matrix, and no slices of its own.
        "evaluation.json": reports.evaluation(problem, found, rows, *test_set(made), None if classes else slices, classes),
        "model_quality_constraints.json": reports.quality_constraints(problem, found),
        "bias.json": reports.packed(bias), "explainability.json": reports.packed(shap),
        "constraints.json": quality.constraints(made.kind.columns),
        "bias_constraints.json": reports.packed(limits),
        "bias_config.json": reports.packed({"dataset_type": "text/csv", "label": made.kind.columns[0].name, "facet": [
            {"name_or_index": facet, "value_or_threshold": list(values)}]}),
    }
    digests = {name: f"sha256:{hashlib.sha256(body).hexdigest()}" for name, body in told.items()}
    _place(made, told)
    pinned = made.version >= made.of - 1     # older versions were registered before the pipeline wrote digests

    def source(name: str) -> dict:
        return {"ContentType": "application/json", "S3Uri": made.uri(name),
                **({"ContentDigest": digests[name]} if pinned and name in digests else {})}

    gone = {"S3Uri": made.uri("baseline/statistics.json"), "ContentType": "application/json"}
    data = {"Statistics": gone if made.matter == "baseline gone" else source("statistics.json"),
            "Constraints": source("constraints.json")}
    own_metrics = {
        "ModelQuality": {"Statistics": source("evaluation.json"), "Constraints": source("model_quality_constraints.json")},
        "ModelDataQuality": {"Statistics": source("statistics.json"), "Constraints": source("constraints.json")},
        "Bias": {"Report": source("bias.json"), "PostTrainingReport": source("bias.json")},
        "Explainability": {"Report": source("explainability.json")}}
    baselines = {
        "Bias": {"ConfigFile": source("bias_config.json"), "PostTrainingConstraints": source("bias_constraints.json")},
        "Explainability": {"Constraints": source("explainability.json")},
        "ModelQuality": {"Statistics": source("evaluation.json"), "Constraints": source("model_quality_constraints.json")},
        "ModelDataQuality": data}
    return own_metrics, baselines


def _place(made: Made, told: dict[str, bytes]) -> None:
    from .registry import baseline

    for name, body in told.items():
        PLACED.append((made.prefix + name, made.when - 600, body))
    PLACED.append((made.prefix + "model.tar.gz", made.when - 900, model(made)))
    group, version = made.group, made.version
    LATER.append((made.prefix + "statistics.json", made.when - 600, STATISTICS_SIZE,
                  lambda: quality.statistics(baseline(group, version))))
    if made.matter == "evidence edited":
        better = reports.metrics(made.kind.problem, made.skill + 0.03, ROWS, made.seed)
        PLACED.append((made.prefix + "evaluation.json", made.when + 2 * 86_400,
                       reports.evaluation(made.kind.problem, better, ROWS, *test_set(made),
                                          classes=CLASSES.get(made.kind.name, ()))))
    if made.matter == "model edited":
        PLACED.append((made.prefix + "model.tar.gz", made.when + 86_400, model(made)[:-64] + bytes(64)))
