"""What starts machines and jobs by the clock, in moto: EventBridge rules and schedules of EventBridge Scheduler.

`menu-sync`'s schedule is switched off, so the machine is late. `supplier-scorecard`'s rule is on, and never started it.
`allergen-import` is started by a file below `lake-raw/data/in/allergens/`, where nothing is.
`till-receipts`, a function, is called by a rule that fires every night and is refused. `menu-model-features` is started by a
schedule that calls EMR Serverless by itself, and is refused since its application is stopped (`overrides.job_metrics`).
"""

from __future__ import annotations

import json

from ..story import ACCOUNT, REGION
from .clients import client
from .executions import clocks
from .jobs.applications import STOPPED
from .jobs.calls import RECEIPTS
from .models.cast import KINDS

ROLE = f"arn:aws:iam::{ACCOUNT}:role/data-platform"
# rule: (schedule, machine)
RULES = {
    "weather-every-hour": ("rate(1 hour)", clocks.WEATHER),
    "stock-levels-nightly": ("cron(30 2 * * ? *)", clocks.STOCK),
    "supplier-scorecard-daily": ("rate(1 day)", clocks.SCORECARD),
}
SCHEDULE = "menu-sync-morning"
FEATURES, GROUP = "menu-model-features", "models"
# Rules that deploy models. The first has no guard: any change to a decided version deploys again, a rejection too.
_DEPLOYS = {
    "deploy-on-approve": ("Deploys forecasts and prices when their version changes", {
        "ModelPackageGroupName": [{"prefix": "demand-forecast-"}, {"prefix": "dynamic-pricing-"}],
        "ModelApprovalStatus": ["Approved", "Rejected"]}),
    "deploy-when-approved": ("Deploys the other models when somebody has approved them", {
        "ModelPackageGroupName": [{"prefix": f"{kind}-"} for kind in KINDS if kind not in ("demand-forecast", "dynamic-pricing")],
        "ModelApprovalStatus": ["Approved"], "UpdatedModelPackageFields": ["ModelApprovalStatus"]}),
}
_GLUE = f"arn:aws:glue:{REGION}:{ACCOUNT}:workflow/"


def _machine(name: str) -> str:
    return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}"


def plant(estate) -> None:
    events = client(estate, "events")
    for name, (schedule, machine) in RULES.items():
        events.put_rule(Name=name, ScheduleExpression=schedule, State="ENABLED", Description=f"Starts {machine}")
        events.put_targets(Rule=name, Targets=[{"Id": machine, "Arn": _machine(machine), "RoleArn": ROLE}])
    events.put_rule(Name=f"{RECEIPTS}-nightly", ScheduleExpression="cron(20 1 * * ? *)", State="ENABLED",
                    Description="The receipts of the day into the archive")
    events.put_targets(Rule=f"{RECEIPTS}-nightly", Targets=[
        {"Id": RECEIPTS, "Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{RECEIPTS}"}])
    # Two Glue jobs that do not run any more: one's rule is switched off, the other's waits for a file that does not come.
    events.put_rule(Name="supplier-feed-nightly", ScheduleExpression="cron(40 3 * * ? *)", State="DISABLED",
                    Description="Starts supplier-feed")
    events.put_rule(Name="on-franchise-sales", State="ENABLED", Description="The franchisees' sales start franchise-feed",
                    EventPattern=json.dumps({
                        "source": ["aws.s3"], "detail-type": ["Object Created"], "detail": {
                            "bucket": {"name": ["lake-raw"]}, "object": {"key": [{"prefix": "data/in/franchise_sales"}]}}}))
    events.put_rule(Name="on-allergen-list", State="ENABLED", Description="The suppliers' lists of allergens start their import",
                    EventPattern=json.dumps({
                        "source": ["aws.s3"], "detail-type": ["Object Created"], "detail": {
                            "bucket": {"name": ["lake-raw"]}, "object": {"key": [{"prefix": "data/in/allergens/"}]}}}))
    events.put_targets(Rule="on-allergen-list", Targets=[
        {"Id": clocks.ALLERGENS, "Arn": _machine(clocks.ALLERGENS), "RoleArn": ROLE}])
    for name, (words, detail) in _DEPLOYS.items():
        events.put_rule(Name=name, State="ENABLED", Description=words, EventPattern=json.dumps({
            "source": ["aws.sagemaker"], "detail-type": ["SageMaker Model Package State Change"], "detail": detail}))
        events.put_targets(Rule=name, Targets=[{
            "Id": "deploy-model", "Arn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:pipeline/deploy-model", "RoleArn": ROLE,
            "SageMakerPipelineParameters": {"PipelineParameterList": [
                {"Name": "ModelPackageArn", "Value": "$.detail.ModelPackageArn"},
                {"Name": "ModelPackageGroupName", "Value": "$.detail.ModelPackageGroupName"}]}}])
    for rule, workflow in (("supplier-feed-nightly", "supplier-feed"), ("on-franchise-sales", "franchise-feed")):
        events.put_targets(Rule=rule, Targets=[{"Id": workflow, "Arn": _GLUE + workflow, "RoleArn": ROLE}])
    client(estate, "scheduler").create_schedule(
        Name=SCHEDULE, ScheduleExpression="cron(0 5 * * ? *)", ScheduleExpressionTimezone="UTC", State="DISABLED",
        Description="The menu into every till, before the stores open", FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": _machine(clocks.SYNC), "RoleArn": ROLE, "Input": json.dumps({"menu": "autumn"})})
    client(estate, "scheduler").create_schedule_group(Name=GROUP)
    client(estate, "scheduler").create_schedule(
        Name=f"{FEATURES}-nightly", GroupName=GROUP, ScheduleExpression="cron(0 4 * * ? *)", ScheduleExpressionTimezone="UTC",
        State="ENABLED", Description="Features of the menu models", FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": "arn:aws:scheduler:::aws-sdk:emrserverless:startJobRun", "RoleArn": ROLE, "Input": json.dumps({
            "ApplicationId": STOPPED, "ClientToken": "<aws.scheduler.execution-id>", "Name": FEATURES,
            "ExecutionRoleArn": ROLE})})
