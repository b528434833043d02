"""Puts the logs of all runs where their engines leave them: when `lake-logs` is first asked for, and when Logs is.

Making them takes a second or two, so the start does not wait for them. What was made of runs that are over is kept: for a
reset here, for the next start of the day in the estate's folder, under a name that changes with the code that makes it.
"""

from __future__ import annotations

import hashlib
import logging
import pickle
from datetime import datetime, timezone
from pathlib import Path

from ... import later, ministack_state
from ...logs import layouts, others
from ..executions.jobs import LABELLED, LABEL_SECONDS, SCRAPED, SCRAPE_SECONDS
from ...overrides import jobs, listing_index
from ...overrides.jobs import states
from ...overrides.jobs.model import Cluster, Invocation, Jobs, Run, moments, now
from ...story import ACCOUNT, REGION

BUCKET = "lake-logs"
CROWDED, CROWDED_STEP, CROWDED_APP = "j-1CR0WDEDWEEK7", "s-1CROWD00000000", "application_1763503312345_0001"
TASKS = {"small": 48, "full": 64}
_PUSH = 300                      # seconds: how often EMR on EC2 pushes its logs
LOG = logging.getLogger("estate.jobs")
_kept: dict[tuple, layouts.Files] = {}
_streams: dict[tuple, list[layouts.Stream]] = {}


def bind(store: Jobs, estate) -> None:
    tasks = TASKS[estate.story.size]

    def write(run: Run, whole: bool) -> None:
        """A live run's logs: S3's objects are replaced whole, CloudWatch's streams go on."""
        files, when = _files(store, run, tasks, whole), datetime.now(timezone.utc)
        estate.s3.call(lambda: [_place(name, when, body) for name, body in files.items()])
        _to_groups(layouts.streams(run, 12, whole))

    store.write_logs = write
    store.write_invocation = lambda call: _to_groups([_lambda_stream(call)])


def wait(estate) -> None:
    later.on_first_call(f"s3/{BUCKET}", lambda: plant(estate))


def _folder(estate) -> Path:
    """Named by the day and by everything that a log follows from."""
    code = hashlib.sha1(f"{estate.story.day}/{estate.story.size}".encode())
    root = Path(__file__).resolve().parents[2]
    for name in sorted([*root.glob("logs/*.py"), *root.glob("seed/**/*.py"), *root.glob("overrides/jobs/*.py")]):
        code.update(name.read_bytes())
    return estate.state_dir / f"logs-{code.hexdigest()[:16]}"


def _fetch(estate, name: str, kept: dict) -> bool:
    """What an earlier start of the day made; says whether there was something."""
    if kept:
        return True
    try:
        kept.update(pickle.loads((_folder(estate) / name).read_bytes()))
    except (OSError, ValueError, EOFError, pickle.UnpicklingError):
        return False
    return True


def _store(estate, name: str, kept: dict) -> None:
    folder = _folder(estate)
    try:
        for old in estate.state_dir.glob("logs-*"):
            if old != folder:
                for file in old.iterdir():
                    file.unlink()
                old.rmdir()
        folder.mkdir(exist_ok=True)
        fresh = folder / (name + ".new")
        fresh.write_bytes(pickle.dumps(kept, 5))
        fresh.replace(folder / name)
    except OSError as wrong:  # Only a convenience.
        LOG.warning("logs are not kept: %s", wrong)


def _files(store: Jobs, run: Run, tasks: int, whole: bool) -> layouts.Files:
    return layouts.files(run, store.clusters.get(run.place), tasks, whole)


def plant(estate) -> None:
    store, tasks = jobs.ready(), TASKS[estate.story.size]
    known = _fetch(estate, "files", _kept)
    with store.lock:
        runs, clusters = store.every_run(), list(store.clusters.values())
    runs += [attempt for run in runs for attempt in run.attempts]
    for run in sorted(runs, key=lambda run: run.created):
        if run.state() in ("PENDING", "SUBMITTED", "QUEUED"):
            continue
        name = (run.engine, run.id, run.attempt)
        if not run.over or run.live:
            files = _files(store, run, tasks, run.over)
        elif name in _kept:
            files = _kept[name]
        else:
            files = _kept[name] = _files(store, run, tasks, True)
        pushed = run.ends + 4
        if run.engine == "step" and not run.live:
            pushed = pushed // _PUSH * _PUSH + _PUSH
        _put(files, min(pushed, now() if run.live else store.born))
    for cluster in clusters:
        _put(layouts.cluster_files(cluster), min(cluster.created + 600, store.born))
    listing_index.changed()
    if not known:
        _store(estate, "files", _kept)


def _put(files: layouts.Files, when: float) -> None:
    at = datetime.fromtimestamp(when, timezone.utc)
    for (bucket, key), body in files.items():
        ministack_state.place(bucket, key, at, body, "application/x-gzip" if key.endswith(".gz") else "binary/octet-stream")


def _place(name: tuple[str, str], when: datetime, body: bytes) -> None:
    ministack_state.place(*name, when, body, "application/x-gzip")
    listing_index.changed(*name)


def crowded() -> None:
    """The cluster of the crowd and its one step, which failed without a word, until the next reset of the executions."""
    store = jobs.ready()
    with store.lock:
        if CROWDED in store.clusters:
            return
        began = now() - 6 * 3_600
        store.clusters[CROWDED] = Cluster(CROWDED, "crowded-week", moments(
            began, (0, "STARTING"), (300, "WAITING"), (9_000, "TERMINATING"), (9_060, "TERMINATED")),
            reason={"Code": "USER_REQUEST", "Message": "Terminated by user request"})
        store.add(Run("step", CROWDED_STEP, "reload-week", CROWDED, moments(
            began, (0, "PENDING"), (400, "RUNNING"), (8_000, "FAILED")), {
                "Name": "reload-week", "ActionOnFailure": "CONTINUE", "HadoopJarStep": {"Jar": "command-runner.jar", "Args": [
                    "spark-submit", "--deploy-mode", "cluster", "s3://ml-artifacts/jobs/reload_week.py"]}},
            "", {"Reason": "Unknown Error."}, logs=False, more={"application": CROWDED_APP}))


def crowd(count: int, bomb: int) -> dict:
    """So many files for one cluster, for readers that must not fetch them all, and one that inflates to `bomb` MiB. Gone with
    the next reset of the objects."""
    body, _ = ministack_state.body_of(layouts.oddities.packed(b"26/11/20 06:04:12 INFO Executor: Finished task\n"))
    root, at = f"emr/{CROWDED}/containers/{CROWDED_APP}/container_1763503312345_0001_01_", datetime.now(timezone.utc)
    told, _ = ministack_state.body_of(layouts.oddities.packed(
        f"26/11/20 06:04:10 INFO Client: Submitted application {CROWDED_APP}\n".encode()))
    ministack_state.place(BUCKET, f"emr/{CROWDED}/steps/{CROWDED_STEP}/stderr.gz", at, told, "application/x-gzip")
    for number in range(count // 2):
        for name in ("stderr.gz", "stdout.gz"):
            ministack_state.place(BUCKET, f"{root}{number:06d}/{name}", at, body, "application/x-gzip")
    if bomb:
        ministack_state.place(BUCKET, f"emr/{CROWDED}/steps/s-1BOMB00000000/stderr.gz", at, layouts.oddities.bomb(bomb),
                              "application/x-gzip")
    listing_index.changed()
    return {"bucket": BUCKET, "prefix": f"emr/{CROWDED}/", "count": count // 2 * 2, "step": CROWDED_STEP}


# CloudWatch Logs

# Groups without a run of the cast: one that keeps a month, one that is empty.
_GROUPS = {"/aws/emr-serverless": 30, "/emr-on-eks/kitchens": 14, "/aws-glue/jobs/output": None, "/aws-glue/jobs/error": None,
           "/aws-glue/jobs/logs-v2": None, "/aws/sagemaker/TrainingJobs": None, "/aws/sagemaker/ProcessingJobs": None,
           "/aws/sagemaker/TransformJobs": None, "/aws/sagemaker/Endpoints/menu-ranking": 7}


def plant_groups(estate) -> None:
    from moto.logs.models import logs_backends

    store = jobs.ready()
    states.play_functions()
    known = _fetch(estate, "streams", _streams)
    backend = logs_backends[ACCOUNT][REGION]
    for name, days in _GROUPS.items():
        if name not in backend.groups:
            backend.create_log_group(name, {})
            backend.groups[name].retention_in_days = days
    with store.lock:
        runs, calls = store.every_run(), list(store.invocations)
    for run in runs + [attempt for run in runs for attempt in run.attempts]:
        if run.when("RUNNING", "Training", "Running"):
            name = (run.engine, run.id, run.attempt)
            if name not in _streams or run.live or not run.over:
                dull = not run.cause and (run.ends < now() - 4 * 86_400 or run.name == "orders-extract")
                made = layouts.streams(run, 4 if dull else 12, run.over)
                if run.over and not run.live:
                    _streams[name] = made
            else:
                made = _streams[name]
            _to_groups(made, created=True)
    if not known:
        _store(estate, "streams", _streams)
    gathered: dict[tuple[str, str], list[dict]] = {}
    for call in sorted(calls, key=lambda call: call.began):
        group, stream, events = _lambda_stream(call)
        gathered.setdefault((group, stream), []).extend(events)
    _to_groups([(group, stream, events) for (group, stream), events in gathered.items()], created=True)
    with store.lock:
        tasks, replications = list(store.tasks.values()), list(store.replications.values())
    _to_groups([others.replication(task, now()) for task in tasks], created=True)
    _to_groups([one for each in replications for one in others.serverless(each, now())], created=True)
    _to_groups([others.container(estate.story.at(3, SCRAPED).timestamp() + SCRAPE_SECONDS)], created=True)
    labelled = estate.story.at(6, LABELLED).timestamp() + LABEL_SECONDS
    _to_groups([others.task(labelled), others.audit(labelled)], created=True)


def _lambda_stream(call: Invocation) -> layouts.Stream:
    """One stream for a day of a function, as one warm sandbox would have."""
    day = datetime.fromtimestamp(call.began, timezone.utc).strftime("%Y/%m/%d")
    return (f"/aws/lambda/{call.function}", f"{day}/[$LATEST]" + others.made_up("", 32, others.HEX, call.function, day),
            others.lambda_lines(call))


def _to_groups(streams: list[layouts.Stream], created: bool = False) -> None:
    from moto.logs.models import logs_backends

    backend = logs_backends[ACCOUNT][REGION]
    if not created and "/aws-glue/jobs/error" not in backend.groups:
        return  # Nobody has asked yet; all of it is written when somebody does.
    for group, name, events in streams:
        if group not in backend.groups:
            backend.create_log_group(group, {})
        if not events:
            continue
        known = backend.groups[group].streams
        fresh = name not in known
        if fresh:
            backend.create_log_stream(group, name)
        stream = known[name]
        last = stream.events[-1].timestamp if stream.events and not created and "/aws/lambda" not in group else -1
        stream.put_log_events([event for event in events if event["timestamp"] > last or last < 0])
        if created:
            first = datetime.fromtimestamp(events[0]["timestamp"] / 1000, timezone.utc).replace(tzinfo=None)
            stream.creation_time = first
            stream.last_ingestion_time = datetime.fromtimestamp(events[-1]["timestamp"] / 1000, timezone.utc).replace(tzinfo=None)
            backend.groups[group].creation_time = min(backend.groups[group].creation_time, first)
