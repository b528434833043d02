"""Machines whose jobs run elsewhere: SageMaker, a classic EMR cluster, Glue, Batch, ECS."""

from __future__ import annotations

from ... import later
from ...logs.others import AUDIT_GROUP, AUDIT_PREFIX, LABELS_GROUP, LABELS_PREFIX, LABELS_TASK, SCRAPER
from ...overrides.jobs.model import CAPITALS, HEX, made_up
from ...overrides.step_functions import tasks
from ...overrides.step_functions.tasks import Call, Outcome
from ...story import ACCOUNT, REGION
from .kit import JOB_ROLE, Cast, Past, invoke, publish, retry, stamp

CHURN, CLASSIC, CRM, PRICES = "churn-training", "emr-classic", "glue-crm", "competitor-prices"
SCRAPED, SCRAPE_SECONDS = "02:40:00", 118.0
LABELS, LABELLED, LABEL_SECONDS = "menu-labels", "03:20:00", 64.0
CLUSTER = "j-3KV9CRMDEDUP7"   # made by the run that failed; it ended itself since
BROKEN = "j-1BR0KENB00TCL"    # made by the first run, and never came up
CLUSTER_LOGS = "s3://lake-logs/emr/"


def _churn() -> dict:
    return {"Comment": "Trains who will not come back", "StartAt": "TrainModel", "States": {
        "TrainModel": {
            "Type": "Task", "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Parameters": {
                "TrainingJobName.$": "States.Format('churn-{}', $$.Execution.Name)", "RoleArn": JOB_ROLE,
                "AlgorithmSpecification": {"TrainingInputMode": "File", "TrainingImage":
                                           f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/churn:1.4"},
                "HyperParameters": {"epochs": "12", "max_depth": "9"},
                "InputDataConfig": [{"ChannelName": "train", "DataSource": {"S3DataSource": {
                    "S3DataType": "S3Prefix", "S3Uri": "s3://lake-processed/churn/train/"}}}],
                "OutputDataConfig": {"S3OutputPath": "s3://ml-artifacts/churn/"},
                "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.2xlarge", "VolumeSizeInGB": 50},
                "StoppingCondition": {"MaxRuntimeInSeconds": 7_200}},
            "ResultPath": "$.training", "Next": "Announce"},
        "Announce": publish("churn model trained", End=True)}}


def train(call: Call) -> Outcome:
    if call.script in (None, "fine"):
        return tasks.training(call)
    return tasks.training(
        call, "AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage \"ValueError: Input X contains NaN. "
        "column 'days_since_last_visit'\"\nCommand \"/usr/local/bin/python3 train.py --epochs 12 --max_depth 9\", "
        "exit code: 1", 742)


def _churn_past(past: Past) -> None:
    for week in (4, 3, 2, 1):
        when = past.at(week * 7 - 5, "23:00:00") + past.dice.random()
        past.run(stamp(when), when, {"since": str(past.story.at(week * 7 + 90, "00:00").date())},
                 "nan" if week == 1 else "fine")


def _classic() -> dict:
    return {"Comment": "Finds members twice, on a cluster of its own", "StartAt": "CreateCluster", "States": {
        "CreateCluster": {
            "Type": "Task", "Resource": "arn:aws:states:::elasticmapreduce:createCluster.sync", "Parameters": {
                "Name": "crm-dedup", "ReleaseLabel": "emr-7.1.0", "LogUri": CLUSTER_LOGS,
                "ServiceRole": "EMR_DefaultRole",
                "JobFlowRole": "EMR_EC2_DefaultRole", "Applications": [{"Name": "Spark"}], "BootstrapActions": [{
                    "Name": "install-python-packages", "ScriptBootstrapAction": {
                        "Path": "s3://ml-artifacts/bootstrap/python.sh"}}], "Instances": {
                    "KeepJobFlowAliveWhenNoSteps": True, "InstanceGroups": [
                        {"InstanceRole": "MASTER", "InstanceType": "m6g.xlarge", "InstanceCount": 1},
                        {"InstanceRole": "CORE", "InstanceType": "r6g.2xlarge", "InstanceCount": 4}]},
                "AutoTerminationPolicy": {"IdleTimeout": 1_800}},
            "ResultSelector": {"ClusterId.$": "$.ClusterId"}, "ResultPath": "$.cluster", "Next": "FindDuplicates"},
        "FindDuplicates": {
            "Type": "Task", "Resource": "arn:aws:states:::elasticmapreduce:addStep.sync", "Parameters": {
                "ClusterId.$": "$.cluster.ClusterId", "Step": {
                    "Name": "find-duplicates", "ActionOnFailure": "CONTINUE", "HadoopJarStep": {
                        "Jar": "command-runner.jar", "Args": ["spark-submit", "--deploy-mode", "cluster",
                                                              "s3://ml-artifacts/jobs/crm_dedup.py"]}}},
            "ResultPath": "$.step", "Next": "TerminateCluster"},
        "TerminateCluster": {
            "Type": "Task", "Resource": "arn:aws:states:::elasticmapreduce:terminateCluster.sync",
            "Parameters": {"ClusterId.$": "$.cluster.ClusterId"}, "End": True}}}


def create(call: Call) -> Outcome:
    if call.script == "bootstrap":
        master = made_up("i-0", 16, HEX, BROKEN, made_up("ig-", 13, CAPITALS, BROKEN, "MASTER"), 0)
        message = f"On the master instance ({master}), bootstrap action 1 returned a non-zero return code"
        return tasks.cluster(call, BROKEN, failed={
            "State": "TERMINATED_WITH_ERRORS", "StateChangeReason": {"Code": "BOOTSTRAP_FAILURE", "Message": message},
            "ErrorDetails": [{"ErrorCode": "BOOTSTRAP_FAILURE_PRIMARY_WITH_NON_ZERO_CODE", "ErrorMessage": message,
                              "ErrorData": [{"instance-id": master, "bootstrap-action": "install-python-packages",
                                             "return-code": "1"}]}]})
    return tasks.cluster(call, CLUSTER if call.script == "no space" else None)


def dedup(call: Call) -> Outcome:
    """A step for a cluster that is gone is refused when it is sent: what a redrive of the recorded failure meets."""
    cluster = call.parameters["ClusterId"]
    if call.live and cluster == CLUSTER:
        return Outcome(error="EMR.ValidationException", seconds=0.3, beats=0.3, cause=(
            "A job flow that is shutting down, terminated, or finished may not be modified. (Service: "
            f"AmazonElasticMapReduce; Status Code: 400; Error Code: ValidationException; Request ID: {call.uuid()})"))
    if call.script == "no space":
        return tasks.step(call, {
            "Reason": "Unknown Error.", "LogFile": f"{CLUSTER_LOGS}{cluster}/steps/STEP/stderr.gz",
            "Message": "Exception in thread \"main\" org.apache.spark.SparkException: Application "
                       "application_1763503312345_0001 finished with failed status"})
    return tasks.step(call)


def _classic_past(past: Past) -> None:
    for days_before in (16, 9, 2):
        when = past.at(days_before, "19:00:00") + past.dice.random()
        past.run(stamp(when), when, {"members": "s3://lake-raw/data/crm/members/"},
                 {16: "bootstrap", 2: "no space"}.get(days_before, "fine"))


def _crm() -> dict:
    return {"Comment": "Copies the CRM into the lake", "StartAt": "ExtractCrm", "States": {
        "ExtractCrm": {
            "Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "Parameters": {
                "JobName": "crm-extract", "Arguments": {"--day.$": "$.day", "--target": "s3://lake-raw/data/crm/"}},
            "Retry": retry(1, 60, "Glue.ConcurrentRunsExceededException"), "ResultPath": "$.run", "Next": "IndexCrm"},
        "IndexCrm": invoke("crm-indexer", End=True)}}


def extract(call: Call) -> Outcome:
    if call.script in (None, "fine"):
        return tasks.glue(call, seconds=205)
    return tasks.glue(
        call, "An error occurred while calling o104.getDynamicFrame. The connection attempt failed. Could not connect "
        "to crm-db.internal.example:5432: FATAL: password authentication failed for user \"glue_reader\"", 96)


def _crm_past(past: Past) -> None:
    for days_before in range(10, -1, -1):
        when = past.at(days_before, "04:10:00") + past.dice.random()
        past.run(stamp(when), when, {"day": str(past.story.at(days_before + 1, "00:00").date())},
                 "password" if days_before < 2 else "fine")


def _prices() -> dict:
    return {"Comment": "Reads what others ask", "StartAt": "ScrapePrices", "States": {
        "ScrapePrices": {
            "Type": "Task", "Resource": "arn:aws:states:::batch:submitJob.sync", "Parameters": {
                "JobName": PRICES, "JobQueue": _batch("job-queue/nightly"), "JobDefinition": _batch(f"job-definition/{PRICES}:7")},
            "End": True}}}


def _batch(rest: str) -> str:
    return f"arn:aws:batch:{REGION}:{ACCOUNT}:{rest}"


def scrape(call: Call) -> Outcome:
    """The JobDetail of "AWS Batch API Reference, DescribeJobs"; a failed one is the task's cause."""
    failed, took, job = call.script == "no price", call.lasts(SCRAPE_SECONDS, 1.6), call.uuid()
    stream = SCRAPER if failed else f"{PRICES}/default/{call.id(32, HEX)}"
    told = {"ExitCode": 1 if failed else 0, "LogStreamName": stream}
    times = {"StartedAt": round((call.now + min(20, took * 0.2)) * 1000), "StoppedAt": round((call.now + took) * 1000)}
    body = {"JobId": job, "JobName": PRICES, "JobArn": _batch(f"job/{job}")}
    submitted = tasks.sdk(call, body)
    said = "Essential container in task exited"
    detail = {**body, **times, "JobQueue": call.parameters["JobQueue"], "JobDefinition": call.parameters["JobDefinition"],
              "Status": "FAILED" if failed else "SUCCEEDED", "StatusReason": said, "CreatedAt": round(call.now * 1000),
              "Attempts": [{"Container": told, "StatusReason": said, **times}],
              "Container": {**told, "Image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/prices:31", "Vcpus": 1, "Memory": 2048,
                            "Command": ["python", "/app/scrape.py"], "LogConfiguration": {"LogDriver": "awslogs", "Options": {}}}}
    if failed:
        return Outcome(error="States.TaskFailed", cause=detail, submitted=submitted, seconds=SCRAPE_SECONDS, beats=1.6)
    return Outcome(detail, submitted=submitted, seconds=SCRAPE_SECONDS, beats=1.6)


def _prices_past(past: Past) -> None:
    for days_before in (10, 3):
        when = past.at(days_before, SCRAPED)
        past.run(stamp(when), when, {}, "no price" if days_before == 3 else "fine")


def _labels() -> dict:
    return {"Comment": "Prints what is in the food", "StartAt": "RenderLabels", "States": {
        "RenderLabels": {
            "Type": "Task", "Resource": "arn:aws:states:::ecs:runTask.sync", "Parameters": {
                "LaunchType": "FARGATE", "Cluster": _ecs("cluster/kitchens"), "TaskDefinition": LABELS},
            "End": True}}}


def _ecs(rest: str) -> str:
    return f"arn:aws:ecs:{REGION}:{ACCOUNT}:{rest}"


def render(call: Call) -> Outcome:
    """The Task of "Amazon ECS API Reference, DescribeTasks"; a stopped one is the task's cause."""
    failed, took = call.script == "no allergens", call.lasts(LABEL_SECONDS, 1.4)
    own = LABELS_TASK if failed else call.id(32, HEX)
    body = {"TaskArn": _ecs(f"task/kitchens/{own}"), "ClusterArn": call.parameters["Cluster"], "LaunchType": "FARGATE",
            "TaskDefinitionArn": _ecs(f"task-definition/{LABELS}:1")}
    submitted = tasks.sdk(call, {"Failures": [], "Tasks": [{**body, "LastStatus": "PROVISIONING", "DesiredStatus": "RUNNING"}]})
    code = 1 if failed else 0
    stopped = {**body, "LastStatus": "STOPPED", "DesiredStatus": "STOPPED", "StopCode": "EssentialContainerExited",
               "StoppedReason": "Essential container in task exited", "CreatedAt": round(call.now * 1000),
               "StoppedAt": round((call.now + took) * 1000), "Containers": [
                   {"Name": "render", "ExitCode": code, "LastStatus": "STOPPED", "RuntimeId": f"{own}-1527056392"},
                   {"Name": "metrics", "ExitCode": 0, "LastStatus": "STOPPED", "RuntimeId": f"{own}-0265927825"},
                   {"Name": "audit", "ExitCode": 0, "LastStatus": "STOPPED", "RuntimeId": f"{own}-1874402213"},
                   {"Name": "log_router", "ExitCode": 0, "LastStatus": "STOPPED", "RuntimeId": f"{own}-2907715564"}]}
    if failed:
        return Outcome(error="States.TaskFailed", cause=stopped, submitted=submitted, seconds=LABEL_SECONDS, beats=1.4)
    return Outcome(stopped, submitted=submitted, seconds=LABEL_SECONDS, beats=1.4)


def _labels_past(past: Past) -> None:
    for days_before in (13, 6):
        when = past.at(days_before, LABELLED)
        past.run(stamp(when), when, {}, "no allergens" if days_before == 6 else "fine")


def _definitions() -> None:
    """The task definition, in moto; its tasks are not described any more, as ECS does an hour after they stopped."""
    from moto.ecs.models import ecs_backends

    backend = ecs_backends[ACCOUNT][REGION]
    image = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{LABELS}"
    backend.create_cluster("kitchens")
    backend.register_task_definition(
        LABELS, requires_compatibilities=["FARGATE"], network_mode="awsvpc", cpu="1024", memory="2048", container_definitions=[
            {"name": "render", "image": f"{image}:12", "essential": True, "logConfiguration": {
                "logDriver": "awslogs", "options": {
                    "awslogs-group": LABELS_GROUP, "awslogs-region": REGION, "awslogs-stream-prefix": LABELS_PREFIX}}},
            {"name": "metrics", "image": f"{image}-metrics:3", "essential": False, "logConfiguration": {
                "logDriver": "splunk", "options": {"splunk-url": "https://splunk.internal.example:8088"}}},
            {"name": "audit", "image": f"{image}-audit:5", "essential": False, "logConfiguration": {
                "logDriver": "awsfirelens", "options": {
                    "Name": "cloudwatch_logs", "region": REGION, "log_group_name": AUDIT_GROUP, "log_stream_prefix": AUDIT_PREFIX,
                    "log_key": "log"}}},
            {"name": "log_router", "image": "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable", "essential": True,
             "firelensConfiguration": {"type": "fluentbit"}, "logConfiguration": {
                 "logDriver": "awslogs", "options": {
                     "awslogs-group": LABELS_GROUP, "awslogs-region": REGION, "awslogs-stream-prefix": "firelens"}}}])


def plant_definitions() -> None:
    later.on_first_call("ecs", _definitions)


def cast(cast: Cast) -> None:
    cast.machine(CHURN, _churn(), {"TrainModel": train}, _churn_past, created=cast.at(170, "16:00:00"),
                 tags={"team": "ml"})
    cast.machine(CLASSIC, _classic(), {"CreateCluster": create, "FindDuplicates": dedup}, _classic_past,
                 created=cast.at(700, "10:00:00"), tags={"team": "crm"})
    cast.machine(CRM, _crm(), {"ExtractCrm": extract}, _crm_past, created=cast.at(640, "09:15:00"),
                 tags={"team": "crm"})
    cast.machine(PRICES, _prices(), {"ScrapePrices": scrape}, _prices_past, created=cast.at(160, "12:00:00"),
                 tags={"team": "pricing"})
    cast.machine(LABELS, _labels(), {"RenderLabels": render}, _labels_past, created=cast.at(90, "12:00:00"),
                 tags={"team": "menu"})
