"""What people changed on the platform, as CloudTrail has it: why jobs and machines that are late do not run."""

from __future__ import annotations

from ...overrides.models import trail
from ...overrides.models.model import Models
from ...story import ACCOUNT, REGION
from ..executions import clocks
from ..jobs.applications import STOPPED


def cast(store: Models, story) -> None:
    def changed(name: str, user: str, days_before: int, clock: str, resource: str, asked: dict, source: str, kind: str) -> None:
        trail.record(store, name, user, story.at(days_before, clock).timestamp(), resource, asked, source, kind)

    for trigger, days_before in (("supplier-feed-nightly", 3), ("stores-snapshot-nightly", 40)):
        changed("StopTrigger", "oncall", days_before, "08:05:00", trigger, {"name": trigger}, "glue", "AWS::Glue::Trigger")
    changed("UpdateJob", "second", 12, "15:20:00", "price-list", {"jobName": "price-list", "jobUpdate": {"timeout": 2880}},
            "glue", "AWS::Glue::Job")
    changed("StopApplication", "oncall", 3, "05:50:00", STOPPED, {"applicationId": STOPPED}, "emr-serverless",
            "AWS::EMRServerless::Application")
    changed("UpdateSchedule", "oncall", clocks.SYNC_STOPPED, "09:10:00", "menu-sync-morning", {
        "name": "menu-sync-morning", "groupName": "default", "state": "DISABLED"}, "scheduler", "AWS::Scheduler::Schedule")
    machine = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{clocks.ALLERGENS}"
    changed("UpdateStateMachine", "second", clocks.ALLERGENS_STOPPED, "10:25:00", machine, {
        "stateMachineArn": machine, "definition": "HIDDEN_DUE_TO_SECURITY_REASONS"}, "states", "AWS::StepFunctions::StateMachine")
