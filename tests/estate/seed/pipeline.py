"""What new files set off, in moto: an EventBridge rule that starts a state machine, and a Lambda function."""

from __future__ import annotations

import io
import json
import zipfile

from ..overrides.step_functions.model import ROLE
from ..story import ACCOUNT, REGION
from .clients import client

RULE = "on-daily-sales"
MACHINE = "daily-sales-pipeline"


def plant(estate) -> None:
    machine = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{MACHINE}"
    events = client(estate, "events")
    events.put_rule(Name=RULE, State="ENABLED", Description="New sales files start the daily pipeline",
                    EventPattern=json.dumps({
                        "source": ["aws.s3"], "detail-type": ["Object Created"],
                        "detail": {"bucket": {"name": ["lake-raw"]}, "object": {"key": [{"prefix": "data/in/"}]}}}))
    events.put_targets(Rule=RULE, Targets=[{"Id": MACHINE, "Arn": machine, "RoleArn": ROLE}])
    client(estate, "lambda").create_function(
        FunctionName="landing-validator", Runtime="python3.12", Role=ROLE, Handler="validator.handle",
        Code={"ZipFile": _zip("validator.py", "def handle(event, context):\n    return {'valid': True}\n")})


def _zip(name: str, text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), text)
    return packed.getvalue()
