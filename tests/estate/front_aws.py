"""The thin front before moto: who asks, what was ordered to go wrong, and answers that SDKs understand.

A WSGI application around moto's own, in the same process.
"""

from __future__ import annotations

import io
import json
import logging
import re
import socket
import time
from urllib.parse import parse_qs

from . import later, profiles
from .faults import FAULTS, Request
from .overrides import cloudwatch_cbor, jobs, models, not_implemented, registries, step_functions

LOG = logging.getLogger("estate.aws")
_SCOPE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/")
STATUS_OF = {"ThrottlingException": 400, "Throttling": 400, "AccessDeniedException": 400,
             "InternalServerError": 500, "ServiceUnavailable": 503}


class AwsFront:
    def __init__(self, moto) -> None:
        self._moto = moto

    def __call__(self, environ, start_response):
        while FAULTS.hanging.is_set():
            time.sleep(0.05)
        request = _describe(environ)
        profile = next((p for p in profiles.PROFILES if p.name == request.profile), None)
        if profile and profile.expired:
            FAULTS.note(request, 400)
            status = 403 if _speaks(environ) == "query" else 400
            code = "ExpiredToken" if status == 403 else "ExpiredTokenException"
            return answer_error(environ, start_response, status, code,
                                "The security token included in the request is expired")
        refused = profile and profiles.aws_denial(profile, request.service, request.action, lambda: _resource(environ))
        if refused:
            FAULTS.note(request, 400)
            return answer_error(environ, start_response, 400, "AccessDeniedException", refused)
        later.called(request.service)
        fault = FAULTS.take(request) or {}
        time.sleep(fault.get("delay_ms", 0) / 1000)
        if fault.get("when") == "after":  # The work is done, its answer is lost.
            self._call_moto(environ)
            fault.setdefault("code", "InternalServerError")
        if fault.get("drop"):
            FAULTS.note(request, 0, fault["rule"])
            _hang_up(environ)
            return []
        if "status" in fault or "code" in fault:
            code = fault.get("code", "InternalServerError")
            status = fault.get("status") or STATUS_OF.get(code, 500)
            FAULTS.note(request, status, fault["rule"])
            return answer_error(environ, start_response, status, code,
                                fault.get("message", "Ordered by the practice estate."))
        status, headers, body = self._call_moto(environ)
        FAULTS.note(request, int(status.split()[0]), fault.get("rule"))
        start_response(status, headers)
        return [body]

    def _call_moto(self, environ) -> tuple[str, list, bytes]:
        """One call of moto with the overrides around it."""
        scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
        region = profiles.region(environ.get("HTTP_AUTHORIZATION", ""))
        own = (step_functions.answer(environ, region) or models.answer(environ, region)
               or registries.answer(environ, region) or jobs.answer(environ, scope.group(1) if scope else "", region))
        if own:
            return own
        back = cloudwatch_cbor.to_json(environ)
        status, headers, body = not_implemented.mend(self._moto, environ)
        return back(status, headers, body) if back else (status, headers, body)


def _describe(environ) -> Request:
    authorization = environ.get("HTTP_AUTHORIZATION", "")
    scope = _SCOPE.search(authorization)
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    path = environ.get("PATH_INFO", "")
    if target:
        action = target.rpartition(".")[2]
    elif "/operation/" in path:
        action = path.rpartition("/")[2]
    elif scope and scope.group(1).startswith("emr-"):
        action = jobs.action(scope.group(1), environ["REQUEST_METHOD"], path)
    else:
        action = parse_qs(_form(environ)).get("Action", [""])[0]
    profile = profiles.asking(authorization, environ.get("QUERY_STRING", ""))
    return Request(service=scope.group(1) if scope else "", action=action, method=environ["REQUEST_METHOD"], path=path,
                   query=environ.get("QUERY_STRING", ""), profile=profile.name if profile else "")


def _form(environ) -> str:
    """The body of a query-protocol request, put back for moto to read again."""
    if not environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        return ""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return body.decode("utf-8", "replace")


def _resource(environ) -> str:
    """What a JSON request names as its resource, for the message of a denial."""
    try:
        asked = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
    except ValueError:
        return ""
    return next((value for name, value in asked.items() if name.lower().endswith("arn")), "")


def _speaks(environ) -> str:
    """The protocol of the request: how an error must look for this client to read it."""
    if environ.get("HTTP_SMITHY_PROTOCOL") == "rpc-v2-cbor":
        return "cbor"
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        return "query"
    return "json"


def answer_error(environ, start_response, status: int, code: str, message: str):
    speaks = _speaks(environ)
    if speaks == "cbor":
        headers, body = cloudwatch_cbor.error(code, message)
    elif speaks == "query":
        headers, body = not_implemented.query_error(code, message)
    else:
        headers = [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-ErrorType", code)]
        body = json.dumps({"__type": code, "message": message}).encode()
    start_response(f"{status} {code}", [*headers, ("Content-Length", str(len(body))), ("x-amzn-RequestId", "practice")])
    return [body]


def _hang_up(environ) -> None:
    connection = environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
