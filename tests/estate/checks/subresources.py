"""What a bucket and an object say about themselves."""

from __future__ import annotations

import zlib
from base64 import b64encode

from .bench import refused, same
from .history import SALES, of


def check_lifecycle_round_trip(bench) -> None:
    rules = bench.s3.get_bucket_lifecycle_configuration(Bucket="lake-raw")["Rules"]
    same(rules[0]["NoncurrentVersionExpiration"], {"NoncurrentDays": 90, "NewerNoncurrentVersions": 5})
    same(rules[0]["Filter"], {"Prefix": "data/"})
    same(rules[1]["AbortIncompleteMultipartUpload"], {"DaysAfterInitiation": 7})
    same(rules[2]["Transitions"], [{"Days": 60, "StorageClass": "STANDARD_IA"}])
    same(bench.s3.get_bucket_lifecycle_configuration(Bucket="lake-logs")["Rules"][0]["Expiration"], {"Days": 30})


def check_absent_configurations(bench) -> None:
    s3, bucket = bench.s3, "landing-legacy"
    refused(lambda: s3.get_bucket_lifecycle_configuration(Bucket=bucket), "NoSuchLifecycleConfiguration", 404)
    # Since 2023 every bucket encrypts with AES256, so this configuration is never absent on AWS; ministack agrees.
    rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    same(rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"], "AES256")
    refused(lambda: s3.get_object_lock_configuration(Bucket=bucket), "ObjectLockConfigurationNotFoundError", 404)
    refused(lambda: s3.get_bucket_tagging(Bucket=bucket), "NoSuchTagSet", 404)
    refused(lambda: s3.get_bucket_replication(Bucket=bucket), "ReplicationConfigurationNotFoundError", 404)
    refused(lambda: s3.get_bucket_policy(Bucket=bucket), "NoSuchBucketPolicy", 404)
    same({k for k in s3.get_bucket_notification_configuration(Bucket=bucket)} - {"ResponseMetadata"}, set())
    rules = s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
    same(rules, [{"ObjectOwnership": "BucketOwnerEnforced"}])


def check_present_configurations(bench) -> None:
    told = bench.s3.get_bucket_notification_configuration(Bucket="lake-raw")
    assert "EventBridgeConfiguration" in told
    function = told["LambdaFunctionConfigurations"][0]
    same(function["LambdaFunctionArn"].rpartition(":")[2], "landing-validator")
    rules = {r["Name"].lower(): r["Value"] for r in function["Filter"]["Key"]["FilterRules"]}
    same(rules, {"prefix": "data/in/", "suffix": ".csv"})
    same(bench.s3.get_bucket_versioning(Bucket="lake-raw")["Status"], "Enabled")
    encryption = bench.s3.get_bucket_encryption(Bucket="lake-processed")["ServerSideEncryptionConfiguration"]
    same(encryption["Rules"][0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"], "AES256")
    lock = bench.s3.get_object_lock_configuration(Bucket="audit-locked")["ObjectLockConfiguration"]
    same(lock["ObjectLockEnabled"], "Enabled")
    hold = bench.s3.get_object_legal_hold(Bucket="audit-locked", Key="2026/q3/ledger.csv")
    same(hold["LegalHold"]["Status"], "ON")


def check_old_version_in_detail(bench) -> None:
    s3, target = bench.s3, {"Bucket": "lake-raw", "Key": SALES}
    old = of(bench, SALES)[1][1]["VersionId"]
    target["VersionId"] = old
    body = s3.get_object(**target)["Body"].read()
    crc32 = b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()
    head = s3.head_object(**target, ChecksumMode="ENABLED")
    same((head["VersionId"], head["ChecksumCRC32"], head["Metadata"]["batch"]), (old, crc32, "0441"))
    same(head.get("ChecksumType"), "FULL_OBJECT")
    parts = s3.get_object_attributes(**target, ObjectAttributes=["ETag", "Checksum", "ObjectSize", "StorageClass"])
    same((parts["ObjectSize"], parts["Checksum"]["ChecksumCRC32"], parts["VersionId"]), (len(body), crc32, old))
    same(len(s3.get_object_tagging(**target)["TagSet"]), 2)
    same(s3.get_object_tagging(**target)["VersionId"], old)
    same(s3.get_object_acl(**target)["Grants"][0]["Permission"], "FULL_CONTROL")
    part = s3.get_object(**target, Range="bytes=0-99")
    same((part["ContentLength"], part["ResponseMetadata"]["HTTPStatusCode"]), (100, 206))


def check_reply_headers(bench) -> None:
    replies = [bench.s3.list_buckets(), bench.s3.head_object(Bucket="lake-raw", Key=SALES),
               bench.s3.list_object_versions(Bucket="lake-raw", Prefix=SALES),
               refused(lambda: bench.s3.head_object(Bucket="lake-raw", Key="none"), "404"),
               refused(lambda: bench.client(profile="practice-denied").list_object_versions(Bucket="lake-raw"),
                       "AccessDenied")]
    for reply in replies:
        headers = reply["ResponseMetadata"]["HTTPHeaders"]
        assert headers["x-amz-request-id"] and headers["x-amz-id-2"] and headers["date"], headers
        assert "," not in headers["date"].replace(",", "", 1), f"two dates: {headers['date']}"


def check_unknown_configuration(bench) -> None:
    refused(lambda: bench.s3.list_bucket_inventory_configurations(Bucket="lake-raw"), "NotImplemented", 501)


def check_native_checksums(_bench) -> None:
    """Those that the estate puts in the server's place reckon what the server did: the published check values."""
    from ministack.services import s3

    from ..overrides import checksums

    checksums.install()
    same(s3._crc64nvme(b"123456789"), 0xAE8B14860A799888)
    same(s3._crc32c(b"123456789"), 0xE3069283)
