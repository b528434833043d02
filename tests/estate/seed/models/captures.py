"""What was asked and answered, as data capture writes it, and what turned out ("Amazon SageMaker Developer Guide, Capture data
from real-time endpoint" and "Ingest ground truth labels"). Lines of one kind have one length, so sizes are known before."""

from __future__ import annotations

import json
from zlib import crc32

from ...evidence.columns import Batch, categories, numbers
from ...overrides.models.model import clock
from .monitors import Cast
from .watches import Watch

LINE, TRUTH_LINE, LINES = 512, 256, 20


def capture_lines(kept: Cast, watch: Watch, when: float) -> bytes:
    """Twenty requests of an hour, as data capture writes them; each line filled up to the same length."""
    batches, lines = kept.batches(watch.endpoint, when), []
    for number in range(LINES):
        values = [str(_value(batch, number)) for batch in batches]
        if watch.plot == "schema" and kept.on(watch, when):
            values.append(str(number % 2))
        at = when + number * 170 + 11
        lines.append(_line({"captureData": {
            "endpointInput": {"observedContentType": "text/csv", "mode": "INPUT", "data": ",".join(values[1:]), "encoding": "CSV"},
            "endpointOutput": {"observedContentType": "text/csv; charset=utf-8", "mode": "OUTPUT", "data": values[0],
                               "encoding": "CSV"}}, "eventMetadata": {"eventId": event_id(watch.endpoint, at), "inferenceTime":
                                                                    clock(at).strftime("%Y-%m-%dT%H:%M:%SZ")},
            "eventVersion": "0"}, LINE))
    return "".join(lines).encode()


def truth_lines(kept: Cast, watch: Watch, when: float) -> bytes:
    """What turned out for the requests of an hour."""
    predicted = kept.batches(watch.endpoint, when)[0]
    found = []
    for number in range(LINES):
        at = when + number * 170 + 11
        found.append(_line({"groundTruthData": {"data": str(_value(predicted, number)), "encoding": "CSV"}, "eventMetadata": {
            "eventId": event_id(watch.endpoint, at)}, "eventVersion": "0"}, TRUTH_LINE))
    return "".join(found).encode()


def event_id(endpoint: str, at: float) -> str:
    return f"{crc32(endpoint.encode()):08x}-0000-4000-8000-{round(at):012x}"


def _line(content: dict, length: int) -> str:
    text = json.dumps(content)
    return text[:-1] + " " * (length - len(text) - 1) + "}\n"


def _value(batch: Batch, place: int):
    if batch.column.kind == "text":
        found = categories(batch)
        return found[place % len(found)][0]
    values = numbers(batch)
    return values[place % len(values)]
