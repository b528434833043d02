"""What ran, runs and will not run on the engines; where its logs are. Each module casts one engine.

Runs of Step Functions' tasks are not here: they come from the executions (`overrides.jobs.states`).
"""

from __future__ import annotations

from ...overrides import jobs, step_functions
from ...overrides.jobs import states
from ...overrides.jobs.model import Jobs, now
from . import applications, calls, clusters, ends, glue, kubernetes, logs, models
from .kit import Stage

MODULES = (clusters, applications, kubernetes, glue, models, calls, ends)


def plant(estate) -> None:
    store = Jobs()
    store.pace = lambda: step_functions.store().pace
    store.before = states.play
    logs.bind(store, estate)
    stage = Stage(store, estate.story, now())
    for module in MODULES:
        module.cast(stage)
    jobs.replace(store)
    logs.wait(estate)
