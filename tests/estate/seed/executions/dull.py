"""The machines nobody asks about: a Pass state each, with nothing to show or a few successes.

There are so many because a platform has so many: lists must find the few that matter among them.
"""

from __future__ import annotations

import random

from ...overrides.step_functions.model import Machine, Revision
from .kit import Cast, Past, stamp

TOTAL = {"small": 40, "full": 500}
AREAS = ("stores", "tills", "menu", "loyalty", "suppliers", "kitchens", "delivery", "payments", "staff", "marketing",
         "tax",
         "fleet", "energy", "finance", "legal", "hr", "web", "app", "kiosk", "franchise")
WORKS = ("import", "export", "archive", "cleanup", "report", "audit", "mirror", "refresh", "notify", "rotate",
         "reindex",
         "compact", "validate", "enrich", "digest", "snapshot")


def _definition(area: str, work: str) -> dict:
    return {"Comment": f"{work} of {area}", "StartAt": "Do", "States": {"Do": {"Type": "Pass", "End": True}}}


def _past(past: Past) -> None:
    for number in range(past.dice.randrange(1, 5)):
        when = past.at(number + 1, "00:00:00") + past.dice.randrange(86_000)
        past.run(stamp(when), when, {})


def cast(cast: Cast) -> None:
    dice, made = random.Random("dull"), len(cast.store.machines)
    names = [(area, work, number) for number in ("", "-v2") for work in WORKS for area in AREAS]
    for area, work, number in names[:TOTAL[cast.story.size] - made]:
        name = f"{area}-{work}{number}"
        created = cast.at(30 + dice.randrange(900), "10:00:00") + dice.randrange(20_000)
        machine = cast.store.add(Machine(name=name, created=created,
                                         revisions=[Revision(_definition(area, work), created, name)]))
        if dice.random() < 0.4:
            machine.past = lambda machine: _past(Past(cast, machine))
