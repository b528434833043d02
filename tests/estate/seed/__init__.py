"""The seeds, one module for each area of the story.

An area is planted in order and can be put back to its seed by itself. A new area adds a module with `plant(estate)`
and a line here: what lives in moto joins `AWS_SEEDS`, what lives in S3 joins `S3_SEEDS`. What Step Functions
and the engines keep is in neither: see `executions`, `jobs` and `models`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

from .. import ministack_state
from ..clockwork import CLOCK
from ..overrides import listing_index
from . import (
    alerts, buckets, clients, executions, functions, jobs, lake, loyalty, mass, models, odd_keys, others, outputs, people, pipeline,
    sales, triggers,
)

S3_SEEDS = (buckets, sales, lake, odd_keys, others, mass, outputs, loyalty)
AWS_SEEDS = (people, pipeline, triggers, alerts, functions, models.images)


@dataclass
class Planted:
    reset: Callable[[], None]


def plant_all(estate) -> dict[str, Planted]:
    with CLOCK.same_ids_every_time(f"objects-{estate.story.size}"):
        for module in S3_SEEDS:
            module.plant(estate)
    listing_index.changed()
    kept = ministack_state.Snapshot()
    _plant_states(estate)
    models.plant(estate)
    _plant_aws(estate)
    return {
        "objects": Planted(lambda: _restore(estate, kept)),
        "platform": Planted(lambda: _replant_aws(estate)),
        "executions": Planted(lambda: _plant_states(estate)),
        "models": Planted(lambda: models.plant(estate)),
    }


def _restore(estate, kept) -> None:
    estate.s3.call(kept.restore)
    jobs.logs.wait(estate)
    models.objects.wait(estate)


def _plant_states(estate) -> None:
    """Step Functions, and the engines with it: executions tell them of their jobs when they are played."""
    jobs.plant(estate)
    executions.plant(estate)


def _plant_aws(estate) -> None:
    for module in AWS_SEEDS:
        module.plant(estate)


def _replant_aws(estate) -> None:
    clients.forget_moto()
    _plant_aws(estate)
