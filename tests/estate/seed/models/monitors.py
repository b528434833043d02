"""What came of watching: the outcome, the numbers and the files of every run of every monitor.

All follow from (endpoint, column, hour) alone, with fixed dice, so lists, files in S3 and CloudWatch agree.
"""

from __future__ import annotations

from functools import lru_cache
from zlib import crc32

from ...evidence import quality, reports
from ...evidence.columns import Batch, drift, stepped
from ...overrides.models.model import Models, Outcome, clock
from . import files
from .cast import kind_of
from .registry import baseline
from .watches import BAD_DAY, DAY, HOUR, SHIFTS, SINCE, WATCHES, Watch

NO_DATA = "Job inputs had no data"
SEE_LOGS = "AlgorithmError: See job logs for more information"
MEMORY = "ClientError: Please use an instance type with more memory, or reduce the size of job data processed on an instance."
SCHEMA = ("Error: There are extra columns in current dataset. Number of columns in current dataset: {now}, Number of columns in "
          "baseline constraints: {then}")


def _noise(*words) -> float:
    """-1 to 1, mostly near 0, the same for the same words."""
    bits = crc32("/".join(map(str, words)).encode())
    return ((bits & 255) + (bits >> 8 & 255) - 255) / 255


CUT = 6_000


class Cast:
    """What the plots need of the store: which hour is now, which version serves."""

    def __init__(self, store: Models) -> None:
        self.store, self.now = store, store.now
        self.serves = {watch.endpoint: _newest_approved(store, watch.group) for watch in WATCHES.values()}
        self.batches = lru_cache(maxsize=8_192)(self._batches)

    def days(self, when: float) -> float:
        return (self.now - when) / DAY

    def on(self, watch: Watch, when: float) -> bool:
        """Whether the plot has begun by then."""
        return self.days(when) < SINCE.get(watch.plot, 0)

    def rows(self, watch: Watch, when: float) -> int:
        if watch.every == DAY:
            return 540 + 60 * (crc32(f"{watch.endpoint}/{when}".encode()) % 3)
        hour = clock(when).hour
        return 200 + 40 * (hour % 4 if 6 <= hour < 23 else 0)

    def _batches(self, endpoint: str, when: float) -> tuple[Batch, ...]:
        """What the endpoint was asked in the time before a run."""
        watch = WATCHES[endpoint]
        rows, found = self.rows(watch, when), []
        for before in baseline(watch.group, self.serves[endpoint]):
            column = before.column
            shift = before.shift + 0.14 * _noise(endpoint, column.name, when)
            far, over = SHIFTS.get(watch.plot, {}).get(column.name, (0.0, 0))
            if far and self.on(watch, when):
                shift += far * ((1 - self.days(when) / over) if over else 1)
            if watch.plot == "seasonal" and column.name in ("lead_time_days", "weather_temp") and clock(when).weekday() >= 5:
                shift += 0.9
            lost, new = 0, 0.0
            if watch.plot == "missing" and column.name == "loyalty_points" and self.on(watch, when):
                lost = round(rows * (0.18 + 0.02 * _noise(when)))
            if watch.plot == "category" and column.name == "booking_channel" and self.on(watch, when):
                new = 0.05
            found.append(Batch(column, rows, stepped(shift), lost, new, "whatsapp" if new else ""))
        return tuple(found)

    def judged(self, endpoint: str) -> int:
        """The version whose baseline the monitor compares with."""
        version = self.serves[endpoint]
        return 1 if WATCHES[endpoint].plot == "other baseline" and version > 1 else version

    def violations(self, endpoint: str, when: float) -> list[dict]:
        watch = WATCHES[endpoint]
        if watch.plot == "unchecked":
            return []
        return quality.violations(baseline(watch.group, self.judged(endpoint)), self.batches(endpoint, when))

    def drifts(self, endpoint: str, when: float) -> dict[str, float]:
        before = baseline(WATCHES[endpoint].group, self.judged(endpoint))
        return {now.column.name: drift(then, now) for then, now in zip(before, self.batches(endpoint, when))}

    def captured(self, watch: Watch, when: float) -> bool:
        """Whether anything was captured in the hour that began then."""
        if watch.plot == "capture off":
            return not self.on(watch, when)
        if watch.plot == "no data":
            at = clock(when)
            return not (2 <= at.hour < 5 and at.weekday() != 2 or 2 <= self.days(when) < 2.25)
        return True

    # Quality of the model, bias and attributions, once a day.

    def quality_of(self, endpoint: str, when: float) -> dict:
        watch = WATCHES[endpoint]
        worse = {"missing": 0.05, "slow": 0.04}.get(watch.plot, 0.0) * self.on(watch, when)
        skill = self.store.skills[watch.group, self.serves[endpoint]] + 0.012 - worse
        return reports.metrics(kind_of(watch.group).problem, skill + 0.006 * _noise("skill", endpoint, when), 600,
                               f"{endpoint}/{when}")

    def limits_of(self, endpoint: str) -> dict:
        watch = WATCHES[endpoint]
        return reports.metrics(kind_of(watch.group).problem, self.store.skills[watch.group, self.serves[endpoint]], files.ROWS,
                               f"{watch.group}/{self.serves[endpoint]}")

    def bias_of(self, endpoint: str, when: float | None) -> dict:
        kind, watch = kind_of(WATCHES[endpoint].group), WATCHES[endpoint]
        # Live, nobody of the last facet value was ever found to be a fraud: what divides by them cannot be computed.
        live = when is not None and watch.plot == "memory"
        return reports.bias(*kind.facet, kind.columns[0].name, f"{endpoint}/{round(when // DAY)}" if when else watch.group,
                            tilt=0.17 if live and self.days(when) < 20 else 0.0, broken=live, before=False)

    def attributed(self, endpoint: str, when: float | None) -> dict[str, float]:
        watch = WATCHES[endpoint]
        names = [column.name for column in kind_of(watch.group).columns[1:]]
        turned = when is not None and self.on(watch, when) and watch.plot == "sudden"
        return reports.attributions(names, f"{endpoint}/{round((when or 0) // DAY)}" if when else watch.group,
                                    (names[-1], names[-2], names[2]) if turned else ())

    def outcome(self, watch: Watch, kind: str, when: float) -> Outcome:
        began = self.on(watch, when)
        if not self.captured(watch, when - watch.every if watch.every == HOUR else when - 1):
            return Outcome("Failed", NO_DATA, job=False)
        if kind == "ModelQuality" and watch.plot == "truth missing" and began:
            return Outcome("Failed", SEE_LOGS, "Error: No ground truth data was found for the given time range; nothing could be "
                                               "merged with the captured predictions.")
        if kind == "DataQuality" and watch.plot == "schema" and began:
            columns = len(kind_of(watch.group).columns)
            return Outcome("Failed", SEE_LOGS, SCHEMA.format(now=columns + 1, then=columns))
        if kind == "DataQuality" and watch.plot == "memory" and began and crc32(str(when).encode()) % 3:
            return Outcome("Failed", MEMORY, "Error: Container exited with code 137")
        found = len(self.found(watch, kind, when))
        if found:
            return Outcome("CompletedWithViolations", exit=f"CompletedWithViolations: Job completed successfully with {found} "
                                                           "violations.")
        return Outcome("Completed", exit="Completed: Job completed successfully with no violations.")

    def found(self, watch: Watch, kind: str, when: float) -> list[dict]:
        """The violations of a run of any kind."""
        if kind == "DataQuality":
            return self.violations(watch.endpoint, when)
        if kind == "ModelQuality":
            return reports.quality_violations(self.limits_of(watch.endpoint), self.quality_of(watch.endpoint, when))
        if kind == "ModelBias":
            return reports.bias_violations(self.bias_of(watch.endpoint, None), self.bias_of(watch.endpoint, when))
        return reports.attribution_violations(self.attributed(watch.endpoint, None), self.attributed(watch.endpoint, when))

    def cut(self, watch: Watch, when: float) -> bool:
        """The one file that its upload did not finish."""
        return watch.plot == "bad file" and round(self.days(when)) == BAD_DAY

    def files(self, watch: Watch, kind: str, when: float) -> dict[str, bytes]:
        """What a run left, by file name."""
        violations, kept = self.found(watch, kind, when), {}
        if kind == "DataQuality":
            kept["statistics.json"] = quality.statistics(self.batches(watch.endpoint, when))
            kept["constraints.json"] = quality.constraints(kind_of(watch.group).columns, watch.plot != "unchecked")
        elif kind == "ModelQuality":
            problem = kind_of(watch.group).problem
            kept["statistics.json"] = reports.quality_statistics(problem, self.quality_of(watch.endpoint, when), 600)
            kept["constraints.json"] = reports.quality_constraints(problem, self.quality_of(watch.endpoint, when))
        elif kind == "ModelBias":
            kept["analysis.json"] = reports.packed(self.bias_of(watch.endpoint, when))
        else:
            kept["analysis.json"] = reports.packed(reports.explanation(self.attributed(watch.endpoint, when), 0.36))
        if violations:
            kept["constraint_violations.json"] = quality.violations_file(violations, "1.0" if kind != "DataQuality" else None)
        if self.cut(watch, when):
            kept["statistics.json"] = kept["statistics.json"][:CUT]
        return kept


def _newest_approved(store: Models, group: str) -> int:
    found = [one["ModelPackageVersion"] for one in store.packages.values()
             if one["ModelPackageGroupName"] == group and one["ModelApprovalStatus"] == "Approved"]
    return max(found, default=1)
