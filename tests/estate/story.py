"""Who and when: the account, the regions and the calendar that every seed module shares.

"Today" is the story day. All dates of the estate hang from it and lie in the past, so a person can start the
estate at any hour and finds this morning's accident this morning.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

ACCOUNT = "123456789012"
REGION = "eu-west-1"
OTHER_REGION = "us-east-1"

# The second upload of the story happens at 06:00:12, so a day is ready to be told at half past six.
STORY_READY = time(6, 30)


@dataclass(frozen=True)
class Story:
    """One telling: its size (`small` for tests, `full` for the demo) and its day."""

    size: str
    day: date

    @classmethod
    def told_now(cls, size: str, now: datetime | None = None) -> Story:
        now = now or datetime.now(timezone.utc)
        day = now.date() if now.time() >= STORY_READY else now.date() - timedelta(days=1)
        return cls(size=size, day=day)

    @property
    def full(self) -> bool:
        return self.size == "full"

    def at(self, days_before: int, clock: str) -> datetime:
        """The UTC moment `clock` ("06:00" or "06:00:12"), `days_before` days before the story day."""
        return on(self.day - timedelta(days=days_before), clock)


def on(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=timezone.utc)
