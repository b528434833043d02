"""Machines around the warehouse: changed since it failed, out of time, stopped by a person, three deep."""

from __future__ import annotations

from ...overrides.step_functions import tasks
from ...overrides.step_functions.acting import publish_version
from ...overrides.step_functions.model import Alias, Machine, Revision, arn
from ...overrides.step_functions.tasks import Call, Outcome
from .kit import Cast, Past, invoke, publish, retry, stamp

FORECAST = "kitchen-forecast"
CLOSE = "inventory-close"
EXPERIMENT = "price-experiment"
ROLLUP, COUNTRY, STORE = "nightly-rollup", "nightly-rollup-country", "nightly-rollup-store"


def _forecast(checked: bool) -> dict:
    """The second text has one state more: it looks for the history that the forecast needs."""
    first = {"CheckHistory": invoke("forecast-history", ResultPath="$.history",
                                    Next="ForecastDemand")} if checked else {}
    return {
        "Comment": "How many patties tomorrow", "StartAt": "CheckHistory" if checked else "ForecastDemand", "States": {
            **first,
            "ForecastDemand": invoke("kitchen-forecast", ResultPath="$.forecast",
                                     Retry=retry(1, 10, "Lambda.ServiceException"),
                                     Next="StoreForecast"),
            "StoreForecast": invoke("forecast-store", End=True)}}


def forecast(call: Call) -> Outcome | None:
    if call.script == "no history":
        return tasks.lambda_error(call, "ValueError", "store-0388 has 3 days of history, the model needs 28", [
            "  File \"/var/task/forecast.py\", line 57, in handler\n    frame = window(history, days=28)\n",
            "  File \"/var/task/forecast.py\", line 31, in window\n    raise ValueError(f\"{store} has {len(days)} "
            "days of history, the model needs {wanted}\")\n"], 6.2)
    return None


def _forecast_past(past: Past) -> None:
    machine = past.machine
    for days_before in range(12, 0, -1):
        when = past.at(days_before, "21:30:00") + past.dice.random()
        changed = when >= machine.now.updated
        past.run(stamp(when), when, {"day": str(past.story.at(days_before - 1, "00:00").date()), "stores": 411},
                 "no history" if days_before in (2, 3) else "fine", revision=machine.revisions[1 if changed else 0],
                 version=machine.versions[1 if changed else 0], alias=machine.aliases[0])


def _close() -> dict:
    return {"Comment": "Counts the stock of the day", "StartAt": "FreezeStock", "TimeoutSeconds": 3_600, "States": {
        "FreezeStock": invoke("stock-freeze", ResultPath=None, Next="CloseInventory"),
        "CloseInventory": invoke("inventory-close", End=True)}}


def _close_past(past: Past) -> None:
    for days_before in range(6, 0, -1):
        when = past.at(days_before, "22:45:00") + past.dice.random()
        past.run(stamp(when), when, {"day": str(past.story.at(days_before, "00:00").date())},
                 "locked" if days_before in (1, 4) else "fine")


def _experiment() -> dict:
    return {"Comment": "Another price in a few stores for a week", "StartAt": "SetPrices", "States": {
        "SetPrices": invoke("price-setter", ResultPath="$.set", Next="LetItRun"),
        "LetItRun": {"Type": "Wait", "Seconds": 604_800, "Next": "CompareBaskets"},
        "CompareBaskets": invoke("basket-compare", ResultPath="$.result", Next="ResetPrices"),
        "ResetPrices": invoke("price-setter", End=True)}}


def _experiment_past(past: Past) -> None:
    past.run("double-classic-minus-40-cents", past.at(17, "10:00:00"),
             {"sku": "SKU-20001", "delta": -0.4, "stores": 12})
    past.run("fries-plus-20-cents", past.at(4, "10:00:00"), {"sku": "SKU-20017", "delta": 0.2, "stores": 12}, stopped=(
        past.at(2, "16:31:48"), "StoppedByPerson",
        "maria.lindt: complaints from three stores, prices set back by hand. See OPS-4127."))


def _start(machine: str, **more) -> dict:
    return {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "Parameters": {
        "StateMachineArn": arn("stateMachine", machine), "Input.$": "$"}, **more}


def _rollup() -> dict[str, dict]:
    return {
        ROLLUP: {"Comment": "All countries", "StartAt": "CollectDay", "States": {
            "CollectDay": {"Type": "Pass", "ResultPath": "$.scope", "Result": {"country": "DE", "stores": 96},
                           "Next": "RollUpCountry"},
            "RollUpCountry": _start(COUNTRY, ResultPath="$.country", Next="Announce"),
            "Announce": publish("nightly-rollup done", End=True)}},
        COUNTRY: {"Comment": "One country", "StartAt": "RollUpStore", "States": {
            "RollUpStore": _start(STORE, ResultPath="$.store", Next="WriteCountry"),
            "WriteCountry": invoke("rollup-country", End=True)}},
        STORE: {"Comment": "One store", "StartAt": "SumTills", "States": {
            "SumTills": invoke("rollup-store", ResultPath="$.sums", Next="CheckSums"),
            "CheckSums": invoke("rollup-check", End=True)}}}


def check_sums(call: Call) -> Outcome | None:
    if call.script == "unbalanced":
        return tasks.lambda_error(call, "TillImbalance", "store-0217 till 4: counted 1843.20, recorded 1916.75", [
            "  File \"/var/task/check.py\", line 22, in handler\n    raise TillImbalance(store, till, counted, "
            "recorded)\n"])
    return None


def _rollup_past(past: Past) -> None:
    for days_before in range(7, -1, -1):
        when = past.at(days_before, "01:00:00") + past.dice.random()
        past.run(stamp(when), when, {"day": str(past.story.at(days_before + 1, "00:00").date())},
                 "unbalanced" if days_before in (0, 5) else "fine")


def _by_parent(cast: Cast, parent: Machine) -> None:
    """The executions of a nested machine begin when those of its parent are played."""
    for execution in list(cast.store.past_of(parent).values()):
        execution.ready()


def cast(cast: Cast) -> None:
    machine = cast.machine(FORECAST, _forecast(False), {"ForecastDemand": forecast}, _forecast_past,
                           created=cast.at(260, "13:00:00"), tags={"team": "kitchens"})
    first = publish_version(machine, "first", cast.at(260, "13:05:00"))
    machine.revisions.append(Revision(_forecast(True), cast.at(1, "17:05:00"), FORECAST))
    second = publish_version(machine, "looks for the history first", cast.at(1, "17:06:12"))
    machine.aliases.append(Alias("live", f"{machine.arn}:live", [(second, 100)], cast.at(260, "13:06:00"),
                                 cast.at(1, "17:06:30"), "what the kitchens use"))
    assert first is not second
    cast.machine(CLOSE, _close(), {"CloseInventory": lambda call: Outcome(hangs=True)
                                   if call.script == "locked" else None},
                 _close_past, created=cast.at(500, "09:00:00"), tags={"team": "stock"})
    cast.machine(EXPERIMENT, _experiment(), {}, _experiment_past, created=cast.at(45, "15:30:00"),
                 tags={"team": "pricing"})
    definitions = _rollup()
    parent = cast.machine(ROLLUP, definitions[ROLLUP], {}, _rollup_past, created=cast.at(380, "08:00:00"))
    for name in (COUNTRY, STORE):
        child = cast.machine(name, definitions[name], {"CheckSums": check_sums}, created=cast.at(380, "08:02:00"))
        child.past = lambda _: _by_parent(cast, parent)
