"""The Lambda functions that the machines and a rule call, the task definitions that machines run, and the groups of all
logs, in moto: made when somebody first asks."""

from __future__ import annotations

import base64
import json
import re

from .. import later
from ..overrides import step_functions
from ..story import ACCOUNT, REGION
from .executions.jobs import plant_definitions
from .jobs import calls, logs

_TIMEOUTS = {"orders-loader": 900, "redshift-loader": 300, "inventory-close": 900, "image-resizer": 15}


def plant(estate) -> None:
    later.on_first_call("logs", lambda: logs.plant_groups(estate))
    later.on_first_call("lambda", _functions)
    plant_definitions()


def _functions() -> None:
    from moto.awslambda.models import lambda_backends

    from .pipeline import _zip

    backend = lambda_backends[ACCOUNT][REGION]
    texts = " ".join(json.dumps(machine.now.asl) for machine in step_functions.store().machines.values())
    known = {function.function_name for function in backend.list_functions()}
    code = base64.b64encode(_zip("app.py", "def handler(event, context):\n    return {'ok': True}\n")).decode()
    for name in sorted({calls.RECEIPTS, *re.findall(r":function:([\w-]+)", texts)} - known):
        backend.create_function({
            "FunctionName": name, "Runtime": "python3.12", "Role": f"arn:aws:iam::{ACCOUNT}:role/data-platform",
            "Handler": "app.handler", "Code": {"ZipFile": code}, "Timeout": _TIMEOUTS.get(name, 60), "MemorySize": 512,
            "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}"}})
