"""Machines that break programs which read histories: JSONata, a history near its limit."""

from __future__ import annotations

from ...overrides.step_functions import tasks
from ...overrides.step_functions.tasks import Call, Outcome
from .kit import Cast, Past, function, invoke, stamp

BASKET, REPLAY = "basket-jsonata", "clickstream-replay"
LOOPS, EVENTS = 4_163, 24_990


def _basket() -> dict:
    return {"Comment": "What a basket costs", "QueryLanguage": "JSONata", "StartAt": "PriceBasket", "States": {
        "PriceBasket": {
            "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {
                "FunctionName": function("basket-pricer"), "Payload": {
                    "basket": "{% $states.input.basket.id %}", "coupon": "{% $states.input.coupon.code %}"}},
            "Output": "{% $states.result.Payload %}", "Assign": {"priced": "{% $states.result.Payload.ok %}"},
            "Next": "KeepPrice"},
        "KeepPrice": {"Type": "Pass", "Output": {"price": "{% $states.input %}", "priced": "{% $priced %}"},
                      "End": True}}}


def _basket_past(past: Past) -> None:
    for days_before in range(5, -1, -1):
        when = past.at(days_before, "05:20:00") + past.dice.random()
        coupon = {} if days_before in (0, 2) else {"coupon": {"code": "AUTUMN10"}}
        past.run(stamp(when), when, {"basket": {"id": f"b-{71_000 + days_before}", "lines": 3}, **coupon})


def _replay() -> dict:
    return {"Comment": "Plays the clicks of a day again, batch by batch", "StartAt": "OpenReplay", "States": {
        "OpenReplay": {"Type": "Pass", "Next": "SetCounter"},
        "SetCounter": {"Type": "Pass", "Result": {"batch": 0}, "Next": "MoreBatches"},
        "MoreBatches": {"Type": "Choice", "Default": "CloseReplay", "Choices": [
            {"Variable": "$.batch", "NumericLessThan": LOOPS, "Next": "SendBatch"}]},
        "SendBatch": {"Type": "Pass", "Parameters": {"batch.$": "States.MathAdd($.batch, 1)"}, "Next": "LetItSettle"},
        "LetItSettle": {"Type": "Wait", "Seconds": 1, "Next": "MoreBatches"},
        "CloseReplay": invoke("replay-closer", End=True)}}


def close(call: Call) -> Outcome:
    return tasks.lambda_error(call, "ReplayIncomplete", f"{LOOPS} of 4600 batches were sent", [
        "  File \"/var/task/replay.py\", line 71, in handler\n    raise ReplayIncomplete(sent, wanted)\n"])


# How long the recorded replay takes, so that a list need not play it; a check holds it to this.
REPLAY_SECONDS = 4_265.113


def _replay_past(past: Past) -> None:
    when = past.at(1, "20:00:00")
    past.run("2026-clicks-again", when, {"day": str(past.story.at(2, "00:00").date())},
             summary={"status": "FAILED", "stopped": round(when + REPLAY_SECONDS, 3)})


def cast(cast: Cast) -> None:
    cast.machine(BASKET, _basket(), {}, _basket_past, created=cast.at(40, "12:12:00"), tags={"team": "apps"})
    cast.machine(REPLAY, _replay(), {"CloseReplay": close}, _replay_past, created=cast.at(80, "12:30:00"),
                 tags={"team": "apps"})
