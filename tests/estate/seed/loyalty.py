"""What `loyalty-merge` reads: a folder for each day, `lake-raw/loyalty/DAY/`, with the points of the day before, packed.

Today's came whole at 02:50 and again, cut off in the middle of its gzip stream, at 03:05, ten minutes before the run.
"""

from __future__ import annotations

import gzip
import random

from ..clockwork import CLOCK
from .clients import client

BUCKET, NAME = "lake-raw", "points.csv.gz"
CUT = 4_096   # bytes
ROWS = 6_000
DAYS = 4


def plant(estate) -> None:
    story, s3 = estate.story, client(estate, "s3")
    for days_before in range(DAYS - 1, -1, -1):
        key = f"loyalty/{story.at(days_before, '00:00').date()}/{NAME}"
        whole = gzip.compress(_points(story, days_before), mtime=0)
        uploads = [("02:50:31", whole)]
        if days_before == 0:
            uploads.append(("03:05:12", whole[:CUT]))
        for clock, body in uploads:
            with CLOCK.at(story.at(days_before, clock)):
                s3.put_object(Bucket=BUCKET, Key=key, Body=body, ContentType="application/gzip")


def _points(story, days_before: int) -> bytes:
    dice = random.Random(f"points-{days_before}")
    day = story.at(days_before + 1, "00:00").date()
    rows = "".join(f"m-{dice.randrange(10 ** 7):07d},{dice.randrange(5, 400)},store-{dice.randrange(1, 412):04d},{day}\n"
                   for _ in range(ROWS))
    return ("member_id,points,store,earned_on\n" + rows).encode()
