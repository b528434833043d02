"""What is many: a key with 5,000 versions and a folder with a hundred thousand entries, written into the state."""

from __future__ import annotations

from datetime import timedelta

from .. import ministack_state

BUCKET = "lake-raw"
CHECKPOINT = "data/state/checkpoint.json"
CHECKPOINTS = 5_000
EVENTS = {"small": 2_000, "full": 100_000}


def plant(estate) -> None:
    story = estate.story
    newest = story.at(0, "05:45:00")
    ministack_state.store(BUCKET, CHECKPOINT, [
        (newest - timedelta(minutes=2 * (CHECKPOINTS - 1 - n)),
         ministack_state.body_of(f'{{"offset": {n * 1_000}, "lag": {n * 7 % 90}}}\n'.encode()))
        for n in range(CHECKPOINTS)], "application/json")

    bodies = [ministack_state.body_of(b'{"event":"order","items":[' + b'"SKU-20017",' * n + b'"SKU-20001"]}\n')
              for n in range(40)]
    count = EVENTS[story.size]
    first = story.at(28, "00:00:00")
    step = timedelta(days=27) / count
    for n in range(count):
        ministack_state.store(BUCKET, f"{ministack_state.MASS_PREFIX}event-{n:06d}.json",
                              [(first + step * n, bodies[n * 13 % 40])], "application/json")
