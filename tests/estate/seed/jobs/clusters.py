"""EMR on EC2: the cluster of every night with a gallery of failures, and clusters that ended in each way."""

from __future__ import annotations

from ...logs import failures
from ...overrides.jobs.model import CAPITALS, HEX, LONG, Cluster, made_up, moments
from ..executions.jobs import CLUSTER_LOGS
from .kit import OUTPUT, Stage

NIGHTLY, BOOT, CAPACITY = "j-2QD8SALESETL", "j-1B0OTFA1LPYAR", "j-1N0CAPACTYEU1"
CLICKS, SILENT, GONE = "j-2FLEETCL1CKS7", "j-2N0L0GSEXPER1", "j-1G0NEFRANCH1S"
CLICKS_SKEWED = "clicks-by-session"
FIRST = "glue exit code 1"     # where the list of failures leaves Spark


def groups(seed: str, *kinds: tuple) -> list[dict]:
    return [{"kind": kind, "type": machine, "count": count, "market": market,
             "id": made_up("ig-", 13, CAPITALS, seed, kind), **more} for kind, machine, count, market, more in kinds]


def cast(stage: Stage) -> None:
    at = stage.at
    nightly = _add(stage, Cluster(NIGHTLY, "nightly-etl", moments(at(40, "09:00:00"), (0, "STARTING"), (160, "BOOTSTRAPPING"),
                                                                 (330, "WAITING")), groups=groups(
        NIGHTLY, ("MASTER", "m6g.xlarge", 1, "ON_DEMAND", {}), ("CORE", "r6g.2xlarge", 3, "ON_DEMAND", {}),
        ("TASK", "r6g.2xlarge", 2, "SPOT", {"lost": (1,)})), tags={"team": "data-platform"}, protected=True, scaling={
            "UnitType": "Instances", "MinimumCapacityUnits": 3, "MaximumCapacityUnits": 12}, bootstraps=[
            {"Name": "install-python-packages", "ScriptPath": "s3://ml-artifacts/bootstrap/python.sh", "Args": ["pyarrow==17.0.0"]}]))
    _nightly(stage, nightly)
    _boot(stage)
    _capacity(stage)
    _clicks(stage)
    silent = _add(stage, Cluster(SILENT, "experiments", moments(at(5, "10:00:00"), (0, "STARTING"), (400, "WAITING")),
                                 log_uri="", idle=86_400, groups=groups(SILENT, ("MASTER", "m6g.xlarge", 1, "ON_DEMAND", {}))))
    stage.step(silent, "try-prices", at(1, "11:20:00"), 140, "price_list.py", [], cause="bad cast")
    gone = _add(stage, Cluster(GONE, "franchise-etl", moments(
        at(60, "08:00:00"), (0, "STARTING"), (300, "WAITING"), (at(4, "17:12:00") - at(60, "08:00:00"), "TERMINATING"),
        (at(4, "17:13:40") - at(60, "08:00:00"), "TERMINATED")), groups=groups(
            GONE, ("MASTER", "m6g.xlarge", 1, "ON_DEMAND", {}), ("CORE", "m6g.xlarge", 2, "ON_DEMAND", {})),
        reason={"Code": "USER_REQUEST", "Message": "Terminated by user request"}))
    for days_before in range(9, 3, -1):  # Daily until somebody ended its cluster.
        stage.step(gone, "franchise-report", at(days_before, "05:30:00"), 260, "franchise_export.py",
                   ["--day", stage.day(days_before)], logs=days_before < 6)


def _add(stage: Stage, cluster: Cluster) -> Cluster:
    stage.store.clusters[cluster.id] = cluster
    return cluster


# Settings that a script was sent with when it failed, and what its files look like.
_CONF = {
    "memory overhead": "spark.executor.memory=8g spark.executor.cores=4", "executor heap": "spark.executor.memory=6g",
    "driver heap": "spark.driver.memory=2g", "result too large": "spark.driver.maxResultSize=1g",
    "broadcast timeout": "spark.sql.broadcastTimeout=300", "kryo buffer": "spark.kryoserializer.buffer.max=64m",
}
_ODD = {
    "executor heap": {"odd": {"000002/stderr": "members"}}, "gc overhead": {"odd": {"000003/stderr": "truncated"}},
    "memory overhead": {"eventlog": True, "secrets": True}, "exit 137": {"am_attempts": 2, "odd": {"000004/stdout": "empty"}},
    "node lost": {"missing": (7,)}, "disk full": {"executors": 6, "rotated": True, "odd": {"000002/stderr": "long line"}},
    "bad cast": {"odd": {"000001/stderr": "crlf"}},
    "key error": {"odd": {"000001/stderr": "no_text"}}, "column gone": {"odd": {"000001/stderr": "markup"}},
    "slow down": {"zone": 7200, "odd": {"000001/stderr": "coloured"}}, "fetch failed": {"executors": 10, "tasks": 90},
    "no such key": {"odd": {"000002/stderr": "corrupt"}}, "kryo buffer": {"odd": {"000003/stderr": "bz2"}},
    "path not found": {"odd": {"000001/stderr": "plain"}}, "context did not start": {"am_attempts": 2},
}


def _nightly(stage: Stage, cluster: Cluster) -> None:
    """One failure of each kind, a day apart from the same step's last success."""
    for days_before in range(12, -1, -1):  # Their only log was made long ago, see `..lake`.
        stage.step(cluster, "landing-validator", stage.at(days_before, "06:20:00"), 300, "landing_validator.py",
                   ["--day", stage.day(days_before)], run_id=f"s-{20_000 + days_before}DAILY", logs=False)
    spark_ones = failures.ALL[:next(n for n, one in enumerate(failures.ALL) if one.name == FIRST)]
    for number, failure in enumerate(one for one in spark_ones if one.kind != "platform" and one.name != "malformed records"):
        script = failure.user.partition(":")[0] or failure.name.replace(" ", "_") + ".py"
        name = script.removesuffix(".py").replace("_", "-")
        words = ["--input", "s3://lake-raw/data/in/", "--output", f"{OUTPUT}{name}/"]
        days_before, minute = 1 + number % 9, 10 + number // 9 * 6
        conf = _CONF.get(failure.name, "spark.executor.memory=8g")
        stage.step(cluster, name, stage.at(days_before + 1, f"01:{minute}:{number % 9 * 5:02d}"), 420 + number, script, words, conf)
        facts = {"input": f"s3://lake-raw/data/in/{name}.csv"} if failure.name == "path not found" else {}
        stage.step(cluster, name, stage.at(days_before, f"01:{minute}:{number % 9 * 5:02d}"), 200 + number * 7, script, words,
                   conf, failure.name, facts=facts, **_ODD.get(failure.name, {}))
    shell = stage.step(cluster, "copy-menus", stage.at(2, "03:00:00"), 64, "x.py", [])
    shell.asked["HadoopJarStep"]["Args"] = ["s3-dist-cp", "--src", "s3://lake-raw/menus/", "--dest", "hdfs:///menus/"]
    monitored = stage.step(cluster, "payments-own-logs", stage.at(1, "02:40:00"), 230, "payments_day.py", [], cause="kms denied",
                           log_uri="s3://lake-logs/emr-payments/")
    monitored.said["LogFile"] = f"s3://lake-logs/emr-payments/{cluster.id}/steps/{monitored.id}/stderr.gz"
    stage.step(cluster, "orders-reindex", stage.at(1, "04:00:00"), 95, "orders_reindex.py", [], end="CANCELLED")
    stage.step(cluster, "hourly-compaction", stage.hour - 1_500, LONG, "events_compaction.py", ["--hours", "1"])
    waiting = stage.step(cluster, "hourly-report", stage.hour - 900, LONG, "hourly_report.py", [], logs=False)
    waiting.moments = moments(stage.hour - 900, (0, "PENDING"), (LONG, "COMPLETED"))
    cluster.moments.append((stage.hour - 1_490, "RUNNING"))


def _boot(stage: Stage) -> None:
    began = stage.at(2, "13:05:00")
    cluster = _add(stage, Cluster(BOOT, "menu-vision", moments(
        began, (0, "STARTING"), (150, "BOOTSTRAPPING"), (260, "TERMINATING"), (330, "TERMINATED_WITH_ERRORS")),
        groups=groups(BOOT, ("MASTER", "m6g.xlarge", 1, "ON_DEMAND", {}), ("CORE", "g5.xlarge", 2, "ON_DEMAND", {})),
        cause="bootstrap action", bootstraps=[
            {"Name": "install-python-packages", "ScriptPath": "s3://ml-artifacts/bootstrap/python.sh", "Args": ["pyarrow==99.0.0"]}]))
    master = made_up("i-0", 16, HEX, BOOT, cluster.groups[0]["id"], 0)
    cluster.reason = {"Code": "BOOTSTRAP_FAILURE", "Message": f"On the master instance ({master}), bootstrap action 1 returned a "
                                                             "non-zero return code"}
    cluster.errors = [{"ErrorCode": "BOOTSTRAP_FAILURE_PRIMARY_WITH_NON_ZERO_CODE", "ErrorMessage": cluster.reason["Message"],
                       "ErrorData": [{"instance-id": master, "bootstrap-action": "install-python-packages",
                                      "return-code": "1"}]}]
    step = stage.step(cluster, "image-features", began + 2, 330, "image_features.py", [], end="CANCELLED", logs=False)
    step.moments = moments(began + 2, (0, "PENDING"), (300, "CANCELLED"))


def _capacity(stage: Stage) -> None:
    began = stage.at(1, "02:00:00")
    _add(stage, Cluster(CAPACITY, "forecast-wide", moments(began, (0, "STARTING"), (1_210, "TERMINATING"),
                                                          (1_260, "TERMINATED_WITH_ERRORS")), fleets=True, groups=groups(
        CAPACITY, ("MASTER", "m6g.xlarge", 1, "ON_DEMAND", {}), ("CORE", "r6g.16xlarge", 8, "SPOT", {})),
        cause="no ec2 capacity", uploads={"application-logs": "disabled", "system-logs": "emr-managed"}, reason={"Code": "INSTANCE_FLEET_TIMEOUT", "Message": failures.of("no ec2 capacity").short},
        errors=[{"ErrorCode": "INTERNAL_ERROR_EC2_INSUFFICIENT_CAPACITY_AZ", "ErrorMessage": failures.of("no ec2 capacity").short,
                 "ErrorData": [{"instance-type": "r6g.16xlarge", "availability-zone": "eu-west-1a"}]}]))


def _clicks(stage: Stage) -> None:
    began = stage.at(3, "22:00:00")
    cluster = _add(stage, Cluster(CLICKS, "clickstream", moments(
        began, (0, "STARTING"), (220, "BOOTSTRAPPING"), (380, "RUNNING"), (7_000, "TERMINATING"), (7_090, "TERMINATED")),
        fleets=True, keep_alive=False, groups=groups(CLICKS, ("MASTER", "m6g.xlarge", 1, "ON_DEMAND", {}),
                                                     ("CORE", "r6g.4xlarge", 4, "SPOT", {"lost": (2,)})),
        reason={"Code": "ALL_STEPS_COMPLETED", "Message": "Steps completed"}, log_uri=CLUSTER_LOGS, configurations=[
            {"Classification": "spark-defaults", "Properties": {
                "spark.eventLog.enabled": "true", "spark.eventLog.dir": f"{CLUSTER_LOGS}{CLICKS}/spark-events/"}}]))
    stage.step(cluster, CLICKS_SKEWED, began + 400, 2_900, "clicks_by_session.py", ["--day", stage.day(4)], eventlog=True, tasks=64)
    stage.step(cluster, "clicks-to-orders", began + 3_400, 1_100, "clicks_to_orders.py", ["--day", stage.day(4)],
               cause="spot interruption", eventlog=True)
    stage.step(cluster, "clicks-to-orders", began + 4_600, 1_900, "clicks_to_orders.py", ["--day", stage.day(4)], eventlog=True)
