"""What a new object sets off: S3's event goes to EventBridge, whose rules start state machines and SageMaker pipelines.

ministack would look for function and event bus in itself, while ours live in moto. "Amazon S3 User Guide, Using
EventBridge" and "Event message structure": a bucket with EventBridgeConfiguration sends all its events; "Amazon EventBridge
User Guide, Event patterns" tells which rules fit. It takes a beat of the pace, as it takes seconds at AWS. Functions and
queues as targets are kept and shown, and not called.
"""

from __future__ import annotations

import json
import logging
import os
import uuid
from datetime import datetime, timezone

from ..story import ACCOUNT, REGION

LOG = logging.getLogger("estate.events")
_REASONS = {"Put": "PutObject", "Copy": "CopyObject", "CompleteMultipartUpload": "CompleteMultipartUpload", "Post": "POST Object"}


class Deliveries:
    """Off while the seed writes, and when a test wants quiet."""

    on = False


DELIVERIES = Deliveries()


def install() -> None:
    from ministack.services import s3

    def fire(bucket_name, key, event_name, size=0, etag="", deletion_type=None, version_id=None, *args, **kwargs) -> None:
        family, _, how = event_name.removeprefix("s3:").partition(":")
        if not DELIVERIES.on or family not in ("ObjectCreated", "ObjectRemoved"):
            return
        if "EventBridgeConfiguration" not in (s3._bucket_notifications.get(bucket_name) or ""):
            return
        detail = {"version": "0", "bucket": {"name": bucket_name}, "object": {
            "key": key, "size": size, "etag": str(etag).strip('"'), **({"version-id": version_id} if version_id else {}),
            "sequencer": os.urandom(9).hex().upper()}, "request-id": os.urandom(8).hex().upper(), "requester": ACCOUNT,
            "source-ip-address": "127.0.0.1"}
        if family == "ObjectCreated":
            detail["reason"] = _REASONS.get(how, "PutObject")
        else:
            detail.update(reason="DeleteObject")
            detail["deletion-type"] = "Delete Marker Created" if how.startswith("DeleteMarker") else "Permanently Deleted"
        send({"version": "0", "id": str(uuid.uuid4()), "source": "aws.s3", "account": ACCOUNT, "region": REGION,
              "detail-type": "Object Created" if family == "ObjectCreated" else "Object Deleted",
              "time": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
              "resources": [f"arn:aws:s3:::{bucket_name}"], "detail": detail})

    s3._fire_s3_event_async = fire


def send(event: dict) -> None:
    """Hands an event to the rules, a beat later."""
    from . import jobs
    from .jobs.model import now

    store = jobs.store()
    store.agenda.at(now() + store.pace(), lambda: _deliver(event))


def _deliver(event: dict) -> None:
    from moto.events.models import events_backends

    from . import step_functions
    from .step_functions import acting

    buses = events_backends[ACCOUNT][REGION].event_buses
    for rule in list(buses["default"].rules.values()) if "default" in buses else ():
        if rule.state != "ENABLED" or not rule.event_pattern or not rule.event_pattern.get_pattern():
            continue
        if not rule.event_pattern.matches_event(event):
            continue
        for target in rule.targets:
            if ":pipeline/" in target["Arn"]:
                _start_pipeline(rule.name, target, event)
            if ":stateMachine:" not in target["Arn"]:
                continue
            states = step_functions.store()
            with states.lock:
                try:
                    acting.start_execution(states, {
                        "stateMachineArn": target["Arn"], "name": f"{event['id']}_{uuid.uuid4()}",
                        "input": target.get("Input") or json.dumps(event, separators=(",", ":"))})
                except Exception:  # A target that cannot be started must not stop the others.
                    LOG.exception("rule %s, target %s", rule.name, target["Arn"])


def _start_pipeline(rule: str, target: dict, event: dict) -> None:
    """ "Amazon EventBridge API Reference, SageMakerPipelineParameters": a value that begins with `$.` is a path in the event."""
    from . import models
    from .models import pipelines

    store, given = models.ready(), {}
    for one in target.get("SageMakerPipelineParameters", {}).get("PipelineParameterList", ()):
        found = one["Value"]
        if found.startswith("$."):
            inner: object = event
            for part in found[2:].split("."):
                inner = inner.get(part, "") if isinstance(inner, dict) else ""
            found = str(inner)
        given[one["Name"]] = found
    with store.lock:
        pipeline = store.pipelines.get(target["Arn"].rpartition("/")[2])
        if pipeline is None:
            LOG.warning("rule %s names no pipeline: %s", rule, target["Arn"])
            return
        pipelines.begin(store, pipeline, {**pipeline.parameters, **given}, {}, words=f"Started by rule {rule}")
