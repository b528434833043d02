"""Faults, the request log, unplugging and reset."""

from __future__ import annotations

import time

from .bench import refused, same
from .history import SALES, of


def check_fault_fires_and_ends(bench) -> None:
    bench.control("POST", "fault", {"match": {"action": "ListObjectVersions"}, "times": 2,
                                    "answer": {"status": 503, "code": "SlowDown"}})
    for _ in range(2):
        refused(lambda: bench.s3.list_object_versions(Bucket="lake-raw", MaxKeys=1), "SlowDown", 503)
    bench.s3.list_object_versions(Bucket="lake-raw", MaxKeys=1)
    rule = bench.control("GET", "fired")["rules"][0]
    same(rule["fired"], 2)


def check_fault_delay_and_key(bench) -> None:
    bench.control("POST", "fault", {"match": {"action": "HeadObject", "key": SALES}, "answer": {"delay_ms": 300}})
    started = time.monotonic()
    bench.s3.head_object(Bucket="lake-raw", Key=SALES + ".bak")
    assert time.monotonic() - started < 0.25
    bench.s3.head_object(Bucket="lake-raw", Key=SALES)
    assert time.monotonic() - started > 0.3


def check_fault_drop_and_truncate(bench) -> None:
    from botocore.exceptions import ConnectionClosedError, ResponseStreamingError, IncompleteReadError

    bench.control("POST", "fault", {"match": {"action": "GetObject"}, "answer": {"drop": True}})
    try:
        bench.s3.get_object(Bucket="lake-raw", Key=SALES)
    except ConnectionClosedError:
        pass
    else:
        raise AssertionError("an answer came")
    bench.control("POST", "fault", {"match": {"action": "GetObject"}, "answer": {"truncate": 100}})
    try:
        bench.s3.get_object(Bucket="lake-raw", Key=SALES)["Body"].read()
    except (ResponseStreamingError, IncompleteReadError, ConnectionClosedError):
        pass
    else:
        raise AssertionError("the whole body came")


def check_fault_after_the_work(bench) -> None:
    """The copy is done and its reply is lost: what a resume must cope with."""
    from botocore.exceptions import ConnectionClosedError

    older = of(bench, SALES)[1][1]["VersionId"]
    bench.control("POST", "fault", {"match": {"action": "CopyObject"}, "answer": {"drop": True, "when": "after"}})
    try:
        bench.s3.copy_object(Bucket="lake-raw", Key=SALES,
                             CopySource={"Bucket": "lake-raw", "Key": SALES, "VersionId": older})
    except ConnectionClosedError:
        pass
    same(len(of(bench, SALES)), 24)


def check_error_in_a_200(bench) -> None:
    bench.control("POST", "fault", {"match": {"action": "CopyObject"}, "answer": {"status": 200, "code": "InternalError"}})
    refused(lambda: bench.s3.copy_object(Bucket="lake-raw", Key="x", CopySource=f"lake-raw/{SALES}"), "InternalError")


def check_fault_on_other_services(bench) -> None:
    bench.control("POST", "fault", {"match": {"action": "ListStateMachines"},
                                    "answer": {"status": 400, "code": "ThrottlingException"}})
    refused(bench.client("stepfunctions").list_state_machines, "ThrottlingException", 400)
    bench.client("stepfunctions").list_state_machines()


def check_request_log(bench) -> None:
    since = bench.control("GET", "requests")["next"]
    older = of(bench, SALES)[1][1]["VersionId"]
    etag = bench.s3.head_object(Bucket="lake-raw", Key=SALES)["ETag"]
    bench.s3.copy_object(Bucket="lake-raw", Key=SALES, IfMatch=etag,
                         CopySource={"Bucket": "lake-raw", "Key": SALES, "VersionId": older})
    found = bench.control("GET", f"requests?since={since}&action=CopyObject")["requests"]
    same(len(found), 1)
    same((found[0]["status"], found[0]["headers"]["if-match"], found[0]["key"], found[0]["profile"]),
         (200, etag, SALES, "practice"))
    assert found[0]["headers"]["x-amz-copy-source"].endswith(f"?versionId={older}")
    assert found[0]["answer"]["x-amz-version-id"]


def check_unplug(bench) -> None:
    from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

    for server, call in (("s3", bench.s3.list_buckets), ("aws", bench.client("sts").get_caller_identity)):
        bench.control("POST", "pause", {"mode": "refuse", "server": server})
        try:
            call()
        except (EndpointConnectionError, ConnectionClosedError):
            pass  # the second on a connection that was kept and is being closed
        else:
            raise AssertionError(f"{server} answered while unplugged")
        bench.control("POST", "resume")
        call()
    bench.control("POST", "pause", {"mode": "hang"})
    try:
        bench.s3.list_buckets()
    except ReadTimeoutError:
        pass
    else:
        raise AssertionError("an answer came while hanging")
    bench.control("POST", "resume")
    bench.s3.list_buckets()


def check_reset(bench) -> None:
    ids = [e["VersionId"] for _, e in of(bench, SALES)]
    bench.s3.delete_object(Bucket="lake-raw", Key=SALES)
    bench.s3.put_object(Bucket="lake-raw", Key="data/events/event-000001.json", Body=b"new")
    bench.s3.put_bucket_versioning(Bucket="lake-raw", VersioningConfiguration={"Status": "Suspended"})
    bench.control("POST", "reset", {"area": "objects"})
    same([e["VersionId"] for _, e in of(bench, SALES)], ids)
    event = of(bench, "data/events/event-000001.json")
    same([(k, e["IsLatest"]) for k, e in event], [("version", "true")])
    same(bench.s3.get_bucket_versioning(Bucket="lake-raw")["Status"], "Enabled")
