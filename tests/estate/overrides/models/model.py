"""What SageMaker keeps of models: the registry, endpoints, monitors, pipelines, lineage, and the trail of who changed what.

Things are kept in the shapes of the API ("Amazon SageMaker API Reference": ModelPackage, DescribeEndpoint …), so an answer is
a choice of members. Runs of monitors are not kept: a schedule tells the outcome of any of its hours, and `Models.now` stands
at the hour of the seed, so that lists agree with the files in S3. Times are seconds since 1970. Guarded by `Models.lock`.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import cached_property
from typing import Any, Callable

from ...story import ACCOUNT, REGION
from ..jobs.model import made_up, now

HEX = "0123456789abcdef"
BAD = ("CompletedWithViolations", "Failed")


def arn(kind: str, name: str, account: str = ACCOUNT) -> str:
    return f"arn:aws:sagemaker:{REGION}:{account}:{kind}/{name}"


def clock(when: float) -> datetime:
    return datetime.fromtimestamp(when, timezone.utc)


@dataclass(frozen=True)
class Outcome:
    """How a monitor's run ended. `job` False: it ended before it had one."""

    status: str
    failure: str = ""
    exit: str = ""
    job: bool = True


@dataclass(eq=False)
class Schedule:
    name: str
    endpoint: str
    kind: str                                 # DataQuality, ModelQuality, ModelBias, ModelExplainability
    definition: dict                          # as its Describe…JobDefinition answers
    every: int                                # seconds
    first: float
    last: float                               # the scheduled time of the newest run
    created: float
    outcome: Callable[[float], Outcome]
    status: str = "Scheduled"
    points: int = 1                           # of so many runs …
    period: int = 1                           # … this many may fail before the alert rises, as N of M
    dashboard: bool = True
    changed: float = 0.0
    settles: float = 0.0                      # until then a switch is still on its way
    _alerts: tuple | None = None
    _outcomes: dict[float, Outcome] = field(default_factory=dict)

    @cached_property
    def mark(self) -> str:
        """The part of the processing jobs' names that tells whose they are."""
        return made_up("", 24, HEX, self.name)

    def times(self) -> list[float]:
        """Scheduled times, newest first."""
        return [self.last - self.every * n for n in range(int((self.last - self.first) // self.every) + 1)]

    def began(self, when: float) -> float:
        """Runs start up to twenty minutes after their hour."""
        return when + 240 + int(self.mark[:2], 16) % 600

    def told(self) -> str:
        return "Pending" if now() < self.settles else self.status

    def ended(self, when: float) -> Outcome:
        if when not in self._outcomes:
            self._outcomes[when] = self.outcome(when)
        return self._outcomes[when]

    def job(self, when: float) -> str:
        return f"model-monitoring-{clock(when):%Y%m%d%H%M}-{self.mark}"

    @cached_property
    def publishes(self) -> bool:
        """Whether its jobs send their numbers to CloudWatch."""
        application = next(v for k, v in self.definition.items() if k.endswith("AppSpecification"))
        return application.get("Environment", {}).get("publish_cloudwatch_metrics") != "Disabled"

    def folder(self, when: float) -> str:
        """Where the run's files are, below the definition's output."""
        return f"{self.endpoint}/{self.name}/{clock(when):%Y/%m/%d/%H}"

    def alerts(self) -> list[tuple[float, str]]:
        """When the alert changed, oldest first: InAlert while `points` of the last `period` runs were bad."""
        wanted = (self.points, self.period)
        if self._alerts is None or self._alerts[0] != wanted:
            found, window, state = [], [], "OK"
            for when in reversed(self.times()):
                window = [*window[-(self.period - 1):], self.ended(when).status in BAD] if self.period > 1 else [
                    self.ended(when).status in BAD]
                fresh = "InAlert" if sum(window) >= self.points else "OK"
                if fresh != state:
                    found.append((self.began(when) + 380, fresh))
                    state = fresh
            self._alerts = (wanted, found)
        return self._alerts[1]


@dataclass(eq=False)
class Step:
    name: str
    kind: str                       # Processing, Training, Condition, RegisterModel, Lambda, Fail …
    start: float
    end: float
    status: str = "Succeeded"
    failure: str = ""
    metadata: dict = field(default_factory=dict)
    attempts: int = 0


@dataclass(eq=False)
class PipelineRun:
    arn: str
    name: str
    pipeline: str
    created: float
    steps: list[Step]
    parameters: dict[str, str]
    by: dict
    failure: str = ""
    description: str = ""
    stopped: float = 0.0
    then: Callable[[], None] | None = None     # done once, when it has succeeded

    @property
    def ends(self) -> float:
        return self.stopped + 0.5 if self.stopped else self.steps[-1].end

    def status(self) -> str:
        at = now()
        if self.stopped:
            return "Stopped" if at >= self.ends else "Stopping"
        if at < self.ends:
            return "Executing"
        return "Failed" if self.steps[-1].status == "Failed" else "Succeeded"

    def told(self, step: Step) -> str:
        at = now()
        if self.stopped and step.end > self.stopped:
            return "Stopped" if at >= self.ends else "Stopping"
        return step.status if at >= step.end else "Executing"

    @property
    def changed(self) -> float:
        return min(now(), self.ends)


@dataclass(eq=False)
class Pipeline:
    shape: dict
    steps: list[tuple[str, str]]                       # name and kind, in order
    parameters: dict[str, str]
    runs: list[PipelineRun] = field(default_factory=list)
    group: str = ""                                    # that it registers versions in
    live: Callable[[dict[str, str]], Callable[[], None] | None] = lambda parameters: None


class Models:
    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.now = now() // 3600 * 3600
        self.groups: dict[str, dict] = {}            # by ARN
        self.packages: dict[str, dict] = {}          # versions of groups, by ARN
        self.alone: dict[str, dict] = {}             # packages without a group, by ARN
        self.endpoints: dict[str, dict] = {}
        self.configs: dict[str, dict] = {}
        self.models: dict[str, dict] = {}
        self.cards: dict[str, dict] = {}
        self.schedules: dict[str, Schedule] = {}
        self.pipelines: dict[str, Pipeline] = {}
        self.training: dict[str, dict] = {}          # jobs that are only described
        self.processing: dict[str, dict] = {}
        self.vertices: dict[str, dict] = {}          # lineage, by ARN
        self.edges: dict[tuple[str, str, str], None] = {}  # from, to, how
        self.trail: list[dict] = []
        self.tokens: dict[str, tuple[str, dict]] = {}
        self.cast: Any = None                         # what the monitors see, for files and metrics
        self.skills: dict[tuple[str, int], float] = {}  # how good each version is
        self.mlflow: dict = {"experiments": {}, "history": {}}
        self.before: Callable[[], None] | None = None

    def schedules_of(self, endpoint: str) -> list[Schedule]:
        return [one for one in self.schedules.values() if one.endpoint == endpoint]

    def schedule_of(self, job: str) -> tuple[Schedule, float] | None:
        """Whose run a processing job is, and of which hour."""
        stamp, _, mark = job.removeprefix("model-monitoring-").partition("-")
        for one in self.schedules.values():
            if one.mark == mark and job.startswith("model-monitoring-") and stamp.isdigit() and len(stamp) == 12:
                when = datetime.strptime(stamp, "%Y%m%d%H%M").replace(tzinfo=timezone.utc).timestamp()
                if one.first <= when <= one.last and (one.last - when) % one.every == 0 and one.ended(when).job:
                    return one, when
        return None
