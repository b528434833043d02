"""Time and ids inside ministack: the one place that reaches into its state to put versions into the past.

ministack stamps what it stores with `now_iso()` and names it with `new_uuid()`. Both are replaced here. While the
seed runs, the clock stands where the story needs it and ids come from a fixed seed, so that every start lists the
same version ids at the same distance from today. Afterwards the clock runs, in whole seconds as S3 stores them
("Amazon S3 API Reference, ListObjectVersions": LastModified).
"""

from __future__ import annotations

import random
import threading
from base64 import b64encode
from contextlib import contextmanager
from datetime import datetime, timezone


def iso(when: datetime) -> str:
    """S3 stores whole seconds and prints three zeros after them."""
    return when.astimezone(timezone.utc).isoformat(timespec="seconds")[:19] + ".000Z"


class Clockwork:
    def __init__(self) -> None:
        self._standing: datetime | None = None
        self._ids = random.SystemRandom()
        self._local = threading.local()

    def install(self) -> None:
        from ministack.services import s3

        s3.now_iso = self.now_iso
        s3.new_uuid = self.new_id

    def now_iso(self) -> str:
        return iso(self._standing or datetime.now(timezone.utc))

    def new_id(self) -> str:
        """32 characters, as S3's version ids have; never starting with punctuation, so shells and people cope."""
        ids = getattr(self._local, "ids", None) or self._ids
        token = b64encode(ids.randbytes(24), b"._").decode()
        return token if token[0].isalpha() else "V" + token[1:]

    @contextmanager
    def at(self, when: datetime):
        """Everything stored inside the block is stored at `when`."""
        before, self._standing = self._standing, when
        try:
            yield
        finally:
            self._standing = before

    @contextmanager
    def same_ids_every_time(self, seed: str):
        self._ids = random.Random(seed)
        try:
            yield
        finally:
            self._ids = random.SystemRandom()


    @contextmanager
    def same_ids(self, seed: str):
        """For what is planted while the clock runs: only this thread's ids are the same every time."""
        before, self._local.ids = getattr(self._local, "ids", None), random.Random(seed)
        try:
            yield
        finally:
            self._local.ids = before


CLOCK = Clockwork()
