"""EMR Serverless: the application of the pipelines, one for whatever people try, one that is stopped."""

from __future__ import annotations

from ...overrides.jobs.model import LONG, arn, moments
from ..executions.sales import APPLICATION
from .kit import OUTPUT, Stage

ADHOC, STOPPED = "00fadh0canalyt1c", "00fmenum0delst0p"
S3 = {"s3MonitoringConfiguration": {"logUri": "s3://lake-logs/emr-serverless/"}}
CLOUDWATCH = {"cloudWatchLoggingConfiguration": {
    "enabled": True, "logGroupName": "/aws/emr-serverless", "logStreamNamePrefix": "adhoc",
    "logTypes": {"SPARK_DRIVER": ["STDERR", "STDOUT"], "SPARK_EXECUTOR": ["STDERR", "STDOUT"]}}}
MANAGED = {"managedPersistenceMonitoringConfiguration": {"enabled": True}}


def cast(stage: Stage) -> None:
    for name, title, state, created in ((APPLICATION, "daily-batch", "STARTED", 300), (ADHOC, "adhoc-analytics", "STARTED", 90),
                                        (STOPPED, "menu-models", "STOPPED", 200)):
        stage.store.applications[name] = {
            "applicationId": name, "name": title, "arn": arn("emr-serverless", f"/applications/{name}"),
            "releaseLabel": "emr-7.2.0", "type": "Spark", "state": state,
            "stateDetails": "" if state == "STARTED" else "Stopped by oncall", "createdAt": stage.at(created, "10:00:00"),
            "updatedAt": stage.at(0 if state == "STARTED" else 3, "05:50:00"), "architecture": "X86_64",
            "tags": {"team": "data-platform"}, "initialCapacity": {"Driver": {"workerCount": 1, "workerConfiguration": {
                "cpu": "4 vCPU", "memory": "16 GB", "disk": "20 GB"}}} if name == APPLICATION else {},
            "maximumCapacity": {"cpu": "64 vCPU" if name == ADHOC else "400 vCPU", "memory": "256 GB" if name == ADHOC else "3000 GB"},
            "autoStartConfiguration": {"enabled": name != STOPPED},
            "autoStopConfiguration": {"enabled": True, "idleTimeoutMinutes": 15}}
    _adhoc(stage)
    for days_before in range(8, 2, -1):  # And none since, for its application is stopped.
        stage.serverless(STOPPED, "menu-model-features", stage.at(days_before, "04:00:00"), 380, "menu_features.py",
                         ["--day", stage.day(days_before)])


def _adhoc(stage: Stage) -> None:
    at = stage.at

    def both(name: str, script: str, days_before: int, clock: str, cause: str, words: list[str] | None = None, conf: str = "",
             **more) -> None:
        given = words or ["--output", f"{OUTPUT}{name}/"]
        stage.serverless(ADHOC, name, at(days_before + 1, clock), 300, script, given, conf,
                         monitoring=more.get("monitoring"))
        stage.serverless(ADHOC, name, at(days_before, clock), 140, script, given, conf, cause, **more)

    both("basket-affinity", "basket_affinity.py", 1, "09:10:00", "executor heap", conf="spark.executor.memory=8g", eventlog=True)
    both("image-features", "image_features.py", 2, "10:00:00", "memory overhead", conf="spark.executor.memoryOverhead=819m",
         archived=3, secrets=True)
    both("delivery-costs", "delivery_costs.py", 1, "14:20:00", "key error", attempts=3)
    both("menu-embeddings", "menu_embeddings.py", 2, "15:00:00", "python worker crashed", monitoring={**S3, **CLOUDWATCH})
    both("forecast", "forecast.py", 3, "08:00:00", "module missing", monitoring=CLOUDWATCH)
    both("ledger-export", "ledger_export.py", 3, "09:30:00", "access denied")
    both("crm-sync", "crm_sync.py", 1, "16:45:00", "not authorized", odd={"SPARK_EXECUTOR/2/stderr": "truncated"})
    both("store-weather", "store_weather.py", 4, "11:00:00", "broadcast timeout", conf="spark.sql.broadcastTimeout=300")
    both("sales-fix", "sales_fix.py", 2, "06:21:00", "concurrent append")
    both("wide-scan", "wide_scan.py", 1, "13:00:00", "capacity of application", executors=0)
    both("year-rollup", "year_rollup.py", 5, "07:00:00", "quota", executors=0)
    both("night-totals", "night_totals.py", 2, "01:00:00", "no resources")
    both("report-without-logs", "stores_report.py", 1, "17:30:00", "driver heap", monitoring=MANAGED)
    both("price-list", "price_list.py", 1, "18:10:00", "bad cast", odd={"SPARK_DRIVER/stderr": "coloured"})
    silent = stage.serverless(ADHOC, "gone-in-silence", at(3, "12:00:00"), 95, "stores_report.py", [], cause="exit 137",
                              missing=(1, 2, 3, 7))
    silent.more["odd"] = {"SPARK_DRIVER/stdout": "empty"}
    stage.serverless(ADHOC, "what-if-prices", at(1, "12:30:00"), 800, "what_if.py", [], end="CANCELLED")
    stage.serverless(ADHOC, "history-again", stage.hour - 1_200, LONG, "orders_history.py", ["--from", "2025-01-01"])
    queued = stage.serverless(ADHOC, "history-again-2", stage.hour - 300, LONG, "orders_history.py", ["--from", "2024-01-01"])
    queued.moments, queued.logs = moments(stage.hour - 300, (0, "SUBMITTED"), (2, "PENDING"), (LONG, "SUCCESS")), False
