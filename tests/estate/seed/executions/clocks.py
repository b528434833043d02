"""Machines that a clock starts: on time, late, switched off, and one that its rule never started; and one that waits for a
file, which does not come any more.

Their rules and schedules are in moto, see `..triggers`.
"""

from __future__ import annotations

from ...overrides.step_functions import tasks
from ...overrides.step_functions.tasks import Call, Outcome
from .kit import Cast, Past, function, invoke, stamp

SYNC, WEATHER, STOCK, SCORECARD = "menu-sync", "weather-hourly", "stock-levels", "supplier-scorecard"
SYNC_STOPPED = 3      # days: since then its schedule is switched off
ALLERGENS = "allergen-import"
ALLERGENS_STOPPED = 4  # days: since then nothing is stored where its rule waits


def _one(comment: str, state: str, function: str) -> dict:
    return {"Comment": comment, "StartAt": state, "States": {state: invoke(function, End=True)}}


def _sync_past(past: Past) -> None:
    for days_before in range(14, SYNC_STOPPED - 1, -1):
        when = past.at(days_before, "05:00:00") + 2 * past.dice.random()
        past.run(f"menu-sync-{stamp(when)}", when, {"menu": "autumn"})


def _allergens_past(past: Past) -> None:
    for days_before in range(16, ALLERGENS_STOPPED - 1, -1):
        when = past.at(days_before, "06:10:00") + 40 * past.dice.random()
        past.run(f"allergens-{stamp(when)}", when, {"list": "allergens.csv"})


def _weather_past(past: Past) -> None:
    hour = past.cast.now // 3600 * 3600
    for hours in range(48, -1, -1):
        when = hour - hours * 3600 + 7 * 60 + 31 + past.dice.random()
        past.run(f"weather-{stamp(when)}", when, {"cities": 38})


def _stock() -> dict:
    """The old way to call a function: its ARN is the resource, and the history has `LambdaFunction…` events."""
    return {"Comment": "What is in the stores", "StartAt": "ReadStock", "States": {
        "ReadStock": {"Type": "Task", "Resource": function("stock-reader").removesuffix(":$LATEST"), "End": True}}}


def stock(call: Call) -> Outcome | None:
    if call.script == "gone":
        return tasks.lambda_error(call, "OSError", "[Errno 113] No route to host", [
            "  File \"/var/task/stock.py\", line 33, in handler\n    connection = connect(store)\n"], 3.1)
    return None


def _stock_past(past: Past) -> None:
    for days_before in range(9, -2, -1):  # Tonight's too, before the story's new day begins.
        when = past.at(days_before, "02:30:00") + past.dice.random()
        past.run(f"stock-{stamp(when)}", when, {"stores": 411}, "gone" if days_before == 4 else "fine")


def cast(cast: Cast) -> None:
    cast.machine(SYNC, _one("The menu into every till", "SyncMenu", "menu-sync"), {}, _sync_past,
                 created=cast.at(350, "09:00:00"))
    cast.machine(WEATHER, _one("The weather of our cities", "ReadWeather", "weather-reader"), {}, _weather_past,
                 created=cast.at(240, "09:00:00"))
    cast.machine(STOCK, _stock(), {"ReadStock": stock}, _stock_past, created=cast.at(290, "09:00:00"))
    cast.machine(SCORECARD, _one("How our suppliers do", "Score", "supplier-score"), {},
                 created=cast.at(12, "11:40:00"))
    cast.machine(ALLERGENS, _one("The suppliers' lists of allergens into the menu", "ImportList", "allergen-import"), {},
                 _allergens_past, created=cast.at(200, "09:00:00"))
