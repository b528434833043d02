"""The buckets of the platform and how each is configured."""

from __future__ import annotations

from datetime import datetime, timezone

from ..clockwork import CLOCK
from ..story import ACCOUNT, OTHER_REGION, REGION
from .clients import client

VALIDATOR = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:landing-validator"

# name: (region, created, versioned from the start)
BUCKETS = {
    "lake-raw": (REGION, "2023-03-14T09:12:40", True),
    "lake-processed": (REGION, "2023-03-14T09:14:02", True),
    "lake-logs": (REGION, "2023-03-14T09:15:31", False),
    "ml-artifacts": (REGION, "2024-06-03T13:40:18", True),
    "ml-registry": (REGION, "2025-02-11T10:20:05", True),
    "ml-monitoring": (REGION, "2025-02-11T10:20:41", False),
    "exports-suspended": (REGION, "2021-09-20T08:01:55", False),
    "landing-legacy": (REGION, "2019-11-05T16:22:09", False),
    "audit-locked": (REGION, "2025-01-15T10:00:00", True),
    "archive-us": (OTHER_REGION, "2022-02-08T18:30:12", True),
    "franchise-us": (OTHER_REGION, "2024-10-01T15:05:44", False),
    "backup-frankfurt": ("eu-central-1", "2025-04-22T07:45:00", True),
}

LAKE_RAW_RULES = [
    {"ID": "old-versions-of-data", "Status": "Enabled", "Filter": {"Prefix": "data/"},
     "NoncurrentVersionExpiration": {"NoncurrentDays": 90, "NewerNoncurrentVersions": 5}},
    {"ID": "abandoned-uploads", "Status": "Enabled", "Filter": {"Prefix": ""},
     "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}},
    {"ID": "archive-to-infrequent-access", "Status": "Enabled", "Filter": {"Prefix": "data/archive/"},
     "Transitions": [{"Days": 60, "StorageClass": "STANDARD_IA"}],
     "NoncurrentVersionTransitions": [{"NoncurrentDays": 30, "StorageClass": "GLACIER"}]},
]


def plant(estate) -> None:
    for name, (region, created, versioned) in BUCKETS.items():
        with CLOCK.at(datetime.fromisoformat(created).replace(tzinfo=timezone.utc)):
            _create(estate, name, region, versioned)
    s3 = client(estate, "s3")
    _rules(s3, "lake-raw", LAKE_RAW_RULES)
    _rules(s3, "lake-processed", [
        {"ID": "old-versions", "Status": "Enabled", "Filter": {"Prefix": ""},
         "NoncurrentVersionExpiration": {"NoncurrentDays": 30}, "Expiration": {"ExpiredObjectDeleteMarker": True}}])
    _rules(s3, "lake-logs", [
        {"ID": "logs-for-a-month", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 30}}])
    _rules(s3, "ml-monitoring", [
        {"ID": "captures-for-two-weeks", "Status": "Enabled", "Filter": {"Prefix": "captures/"}, "Expiration": {"Days": 14}}])
    s3.put_bucket_notification_configuration(
        Bucket="lake-raw", SkipDestinationValidation=True, NotificationConfiguration={
            "EventBridgeConfiguration": {},
            "LambdaFunctionConfigurations": [{
                "Id": "validate-landing", "LambdaFunctionArn": VALIDATOR, "Events": ["s3:ObjectCreated:*"],
                "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "data/in/"},
                                                   {"Name": "suffix", "Value": ".csv"}]}}}]})
    s3.put_bucket_tagging(Bucket="lake-raw", Tagging={"TagSet": [
        {"Key": "team", "Value": "data-platform"}, {"Key": "stage", "Value": "raw"}]})
    s3.put_bucket_encryption(Bucket="lake-processed", ServerSideEncryptionConfiguration={"Rules": [
        {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}]})


def _create(estate, name: str, region: str, versioned: bool) -> None:
    s3 = client(estate, "s3", region)
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=name == "audit-locked", **place)
    if versioned and name != "audit-locked":
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})


def _rules(s3, bucket: str, rules: list[dict]) -> None:
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})
