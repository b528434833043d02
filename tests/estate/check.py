"""`python -m estate.check`: starts a small estate and holds it to its promises; ends with `N passed, N failed`.

Each check is a function of `checks/`, named `check_…`, that takes a `Bench` and raises when a promise is broken.
"""

from __future__ import annotations

import sys
import time
import traceback

from .checks import (
    around_states, bench, conditions, control, executions, history, jobs, lifetime, listings, logs, models, monitors, platform,
    profiles, reruns, subresources,
)

MODULES = (history, listings, conditions, subresources, profiles, control, platform, executions, reruns, around_states,
           jobs, logs, models, monitors, lifetime)


def main() -> int:
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    passed = failed = 0
    with bench.Bench() as estate:
        print(f"ready in {estate.ready['seconds']} s")
        for module in MODULES:
            for name, check in vars(module).items():
                if not name.startswith("check_") or only not in name:
                    continue
                started = time.monotonic()
                try:
                    estate.control("POST", "reset", {"area": "objects"})
                    check(estate)
                    passed += 1
                    print(f"ok    {name} ({(time.monotonic() - started) * 1000:.0f} ms)")
                except Exception:
                    failed += 1
                    print(f"FAIL  {name}\n{traceback.format_exc()}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
