"""What an MLflow server would know: one experiment for each endpoint that Evidently watches, a run a day.

AWS's own successor of Model Monitor logs so: Evidently's `DriftedColumnsCount.count|share` and `ValueDrift:COLUMN` as metrics.
"""

from __future__ import annotations

import json
import re

from ...evidence.columns import BASELINE_ROWS
from ...overrides.jobs.model import HEX, made_up
from ...overrides.models.model import Models, clock
from .monitors import Cast
from .objects import EVIDENTLY, SNAPSHOTS, snapshot
from .watches import DAY, HOUR, WATCHES

_VALUE = re.compile(r"ValueDrift\(column=(.+?),")


class Tracked(dict):
    """Experiments, made when one of them is first looked at: their runs need every snapshot."""

    def __init__(self, kept: Cast) -> None:
        super().__init__()
        self._kept: Cast | None = kept

    def _make(self) -> None:
        if self._kept is not None:
            kept, self._kept = self._kept, None
            self.update(_made(kept))

    def __getitem__(self, name):
        self._make()
        return super().__getitem__(name)


def cast(store: Models, kept: Cast) -> None:
    store.mlflow = Tracked(kept)


def _made(kept: Cast) -> dict:
    experiments, history = {}, {}
    for number, (endpoint, small) in enumerate(EVIDENTLY.items(), 1):
        runs = []
        for day in range(SNAPSHOTS):
            when = kept.now // DAY * DAY - day * DAY
            runs.append(_run(kept, endpoint, str(number), when, small, history))
        created = round((kept.now - 90 * DAY) * 1000)
        experiments[str(number)] = {
            "experiment_id": str(number), "name": f"monitoring/{endpoint}", "artifact_location": f"mlflow-artifacts:/{number}",
            "lifecycle_stage": "active", "creation_time": created, "last_update_time": runs[0]["info"]["end_time"],
            "tags": [{"key": "team", "value": WATCHES[endpoint].group.split("-")[0]}], "runs": runs}
    return {"experiments": experiments, "history": history}


def _run(kept: Cast, endpoint: str, experiment: str, when: float, small: bool, history: dict) -> dict:
    started, name = round((when + 5 * HOUR) * 1000), f"drift-{clock(when):%Y-%m-%d}"
    run_id = made_up("", 32, HEX, endpoint, name)
    found: dict[str, float] = {}
    for metric in json.loads(snapshot(kept, endpoint, when, small))["metrics"]:
        column = _VALUE.match(metric["metric_name"])
        if column:
            found[f"ValueDrift:{column.group(1)}"] = metric["value"]
        else:
            found.update({f"DriftedColumnsCount.{part}": value for part, value in metric["value"].items()})
    metrics = [{"key": key, "value": value, "timestamp": started, "step": 0} for key, value in found.items()]
    for one in metrics:
        history[run_id, one["key"]] = [one]
    return {"info": {"run_id": run_id, "run_uuid": run_id, "run_name": name, "experiment_id": experiment, "user_id": "monitoring",
                     "status": "FINISHED", "start_time": started, "end_time": started + 41_000,
                     "artifact_uri": f"mlflow-artifacts:/{experiment}/{run_id}/artifacts", "lifecycle_stage": "active"},
            "data": {"metrics": metrics, "params": [
                {"key": "reference_rows", "value": "500" if small else str(BASELINE_ROWS)}, {"key": "drift_share", "value": "0.5"},
                {"key": "endpoint", "value": endpoint}],
                "tags": [{"key": "mlflow.runName", "value": name}, {"key": "endpoint", "value": endpoint},
                         {"key": "evidently.version", "value": "0.7.23"}]}}
