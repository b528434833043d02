"""Machines that do many things at a time: branches, iterations, and Map Runs, one of which is still going on."""

from __future__ import annotations

from ...overrides.step_functions import tasks
from ...overrides.step_functions.tasks import Call, Outcome
from ...story import ACCOUNT
from .kit import Cast, Past, invoke, stamp

# Made by the console before there were redrives: it may run a Map Run, and not redrive one.
IMAGES_ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/menu-images"
FANOUT, REFRESH, IMAGES, BACKFILL = "store-fanout", "price-refresh", "menu-images", "daily-sales-backfill"
IMAGE_COUNT, IMAGE_BAD = 200, {17, 43, 58, 91, 104, 133, 150, 176, 199}
LATE = 199           # the last to end, so the Map Run fails when all the others are over
DAYS, WIDE = 1_204, 4


def _fanout() -> dict:
    def branch(first: str, function: str, *rest: dict) -> dict:
        return {"StartAt": first, "States": {first: invoke(function,
                                                           **({"Next": "Confirm" + first} if rest else {"End": True})),
                                             **({"Confirm" + first: rest[0]} if rest else {})}}

    return {"Comment": "Sends the new menu to everything in a store", "StartAt": "LoadMenu", "States": {
        "LoadMenu": invoke("menu-loader", ResultPath="$.menu", Next="UpdateStore"),
        "UpdateStore": {"Type": "Parallel", "ResultPath": "$.updated", "Next": "Done", "Branches": [
            branch("UpdateTills", "till-updater", invoke("till-confirm", End=True)),
            branch("UpdateMenuBoards", "board-updater"),
            branch("UpdateKiosks", "kiosk-updater", invoke("kiosk-confirm", End=True))]},
        "Done": {"Type": "Succeed"}}}


def boards(call: Call) -> Outcome | None:
    if call.script == "boards":
        return tasks.lambda_error(
            call, "ConnectTimeout", "HTTPSConnectionPool(host='boards.store-0217.example', port=443): Max retries "
            "exceeded with url: /v2/menu (Caused by ConnectTimeoutError)",
            ["  File \"/var/task/boards.py\", line 19, in handler\n    reply = post(board, menu)\n"], 9.8)
    return None


def _fanout_past(past: Past) -> None:
    for days_before, store in ((5, 101), (4, 388), (3, 217), (2, 12), (1, 217), (0, 217)):
        past.run(f"store-{store:04d}-{past.story.at(days_before, '00:00').date()}", past.at(days_before, "04:40:00"),
                 {"store": f"store-{store:04d}", "menu": "autumn"},
                 "boards" if store == 217 and days_before < 2 else "fine")


def _refresh() -> dict:
    return {"Comment": "New prices, one list after another", "StartAt": "ReadLists", "States": {
        "ReadLists": {"Type": "Pass", "Next": "RefreshEach"},
        "RefreshEach": {
            "Type": "Map", "ItemsPath": "$.lists", "MaxConcurrency": 4, "ResultPath": "$.refreshed", "End": True,
            "ItemSelector": {"list.$": "$$.Map.Item.Value", "number.$": "$$.Map.Item.Index",
                             "currency.$": "$.currency"},
            "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "ReadPrices", "States": {
                "ReadPrices": invoke("price-reader", ResultPath="$.prices", Next="WritePrices"),
                "WritePrices": invoke("price-writer", ResultPath="$.written", End=True)}}}}}


def write_prices(call: Call) -> Outcome | None:
    if call.script == "one bad" and call.input["number"] == 7:
        return tasks.lambda_error(call, "InvalidOperation", "price of SKU-20114 in list 'airport' is '12,90'", [
            "  File \"/var/task/prices.py\", line 64, in handler\n    price = Decimal(row['price'])\n"], 4.0)
    return None


LISTS = ("standard", "city", "station", "motorway", "drive", "mall", "campus", "airport", "stadium", "ferry",
         "festival",
         "delivery")


def _refresh_past(past: Past) -> None:
    for days_before in range(5, -1, -1):
        when = past.at(days_before, "02:15:00") + past.dice.random()
        past.run(stamp(when), when, {"lists": list(LISTS), "currency": "EUR"},
                 "one bad" if days_before in (0, 3) else "fine")


def _images() -> dict:
    return {"Comment": "Resizes the pictures of the menu", "StartAt": "ResizeImages", "States": {
        "ResizeImages": {
            "Type": "Map", "Label": "ResizeImages", "MaxConcurrency": 40, "ToleratedFailureCount": 8, "End": True,
            "ItemReader": {"Resource": "arn:aws:states:::s3:listObjectsV2",
                           "Parameters": {"Bucket": "lake-raw", "Prefix": "data/menu-images/"}},
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Resize",
                "States": {
                    "Resize": invoke("image-resizer", ResultPath="$.sizes", Next="Publish"),
                    "Publish": invoke("image-publisher", End=True)}}}}}


def images(_given) -> list[dict]:
    kinds = ("burger", "wrap", "fries", "salad", "shake", "coffee", "sundae", "kids")
    return [{"Key": f"data/menu-images/{kinds[n % 8]}-{n:03d}.png", "Size": 48_000 + n * 377, "Etag": f'"{n:032x}"'}
            for n in range(IMAGE_COUNT)]


def resize(call: Call) -> Outcome | None:
    number = int(call.input["Key"][-7:-4])
    bad = IMAGE_BAD if call.script == "nine bad" else {43, 91, 150} if call.script == "three bad" else ()
    if number not in bad:
        return tasks.payload(call, {"small": 320, "large": 1280}, 1.2 + number % 7 / 10)
    late = 26.0 if number == LATE else 0.0
    if number % 2:
        return tasks.lambda_error(call, "UnidentifiedImageError",
                                  f"cannot identify image file '/tmp/{call.input['Key'][17:]}'", [
            "  File \"/var/task/resize.py\", line 12, in handler\n    picture = Image.open(path)\n"], 1.1 + late)
    return Outcome(error="Sandbox.Timedout",
                   cause={"errorMessage": f"RequestId: {call.uuid()} Error: Task timed out after "
                                                    "15.00 seconds", "errorType": "Sandbox.Timedout"}, seconds=15.0,
                                                    beats=1.5)


def _images_past(past: Past) -> None:
    past.run("autumn-menu", past.at(11, "13:20:00"), {"menu": "autumn"}, "three bad")
    past.run("winter-menu", past.at(1, "13:45:00"), {"menu": "winter"}, "nine bad")


def _backfill() -> dict:
    return {"Comment": "Every day of the last years once more", "StartAt": "ListDays", "States": {
        "ListDays": {"Type": "Pass", "Next": "LoadEachDay"},
        "LoadEachDay": {
            "Type": "Map", "Label": "LoadEachDay", "MaxConcurrency": WIDE, "ToleratedFailurePercentage": 5,
            "ResultPath": None, "Next": "Announce",
            "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSON"},
                           "Parameters": {"Bucket": "lake-raw", "Key": "data/state/backfill-days.json"}},
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "LoadDay",
                "States": {
                    "LoadDay": invoke("sales-day-loader", ResultPath="$.loaded", Next="SpareTheWarehouse"),
                    "SpareTheWarehouse": {"Type": "Wait", "Seconds": 30, "End": True}}}},
        "Announce": {"Type": "Pass", "End": True}}}


def days(_given) -> list[dict]:
    from datetime import date, timedelta

    return [{"day": str(date(2023, 8, 1) + timedelta(days=n))} for n in range(DAYS)]


def _backfill_past(past: Past) -> None:
    # One wave of four takes 35.3 s, so 103 of them, 412 days, are done after an hour.
    past.run("all-days-since-august-2023", past.cast.now - 103 * 35.43 - 4, {"from": "2023-08-01", "days": DAYS},
             "fine")


def cast(cast: Cast) -> None:
    cast.machine(FANOUT, _fanout(), {
        "UpdateMenuBoards": boards, "UpdateTills": lambda call: tasks.payload(call, {"tills": 6}, 3.1),
        "UpdateKiosks": lambda call: tasks.payload(call, {"kiosks": 4}, 7.7),
        "ConfirmUpdateKiosks": lambda call: tasks.payload(call, {"confirmed": 4}, 6.0)}, _fanout_past,
        created=cast.at(210, "12:00:00"), tags={"team": "stores"})
    cast.machine(REFRESH, _refresh(), {"WritePrices": write_prices}, _refresh_past, created=cast.at(330, "10:10:00"),
                 tags={"team": "pricing"})
    cast.machine(IMAGES, _images(), {"Resize": resize, "ResizeImages.items": images}, _images_past,
                 created=cast.at(190, "10:30:00"), tags={"team": "brand"}, role=IMAGES_ROLE)
    cast.machine(BACKFILL, _backfill(), {
        "LoadDay": lambda call: tasks.payload(call, {"rows": 20_000}, 5.3), "LoadEachDay.items": days}, _backfill_past,
        created=cast.at(20, "09:00:00"), tags={"team": "data-platform"})
