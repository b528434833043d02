"""KLL sketches as Deequ writes them, and the distances that Model Monitor takes between two of them.

"Karnin, Lang, Liberty: Optimal Quantile Approximation in Streams" with c = 0.64 and k = 2048: an item at level h stands for
2^h. `legacy` is what Deequ did until its pull request 765: it kept one weight for each distinct value, so repeated values
hardly count, and features of few values never drift.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

K, C = 2048, 0.64
CORRECTION = 1.8            # the constant of the robust distance, for alpha = 0.003


@dataclass(frozen=True)
class Sketch:
    levels: tuple[tuple[float, ...], ...]

    @cached_property
    def curve(self) -> tuple[list[float], list[int]]:
        """Values in order, with the cumulated weight up to each."""
        weights: dict[float, int] = {}
        for level, items in enumerate(self.levels):
            for item in items:
                weights[item] = weights.get(item, 0) + (1 << level)
        return _cumulated(weights)

    @cached_property
    def legacy_curve(self) -> tuple[list[float], list[int]]:
        return _cumulated({item: 1 << level for level, items in enumerate(self.levels) for item in items})

    @property
    def count(self) -> int:
        return self.curve[1][-1]


def _cumulated(weights: dict[float, int]) -> tuple[list[float], list[int]]:
    values = sorted(weights)
    return values, list(accumulate(weights[value] for value in values))


def sketched(values: list[float], seed: str) -> Sketch:
    dice, levels, size = random.Random(seed), [[]], 0
    room = _room(1)
    for value in values:
        levels[0].append(value)
        size += 1
        if size >= room:
            _condense(levels, dice)
            size, room = sum(map(len, levels)), _room(len(levels))
    return Sketch(tuple(map(tuple, levels)))


def _capacity(level: int, levels: int) -> int:
    return math.ceil(K * C ** (levels - level - 1))


def _room(levels: int) -> int:
    return sum(_capacity(level, levels) for level in range(levels))


def _condense(levels: list[list[float]], dice: random.Random) -> None:
    """Halves the lowest level that is full: every second of its items goes up, with twice the weight."""
    for level, items in enumerate(levels):
        if len(items) >= _capacity(level, len(levels)):
            items.sort()
            left = [items.pop(dice.randrange(len(items)))] if len(items) % 2 else []
            if level + 1 == len(levels):
                levels.append([])
            levels[level + 1].extend(items[dice.randrange(2)::2])
            levels[level] = left
            return


def distance(one, other) -> float:
    """The largest distance between two cumulative curves; both only jump at their values, so only those are looked at."""
    (xs, xw), (ys, yw) = (one, other) if len(one[0]) < len(other[0]) else (other, one)
    widest, before = 0.0, 0.0
    for x, w in zip(xs, xw):
        share = w / xw[-1]
        below, at = bisect_left(ys, x), bisect_right(ys, x)
        widest = max(widest, abs((yw[below - 1] if below else 0) / yw[-1] - before),
                     abs((yw[at - 1] if at else 0) / yw[-1] - share))
        before = share
    return max(widest, 1 - before)


def robust(simple: float, n: float, m: float) -> float:
    return max(0.0, simple - CORRECTION * math.sqrt((n + m) / (n * m)))


def monitored(baseline: Sketch, current: Sketch) -> float:
    """The number that Model Monitor publishes: robust, and blind to repeated values."""
    one, other = baseline.legacy_curve, current.legacy_curve
    return robust(distance(one, other), one[1][-1], other[1][-1])


def true_distance(baseline: Sketch, current: Sketch) -> float:
    """The simple distance with every repetition counted."""
    return distance(baseline.curve, current.curve)


def categorical(baseline: dict[str, int], current: dict[str, int]) -> float:
    n, m = sum(baseline.values()), sum(current.values())
    widest = max(abs(baseline.get(value, 0) / n - current.get(value, 0) / m) for value in {*baseline, *current})
    return robust(widest, n, m)
