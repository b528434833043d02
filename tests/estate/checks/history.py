"""The story itself: versions in stored order, with dates in the past."""

from __future__ import annotations

import gzip
from datetime import date, datetime, timezone

from .bench import same

SALES = "data/in/daily_sales.csv"


def of(bench, key: str, bucket: str = "lake-raw"):
    return [(kind, entry) for kind, entry in bench.versions(bucket, key, EncodingType="url")
            if entry["Key"] == key]


def check_daily_sales_history(bench) -> None:
    found = of(bench, SALES)
    same(len(found), 23)
    same(sum(kind == "marker" for kind, _ in found), 1)
    day = bench.ready["story_day"]
    cut, complete = found[0][1], found[1][1]
    same((cut["LastModified"], cut["Size"], cut["IsLatest"]), (f"{day}T06:00:12.000Z", "3174", "true"))
    same(complete["LastModified"], f"{day}T05:52:04.000Z")
    assert 1_150_000 < int(complete["Size"]) < 1_300_000, complete["Size"]
    assert 950_000 < int(found[-1][1]["Size"]) < 1_100_000, found[-1][1]["Size"]
    dates = [entry["LastModified"] for _, entry in found]
    same(dates, sorted(dates, reverse=True))
    marker = next(entry for kind, entry in found if kind == "marker")
    assert marker["LastModified"].endswith("T14:22:00.000Z")
    etags = [entry.get("ETag") for _, entry in found]
    assert any(a == b for a, b in zip(etags, etags[1:])), "one day has the bytes of the day before"


def check_daily_sales_content(bench) -> None:
    body = bench.s3.get_object(Bucket="lake-raw", Key=SALES)
    cut = body["Body"].read()
    assert not cut.endswith(b"\n") and cut.count(b"\n") > 40
    same((body["ContentType"], body["Metadata"]["batch"], body["TagCount"]), ("text/csv", "0441", 2))
    whole = of(bench, SALES)[1][1]["VersionId"]
    lines = bench.s3.get_object(Bucket="lake-raw", Key=SALES, VersionId=whole)["Body"].read().decode().splitlines()
    same(lines[0], "order_id,store,sku,qty,amount,sold_at")
    assert 20_000 < len(lines) < 21_000 and all(line.count(",") == 5 for line in lines)


def check_todays_points_are_cut_within_their_gzip_stream(bench) -> None:
    found = of(bench, f"loyalty/{bench.ready['story_day']}/points.csv.gz")
    same(len(found), 2)
    cut, whole = (bench.s3.get_object(Bucket="lake-raw", Key=entry["Key"], VersionId=entry["VersionId"])["Body"].read()
                  for _, entry in found)
    assert whole.startswith(cut) and len(cut) * 4 < len(whole), (len(cut), len(whole))
    lines = gzip.decompress(whole).decode().splitlines()
    same((lines[0], len(lines)), ("member_id,points,store,earned_on", 6_001))
    try:
        gzip.decompress(cut)
    except EOFError:
        return
    raise AssertionError("it is whole")


def check_all_dates_are_past(bench) -> None:
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    for bucket in ("lake-raw", "lake-processed", "ml-artifacts", "exports-suspended", "landing-legacy", "lake-logs"):
        late = [e for _, e in bench.versions(bucket, "") if e["LastModified"] > now]
        assert not late, late[:3]
    assert date.fromisoformat(bench.ready["story_day"]) <= datetime.now(timezone.utc).date()
    created = {b["Name"]: b["CreationDate"] for b in bench.s3.list_buckets()["Buckets"]}
    same(created["lake-raw"].year, 2023)


def check_deleted_file_and_folder(bench) -> None:
    same([kind for kind, _ in of(bench, "data/in/store_master.csv")], ["marker", "version", "version"])
    folder = bench.versions("lake-raw", "data/archive/2026/10/")
    same((len(folder), len({e["Key"] for _, e in folder})), (62, 31))
    assert all(e["IsLatest"] == "true" for kind, e in folder if kind == "marker")
    same(bench.s3.list_objects_v2(Bucket="lake-raw", Prefix="data/archive/2026/10/")["KeyCount"], 0)


def check_five_thousand_versions(bench) -> None:
    found = of(bench, "data/state/checkpoint.json")
    same(len(found), 5_000)
    dates = [e["LastModified"] for _, e in found]
    same(dates, sorted(dates, reverse=True))
    same(len({e["VersionId"] for _, e in found}), 5_000)


def check_hard_to_order(bench) -> None:
    same([k for k, _ in of(bench, "data/in/promotions.csv")], ["marker"] * 3 + ["version"])
    ties = of(bench, "data/in/tills.csv")
    same([k for k, _ in ties], ["version", "marker", "version", "marker", "version"])
    same(len({e["LastModified"] for _, e in ties}), 1)
    classes = [e["StorageClass"] for _, e in of(bench, "data/in/menu_2024.csv")]
    same(classes, ["STANDARD", "STANDARD_IA", "GLACIER"])


def check_suspended_bucket(bench) -> None:
    same(bench.s3.get_bucket_versioning(Bucket="exports-suspended")["Status"], "Suspended")
    ids = {key: [(k, e["VersionId"] == "null") for k, e in of(bench, f"exports/{key}.csv", "exports-suspended")]
           for key in ("stores", "menu", "prices", "closed", "regions")}
    same(ids["stores"], [("version", True), ("version", False), ("version", False)])
    same(ids["menu"], [("version", False), ("version", True)])
    same(ids["prices"], [("version", True), ("version", False)])
    same(ids["closed"], [("marker", True)])
    same(ids["regions"], [("version", True)])
    assert "Status" not in bench.s3.get_bucket_versioning(Bucket="landing-legacy")


def check_multipart_object(bench) -> None:
    found = of(bench, "data/big/menu_images.tar")
    same(len(found), 2)
    assert all(e["ETag"].strip('"').endswith("-3") and int(e["Size"]) > 11 * 1024 * 1024 for _, e in found)


def check_same_ids_on_every_start(bench) -> None:
    from .bench import start

    child, ready = start()
    try:
        from urllib.request import urlopen

        url = "/lake-raw?versions&prefix=data/in/"
        pages = [urlopen(r["endpoints"]["s3"] + url).read() for r in (ready, bench.ready)]
        assert pages[0] == pages[1]
    finally:
        child.stdin.close()
        child.wait(timeout=5)
