"""The rest of the lake: a Delta table and an Iceberg table in `lake-processed`, logs, and a big multipart object."""

from __future__ import annotations

import gzip
import json
import random

from ..clockwork import CLOCK
from .clients import client

MiB = 1024 * 1024
BIG_KEY = "data/big/menu_images.tar"
PARTS = (5 * MiB, 5 * MiB, 1 * MiB + 12_345)


def plant(estate) -> None:
    s3 = client(estate, "s3")
    _delta_table(s3, estate.story)
    _iceberg_table(s3, estate.story)
    _logs(s3, estate.story)
    _big_object(s3, estate.story)


def _put(s3, when, bucket: str, key: str, body: bytes, kind: str) -> None:
    with CLOCK.at(when):
        s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType=kind)


def parquet(seed: str, size: int) -> bytes:
    """Bytes that look like a Parquet file to whoever reads only its ends."""
    return b"PAR1" + random.Random(seed).randbytes(size - 8) + b"PAR1"


def _delta_table(s3, story) -> None:
    log = "sales/_delta_log/"
    for version in range(14):
        # Written by `daily-sales-pipeline` during its runs; today's failed before they wrote.
        days_before = 14 - version
        part = f"sales/sale_date={story.at(days_before, '00:00').date()}/part-00000-{version:08x}.c000.snappy.parquet"
        body = parquet(part, 24_000 + version * 500)
        _put(s3, story.at(days_before, "06:20:10"), "lake-processed", part, body, "application/octet-stream")
        commit = [{"commitInfo": {"timestamp": int(story.at(days_before, "06:20:12").timestamp() * 1000),
                                  "operation": "WRITE", "operationParameters": {"mode": "Append"}}},
                  {"add": {"path": part.removeprefix("sales/"), "size": len(body), "dataChange": True}}]
        lines = "\n".join(json.dumps(line) for line in commit).encode() + b"\n"
        _put(s3, story.at(days_before, "06:20:12"), "lake-processed", f"{log}{version:020d}.json", lines, "application/json")
        if version in (0, 10):
            last = json.dumps({"version": version, "size": version + 2}).encode()
            checkpoint = f"{log}{version:020d}.checkpoint.parquet"
            when = story.at(days_before, "06:20:13")
            _put(s3, when, "lake-processed", checkpoint, parquet(checkpoint, 8_000), "application/octet-stream")
            _put(s3, when, "lake-processed", f"{log}_last_checkpoint", last, "application/json")


def _iceberg_table(s3, story) -> None:
    for version in range(1, 5):
        when = story.at(20 - version * 4, "03:00:00")
        body = json.dumps({"format-version": 2, "location": "s3://lake-processed/stores", "current-snapshot-id": version})
        _put(s3, when, "lake-processed", f"stores/metadata/v{version}.metadata.json", body.encode(), "application/json")
        _put(s3, when, "lake-processed", "stores/metadata/version-hint.text", str(version).encode(), "text/plain")
        data = f"stores/data/00000-{version}-stores.parquet"
        _put(s3, when, "lake-processed", data, parquet(data, 12_000), "application/octet-stream")


def _logs(s3, story) -> None:
    for days_before in range(12, -1, -1):
        day = story.at(days_before, "00:00").date()
        lines = "".join(f"{day}T06:{m:02d}:{s:02d}Z INFO validator batch={441 - days_before:04d} rows={m * 60 + s}\n"
                        for m in range(0, 20) for s in range(0, 60, 7))
        _put(s3, story.at(days_before, "06:25:00"), "lake-logs",
             f"app/landing-validator/{day:%Y/%m/%d}/validator.log", lines.encode(), "text/plain")
        _put(s3, story.at(days_before, "06:26:00"), "lake-logs",
             f"emr/j-2QD8SALESETL/steps/s-{20_000 + days_before}DAILY/stderr.gz",
             gzip.compress(lines.encode(), mtime=0), "application/gzip")


def _big_object(s3, story) -> None:
    """Uploaded in parts, twice: an ETag with `-3`, and a source for copies by parts."""
    for days_before in (25, 4):
        with CLOCK.at(story.at(days_before, "02:30:00")):
            upload = s3.create_multipart_upload(Bucket="lake-raw", Key=BIG_KEY, ContentType="application/x-tar",
                                                Metadata={"menu": "autumn"}, Tagging="owner=brand",
                                                ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")["UploadId"]
            dice, parts = random.Random(f"{BIG_KEY}-{days_before}"), []
            for number, size in enumerate(PARTS, 1):
                etag = s3.upload_part(Bucket="lake-raw", Key=BIG_KEY, UploadId=upload, PartNumber=number,
                                      Body=dice.randbytes(size), ChecksumAlgorithm="CRC32")["ETag"]
                parts.append({"PartNumber": number, "ETag": etag})
            s3.complete_multipart_upload(Bucket="lake-raw", Key=BIG_KEY, UploadId=upload,
                                         MultipartUpload={"Parts": parts})
