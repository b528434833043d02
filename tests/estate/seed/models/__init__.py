"""The models of the platform: what is registered, approved, served, watched, and what that watching says.

Nothing is made at the start: the store fills when SageMaker is first asked, the buckets when one of their objects is.
`cast` who is who · `registry`, `files` versions and their evidence · `watches`, `served` endpoints and schedules ·
`images` what serves them, in moto's ECR · `monitors` what came of watching · `changes` what CloudTrail has besides · `flows` pipelines · `objects`, `captures` the buckets · `tracking` MLflow.
"""

from __future__ import annotations

from ...overrides import models
from ...overrides.models.model import Models
from . import changes, files, flows, images, objects, registry, served, tracking


def plant(estate) -> None:
    store = Models()

    def cast() -> None:
        files.forget()
        registry.cast(store, estate.story)
        store.cast = served.cast(store)
        flows.cast(store)
        tracking.cast(store, store.cast)
        changes.cast(store, estate.story)

    store.before = cast
    models.replace(store)
    objects.wait(estate)
