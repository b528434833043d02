"""The two servers, in this process, on free ports of 127.0.0.1: ministack for S3, moto for everything else.

Each can be unplugged and plugged in again on its port, for tests of a lost network.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import threading
import time

from .story import ACCOUNT, REGION

HOST = "127.0.0.1"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def closed_port() -> tuple[int, socket.socket]:
    """A port that refuses every connection: bound, never listening. Keep the socket to keep the port."""
    held = socket.socket()
    held.bind((HOST, 0))
    return held.getsockname()[1], held


class S3Server:
    """ministack behind its front, served by hypercorn in a thread of its own."""

    def __init__(self) -> None:
        os.environ.update({
            "MINISTACK_ACCOUNT_ID": ACCOUNT, "MINISTACK_REGION": REGION, "S3_PERSIST": "0", "PERSIST_STATE": "0",
            "BIND_HOST": HOST, "LOG_LEVEL": "WARNING", "SERVICES": "s3",
        })
        from hypercorn.config import Config
        from ministack.app import app

        from .front_s3 import S3Front

        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}"
        self._app = S3Front(app)
        self._config = Config()
        self._config.bind = [f"{HOST}:{self.port}"]
        self._config.accesslog = None
        self._config.errorlog = logging.getLogger("estate.s3")
        self._config.keep_alive_timeout = 75
        self._config.graceful_timeout = 0.2
        self._config.include_server_header = False
        self._config.h11_max_incomplete_size = 64 * 1024
        self._loop: asyncio.AbstractEventLoop | None = None
        self._unplug: asyncio.Event | None = None

    def start(self) -> None:
        threading.Thread(target=self._serve, daemon=True, name="s3").start()
        wait_for_listener(self.port)

    def _serve(self) -> None:
        from hypercorn.asyncio import serve

        async def until_unplugged() -> None:
            self._loop = asyncio.get_running_loop()
            self._unplug = asyncio.Event()
            await serve(self._app, self._config, shutdown_trigger=self._unplug.wait)

        asyncio.run(until_unplugged())

    def unplug(self) -> None:
        self._loop.call_soon_threadsafe(self._unplug.set)
        wait_for_listener(self.port, listening=False)

    def call(self, work) -> None:
        """Runs `work` between two requests, on the thread that serves them."""
        if self._loop is None or self._loop.is_closed():
            work()
            return
        done, failed = threading.Event(), []

        def run() -> None:
            try:
                work()
            except Exception as error:  # handed to the caller's thread below
                failed.append(error)
            finally:
                done.set()

        self._loop.call_soon_threadsafe(run)
        done.wait()
        if failed:
            raise failed[0]


class AwsServer:
    """moto behind its front, on werkzeug's threaded server."""

    def __init__(self) -> None:
        os.environ.setdefault("MOTO_ACCOUNT_ID", ACCOUNT)
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

        from .front_aws import AwsFront

        self._app = AwsFront(DomainDispatcherApplication(create_backend_app))
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}"
        self._server = None

    def start(self) -> None:
        from moto.moto_server.werkzeug_app import MotoRequestHandler
        from werkzeug.serving import make_server

        class Quiet(MotoRequestHandler):
            def log_request(self, *args) -> None:
                pass

        self._server = make_server(HOST, self.port, self._app, threaded=True, request_handler=Quiet)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True, name="aws").start()
        wait_for_listener(self.port)

    def unplug(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def wait_for_listener(port: int, listening: bool = True, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if (probe.connect_ex((HOST, port)) == 0) == listening:
                return
        time.sleep(0.01)
    raise RuntimeError(f"port {port} is {'not ' if listening else 'still '}listening after {seconds} s")
