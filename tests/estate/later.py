"""Seeds that wait for the first question to their service, because that service's part of moto takes long to load."""

from __future__ import annotations

import threading
from typing import Callable

_LOCK = threading.Lock()
_WAITING: dict[str, Callable[[], None]] = {}
_PLANTING: set[str] = set()


def on_first_call(service: str, plant: Callable[[], None]) -> None:
    """`service` by its signing name, or `s3/BUCKET`. A reset registers again, and so plants again."""
    with _LOCK:
        _WAITING[service] = plant


def waits(service: str) -> bool:
    return service in _WAITING or service in _PLANTING


def called(service: str) -> None:
    if not waits(service):
        return
    with _LOCK:  # A second caller waits until the first has planted.
        plant = _WAITING.get(service)
        if plant:
            _PLANTING.add(service)
            del _WAITING[service]
            try:
                plant()
            finally:
                _PLANTING.discard(service)
