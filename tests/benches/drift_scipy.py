"""The drift of the files that our bench reads, by SciPy and NumPy, to be compared number by number.

Takes a folder with `baseline.json` and `current.json`, as Model Monitor writes statistics, and `raw.json`, lists of values.
Deciles, floors and bins are made as ours are documented; what is computed of them is SciPy's. Prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time

import numpy as np
from scipy import stats
from scipy.spatial.distance import jensenshannon

FLOOR = 1e-4


def main() -> int:
    (folder,) = sys.argv[1:]
    started = time.perf_counter()
    baseline, current = (features(os.path.join(folder, name)) for name in ("baseline.json", "current.json"))
    read = time.perf_counter() - started
    started = time.perf_counter()
    told = {name: compared(one, current[name]) for name, one in baseline.items()}
    seconds = time.perf_counter() - started
    with open(os.path.join(folder, "raw.json"), encoding="utf-8") as file:
        raw = {name: [np.array(values) for values in pair] for name, pair in json.load(file).items()}
    started = time.perf_counter()
    values = {name: of_values(*pair) for name, pair in raw.items()}
    print(json.dumps({"read": read, "seconds": seconds, "raw_seconds": time.perf_counter() - started, "features": told, "raw": values}))
    return 0


def features(path: str) -> dict:
    with open(path, encoding="utf-8") as file:
        return {feature["name"]: feature for feature in json.load(file)["features"]}


def compared(one: dict, other: dict) -> dict[str, float]:
    if "string_statistics" in one:
        return of_categories(one, other)
    (x, wx), (y, wy) = sketch(one), sketch(other)
    cx, cy = np.cumsum(wx), np.cumsum(wy)

    def share(values, cumulated, at):
        return np.concatenate([[0.0], cumulated])[np.searchsorted(values, at, "right")] / cumulated[-1]

    everywhere = np.concatenate([x, y])
    edges = deciles(x, cx, lambda at: np.array([share(x, cx, at), share(y, cy, at)]))
    p, q = (np.diff(np.concatenate([[0.0], share(v, c, edges), [1.0]])) for v, c in ((x, cx), (y, cy)))
    deviation = one["numerical_statistics"]["std_dev"]
    area = stats.wasserstein_distance(x, y, wx, wy)
    return {
        "l_infinity": np.abs(share(x, cx, everywhere) - share(y, cy, everywhere)).max(),
        "wasserstein": area,
        "wasserstein_normed": area / max(deviation, 0.001),
        **binned(p, q),
    }


def deciles(values, cumulated, shares):
    """Edges at the deciles; one that holds several, or the smallest value, is parted from what lies below it on a side."""
    tenths = [values[np.searchsorted(cumulated, tenth / 10 * cumulated[-1], "left")] for tenth in range(1, 10)]
    edges = []
    for edge, ties in zip(*np.unique(tenths, return_counts=True)):
        below = np.nextafter(edge, -np.inf)
        before = shares(edges[-1]) if edges else 0.0
        if (ties > 1 or edge <= values[0]) and np.any(shares(below) > before):
            edges.append(below)
        edges.append(edge)
    return np.array(edges)


def sketch(feature: dict):
    levels = feature["numerical_statistics"]["distribution"]["kll"]["sketch"]["data"]
    values = np.concatenate(levels)
    weights = np.concatenate([np.full(len(level), 2.0**height) for height, level in enumerate(levels)])
    order = np.argsort(values, kind="stable")
    return values[order], weights[order]


def of_categories(one: dict, other: dict) -> dict[str, float]:
    x, y = (
        {bucket["value"]: bucket["count"] for bucket in feature["string_statistics"]["distribution"]["categorical"]["buckets"]}
        for feature in (one, other)
    )
    names = sorted(set(x) | set(y))
    a, b = (np.array([counts.get(name, 0.0) for name in names], dtype=float) for counts in (x, y))
    p, q = a / a.sum(), b / b.sum()
    known = a > 0
    test = stats.chisquare(b[known], p[known] * b[known].sum())
    return {"l_infinity": np.abs(p - q).max(), "chi_square": test.statistic, "chi_square_p": test.pvalue, **binned(p, q)}


def binned(p, q) -> dict[str, float]:
    f, g = filled(p), filled(q)
    return {
        "psi": float(np.sum((g - f) * np.log(g / f))),
        "jensen_shannon": float(jensenshannon(p, q)),
        "hellinger": float(np.sqrt(np.sum((np.sqrt(p) - np.sqrt(q)) ** 2) / 2)),
    }


def filled(shares):
    least = shares[shares > 0].min()
    return np.where(shares > 0, shares, least / 1e6 if least <= FLOOR else FLOOR)


def of_values(one, other) -> dict[str, float]:
    test = stats.ks_2samp(one, other)
    edges = np.histogram_bin_edges(np.concatenate([one, other]), bins="sturges")
    p, q = (np.histogram(values, edges)[0] / len(values) for values in (one, other))
    return {"l_infinity": test.statistic, "ks_p": test.pvalue, "wasserstein": stats.wasserstein_distance(one, other), **binned(p, q)}


if __name__ == "__main__":
    sys.exit(main())
