"""The models of the platform: what is registered, approved, served, watched, and what that watching says.

Nothing is made at the start: the store fills when SageMaker is first asked, the buckets when one of their objects is.
`cast` who is who · `registry`, `files` versions and their evidence · `monitors` endpoints and schedules · `flows` pipelines ·
`objects` the buckets · `tracking` MLflow.
"""

from __future__ import annotations

from ...overrides import models
from ...overrides.models.model import Models
from . import files, flows, monitors, objects, registry, tracking


def plant(estate) -> None:
    store = Models()

    def cast() -> None:
        files.forget()
        registry.cast(store, estate.story)
        store.cast = monitors.cast(store)
        flows.cast(store)
        tracking.cast(store, store.cast)

    store.before = cast
    models.replace(store)
    objects.wait(estate)
