"""The estate leaves when its parent does, however the parent went.

Three ways of noticing, because none works everywhere: the parent's end of standard input closes (the portable one),
the parent's process id changes (looked at twice a second), and on Linux the kernel's signal. That signal also comes
when only the *thread* that started us ends, so it makes us look instead of leave.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import stat
import sys
import threading
import time

LOG = logging.getLogger("estate")
PR_SET_PDEATHSIG = 1


def leave(why: str) -> None:
    """At once: there is nothing to save, and the servers run in this process."""
    LOG.info("leaving: %s", why)
    logging.shutdown()
    os._exit(0)


def bind_to_parent() -> None:
    """Call first, from the main thread."""
    parent = os.getppid()

    def look(*_) -> None:
        if os.getppid() != parent:
            leave("the parent is gone")

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: leave(f"signal {number}"))
    signal.signal(signal.SIGUSR1, look)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGUSR1, 0, 0, 0)
    look()

    def keep_looking() -> None:
        while True:
            time.sleep(0.5)
            look()

    threading.Thread(target=keep_looking, daemon=True, name="parent").start()
    if _is_pipe(0):
        threading.Thread(target=_read_to_the_end, daemon=True, name="stdin").start()


def _is_pipe(number: int) -> bool:
    try:
        mode = os.fstat(number).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def _read_to_the_end() -> None:
    while os.read(0, 4096):
        pass
    leave("standard input closed")
