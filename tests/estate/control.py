"""The control endpoint: what a test says to the estate itself, on a port of its own, so it works while all is unplugged.

GET  /_estate/status                         story, timings, areas
GET  /_estate/requests?since=N&action=A...   what the fronts saw after number N
GET  /_estate/fired                          fault rules with how often each fired
POST /_estate/fault   {match, times, answer} adds a rule, replies with its id
POST /_estate/clear                          forgets all rules and the pause
POST /_estate/reset   {area?}                back to the seed
POST /_estate/pause   {mode: hang|refuse, server: s3|aws|both}
POST /_estate/resume
POST /_estate/pace    {seconds}              how long one beat of a live execution takes; a task takes 0.3 to 2 of them
POST /_estate/crowd   {count, bomb_mib?}     puts so many log files under one cluster with a step, and one that inflates to so much
POST /_estate/deliver {on}                   whether new objects start what the rules say
GET  /_estate/causes                         every failed job with what is wrong with it: the truth for a triage
"""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from .faults import FAULTS
from .overrides import step_functions
from .overrides.deliveries import DELIVERIES
from .overrides.jobs import causes
from .seed.jobs import logs as job_logs
from .servers import HOST


def start(estate) -> str:
    server = ThreadingHTTPServer((HOST, 0), _handler(estate))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True, name="control").start()
    return f"http://{HOST}:{server.server_address[1]}/_estate"


def _routes(estate) -> dict:
    def status(_):
        return {"story_day": str(estate.story.day), "seed": estate.story.size, "areas": sorted(estate.seeds),
                "timings": {k: round(v, 2) for k, v in estate.timings.items()}, "unplugged": sorted(estate.unplugged)}

    def fault(asked):
        times = asked.get("times", 1)
        return {"id": FAULTS.add(asked.get("match", {}), times, asked.get("answer", {}))}

    def reset(asked):
        started = time.monotonic()
        return {"reset": estate.reset(asked.get("area")), "ms": round((time.monotonic() - started) * 1000)}

    def pause(asked):
        estate.pause(asked.get("mode", "refuse"), asked.get("server", "both"))
        return {"paused": True}

    def pace(asked):
        states = step_functions.store()
        states.pace = max(0.001, float(asked.get("seconds", states.pace)))
        return {"seconds": states.pace}

    def deliver(asked):
        DELIVERIES.on = bool(asked.get("on", DELIVERIES.on))
        return {"on": DELIVERIES.on}

    def crowd(asked):
        made: dict = {}
        job_logs.crowded()
        estate.s3.call(lambda: made.update(job_logs.crowd(int(asked.get("count", 50_000)), int(asked.get("bomb_mib", 0)))))
        return made

    return {
        ("GET", "status"): status,
        ("GET", "requests"): lambda asked: FAULTS.requests(int(asked.pop("since", 0)), **asked),
        ("GET", "fired"): lambda _: {"rules": FAULTS.rules()},
        ("POST", "fault"): fault,
        ("POST", "clear"): lambda _: FAULTS.clear() or {"cleared": True},
        ("POST", "reset"): reset,
        ("POST", "pause"): pause,
        ("POST", "resume"): lambda _: estate.resume() or {"paused": False},
        ("POST", "pace"): pace,
        ("POST", "deliver"): deliver,
        ("POST", "crowd"): crowd,
        ("GET", "causes"): lambda _: {"causes": causes.told()},
    }


def _handler(estate):
    routes = _routes(estate)
    one_at_a_time = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(dict(parse_qsl(urlsplit(self.path).query)))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                asked = json.loads(body or b"{}")
            except ValueError:
                self._send(400, {"error": "the body is not JSON"})
                return
            self._answer(asked)

        def _answer(self, asked: dict) -> None:
            path = urlsplit(self.path).path.removeprefix("/_estate/")
            route = routes.get((self.command, path))
            if route is None:
                self._send(404, {"error": f"no {self.command} {path}", "routes": [" ".join(r) for r in routes]})
                return
            try:
                with one_at_a_time:
                    self._send(200, route(asked))
            except (ValueError, TypeError) as error:
                self._send(400, {"error": str(error)})

        def _send(self, status: int, answer: dict) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args) -> None:
            pass

    return Handler
