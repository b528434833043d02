"""`python -m estate --state-dir DIR [--seed small|full] [--quiet]`: starts, prints one JSON line, stays."""

from __future__ import annotations

import argparse
import gc
import json
import logging
import os
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path

STARTED = time.monotonic()


def main() -> int:
    parser = argparse.ArgumentParser(prog="estate", description=__doc__)
    parser.add_argument("--state-dir", type=Path, help="where AWS configuration and log go (default: a temporary one)")
    parser.add_argument("--seed", choices=("small", "full"), default="full")
    parser.add_argument("--quiet", action="store_true", help="log warnings only")
    options = parser.parse_args()
    state_dir = (options.state_dir or Path(tempfile.mkdtemp(prefix="estate-"))).resolve()
    state_dir.mkdir(parents=True, exist_ok=True)

    from . import lifetime

    lifetime.bind_to_parent()
    ready_line, complaints = _keep_streams(state_dir / "estate.log")
    logging.basicConfig(level=logging.WARNING if options.quiet else logging.INFO,
                        format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # What the start makes stays: collecting it again and again costs a fifth of the start, and later of every request.
    gc.disable()
    try:
        from . import control
        from .estate import Estate

        estate = Estate(options.seed, state_dir)
        estate.start()
        answer = {
            "ready": True, "profile": "practice", "config_file": str(estate.config_file),
            "credentials_file": str(estate.credentials_file),
            "endpoints": {"s3": estate.s3.url, "aws": estate.aws.url}, "pid": os.getpid(),
            "control": control.start(estate), "story_day": str(estate.story.day), "seed": options.seed,
            "seconds": round(time.monotonic() - STARTED, 2),
        }
    except Exception:
        traceback.print_exc()
        print(f"The practice estate did not start; see {state_dir / 'estate.log'}:\n{traceback.format_exc()}",
              file=complaints, flush=True)
        return 1
    gc.freeze()
    gc.enable()
    (state_dir / "ready.json").write_text(json.dumps(answer, indent=2) + "\n")
    print(json.dumps(answer), file=ready_line, flush=True)
    threading.Event().wait()
    return 0


def _keep_streams(log: Path):
    """Standard output is for one line. Whatever libraries print goes to the log."""
    ready_line, complaints = os.fdopen(os.dup(1), "w"), os.fdopen(os.dup(2), "w")
    with log.open("w") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    return ready_line, complaints


if __name__ == "__main__":
    sys.exit(main())
