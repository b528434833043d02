"""The story's heart: `lake-raw/data/in/daily_sales.csv`, and what happened to its neighbours.

Uploaded every morning for three weeks. Once it was deleted at 14:22 and came back next morning, once the same bytes
came twice. Today it came complete at 05:52:04 and cut off at 06:00:12, and the cut one is current.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

from ..clockwork import CLOCK
from ..story import on
from .clients import client

BUCKET = "lake-raw"
KEY = "data/in/daily_sales.csv"
WEEKS = 3
DELETED_ON = 9      # days before today
SAME_AS_BEFORE = 13
TRUNCATED = 3_174   # bytes: 3.1 KB, and in the middle of a row
TAGS = "owner=sales-data&pipeline=daily-sales"
HEADER = "order_id,store,sku,qty,amount,sold_at\n"


class SalesBook:
    """Deterministic rows: what is sold comes from one pool, walked differently each day, so a day costs no dice."""

    POOL = 20_000

    def __init__(self) -> None:
        dice = random.Random("menu")
        prices = [round(dice.uniform(1.2, 14.9), 2) for _ in range(180)]
        self._sold = []
        for _ in range(self.POOL):
            sku, quantity = dice.randrange(180), dice.choice((1, 1, 1, 2, 2, 3, 4))
            amount = prices[sku] * quantity
            self._sold.append(f"store-{dice.randrange(1, 412):04d},SKU-{20_000 + sku},{quantity},{amount:.2f}")
        self._clock = [f"T{10 + s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}Z" for s in range(13 * 3600)]

    def day(self, story, days_before: int) -> bytes:
        """The sales of the day before the upload: from 1.0 MB three weeks ago to 1.2 MB today."""
        rows = 20_400 - days_before * 145
        day = (story.day - timedelta(days=days_before + 1)).isoformat()
        first = 44_100_000_000 + (400 - days_before) * 100_000
        step = len(self._clock) / rows
        shift = days_before * 977
        sold, pool, clock = self._sold, self.POOL, self._clock
        return (HEADER + "".join(
            f"{first + i},{sold[(i + shift) % pool]},{day}{clock[int(i * step)]}\n" for i in range(rows))).encode()


def plant(estate) -> None:
    story, s3, book = estate.story, client(estate, "s3"), SalesBook()

    def put(when, body: bytes, days_before: int, key: str = KEY, **more) -> None:
        with CLOCK.at(when):
            s3.put_object(Bucket=BUCKET, Key=key, Body=body, ContentType="text/csv", Tagging=TAGS,
                          Metadata={"batch": f"{441 - days_before:04d}", "source": "till-gateway"}, **more)

    def delete(when, key: str = KEY) -> None:
        with CLOCK.at(when):
            s3.delete_object(Bucket=BUCKET, Key=key)

    # Neighbours first, so that whoever filters by prefix alone meets them.
    put(story.at(40, "08:15:00"), book.day(story, 21)[:48_000], 40, KEY + ".bak")
    put(story.at(40, "08:16:20"), b"", 40, KEY + "/")
    put(story.at(12, "09:30:11"), HEADER.encode(), 12, KEY + "/part-00000")
    put(story.at(5, "06:02:45"), book.day(story, 5)[:21_500], 5, "data/in/daily_sales_returns.csv")

    body = b""
    for days_before in range(WEEKS * 7 - 1, 0, -1):
        if days_before != SAME_AS_BEFORE:
            body = book.day(story, days_before)
        put(story.at(days_before, f"06:00:{(days_before * 7) % 50 + 3:02d}"), body, days_before)
        if days_before == DELETED_ON:
            delete(story.at(days_before, "14:22:00"))
    complete = book.day(story, 0)
    put(story.at(0, "05:52:04"), complete, 0)
    put(story.at(0, "06:00:12"), complete[:TRUNCATED], 0)

    _deleted_by_mistake(put, delete, story)
    _deleted_folder(s3, put, story, book)
    _hard_to_order(put, delete, story)
    # One a week for a quarter: the older ones stand before their purge (90 days, the newest five kept).
    for week in range(13, -1, -1):
        put(story.at(week * 7 + 1, "18:00:00"), f"sku,price\nSKU-20001,{8.9 - week / 10:.2f}\n".encode(), week * 7 + 1,
            "data/in/price_list.csv")


def _deleted_by_mistake(put, delete, story) -> None:
    stores = "store_id,city,opened\n" + "".join(
        f"store-{n:04d},{('Bremen', 'Lyon', 'Gdansk', 'Porto', 'Ghent')[n % 5]},20{10 + n % 16}-0{1 + n % 9}-15\n"
        for n in range(1, 412))
    key = "data/in/store_master.csv"
    put(story.at(120, "10:11:12"), stores[:9_000].encode(), 120, key)
    put(story.at(31, "09:45:30"), stores.encode(), 31, key)
    delete(story.at(1, "16:05:41"), key)


def _deleted_folder(s3, put, story, book) -> None:
    """October's archive: one file a day, stored the morning after, then all of it removed within three seconds."""
    folder = "data/archive/2026/10/"
    sample = book.day(story, 20)
    keys = [f"{folder}daily_sales_2026-10-{day:02d}.csv" for day in range(1, 32)]
    for number, key in enumerate(keys):
        stored = min(on(date(2026, 10, 2) + timedelta(days=number), f"07:10:{number:02d}"), story.at(4, "07:10:00"))
        put(stored, sample[:6_000 + number * 131], (story.day - stored.date()).days, key)
    for second, chunk in enumerate((keys[:12], keys[12:24], keys[24:])):
        with CLOCK.at(story.at(2, f"11:03:{27 + second}")):
            s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": key} for key in chunk]})


def _hard_to_order(put, delete, story) -> None:
    """Histories that dates alone cannot order, and versions in other storage classes."""
    key = "data/in/promotions.csv"  # Three markers stacked on one version.
    put(story.at(15, "12:00:00"), b"sku,discount\nSKU-20017,0.20\n", 15, key)
    for clock in ("17:30:00", "17:30:01", "18:02:55"):
        delete(story.at(8, clock), key)

    key, when = "data/in/tills.csv", story.at(3, "23:59:59")  # Put and delete within one second, three times.
    for turn in (1, 2, 3):
        put(when, f"till,state\n{turn},open\n".encode() * turn, 3, key)
        if turn < 3:
            delete(when, key)

    key = "data/in/menu_2024.csv"
    for days_before, storage_class in ((300, "GLACIER"), (150, "STANDARD_IA"), (20, "STANDARD")):
        body = f"sku,name,price\nSKU-20001,Double Classic,{days_before / 50:.2f}\n".encode()
        put(story.at(days_before, "04:00:00"), body, days_before, key, StorageClass=storage_class)
