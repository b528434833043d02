"""Listings: exact keys, odd keys, paging, groups."""

from __future__ import annotations

from ..seed.odd_keys import FOLDER, ODD_KEYS
from .bench import same


def check_odd_keys(bench) -> None:
    pages = bench.s3.get_paginator("list_objects_v2").paginate(Bucket="lake-raw", Prefix=FOLDER)
    keys = [o["Key"] for page in pages for o in page.get("Contents", [])]
    same(set(keys), set(ODD_KEYS))
    same(keys, sorted(ODD_KEYS, key=lambda k: k.encode()))
    for key in ODD_KEYS:
        assert bench.s3.head_object(Bucket="lake-raw", Key=key)["ContentLength"] > 0
    found = bench.s3.list_object_versions(Bucket="lake-raw", Prefix=FOLDER)["Versions"]
    same(sorted(v["Key"] for v in found), sorted(ODD_KEYS * 2))
    assert max(len(k.encode()) for k in ODD_KEYS) == 1_000


def check_odd_keys_can_be_restored(bench) -> None:
    for key in ODD_KEYS:
        found = bench.s3.list_object_versions(Bucket="lake-raw", Prefix=key)["Versions"]
        older = [v for v in found if v["Key"] == key][1]
        bench.s3.copy_object(Bucket="lake-raw", Key=key,
                             CopySource={"Bucket": "lake-raw", "Key": key, "VersionId": older["VersionId"]})
        assert bench.s3.get_object(Bucket="lake-raw", Key=key)["Body"].read().startswith(b"first")


def check_url_encoding(bench) -> None:
    body: list[bytes] = []
    hook = lambda http_response, **_: body.append(http_response.content)  # noqa: E731
    bench.s3.meta.events.register("after-call.s3.ListObjectVersions", hook)
    bench.s3.list_object_versions(Bucket="lake-raw", Prefix=FOLDER + "with space", EncodingType="url")
    bench.s3.list_object_versions(Bucket="lake-raw", Prefix=FOLDER + "a+b", EncodingType="url")
    bench.s3.meta.events.unregister("after-call.s3.ListObjectVersions", hook)
    assert b"<Key>data/odd/with+space.csv</Key>" in body[0] and b"<EncodingType>url</EncodingType>" in body[0]
    assert b"<Key>data/odd/a%2Bb.csv</Key>" in body[1]


def check_prefix_is_not_equality(bench) -> None:
    found = bench.s3.list_object_versions(Bucket="lake-raw", Prefix="data/in/daily_sales.csv")
    keys = {v["Key"] for v in found["Versions"]}
    assert {"data/in/daily_sales.csv", "data/in/daily_sales.csv.bak", "data/in/daily_sales.csv/"} <= keys


def check_pages_of_every_size_agree(bench) -> None:
    for options in ({"Prefix": "data/in/"}, {"Prefix": "data/", "Delimiter": "/"}, {"Delimiter": "/"},
                    {"Prefix": "data/in/", "Delimiter": "/"}):
        whole = _walk(bench, options, 1_000)
        for size in (1, 2, 7):
            same(_walk(bench, options, size), whole)


def _walk(bench, options: dict, size: int) -> list:
    found, markers, steps = [], {}, 0
    while True:
        steps += 1
        assert steps < 500, "the marker does not move"
        page = bench.s3.list_object_versions(Bucket="lake-raw", MaxKeys=size, **options, **markers)
        found += [p["Prefix"] for p in page.get("CommonPrefixes", [])]
        found += [(v["Key"], v["VersionId"]) for v in page.get("Versions", []) + page.get("DeleteMarkers", [])]
        if not page["IsTruncated"]:
            return sorted(found, key=str)
        markers = {"KeyMarker": page["NextKeyMarker"]}
        if page.get("NextVersionIdMarker"):
            markers["VersionIdMarker"] = page["NextVersionIdMarker"]


def check_folder_of_events(bench) -> None:
    pages = bench.s3.get_paginator("list_objects_v2").paginate(Bucket="lake-raw", Prefix="data/events/", Delimiter="/")
    same(sum(len(page.get("Contents", [])) for page in pages), 2_000)
    top = bench.s3.list_objects_v2(Bucket="lake-raw", Prefix="data/", Delimiter="/")
    same([p["Prefix"] for p in top["CommonPrefixes"]],
         ["data/big/", "data/events/", "data/in/", "data/odd/", "data/state/"])


def check_buckets_and_regions(bench) -> None:
    first = bench.s3.list_buckets(MaxBuckets=3)
    same(len(first["Buckets"]), 3)
    regions, token = {}, None
    while True:
        page = bench.s3.list_buckets(MaxBuckets=4, **({"ContinuationToken": token} if token else {}))
        regions.update({b["Name"]: b["BucketRegion"] for b in page["Buckets"]})
        token = page.get("ContinuationToken")
        if not token:
            break
    same((len(regions), regions["archive-us"], regions["lake-raw"]), (12, "us-east-1", "eu-west-1"))
    headers = bench.s3.head_bucket(Bucket="lake-raw")["ResponseMetadata"]["HTTPHeaders"]
    same(headers["x-amz-bucket-region"], "eu-west-1")


def check_wrong_region_is_redirected(bench) -> None:
    """301 with the right region; boto3 follows it, so what it did is read in the log."""
    since = bench.control("GET", "requests")["next"]
    assert bench.s3.list_objects_v2(Bucket="archive-us")["KeyCount"] == 5
    statuses = [r["status"] for r in bench.control("GET", f"requests?since={since}")["requests"]]
    assert 301 in statuses, statuses
    assert bench.client(region="us-east-1").list_objects_v2(Bucket="archive-us")["KeyCount"] == 5
