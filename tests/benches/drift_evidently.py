"""Evidently's drift of the values that our bench reads, to be compared number by number, and its time beside ours.

Takes a folder with `raw.json`: for each feature the values before and now. The tables are made before the clock starts. The
time is that of the preset as it comes; each other method is then run once for its numbers. Prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings

import pandas
from evidently import Report
from evidently.presets import DataDriftPreset

# Evidently's name of a method, and ours.
METHODS = {
    "ks": "ks_p",
    "wasserstein": "wasserstein_normed",
    "psi": "psi",
    "jensenshannon": "jensen_shannon",
    "hellinger": "hellinger",
}


def main() -> int:
    warnings.simplefilter("ignore")
    (folder,) = sys.argv[1:]
    with open(os.path.join(folder, "raw.json"), encoding="utf-8") as file:
        raw = json.load(file)
    before, now = (pandas.DataFrame({name: pandas.Series(pair[side]) for name, pair in raw.items()}) for side in (0, 1))
    now = now.dropna()
    started = time.perf_counter()
    told(before, now)
    seconds = time.perf_counter() - started
    features: dict[str, dict[str, float]] = {name: {} for name in raw}
    for method, ours in METHODS.items():
        for feature, value in told(before, now, num_method=method).items():
            features[feature][ours] = value
    print(json.dumps({"seconds": seconds, "features": features}))
    return 0


def told(before, now, **method) -> dict[str, float]:
    metrics = Report([DataDriftPreset(**method)]).run(now, before).dict()["metrics"]
    return {metric["config"]["column"]: float(metric["value"]) for metric in metrics if "column" in metric["config"]}


if __name__ == "__main__":
    sys.exit(main())
