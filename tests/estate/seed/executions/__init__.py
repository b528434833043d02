"""The machines of the platform and what they did: three weeks of executions, this morning's failures among them.

Machines are made at once, their past when somebody first looks at it, and a run is played when it is listed: the start
pays for none of it. `kit` has the tools, each other module a part of the cast.
"""

from __future__ import annotations

from ...overrides import step_functions
from ...overrides.step_functions import history
from ...overrides.step_functions.model import Store
from . import clocks, dull, express, jobs, loads, odd, orders, sales, shops, warehouse
from .kit import Cast

# `dull` last: it fills up to the number of machines that the size has.
MODULES = (sales, orders, warehouse, shops, jobs, loads, clocks, odd, express, dull)


def plant(estate) -> None:
    store = Store()
    cast = Cast(store, estate.story, history.now())
    for module in MODULES:
        module.cast(cast)
    step_functions.replace(store)
