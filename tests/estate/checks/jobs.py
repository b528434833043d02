"""The engines: what answers, in the shapes of their APIs; what is started ends as its arguments say; the join holds."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta, timezone

from .bench import refused, same
from .states import MACHINE, SALES, describe, ended, fresh, history, runs
from .wire import called

DAILY, ADHOC = "00fe6s2r9vq1b30l", "00fadh0canalyt1c"
NIGHTLY, KITCHENS = "j-2QD8SALESETL", "kq8f0recastk1tchens0000001"
KEY = "data/in/daily_sales.csv"


def until(ask, wanted, seconds: float = 8):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = ask()
        if wanted(found):
            return found
        time.sleep(0.02)
    raise AssertionError(f"still {found}")


def restore(bench) -> None:
    versions = [v for v in bench.s3.list_object_versions(Bucket="lake-raw", Prefix=KEY)["Versions"] if v["Key"] == KEY]
    bench.s3.copy_object(Bucket="lake-raw", Key=KEY, CopySource={"Bucket": "lake-raw", "Key": KEY, "VersionId": versions[1]["VersionId"]})


def objects(bench, prefix: str) -> dict[str, bytes]:
    pages = bench.s3.get_paginator("list_objects_v2").paginate(Bucket="lake-logs", Prefix=prefix)
    names = [one["Key"] for page in pages for one in page.get("Contents", [])]
    return {name[len(prefix):]: bench.s3.get_object(Bucket="lake-logs", Key=name)["Body"].read() for name in names}


def check_job_shapes_of_emr(bench) -> None:
    emr = bench.client("emr")
    states = {}
    for cluster in called(emr, "list_clusters")["Clusters"]:
        name = cluster["Id"]
        states[cluster["Status"]["State"]] = name
        told = called(emr, "describe_cluster", ClusterId=name)["Cluster"]
        fleets = told["InstanceCollectionType"] == "INSTANCE_FLEET"
        called(emr, "list_instance_fleets" if fleets else "list_instance_groups", ClusterId=name)
        refused(lambda: getattr(emr, "list_instance_groups" if fleets else "list_instance_fleets")(ClusterId=name),
                "InvalidRequestException", 400)
        assert called(emr, "list_instances", ClusterId=name)["Instances"]
        called(emr, "list_bootstrap_actions", ClusterId=name)
        for step in called(emr, "list_steps", ClusterId=name)["Steps"][:3]:
            called(emr, "describe_step", ClusterId=name, StepId=step["Id"])
    assert {"WAITING", "RUNNING", "TERMINATED", "TERMINATED_WITH_ERRORS"} <= set(states), states
    pages = list(emr.get_paginator("list_steps").paginate(ClusterId=NIGHTLY))
    steps = [step for page in pages for step in page["Steps"]]
    same((len(pages[0]["Steps"]), len({s["Id"] for s in steps})), (50, len(steps)))
    same({s["Status"]["State"] for s in steps}, {"PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"})
    same([s["Id"] for s in emr.list_steps(ClusterId=NIGHTLY, StepStates=["RUNNING"])["Steps"]],
         [s["Id"] for s in steps if s["Status"]["State"] == "RUNNING"])
    boot = emr.describe_cluster(ClusterId="j-1B0OTFA1LPYAR")["Cluster"]["Status"]
    same((boot["StateChangeReason"]["Code"], boot["ErrorDetails"][0]["ErrorCode"]),
         ("BOOTSTRAP_FAILURE", "BOOTSTRAP_FAILURE_PRIMARY_WITH_NON_ZERO_CODE"))
    limits = called(emr, "get_managed_scaling_policy", ClusterId=NIGHTLY)["ManagedScalingPolicy"]["ComputeLimits"]
    same((limits["MinimumCapacityUnits"], limits["MaximumCapacityUnits"]), (3, 12))
    broken = emr.describe_cluster(ClusterId="j-1BR0KENB00TCL")["Cluster"]
    same((broken["Name"], broken["Status"]["State"], broken["Status"]["StateChangeReason"]["Code"]),
         ("crm-dedup", "TERMINATED_WITH_ERRORS", "BOOTSTRAP_FAILURE"))
    refused(lambda: emr.describe_cluster(ClusterId="j-NOBODY"), "InvalidRequestException", 400)
    same(bench.client("emr", region="us-east-1").list_clusters()["Clusters"], [])


def check_job_shapes_of_serverless(bench) -> None:
    client, seen = bench.client("emr-serverless"), set()
    for application in called(client, "list_applications")["applications"]:
        called(client, "get_application", applicationId=application["id"])
        pages = client.get_paginator("list_job_runs").paginate(applicationId=application["id"])
        found = [run for page in pages for run in page["jobRuns"]]
        called(client, "list_job_runs", applicationId=application["id"])
        for run in found[:40]:
            seen.add(run["state"])
            asked = {"applicationId": application["id"], "jobRunId": run["id"]}
            told = called(client, "get_job_run", **asked)["jobRun"]
            same(told["state"], run["state"])
            assert (told["state"] == "FAILED") == bool(told["stateDetails"]), told
            called(client, "list_job_run_attempts", **asked)
            called(client, "get_dashboard_for_job_run", **asked)
    same(seen, {"SUCCESS", "FAILED", "CANCELLED", "RUNNING", "PENDING"})
    day = datetime.now(timezone.utc).replace(hour=0, minute=0)
    newer = client.list_job_runs(applicationId=DAILY, createdAtAfter=day, states=["FAILED"])["jobRuns"]
    assert all(run["createdAt"] >= day and run["state"] == "FAILED" for run in newer)
    retried = next(run for run in client.list_job_runs(applicationId=ADHOC)["jobRuns"] if run["attempt"] == 3)
    attempts = client.list_job_run_attempts(applicationId=ADHOC, jobRunId=retried["id"])["jobRunAttempts"]
    same([one["attempt"] for one in attempts], [3, 2, 1])
    same(client.get_job_run(applicationId=ADHOC, jobRunId=retried["id"], attempt=1)["jobRun"]["attempt"], 1)
    refused(lambda: client.get_job_run(applicationId=ADHOC, jobRunId="00fnobody0000000"), "ResourceNotFoundException", 404)


def check_job_shapes_of_the_others(bench) -> None:
    eks, glue, models = bench.client("emr-containers"), bench.client("glue"), bench.client("sagemaker")
    same([one["state"] for one in called(eks, "list_virtual_clusters")["virtualClusters"]], ["RUNNING", "TERMINATED"])
    reasons = set()
    for run in called(eks, "list_job_runs", virtualClusterId=KITCHENS)["jobRuns"]:
        told = called(eks, "describe_job_run", virtualClusterId=KITCHENS, id=run["id"])["jobRun"]
        reasons.add(told.get("failureReason"))
    same(reasons, {None, "USER_ERROR", "CLUSTER_UNAVAILABLE"})
    states = set()
    for job in called(glue, "get_jobs")["Jobs"]:
        for run in called(glue, "get_job_runs", JobName=job["Name"])["JobRuns"]:
            states.add(run["JobRunState"])
            assert (run["JobRunState"] in ("FAILED", "TIMEOUT")) == ("ErrorMessage" in run), run
            assert ("DPUSeconds" in run) == ("CompletedOn" in run), run
        called(glue, "get_job", JobName=job["Name"])
    assert {"SUCCEEDED", "FAILED", "STOPPED", "RUNNING"} <= states, states
    retried, first = glue.get_job_runs(JobName="loyalty-history")["JobRuns"][:2]
    same((retried["Id"], retried["PreviousRunId"], retried["Attempt"], first["Attempt"]),
         (f"{first['Id']}_attempt_1", first["Id"], 1, 0))
    assert "PreviousRunId" not in first, first
    same({one["Name"]: one["State"] for one in called(glue, "get_triggers")["Triggers"]},
         {"stores-snapshot-nightly": "ACTIVATED", "supplier-feed-nightly": "DEACTIVATED"})
    for kind in ("training", "processing", "transform"):
        title = kind.title()
        for one in called(models, f"list_{kind}_jobs", MaxResults=50)[f"{title}JobSummaries"]:
            told = called(models, f"describe_{kind}_job", **{f"{title}JobName": one[f"{title}JobName"]})
            same((told[f"{title}JobStatus"] == "Failed"), "FailureReason" in told)
    refused(lambda: models.describe_training_job(TrainingJobName="nobody"), "ValidationException", 400)


def check_job_late_ones(bench) -> None:
    """What has not run for three days, each for another reason."""
    glue, now = bench.client("glue"), datetime.now(timezone.utc)
    for name in ("supplier-feed", "franchise-feed"):
        newest = glue.get_job_runs(JobName=name)["JobRuns"][0]["StartedOn"]
        assert (now - newest).total_seconds() > 2.5 * 86_400, name
    metrics, since = bench.client("cloudwatch"), now - timedelta(days=9)

    def counted(namespace: str, metric: str, name: str, value: str) -> list[datetime]:
        points = metrics.get_metric_statistics(
            Namespace=namespace, MetricName=metric, StartTime=since, EndTime=now, Period=300, Statistics=["Sum"],
            Dimensions=[{"Name": name, "Value": value}])["Datapoints"]
        return sorted(point["Timestamp"] for point in points if point["Sum"])

    ran = counted("AWS/Lambda", "Invocations", "FunctionName", "till-receipts")
    refused_at = counted("AWS/Events", "FailedInvocations", "RuleName", "till-receipts-nightly")
    assert ran and len(refused_at) >= 3 and refused_at[0] > ran[-1], (ran, refused_at)
    assert set(refused_at) < set(counted("AWS/Events", "TriggeredRules", "RuleName", "till-receipts-nightly"))
    same(bench.client("lambda").get_function_configuration(FunctionName="till-receipts")["Runtime"], "python3.12")
    rules = {rule["Name"]: rule["State"] for rule in bench.client("events").list_rules()["Rules"]}
    same((rules["supplier-feed-nightly"], rules["on-franchise-sales"]), ("DISABLED", "ENABLED"))
    same(bench.s3.list_objects_v2(Bucket="lake-raw", Prefix="data/in/franchise_sales")["KeyCount"], 0)
    same(bench.client("emr").describe_cluster(ClusterId="j-1G0NEFRANCH1S")["Cluster"]["Status"]["State"], "TERMINATED")
    same(bench.client("emr-serverless").get_application(applicationId="00fmenum0delst0p")["application"]["state"], "STOPPED")


def check_job_ids_of_executions(bench) -> None:
    """Every job that a history names is in its service, with the same end."""
    fresh(bench)
    arn = runs(bench, SALES)[0]["executionArn"]
    client, found = bench.client("emr-serverless"), 0
    for event in history(bench, arn):
        if event["type"] != "TaskSubmitted":
            continue
        told = json.loads(event["taskSubmittedEventDetails"]["output"])
        run = client.get_job_run(applicationId=told["ApplicationId"], jobRunId=told["JobRunId"])["jobRun"]
        same((run["state"], run["name"], run["arn"]), ("FAILED", arn.rpartition(":")[2], told["Arn"]))
        assert "Malformed" in run["stateDetails"]
        found += 1
        files = objects(bench, f"emr-serverless/applications/{DAILY}/jobs/{told['JobRunId']}/")
        assert {"SPARK_DRIVER/stderr.gz", "SPARK_DRIVER/stdout.gz", "SPARK_EXECUTOR/1/stderr.gz"} <= set(files), set(files)
    same(found, 3)
    for machine, service in (("glue-crm", "glue"), ("churn-training", "sagemaker"), ("emr-classic", "emr")):
        newest = runs(bench, machine)[0]["executionArn"]
        submitted = [e for e in history(bench, newest) if e["type"] == "TaskSubmitted"][-1]
        told = json.loads(submitted["taskSubmittedEventDetails"]["output"])
        if service == "glue":
            state = bench.client("glue").get_job_run(JobName=told["JobName"], RunId=told["JobRunId"])["JobRun"]["JobRunState"]
        elif service == "sagemaker":
            name = told["TrainingJobArn"].rpartition("/")[2]
            state = bench.client("sagemaker").describe_training_job(TrainingJobName=name)["TrainingJobStatus"].upper()
        else:
            state = bench.client("emr").describe_step(ClusterId="j-3KV9CRMDEDUP7", StepId=told["StepId"])["Step"]["Status"]["State"]
        same((machine, state), (machine, "FAILED"))


def check_job_walk_from_end_to_end(bench) -> None:
    """Restore the whole file: the rule starts an execution, its job succeeds, and has logs of its own."""
    fresh(bench)
    bench.control("POST", "deliver", {"on": True})
    before = {run["executionArn"] for run in runs(bench, SALES)}
    restore(bench)
    new = until(lambda: {run["executionArn"] for run in runs(bench, SALES)} - before, lambda found: found)
    same(len(new), 1)
    arn = new.pop()
    told = ended(bench, arn)
    same((told["status"], json.loads(told["input"])["detail"]["reason"]), ("SUCCEEDED", "CopyObject"))
    submitted = next(e for e in history(bench, arn) if e["type"] == "TaskSubmitted")
    job = json.loads(submitted["taskSubmittedEventDetails"]["output"])["JobRunId"]
    run = bench.client("emr-serverless").get_job_run(applicationId=DAILY, jobRunId=job)["jobRun"]
    same(run["state"], "SUCCESS")
    import gzip

    files = until(lambda: objects(bench, f"emr-serverless/applications/{DAILY}/jobs/{job}/"),
                  lambda found: b"exitCode 0" in gzip.decompress(found.get("SPARK_DRIVER/stderr.gz") or gzip.compress(b"")))
    assert b"wrote 20401 rows" in gzip.decompress(files["SPARK_DRIVER/stdout.gz"]), gzip.decompress(files["SPARK_DRIVER/stdout.gz"])
    bench.control("POST", "deliver", {"on": False})
    restore(bench)
    time.sleep(0.2)
    same(len(runs(bench, SALES)), len(before) + 1)
    bench.control("POST", "deliver", {"on": True})


def check_job_started_serverless(bench) -> None:
    fresh(bench)
    client = bench.client("emr-serverless")

    def start(words: list[str], conf: str = "", entry: str = "daily_sales.py", **more) -> dict:
        made = called(client, "start_job_run", applicationId=DAILY, executionRoleArn="arn:aws:iam::123456789012:role/x", jobDriver={
            "sparkSubmit": {"entryPoint": f"s3://ml-artifacts/jobs/{entry}", "entryPointArguments": words,
                            "sparkSubmitParameters": conf or "--conf spark.app.name=mine"}}, configurationOverrides={"monitoringConfiguration": {
                                "s3MonitoringConfiguration": {"logUri": "s3://lake-logs/mine/"}}}, **more)
        return {"applicationId": DAILY, "jobRunId": made["jobRunId"]}

    def over(run: dict) -> dict:
        return until(lambda: client.get_job_run(**run)["jobRun"], lambda told: told["state"] in ("SUCCESS", "FAILED", "CANCELLED"))

    cut = ["--input", f"s3://lake-raw/{KEY}"]
    same(over(start(cut))["state"], "FAILED")
    bench.control("POST", "deliver", {"on": False})
    restore(bench)
    bench.control("POST", "deliver", {"on": True})
    same(over(start(cut))["state"], "SUCCESS")
    assert "PATH_NOT_FOUND" in over(start(["--input", "s3://lake-raw/data/in/nobody.csv"]))["stateDetails"]
    same(over(start([], "--conf spark.executor.memoryOverhead=1g", "image_features.py"))["state"], "FAILED")
    same(over(start([], "--conf spark.executor.memoryOverhead=2g", "image_features.py"))["state"], "SUCCESS")
    retried = start(["--fail-with", "key error"], retryPolicy={"maxAttempts": 2})
    same(over(retried)["attempt"], 2)
    until(lambda: objects(bench, f"mine/applications/{DAILY}/jobs/{retried['jobRunId']}/"),
          lambda found: {"attempts/1/SPARK_DRIVER/stderr.gz", "attempts/2/SPARK_DRIVER/stderr.gz"} <= set(found))
    bench.control("POST", "pace", {"seconds": 1})
    slow = start([])
    same(client.get_job_run(**slow)["jobRun"]["state"], "SUBMITTED")
    called(client, "cancel_job_run", **slow)
    bench.control("POST", "pace", {"seconds": 0.02})
    same(over(slow)["state"], "CANCELLED")
    refused(lambda: client.cancel_job_run(**slow), "ValidationException", 400)
    seen = bench.control("GET", "requests?action=StartJobRun")["requests"]
    assert seen and seen[-1]["service"] == "emr-serverless"


def check_job_started_elsewhere(bench) -> None:
    fresh(bench)
    emr, glue, eks = bench.client("emr"), bench.client("glue"), bench.client("emr-containers")
    step = {"Name": "mine", "ActionOnFailure": "CONTINUE", "HadoopJarStep": {"Jar": "command-runner.jar", "Args": [
        "spark-submit", "--deploy-mode", "cluster", "--conf", "spark.executor.memory=4g", "s3://ml-artifacts/jobs/basket_affinity.py"]}}
    silent = "j-2N0L0GSEXPER1"
    one = called(emr, "add_job_flow_steps", JobFlowId=silent, Steps=[step])["StepIds"][0]
    ask = lambda name: emr.describe_step(ClusterId=silent, StepId=name)["Step"]["Status"]  # noqa: E731
    failed = until(lambda: ask(one), lambda told: told["State"] == "FAILED")
    same((failed["FailureDetails"]["Reason"], "LogFile" in failed["FailureDetails"]), ("Unknown Error.", False))
    bigger = json.loads(json.dumps(step).replace("memory=4g", "memory=16g"))
    two = emr.add_job_flow_steps(JobFlowId=silent, Steps=[bigger])["StepIds"][0]
    same(until(lambda: ask(two), lambda told: told["State"] in ("FAILED", "COMPLETED"))["State"], "COMPLETED")
    bench.control("POST", "pace", {"seconds": 1})
    first, second = emr.add_job_flow_steps(JobFlowId=silent, Steps=[bigger, bigger])["StepIds"]
    told = called(emr, "cancel_steps", ClusterId=silent, StepIds=[second, one])["CancelStepsInfoList"]
    same([info["Status"] for info in told], ["SUBMITTED", "FAILED"])
    bench.control("POST", "pace", {"seconds": 0.02})
    same(until(lambda: ask(second), lambda told: told["State"] != "CANCEL_PENDING")["State"], "CANCELLED")
    refused(lambda: emr.add_job_flow_steps(JobFlowId="j-3KV9CRMDEDUP7", Steps=[step]), "ValidationException", 400)
    refused(lambda: emr.terminate_job_flows(JobFlowIds=[NIGHTLY]), "ValidationException", 400)
    run = called(glue, "start_job_run", JobName="price-list")["JobRunId"]
    same(until(lambda: glue.get_job_run(JobName="price-list", RunId=run)["JobRun"], lambda told: "CompletedOn" in told)["JobRunState"],
         "FAILED")
    run = glue.start_job_run(JobName="price-list", Arguments={"--mode": "--decimal-comma"})["JobRunId"]
    same(until(lambda: glue.get_job_run(JobName="price-list", RunId=run)["JobRun"], lambda told: "CompletedOn" in told)["JobRunState"],
         "SUCCEEDED")
    going = glue.get_job_runs(JobName="supplier-import")["JobRuns"][0]["Id"]
    refused(lambda: glue.start_job_run(JobName="supplier-import"), "ConcurrentRunsExceededException", 400)
    told = called(glue, "batch_stop_job_run", JobName="supplier-import", JobRunIds=[going, "jr_nobody"])
    same((len(told["SuccessfulSubmissions"]), told["Errors"][0]["ErrorDetail"]["ErrorCode"]), (1, "EntityNotFoundException"))
    until(lambda: glue.get_job_run(JobName="supplier-import", RunId=going)["JobRun"]["JobRunState"], lambda state: state == "STOPPED")
    made = called(eks, "start_job_run", virtualClusterId=KITCHENS, name="mine", executionRoleArn="arn:aws:iam::123456789012:role/xxxxxxx",
                  releaseLabel="emr-7.1.0-latest", jobDriver={"sparkSubmitJobDriver": {
                      "entryPoint": "s3://ml-artifacts/jobs/forecast.py"}})["id"]
    until(lambda: eks.describe_job_run(virtualClusterId=KITCHENS, id=made)["jobRun"]["state"], lambda state: state == "FAILED")
    models = bench.client("sagemaker")
    models.create_processing_job(ProcessingJobName="mine", RoleArn="arn:aws:iam::123456789012:role/xxxxxxx", AppSpecification={
        "ImageUri": "x"}, ProcessingResources={"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.xlarge",
                                                                "VolumeSizeInGB": 30}})
    until(lambda: models.describe_processing_job(ProcessingJobName="mine")["ProcessingJobStatus"], lambda state: state == "Completed")
    bench.control("POST", "reset", {"area": "executions"})
    refused(lambda: models.describe_processing_job(ProcessingJobName="mine"), "ValidationException", 400)


def check_job_ends_of_the_pipeline(bench) -> None:
    dms, data = bench.client("dms"), bench.client("redshift-data")
    tasks = {task["ReplicationTaskIdentifier"]: task for task in called(dms, "describe_replication_tasks")["ReplicationTasks"]}
    same({name: task["Status"] for name, task in tasks.items()}, {
        "crm-to-lake": "running", "tills-cdc": "running", "orders-cdc": "failed", "loyalty-full-load": "stopped"})
    tables = called(dms, "describe_table_statistics", ReplicationTaskArn=tasks["tills-cdc"]["ReplicationTaskArn"])["TableStatistics"]
    same([t["TableName"] for t in tables if t["TableState"] == "Table error"], ["till_events"])
    target = called(dms, "describe_endpoints")["Endpoints"]
    same({one["S3Settings"]["BucketFolder"] for one in target if one["EngineName"] == "s3"}, {"cdc"})
    replications = {one["ReplicationConfigIdentifier"]: one for one in called(dms, "describe_replications")["Replications"]}
    same({name: one["Status"] for name, one in replications.items()}, {"menu-to-lake": "running", "suppliers-to-lake": "failed"})
    failed = replications["suppliers-to-lake"]
    same(failed["FailureMessages"], ["Test connection failed for endpoint suppliers-db."])
    same([one["ReplicationConfigIdentifier"] for one in called(dms, "describe_replications", Filters=[
        {"Name": "replication-config-arn", "Values": [failed["ReplicationConfigArn"]]}])["Replications"]], ["suppliers-to-lake"])
    tables = called(dms, "describe_replication_table_statistics", ReplicationConfigArn=failed["ReplicationConfigArn"])
    same([t["TableName"] for t in tables["ReplicationTableStatistics"]], ["suppliers_header", "suppliers_lines", "suppliers_notes"])
    refused(lambda: dms.describe_replication_table_statistics(ReplicationConfigArn="arn:aws:dms:eu-west-1:1:replication-config:X"),
            "ResourceNotFoundFault", 400)
    metrics, now = bench.client("cloudwatch"), datetime.now(timezone.utc)
    listed = metrics.list_metrics(Namespace="AWS/DMS", MetricName="CDCLatencyTarget")["Metrics"]
    own = replications["menu-to-lake"]["ReplicationConfigArn"].rpartition(":")[2]
    assert [{"Name": "ReplicationConfigId", "Value": own}] in [one["Dimensions"] for one in listed], listed
    latency = metrics.get_metric_statistics(
        Namespace="AWS/DMS", MetricName="CDCLatencyTarget", StartTime=now.fromtimestamp(now.timestamp() - 7_200, timezone.utc),
        EndTime=now, Period=300, Statistics=["Maximum"], Dimensions=[
            {"Name": "ReplicationInstanceIdentifier", "Value": "lake-feeder"},
            {"Name": "ReplicationTaskIdentifier", "Value": tasks["tills-cdc"]["ReplicationTaskArn"].rpartition(":")[2]}])["Datapoints"]
    assert len(latency) > 20 and max(point["Maximum"] for point in latency) > 3_000
    failed = {one["StatementName"]: one for one in called(data, "list_statements", Status="FAILED")["Statements"]}
    told = called(data, "describe_statement", Id=failed["load-returns"]["Id"])
    assert "sys_load_error_detail" in told["Error"]
    fresh(bench)
    made = called(data, "execute_statement", Database="sales", WorkgroupName="warehouse", Sql=(
        "SELECT trim(file_name) AS file_name, line_number, column_name, error_message FROM sys_load_error_detail WHERE query_id = "
        f"{told['RedshiftQueryId']} ORDER BY start_time LIMIT 10"))["Id"]
    until(lambda: data.describe_statement(Id=made)["Status"], lambda status: status == "FINISHED")
    rows = called(data, "get_statement_result", Id=made)
    same([column["name"] for column in rows["ColumnMetadata"]], ["file_name", "line_number", "column_name", "error_message"])
    same((rows["TotalNumRows"], rows["Records"][0][0]["stringValue"]), (1, "s3://lake-raw/data/in/daily_sales_returns.csv"))
    body = bench.s3.get_object(Bucket="lake-raw", Key="data/in/daily_sales_returns.csv")["Body"].read().decode()
    same(rows["Records"][0][1]["longValue"], len(body.splitlines()))
    load = data.execute_statement(Database="sales", WorkgroupName="warehouse", Sql=f"COPY daily_sales FROM 's3://lake-raw/{KEY}' CSV")["Id"]
    until(lambda: data.describe_statement(Id=load)["Status"], lambda status: status == "FAILED")
    refused(lambda: data.get_statement_result(Id=load), "ResourceNotFoundException", 400)


def check_job_writes_once_and_ended(bench) -> None:
    """A token starts one run however often it is sent; what is on its way is ended in each engine's way."""
    fresh(bench)
    serverless, eks, emr, models = (bench.client(name) for name in ("emr-serverless", "emr-containers", "emr", "sagemaker"))
    role = "arn:aws:iam::123456789012:role/xxxxxxx"
    asked = {"applicationId": ADHOC, "clientToken": "once-1", "executionRoleArn": role,
             "jobDriver": {"sparkSubmit": {"entryPoint": "s3://ml-artifacts/jobs/what_if.py"}}}
    first, second = (serverless.start_job_run(**asked)["jobRunId"] for _ in range(2))
    same(first, second)
    assert serverless.start_job_run(**{**asked, "clientToken": "once-2"})["jobRunId"] != first
    refused(lambda: serverless.start_job_run(**{**asked, "name": "other"}), "ValidationException", 400)
    asked = {"virtualClusterId": KITCHENS, "clientToken": "once-1", "name": "mine", "executionRoleArn": role,
             "releaseLabel": "emr-7.1.0-latest", "jobDriver": {"sparkSubmitJobDriver": {"entryPoint": "s3://ml-artifacts/jobs/what_if.py"}}}
    first, second = (eks.start_job_run(**asked)["id"] for _ in range(2))
    same(first, second)
    bench.control("POST", "pace", {"seconds": 1})
    made = eks.start_job_run(**{**asked, "clientToken": "once-2"})["id"]
    called(eks, "cancel_job_run", virtualClusterId=KITCHENS, id=made)
    bench.control("POST", "pace", {"seconds": 0.02})
    until(lambda: eks.describe_job_run(virtualClusterId=KITCHENS, id=made)["jobRun"]["state"], lambda state: state == "CANCELLED")
    going = emr.list_steps(ClusterId=NIGHTLY, StepStates=["RUNNING"])["Steps"][0]["Id"]
    told = called(emr, "cancel_steps", ClusterId=NIGHTLY, StepIds=[going], StepCancellationOption="TERMINATE_PROCESS")
    same([info["Status"] for info in told["CancelStepsInfoList"]], ["SUBMITTED"])
    until(lambda: emr.describe_step(ClusterId=NIGHTLY, StepId=going)["Step"]["Status"]["State"], lambda state: state == "CANCELLED")
    going = models.list_training_jobs(StatusEquals="InProgress", NameContains="basket-next")["TrainingJobSummaries"][0]["TrainingJobName"]
    models.stop_training_job(TrainingJobName=going)
    until(lambda: models.describe_training_job(TrainingJobName=going)["TrainingJobStatus"], lambda state: state == "Stopped")
    refused(lambda: models.stop_training_job(TrainingJobName=going), "ValidationException", 400)
    bench.control("POST", "reset", {"area": "executions"})


def check_job_loads_of_executions(bench) -> None:
    """What an execution sent is what the Data API knows, and both say that it failed."""
    data, client = bench.client("redshift-data"), fresh(bench)
    for machine, name in (("returns-load", "load-returns"), ("prices-load", "load-prices")):
        run = runs(bench, machine)[0]
        same(run["status"], "FAILED")
        events = history(bench, run["executionArn"])
        sent = next(json.loads(e["taskSucceededEventDetails"]["output"])["Id"] for e in events if e["type"] == "TaskSucceeded")
        known = {one["Id"]: one["StatementName"] for one in called(data, "list_statements", Status="FAILED")["Statements"]}
        same(known[sent], name)
        same(describe(bench, run["executionArn"])["error"], "LoadFailed")
    same(called(data, "describe_statement", Id=sent)["ClusterIdentifier"], "finance-ra3")
    same([run["name"].partition("-")[0] for run in runs(bench, "orders-changes") if run["status"] == "FAILED"][1:], ["suppliers"])
    failed = runs(bench, "orders-changes")[0]
    same((failed["status"], client.describe_execution(executionArn=failed["executionArn"])["error"]), ("FAILED", "NoNewFiles"))
