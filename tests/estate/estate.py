"""The estate as a whole: servers, seeds and profiles put together, reset, unplugged and plugged in."""

from __future__ import annotations

import time
from pathlib import Path

from . import overrides, profiles, seed
from .clockwork import CLOCK
from .faults import FAULTS
from .overrides.deliveries import DELIVERIES
from .servers import HOST, AwsServer, S3Server, closed_port
from .story import Story


class Estate:
    def __init__(self, size: str, state_dir: Path) -> None:
        self.state_dir = state_dir
        self.story = Story.told_now(size)
        self.timings: dict[str, float] = {}
        self.unplugged: set[str] = set()

    def start(self) -> None:
        started = time.monotonic()
        self.s3, self.aws = S3Server(), AwsServer()
        overrides.install()
        CLOCK.install()
        self.timings["imports"] = time.monotonic() - started

        self.s3.start()
        self.aws.start()
        started = time.monotonic()
        self.seeds = seed.plant_all(self)
        self.timings["seed"] = time.monotonic() - started
        FAULTS.forget_requests()
        DELIVERIES.on = True

        port, self._closed = closed_port()
        self.config_file, self.credentials_file = profiles.write_files(
            self.state_dir, self.s3.url, self.aws.url, f"http://{HOST}:{port}")

    def reset(self, area: str | None = None) -> list[str]:
        """Puts one area, or all, back to its seed, and forgets faults. The request log stays."""
        FAULTS.clear()
        done = []
        for name, planted in self.seeds.items():
            if area in (None, name):
                planted.reset()
                done.append(name)
        if not done:
            raise ValueError(f"no area {area!r}; there are {sorted(self.seeds)}")
        return done

    def pause(self, mode: str, which: str) -> None:
        """`hang`: connections open, nothing answers. `refuse`: connections are refused."""
        if mode == "hang":
            FAULTS.hanging.set()
        elif mode == "refuse":
            for name in self._named(which) - self.unplugged:
                getattr(self, name).unplug()
                self.unplugged.add(name)
        else:
            raise ValueError("mode is hang or refuse")

    def resume(self) -> None:
        FAULTS.hanging.clear()
        for name in sorted(self.unplugged):
            getattr(self, name).start()
        self.unplugged.clear()

    @staticmethod
    def _named(which: str) -> set[str]:
        names = {"s3", "aws"} if which == "both" else {which}
        if names - {"s3", "aws"}:
            raise ValueError("server is s3, aws or both")
        return names
