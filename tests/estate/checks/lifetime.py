"""One line on standard output, and gone when the parent goes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

from .bench import TESTS, same, start, state_dir


def _gone(pid: int, seconds: float = 3) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
            with open(f"/proc/{pid}/stat") as stat:
                if stat.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.05)
    return False


def check_leaves_on_end_of_input(_) -> None:
    child, ready = start()
    child.stdin.close()
    same(child.wait(timeout=3), 0)
    same(child.stdout.read(), "")
    assert ready["pid"] == child.pid


def check_leaves_on_sigterm(_) -> None:
    child, _ready = start()
    child.send_signal(signal.SIGTERM)
    same(child.wait(timeout=2), 0)


def check_leaves_when_the_parent_is_killed(_) -> None:
    """A parent that gave no pipe and had no time to say anything."""
    parent = subprocess.Popen(
        [sys.executable, "-c", "import subprocess, sys, time\n"
         "subprocess.Popen([sys.executable, '-m', 'estate', '--state-dir', sys.argv[1], '--seed', 'small'],"
         " stdin=subprocess.DEVNULL)\ntime.sleep(60)", state_dir()], cwd=TESTS, stdout=subprocess.PIPE, text=True)
    ready = json.loads(parent.stdout.readline())
    parent.kill()
    parent.wait()
    assert _gone(ready["pid"]), "the estate outlived its parent"


def check_stays_when_only_a_thread_ends(_) -> None:
    """Test runners start children from threads that end; the estate must stay."""
    import threading

    started: list = []
    thread = threading.Thread(target=lambda: started.append(start()))
    thread.start()
    thread.join()
    child, _ready = started[0]
    time.sleep(1)
    same(child.poll(), None)
    child.stdin.close()
    child.wait(timeout=3)
