"""Every failed job with the truth about it, for tests that hold a triage to it."""

from __future__ import annotations

from ...logs import failures
from . import ready
from .model import now


def told() -> list[dict]:
    store = ready()
    with store.lock:
        runs = [run for run in store.every_run() if run.cause and run.over and run.ends <= now()]
        clusters = [one for one in store.clusters.values() if one.cause]
    found = []
    for run in sorted(runs, key=lambda run: -run.ends):
        failure = failures.of(run.cause)
        found.append({"engine": run.engine, "place": run.place, "id": run.id, "name": run.name, "attempt": run.attempt,
                      "cause": failure.name, "signature": failure.number, "kind": failure.kind, "deepest": failure.deepest,
                      "logs": run.logs, "execution": run.more.get("execution"), "ended": run.ends})
    for one in clusters:
        failure = failures.of(one.cause)
        found.append({"engine": "cluster", "place": one.id, "id": one.id, "name": one.name, "attempt": 1, "cause": failure.name,
                      "signature": failure.number, "kind": failure.kind, "deepest": failure.short, "logs": bool(one.log_uri),
                      "execution": None, "ended": one.since()})
    return found
