"""The columns that the models read, and what a batch of rows looks like in each, moved away from the baseline or not.

Batches are spread evenly over a distribution instead of drawn from it: a distance then follows from the shift alone, and
what a batch looks like can be kept by (column, rows, shift).
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

from .sketch import Sketch, categorical, monitored, sketched, true_distance

BASELINE_ROWS = 5_000
STEP = 0.04       # shifts come in steps of this many standard deviations


@dataclass(frozen=True, eq=False)   # a column is itself: comparing its members would take most of a listing's time
class Column:
    """`kind`: number, count (few integers), flag or text. `weights` are those of counts, texts and of a flag's one."""

    name: str
    kind: str = "number"
    mean: float = 0.0
    deviation: float = 1.0
    digits: int = 3
    weights: tuple[float, ...] = ()
    values: tuple[str, ...] = ()
    signed: bool = False
    completeness: float = 1.0


@dataclass(frozen=True)
class Batch:
    """One column of one file. `shift` in standard deviations; `new` is the share of a category that nobody had seen."""

    column: Column
    rows: int
    shift: float = 0.0
    missing: int = 0
    new: float = 0.0
    stranger: str = ""

    @property
    def present(self) -> int:
        return self.rows - self.missing


def number(name: str, mean: float, deviation: float, digits: int = 3, **more) -> Column:
    return Column(name, "number", mean, deviation, digits, **more)


def count(name: str, *weights: float) -> Column:
    return Column(name, "count", weights=weights)


def flag(name: str, share: float) -> Column:
    return Column(name, "flag", weights=(1 - share, share))


def text(name: str, **shares: float) -> Column:
    return Column(name, "text", weights=tuple(shares.values()), values=tuple(shares))


def stepped(shift: float) -> float:
    return round(round(shift / STEP) * STEP, 2)


@lru_cache(maxsize=64)
def _spread(rows: int) -> tuple[float, ...]:
    dice, normal = random.Random(rows), NormalDist()
    found = [normal.inv_cdf((n + 0.02 + 0.96 * dice.random()) / rows) for n in range(rows)]
    dice.shuffle(found)
    return tuple(found)


def _counts(weights: tuple[float, ...], rows: int, shift: float) -> list[int]:
    """So many of each, tilted towards the last ones by `shift`; the remainders go to the largest fractions."""
    total = sum(weights)
    mean = sum(place * weight for place, weight in enumerate(weights)) / total
    spread = math.sqrt(sum((place - mean) ** 2 * weight for place, weight in enumerate(weights)) / total) or 1.0
    tilted = [weight * math.exp(shift * (place - mean) / spread) for place, weight in enumerate(weights)]
    shares = [rows * weight / sum(tilted) for weight in tilted]
    found = [int(share) for share in shares]
    for place in sorted(range(len(shares)), key=lambda place: found[place] - shares[place])[:rows - sum(found)]:
        found[place] += 1
    return found


@lru_cache(maxsize=512)
def numbers(batch: Batch) -> tuple[float, ...]:
    column = batch.column
    if column.kind == "number":
        mean, deviation, digits = column.mean, column.deviation, column.digits
        found = [round(mean + deviation * (z + batch.shift), digits) for z in _spread(batch.present)]
        return tuple(found if column.signed else [abs(value) for value in found])
    found = [float(value) for value, many in enumerate(_counts(column.weights, batch.present, batch.shift))
             for _ in range(many)]
    random.Random(batch.present).shuffle(found)
    return tuple(found)


@lru_cache(maxsize=4_096)
def categories(batch: Batch) -> tuple[tuple[str, int], ...]:
    strangers = round(batch.present * batch.new)
    known = zip(batch.column.values, _counts(batch.column.weights, batch.present - strangers, batch.shift))
    return tuple((value, many) for value, many in (*known, (batch.stranger, strangers)) if many)


@lru_cache(maxsize=4_096)
def sketch(batch: Batch) -> Sketch:
    return sketched(numbers(batch), f"{batch.column.name}/{batch.rows}")


@lru_cache(maxsize=65_536)
def drift(baseline: Batch, current: Batch) -> float:
    """As Model Monitor says it."""
    if baseline.column.kind == "text":
        return categorical(dict(categories(baseline)), dict(categories(current)))
    return monitored(sketch(baseline), sketch(current))


@lru_cache(maxsize=4_096)
def moved(baseline: Batch, current: Batch) -> float:
    """The truth: the simple distance with every row counted."""
    if baseline.column.kind == "text":
        one, other = dict(categories(baseline)), dict(categories(current))
        return max(abs(one.get(v, 0) / baseline.present - other.get(v, 0) / current.present) for v in {*one, *other})
    return true_distance(sketch(baseline), sketch(current))
