"""Who may do what, in moto: the people behind the profiles and the roles of the machines, with their policies.

Nothing here is enforced: `profiles` refuses what a person may not do. The policies say the same to those who ask.
"""

from __future__ import annotations

import json

from ..overrides.models.wire import PRINCIPALS
from ..overrides.step_functions.model import ROLE
from ..profiles import PROFILES
from ..story import ACCOUNT, REGION
from .clients import client
from .executions.shops import IMAGES, IMAGES_ROLE

_STATES = f"arn:aws:states:{REGION}:{ACCOUNT}"
# "IAM policies for using Distributed Map states", without the part on redrives.
_IMAGES_MAY = [
    {"Effect": "Allow", "Action": "states:StartExecution", "Resource": f"{_STATES}:stateMachine:{IMAGES}"},
    {"Effect": "Allow", "Action": ["states:DescribeExecution", "states:StopExecution"],
     "Resource": f"{_STATES}:execution:{IMAGES}:*"},
    {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"},
]
_PLATFORM_MAY = [{"Effect": "Allow", "Resource": "*", "Action": [
    "states:*", "events:*", "lambda:InvokeFunction", "sns:Publish", "s3:*", "glue:*", "sagemaker:*", "iam:PassRole",
    "elasticmapreduce:*", "emr-serverless:*"]}]
_MAY = {
    "oncall": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    "second": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    "reader": [{"Effect": "Allow", "Resource": "*", "Action": [
        "s3:Get*", "s3:ListBucket", "s3:ListAllMyBuckets", "states:Describe*", "states:List*", "cloudwatch:Get*",
        "cloudwatch:Describe*", "sagemaker:Describe*", "sagemaker:BatchDescribe*", "sagemaker:List*", "sagemaker:Search",
        "sagemaker:QueryLineage", "logs:*", "events:List*", "events:TestEventPattern", "scheduler:List*", "scheduler:Get*", "iam:GetRole",
        "iam:SimulatePrincipalPolicy",
        "ecr:DescribeImages"]}],
}


def plant(estate) -> None:
    iam = client(estate, "iam")
    _users(iam)
    for arn, may in ((ROLE, _PLATFORM_MAY), (IMAGES_ROLE, _IMAGES_MAY)):
        path, _, name = arn.partition(":role")[2].rpartition("/")
        iam.create_role(RoleName=name, Path=f"{path}/", AssumeRolePolicyDocument=_policy([{
            "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {
                "Service": ["states.amazonaws.com", "lambda.amazonaws.com", "events.amazonaws.com"]}}]))
        iam.put_role_policy(RoleName=name, PolicyName="works", PolicyDocument=_policy(may))


def _users(iam) -> None:
    """With the keys of their profiles, so that GetCallerIdentity names them."""
    from moto.iam.models import AccessKey, iam_backends

    backend = iam_backends[ACCOUNT]["aws"]
    for name in sorted({profile.user for profile in PROFILES}):
        iam.create_user(UserName=name)
        backend.users[name].id = PRINCIPALS[name]
        iam.put_user_policy(UserName=name, PolicyName="works", PolicyDocument=_policy(_MAY[name]))
    for profile in PROFILES:
        user = backend.users[profile.user]
        key = AccessKey(user_name=profile.user, prefix="AKIA", account_id=ACCOUNT)
        key.access_key_id = profile.key
        user.access_keys.append(key)
        backend.access_keys[profile.key] = key


def _policy(statements: list[dict]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
