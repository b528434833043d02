"""The AWS profiles of the estate: their files, their keys, and which key may do what.

The servers check no signature. The access key id in it tells the front who asks, and that is enough to play a
person whose session expired or whose policy lacks a right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from .story import ACCOUNT, REGION

SECRET = "practice-estate-no-secret-0000000000000"


@dataclass(frozen=True)
class Profile:
    name: str
    key: str
    user: str
    token: str = ""
    refused: frozenset[str] = frozenset()
    refused_rights: frozenset[str] = frozenset()  # outside S3, as IAM spells them
    closed: str = ""              # objects under this prefix cannot be read
    expired: bool = False
    broken: bool = False


# What `practice-denied` may not do: look at versions, and write. Plain reads work.
READER_REFUSED = frozenset({
    "ListObjectVersions", "PutObject", "CopyObject", "DeleteObject", "DeleteObjects", "CreateMultipartUpload",
    "UploadPart", "UploadPartCopy", "CompleteMultipartUpload", "PutObjectTagging", "DeleteObjectTagging",
    "PutObjectAcl", "RestoreObject",
})
# Outside S3 it may list and describe, and no more.
READER_REFUSED_RIGHTS = frozenset({
    "states:StartExecution", "states:RedriveExecution", "states:StopExecution", "states:GetExecutionHistory",
    "elasticmapreduce:AddJobFlowSteps", "elasticmapreduce:CancelSteps", "elasticmapreduce:RunJobFlow",
    "elasticmapreduce:TerminateJobFlows", "emr-serverless:StartJobRun", "emr-serverless:CancelJobRun",
    "emr-containers:StartJobRun", "emr-containers:CancelJobRun", "glue:StartJobRun", "glue:BatchStopJobRun",
    "sagemaker:CreateTrainingJob", "sagemaker:StopTrainingJob", "sagemaker:CreateProcessingJob",
    "sagemaker:StopProcessingJob", "sagemaker:StopTransformJob",
    "sagemaker:UpdateModelPackage", "sagemaker:UpdateMonitoringAlert", "sagemaker:StartPipelineExecution",
    "sagemaker:RetryPipelineExecution", "sagemaker:StopPipelineExecution", "sagemaker:StartMonitoringSchedule",
    "sagemaker:StopMonitoringSchedule", "cloudtrail:LookupEvents",
    "dms:StartReplicationTask", "dms:StopReplicationTask", "redshift-data:ExecuteStatement",
    "logs:GetLogEvents", "logs:FilterLogEvents", "logs:StartQuery",
})
# And of the logs it may not read those of the payments.
READER_CLOSED = "emr-payments/"

PROFILES = (
    Profile("practice", "AKIAPRACTICE00000001", "oncall"),
    Profile("practice-prod", "AKIAPRACTICEPROD0001", "oncall"),
    Profile("practice-second", "AKIAPRACTICESECOND01", "second"),
    Profile("practice-expired", "ASIAPRACTICEEXPIRED1", "oncall", token="practice-expired-token", expired=True),
    Profile("practice-denied", "AKIAPRACTICEDENIED01", "reader", refused=READER_REFUSED,
            refused_rights=READER_REFUSED_RIGHTS, closed=READER_CLOSED),
    Profile("practice-broken", "AKIAPRACTICEBROKEN01", "oncall", broken=True),
)
BY_KEY = {profile.key: profile for profile in PROFILES}

# The IAM action differs from the API's name where one right covers several calls.
IAM_ACTIONS = {
    "ListObjectVersions": "s3:ListBucketVersions", "CopyObject": "s3:PutObject", "UploadPart": "s3:PutObject",
    "UploadPartCopy": "s3:PutObject", "CreateMultipartUpload": "s3:PutObject",
    "CompleteMultipartUpload": "s3:PutObject", "DeleteObjects": "s3:DeleteObject",
}

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/")


def asking(authorization: str, query: str = "") -> Profile | None:
    """Whose key signed this request, by its header or by its presigned query."""
    found = _CREDENTIAL.search(authorization) or re.search(r"X-Amz-Credential=([^/%&]+)", query)
    return BY_KEY.get(found.group(1)) if found else None


def region(authorization: str) -> str:
    """The region that a header was signed for ("AWS IAM User Guide, Elements of an API request signature")."""
    scope = re.search(r"Credential=[^/,\s]+/\d+/([^/,\s]+)/", authorization)
    return scope.group(1) if scope else ""


def denial(profile: Profile, action: str, bucket: str, key: str) -> str:
    """The message that S3 sends for a right missing from an identity's policies."""
    right = IAM_ACTIONS.get(action, f"s3:{action}")
    on_bucket = right == "s3:ListBucketVersions" or not key
    resource = f"arn:aws:s3:::{bucket}" if on_bucket else f"arn:aws:s3:::{bucket}/{key}"
    return (f"User: arn:aws:iam::{ACCOUNT}:user/{profile.user} is not authorized to perform: {right} on resource: "
            f'"{resource}" because no identity-based policy allows the {right} action')


def aws_denial(profile: Profile, service: str, action: str, named: Callable[[], str]) -> str | None:
    """The message of AccessDeniedException outside S3 ("IAM User Guide, Troubleshoot access denied error messages")."""
    right = f"{service}:{action}"
    if right not in profile.refused_rights:
        return None
    resource = named()
    on = f" on resource: {resource}" if resource else ""
    return (f"User: arn:aws:iam::{ACCOUNT}:user/{profile.user} is not authorized to perform: {right}{on} because no "
            f"identity-based policy allows the {right} action")


# Service ids as the SDKs spell them in a `services` section. The profile's own `endpoint_url` catches the rest.
MOTO_SERVICES = (
    "athena", "cloudformation", "cloudtrail", "cloudwatch", "cloudwatch_logs", "dynamodb", "ec2", "ecr", "ecs", "eks", "emr",
    "emr_containers", "emr_serverless", "eventbridge", "glue", "iam", "kms", "lambda", "organizations",
    "resource_groups_tagging_api", "s3_control", "sagemaker", "sagemaker_metrics", "sagemaker_runtime", "scheduler",
    "secrets_manager", "service_quotas", "sfn", "sns", "sqs", "ssm", "sso", "sso_oidc", "sts",
)


def write_files(folder: Path, s3: str, aws: str, closed: str) -> tuple[Path, Path]:
    """Writes `config` and `credentials` into `folder`; nobody's ~/.aws is read or changed."""
    config, credentials = [], []
    for profile in PROFILES:
        services = "closed" if profile.broken else "estate"
        config += [
            f"[profile {profile.name}]", f"region = {REGION}", "output = json", f"services = {services}",
            f"endpoint_url = {closed if profile.broken else aws}", "retry_mode = standard",
            "s3 =", "  addressing_style = path", "",
        ]
        credentials += [f"[{profile.name}]", f"aws_access_key_id = {profile.key}", f"aws_secret_access_key = {SECRET}"]
        credentials += [f"aws_session_token = {profile.token}", ""] if profile.token else [""]
    for name, s3_url, aws_url in (("estate", s3, aws), ("closed", closed, closed)):
        config += [f"[services {name}]", "s3 =", f"  endpoint_url = {s3_url}"]
        for service in MOTO_SERVICES:
            config += [f"{service} =", f"  endpoint_url = {aws_url}"]
        config.append("")
    config_file, credentials_file = folder / "config", folder / "credentials"
    config_file.write_text("\n".join(config))
    credentials_file.write_text("\n".join(credentials))
    credentials_file.chmod(0o600)
    return config_file, credentials_file
