"""Seeds that wait for the first question to their service, because that service's part of moto takes long to load."""

from __future__ import annotations

import threading
from typing import Callable

_LOCK = threading.Lock()
_WAITING: dict[str, Callable[[], None]] = {}


def on_first_call(service: str, plant: Callable[[], None]) -> None:
    """`service` by its signing name. A reset registers again, and so plants again."""
    with _LOCK:
        _WAITING[service] = plant


def called(service: str) -> None:
    with _LOCK:  # A second caller waits until the first has planted.
        plant = _WAITING.pop(service, None)
        if plant:
            plant()
