"""Plays strands of work, each a generator that says how long it pauses or what it waits for.

In the past the clock jumps from pause to pause, so a morning's run is recorded in a moment. Live, a thread really
waits. One schedule can do first the one and then the other: so an execution that began an hour ago goes on now.
"""

from __future__ import annotations

import heapq
import threading
import time
from dataclasses import dataclass
from typing import Any, Generator


class StateError(Exception):
    """A failure inside a state, with the two words that Step Functions keeps of it."""

    def __init__(self, error: str, cause: str | None = None) -> None:
        super().__init__(error)
        self.error, self.cause = error, cause


@dataclass
class Pause:
    seconds: float               # in a recorded run
    beats: float | None = None   # live: so many times the pace; None: the same seconds


@dataclass
class Join:
    """Wakes when one of the strands has ended, or when the deadline (seconds) has passed."""

    strands: list[Strand]
    seconds: float | None = None


class Strand:
    __slots__ = ("work", "owner", "ended", "result", "failure", "waits", "turn")

    def __init__(self, work: Generator, owner: Any) -> None:
        self.work, self.owner = work, owner
        self.ended = False
        self.result: Any = None
        self.failure: StateError | None = None
        self.waits: Join | None = None
        self.turn = 0  # wakes of an earlier turn are stale


class Scheduler:
    def __init__(self, store, start: float, live: bool) -> None:
        self.store, self.live = store, live
        self.now = start
        # Set for what began in the past: it goes on at its own speed, not at the pace of a try.
        self.at_its_own_speed = False
        self._ready: list[Strand] = []
        self._later: list[tuple[float, int, int, Strand]] = []
        self._joined: dict[int, list[Strand]] = {}
        self._count = 0
        self._woken = threading.Condition(store.lock)

    def spawn(self, work: Generator, owner: Any) -> Strand:
        strand = Strand(work, owner)
        self._ready.append(strand)
        return strand

    def cancel(self, strand: Strand) -> None:
        """Ends a strand where it stands. Whatever it began is ended by its own `except GeneratorExit`."""
        if not strand.ended:
            strand.ended = True
            strand.failure = StateError("States.Aborted")
            strand.work.close()
            self._tell(strand)

    def wake(self) -> None:
        with self._woken:
            self._woken.notify_all()

    def play_past(self, until: float | None = None) -> bool:
        """Plays until nothing is left, or until a time. Says whether something is left."""
        while True:
            self.settle()
            if not self._later or (until is not None and self._later[0][0] > until):
                break
            self._wake_first()
        if self._later and until is not None:
            self.now = max(self.now, until)
        return bool(self._later)

    def go_live(self) -> None:
        self.live = True
        threading.Thread(target=self._run, daemon=True, name="player").start()

    def _run(self) -> None:
        with self._woken:
            while not self.store.closed:
                self.now = max(self.now, round(time.time(), 3))
                while self._later and self._later[0][0] <= self.now:
                    self._wake_first()
                self.settle()
                if not self._later:
                    return
                self._woken.wait(max(0.0, self._later[0][0] - time.time()))

    def settle(self) -> None:
        """Plays what waits for nothing."""
        while self._ready:
            self._step(self._ready.pop(0))
        self._forget_stale()

    def _forget_stale(self) -> None:
        """Deadlines of what has ended would keep the thread for nothing."""
        while self._later and (self._later[0][3].ended or self._later[0][3].turn != self._later[0][2]):
            heapq.heappop(self._later)

    def _wake_first(self) -> None:
        when, _, turn, strand = heapq.heappop(self._later)
        if not strand.ended and strand.turn == turn:
            if not self.live:
                self.now = max(self.now, when)
            self._ready.append(strand)

    def _step(self, strand: Strand) -> None:
        if strand.ended:
            return
        strand.turn += 1
        strand.waits = None
        try:
            asked = next(strand.work)
        except StopIteration as end:
            strand.ended, strand.result = True, end.value
            self._tell(strand)
        except StateError as failure:
            strand.ended, strand.failure = True, failure
            self._tell(strand)
        else:
            self._wait(strand, asked)

    def _wait(self, strand: Strand, asked: Pause | Join) -> None:
        if isinstance(asked, Pause):
            seconds = asked.seconds
            if self.live and asked.beats is not None and not self.at_its_own_speed:
                seconds = asked.beats * self.store.pace
            self._push(strand, seconds)
            return
        strand.waits = asked
        if any(other.ended for other in asked.strands):
            self._ready.append(strand)
            return
        for other in asked.strands:
            self._joined.setdefault(id(other), []).append(strand)
        if asked.seconds is not None:
            self._push(strand, asked.seconds)

    def _push(self, strand: Strand, seconds: float) -> None:
        self._count += 1
        heapq.heappush(self._later, (self.now + seconds, self._count, strand.turn, strand))

    def _tell(self, ended: Strand) -> None:
        for waiting in self._joined.pop(id(ended), ()):
            if waiting.waits and ended in waiting.waits.strands and waiting not in self._ready:
                self._ready.append(waiting)
