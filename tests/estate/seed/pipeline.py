"""What new files set off, in moto: an EventBridge rule that starts a state machine, a Lambda function, and two users."""

from __future__ import annotations

import io
import json
import zipfile

from ..profiles import PROFILES
from ..story import ACCOUNT, REGION
from .clients import client

RULE = "on-daily-sales"
MACHINE = "daily-sales-pipeline"


def plant(estate) -> None:
    iam = client(estate, "iam")
    _users(iam)
    role = iam.create_role(RoleName="data-platform", AssumeRolePolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {
            "Service": ["states.amazonaws.com", "lambda.amazonaws.com", "events.amazonaws.com"]}}]}))["Role"]["Arn"]
    machine = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{MACHINE}"
    events = client(estate, "events")
    events.put_rule(Name=RULE, State="ENABLED", Description="New sales files start the daily pipeline",
                    EventPattern=json.dumps({
                        "source": ["aws.s3"], "detail-type": ["Object Created"],
                        "detail": {"bucket": {"name": ["lake-raw"]}, "object": {"key": [{"prefix": "data/in/"}]}}}))
    events.put_targets(Rule=RULE, Targets=[{"Id": MACHINE, "Arn": machine, "RoleArn": role}])
    client(estate, "lambda").create_function(
        FunctionName="landing-validator", Runtime="python3.12", Role=role, Handler="validator.handle",
        Code={"ZipFile": _zip("validator.py", "def handle(event, context):\n    return {'valid': True}\n")})


def _users(iam) -> None:
    """The people behind the profiles' keys, so that GetCallerIdentity names them."""
    from moto.iam.models import AccessKey, iam_backends

    backend = iam_backends[ACCOUNT]["aws"]
    for name in sorted({profile.user for profile in PROFILES}):
        iam.create_user(UserName=name)
    for profile in PROFILES:
        user = backend.users[profile.user]
        key = AccessKey(user_name=profile.user, prefix="AKIA", account_id=ACCOUNT)
        key.access_key_id = profile.key
        user.access_keys.append(key)
        backend.access_keys[profile.key] = key


def _zip(name: str, text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), text)
    return packed.getvalue()
