"""Lines with a clock: each a little later than the one before, in the pattern of the program that writes them."""

from __future__ import annotations

import random
import time


class Pen:
    """`pattern`: spark (log4j2 of Spark), hadoop (daemons), iso (JSON layouts' clock), python (the logging module)."""

    def __init__(self, start: float, end: float, expected: int, dice: random.Random, pattern: str = "spark",
                 zone: int = 0) -> None:
        self.now, self.end, self.dice, self.zone = start, max(start, end), dice, zone
        self.step = max(0.0, (end - start) / max(1, expected))
        self.lines: list[str] = []
        self._pattern = getattr(self, "_" + pattern)
        self._minute, self._text, self._random = -1, "", dice.random

    def on(self) -> None:
        later = self.now + self.step * 2 * self._random()
        self.now = later if later < self.end else self.end

    def say(self, level: str, where: str, text: str) -> None:
        later = self.now + self.step * 2 * self._random()  # as `on`, without its call
        self.now = later if later < self.end else self.end
        self.lines.append(self._pattern(level, where, text))

    def info(self, where: str, text: str) -> None:
        later = self.now + self.step * 2 * self._random()
        self.now = later if later < self.end else self.end
        self.lines.append(self._pattern("INFO", where, text))

    def warn(self, where: str, text: str) -> None:
        self.say("WARN", where, text)

    def error(self, where: str, text: str) -> None:
        self.say("ERROR", where, text)

    def told(self, line: str) -> None:
        """ "LEVEL Class: text", as the failures keep them."""
        level, _, rest = line.partition(" ")
        where, _, text = rest.partition(": ")
        self.say(level, where, text)

    def raw(self, text: str) -> None:
        self.lines.append(text)

    def pause_until(self, when: float) -> None:
        self.now = max(self.now, min(self.end, when))

    def _clock(self, shape: str) -> str:
        """`shape` without its seconds, which follow from the minute."""
        minute, second = divmod(int(self.now), 60)
        if minute != self._minute:
            self._minute, self._text = minute, time.strftime(shape, time.gmtime(minute * 60 + self.zone))
        return f"{self._text}:{second:02d}"

    def _spark(self, level: str, where: str, text: str) -> str:
        return f"{self._clock('%y/%m/%d %H:%M')} {level} {where}: {text}"

    def _hadoop(self, level: str, where: str, text: str) -> str:
        return f"{self._clock('%Y-%m-%d %H:%M')},{int(self.now % 1 * 1000):03d} {level} {where}: {text}"

    def _python(self, level: str, where: str, text: str) -> str:
        return f"{self._clock('%Y-%m-%d %H:%M')},{int(self.now % 1 * 1000):03d} - {where} - {level} - {text}"

    def _iso(self, level: str, where: str, text: str) -> str:
        return f"{self._clock('%Y-%m-%dT%H:%M')}.{int(self.now % 1 * 1000):03d}Z {level} {where}: {text}"

    def bytes(self) -> bytes:
        return ("\n".join(self.lines) + "\n").encode() if self.lines else b""


def stamp(when: float) -> str:
    """As YARN puts it into diagnostics."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(when)) + f".{int(when % 1 * 1000):03d}"
