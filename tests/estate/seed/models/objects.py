"""The two buckets of the models: evidence of the registry, and what monitoring captured and wrote.

They are filled when somebody first asks for an object of theirs. Tens of thousands of files of monitors are listed from the
start, and made when they are read: each is filled up with spaces to the size that was listed, and its ETag is not the MD5 of its
body, as with objects that SSE-KMS encrypts.

`ml-registry` GROUP/vN/… · `ml-monitoring` reports/ENDPOINT/SCHEDULE/yyyy/mm/dd/hh/…, captures/ENDPOINT/VARIANT/yyyy/mm/dd/hh/…,
ground-truth/ENDPOINT/yyyy/mm/dd/hh/…, baselines/ENDPOINT/…, evidently/ENDPOINT/yyyy-mm-dd.json
"""

from __future__ import annotations

from typing import Callable

from ... import later, ministack_state
from ...clockwork import CLOCK
from ...evidence import quality, snapshots
from ...evidence.columns import Batch
from ...overrides import listing_index, models
from ...overrides.models.model import Models, clock
from . import captures, files
from .cast import MONITORING, REGISTRY, kind_of
from .monitors import CUT, Cast
from .registry import baseline
from .watches import DAY, HOUR, WATCHES

CAPTURED_DAYS = 14
# endpoint: whether the reference of its snapshots is small, so that Evidently tells p-values
EVIDENTLY = {"demand-forecast-emea-live": False, "demand-forecast-dach-live": False, "dynamic-pricing-emea-live": False,
             "booking-cancellation-iberia-live": True, "no-show-uk-live": True}
SNAPSHOTS = 30
_ROOM = {name: room * 1024 for name, room in (
    ("statistics.json", 8), ("constraints.json", 8), ("analysis.json", 12), ("constraint_violations.json", 6))}
# The records of `ml-monitoring`, with the store that they are of: a reset of the objects puts the same ones back.
_kept: tuple[Models | None, dict] = (None, {})


def wait(estate) -> None:
    later.on_first_call(f"s3/{REGISTRY}", lambda: _plant_registry(estate))
    later.on_first_call(f"s3/{MONITORING}", lambda: _plant_monitoring(estate))


def _plant_registry(estate) -> None:
    models.ready()
    with CLOCK.same_ids(REGISTRY):
        kept: dict[str, list] = {}
        for key, when, body in files.PLACED:
            kept.setdefault(key, []).append((clock(when), ministack_state.body_of(body)))
        for key, versions in kept.items():
            kind = "application/gzip" if key.endswith(".gz") else "application/json"
            ministack_state.store(REGISTRY, key, versions, kind)
        for key, when, size, make in files.LATER:
            ministack_state.store_later(REGISTRY, key, clock(when), size, make, "application/json")
    listing_index.planted(REGISTRY)


def _plant_monitoring(estate) -> None:
    global _kept
    store = models.ready()
    if _kept[0] is not store:
        _list(store, store.cast)
        _kept = (store, ministack_state.objects_of(MONITORING))
    ministack_state.put_back(MONITORING, _kept[1])
    listing_index.planted(MONITORING)


def _list(store: Models, kept: Cast) -> None:
    for watch in WATCHES.values():
        if watch.watched:
            for schedule in store.schedules_of(watch.endpoint):
                _reports(kept, watch, schedule)
        _captures(kept, watch)
    _baselines(kept)
    _snapshots(kept)


def _later(key: str, when: float, size: int, make: Callable[[], bytes], kind: str = "application/json") -> None:
    ministack_state.place_later(MONITORING, key, clock(when), size, make, kind)


def _room(kept: Cast, watch) -> int:
    """As large as the statistics of this endpoint can be."""
    rows = 320 if watch.every == HOUR else 660
    widest = tuple(Batch(one.column, rows, 1.38, 0, *((0.05, "whatsapp") if one.column.kind == "text" else ()))
                   for one in baseline(watch.group, kept.serves[watch.endpoint]))
    return (len(quality.statistics(widest)) * 11 // 10 + 1_024) // 1_024 * 1_024


def _reports(kept: Cast, watch, schedule) -> None:
    room = {**_ROOM, "statistics.json": _room(kept, watch)} if schedule.kind == "DataQuality" else _ROOM
    for when in schedule.times():
        ended = schedule.ended(when)
        if ended.status == "Failed":
            continue
        names = ["statistics.json", "constraints.json"]
        if schedule.kind in ("ModelBias", "ModelExplainability"):
            names = ["analysis.json"]
        if ended.status == "CompletedWithViolations":
            names.append("constraint_violations.json")
        for name in names:
            size = room[name]
            if kept.cut(watch, when) and name == "statistics.json":
                size = CUT
            _later(f"reports/{schedule.folder(when)}/{name}", when + 900, size, _file(kept, watch, schedule.kind, when, name))


def _file(kept: Cast, watch, kind: str, when: float, name: str) -> Callable[[], bytes]:
    return lambda: kept.files(watch, kind, when)[name]


def _captures(kept: Cast, watch) -> None:
    truths = "ModelQuality" in watch.also or "ModelBias" in watch.also
    stopped = watch.plot == "unwatched" or watch.status == "Failed"
    for hour in range(0 if stopped else CAPTURED_DAYS * 24):
        when = kept.now - (hour + 1) * HOUR
        if not kept.captured(watch, when):
            continue
        at, variant = clock(when), "green" if watch.status == "Updating" else "AllTraffic"
        _later(f"captures/{watch.endpoint}/{variant}/{at:%Y/%m/%d/%H}/02-51-330-{captures.event_id(watch.endpoint, when)}.jsonl",
               when + HOUR, captures.LINE * captures.LINES, lambda when=when: captures.capture_lines(kept, watch, when),
               "application/jsonl")
        if truths and not (watch.plot == "truth missing" and kept.on(watch, when)) and at.hour % 6 == 0:
            _later(f"ground-truth/{watch.endpoint}/{at:%Y/%m/%d/%H}/labels.jsonl", when + 2 * HOUR,
                   captures.TRUTH_LINE * captures.LINES, lambda when=when: captures.truth_lines(kept, watch, when),
                   "application/jsonl")


def _baselines(kept: Cast) -> None:
    """Constraints that somebody switched off by hand."""
    for watch in WATCHES.values():
        if watch.plot == "unchecked":
            body = quality.constraints(kind_of(watch.group).columns, False)
            _later(f"baselines/{watch.endpoint}/constraints.json", kept.now - 60 * DAY, len(body), lambda body=body: body)


def _snapshots(kept: Cast) -> None:
    for endpoint, small in EVIDENTLY.items():
        watch = WATCHES[endpoint]
        for day in range(SNAPSHOTS):
            when = kept.now // DAY * DAY - day * DAY
            _later(f"evidently/{endpoint}/{clock(when):%Y-%m-%d}.json", when + 5 * HOUR, 4_096,
                   lambda when=when, endpoint=endpoint, small=small: snapshot(kept, endpoint, when, small))


def snapshot(kept: Cast, endpoint: str, when: float, small: bool) -> bytes:
    before = baseline(WATCHES[endpoint].group, kept.serves[endpoint])
    return snapshots.snapshot(before, kept.batches(endpoint, when), small)
