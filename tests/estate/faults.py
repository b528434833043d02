"""What a test may ask the fronts to do wrong, and what they saw: fault rules, a request log, a pause.

One object shared by both fronts and the control endpoint; every method may be called from any thread.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field


@dataclass
class Request:
    """What the fronts know of a request before anything answers it."""

    service: str
    action: str
    method: str
    path: str
    query: str = ""
    bucket: str = ""
    key: str = ""
    profile: str = ""
    region: str = ""
    headers: dict = field(default_factory=dict)

    def fits(self, match: dict) -> bool:
        for name, wanted in match.items():
            if name == "key_prefix":
                if not self.key.startswith(wanted):
                    return False
            elif getattr(self, name, None) != wanted:
                return False
        return True


MATCHABLE = {"service", "action", "method", "bucket", "key", "key_prefix", "profile", "query", "path"}
ANSWERS = {"status", "code", "message", "delay_ms", "drop", "truncate", "when"}


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[dict] = []
        self._log: deque[dict] = deque(maxlen=50_000)
        self._next_rule = 1
        self._next_request = 1
        self.hanging = threading.Event()

    def add(self, match: dict, times: int | None, answer: dict) -> int:
        unknown = (set(match) - MATCHABLE) | (set(answer) - ANSWERS)
        if unknown or not answer:
            raise ValueError(f"unknown or missing: {sorted(unknown) or 'answer'}; "
                             f"match by {sorted(MATCHABLE)}, answer with {sorted(ANSWERS)}")
        with self._lock:
            rule = {"id": self._next_rule, "match": match, "times": times, "answer": answer, "fired": 0}
            self._next_rule += 1
            self._rules.append(rule)
            return rule["id"]

    def take(self, request: Request) -> dict | None:
        """The answer of the oldest rule that fits and still has times left."""
        with self._lock:
            for rule in self._rules:
                spent = rule["times"] is not None and rule["fired"] >= rule["times"]
                if not spent and request.fits(rule["match"]):
                    rule["fired"] += 1
                    return {**rule["answer"], "rule": rule["id"]}
        return None

    def rules(self) -> list[dict]:
        with self._lock:
            return [dict(rule) for rule in self._rules]

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()
        self.hanging.clear()

    def note(self, request: Request, status: int, fault: int | None = None, more: dict | None = None) -> None:
        with self._lock:
            self._log.append({
                "seq": self._next_request, "time": round(time.time(), 3), "service": request.service,
                "action": request.action, "method": request.method, "path": request.path, "query": request.query,
                "bucket": request.bucket, "key": request.key, "profile": request.profile,
                "region": request.region, "headers": request.headers, "status": status, "fault": fault, **(more or {}),
            })
            self._next_request += 1

    def forget_requests(self) -> None:
        with self._lock:
            self._log.clear()

    def requests(self, since: int = 0, **match: str) -> dict:
        """Requests numbered above `since`, and the number to ask with next time."""
        with self._lock:
            found = [r for r in self._log if r["seq"] > since and all(r.get(k) == v for k, v in match.items())]
            return {"requests": found, "next": self._next_request - 1}


FAULTS = Faults()
