"""The other buckets: models, the suspended one with null versions, the legacy one, the locked one, other regions."""

from __future__ import annotations

import random

from ..clockwork import CLOCK
from .clients import client


def plant(estate) -> None:
    story = estate.story

    def put(days_before: int, clock: str, bucket: str, key: str, body: bytes, region: str = "eu-west-1", **more) -> None:
        with CLOCK.at(story.at(days_before, clock)):
            client(estate, "s3", region).put_object(Bucket=bucket, Key=key, Body=body, **more)

    _models(put, story)
    _suspended(put, estate)
    for number in range(1, 16):
        put(400 - number * 20, "11:00:00", "landing-legacy", f"inbox/till_dump_{number:03d}.csv",
            f"till,total\n{number},{number * 311.5:.2f}\n".encode() * 20, ContentType="text/csv")
    put(90, "10:00:00", "audit-locked", "2026/q3/ledger.csv", b"entry,amount\n1,100.00\n", ContentType="text/csv",
        ObjectLockLegalHoldStatus="ON")
    for number in range(1, 6):
        put(200 + number, "15:00:00", "archive-us", f"2025/{number:02d}/franchise_sales.csv",
            f"month,total\n{number},{number * 9_000}\n".encode(), region="us-east-1", ContentType="text/csv")
    put(100, "15:10:00", "archive-us", "2025/01/franchise_sales.csv", b"month,total\n1,9100\n", region="us-east-1")
    put(50, "16:00:00", "franchise-us", "contracts/index.json", b'{"contracts":[]}', region="us-east-1")
    put(6, "01:00:00", "backup-frankfurt", "lake-raw/manifest.json", b'{"objects":412}', region="eu-central-1")


def _models(put, story) -> None:
    for week in range(8, 0, -1):
        day = story.at(week * 7, "00:00").date()
        tar = random.Random(f"model-{week}").randbytes(64_000 + week * 900)
        for key in (f"demand-forecast/{day}/model.tar.gz", "demand-forecast/latest/model.tar.gz"):
            put(week * 7, "03:15:00", "ml-artifacts", key, tar, ContentType="application/gzip",
                Metadata={"training-job": f"demand-forecast-{day}"})
        put(week * 7, "03:15:30", "ml-artifacts", f"demand-forecast/{day}/metrics.json",
            f'{{"mape": {0.081 + week / 1000:.4f}}}'.encode(), ContentType="application/json")


def _suspended(put, estate) -> None:
    """Three ages of one bucket: before versioning, with it, and after it was suspended."""
    bucket, s3 = "exports-suspended", client(estate, "s3")

    def version(status: str) -> None:
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})

    def export(days_before: int, name: str, text: str) -> None:
        put(days_before, "05:00:00", bucket, f"exports/{name}.csv", text.encode(), ContentType="text/csv")

    for name in ("stores", "menu", "closed", "regions"):
        export(700, name, f"{name}\nfrom before versioning\n")
    version("Enabled")
    for name in ("stores", "menu", "prices"):
        export(300, name, f"{name}\nfirst with a version id\n")
    export(200, "stores", "stores\nsecond with a version id\n")
    version("Suspended")
    export(60, "stores", "stores\nsuspended: replaced the null version\n")
    export(60, "prices", "prices\nsuspended: a null version on top of a real one\n")
    with CLOCK.at(estate.story.at(30, "05:30:00")):
        s3.delete_object(Bucket=bucket, Key="exports/closed.csv")
