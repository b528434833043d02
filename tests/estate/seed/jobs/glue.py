"""Glue's jobs with their runs and triggers: some every night, one switched off, one whose file does not come."""

from __future__ import annotations

from ...overrides.jobs.model import JOB_ROLE, LONG
from .kit import Stage

RETRIED = "loyalty-history"

# name: (days since made, worker type, workers, concurrent runs, default arguments)
JOBS = {
    "crm-extract": (640, "G.1X", 10, 1, {"--target": "s3://lake-raw/data/crm/"}),
    "orders-extract": (300, "G.1X", 10, 20, {}),
    "stores-snapshot": (500, "G.1X", 5, 1, {"--target": "s3://lake-processed/stores/"}),
    "supplier-feed": (220, "G.1X", 4, 1, {"--source": "s3://lake-raw/data/suppliers/"}),
    "supplier-import": (220, "G.1X", 4, 1, {}),
    "franchise-feed": (150, "G.1X", 4, 1, {"--source": "s3://lake-raw/data/in/franchise_sales.csv"}),
    "price-list": (330, "G.2X", 4, 1, {"--conf": "spark.sql.ansi.enabled=true"}),
    "ledger-export": (120, "G.1X", 2, 1, {}), "till-archive": (90, "G.025X", 2, 1, {}),
    "loyalty-history": (75, "G.1X", 6, 1, {"--conf": "spark.executor.memory=5g"}),
}


def cast(stage: Stage) -> None:
    for name, (days, kind, workers, concurrent, arguments) in JOBS.items():
        stage.store.glue_jobs[name] = {
            "Name": name, "JobMode": "SCRIPT", "Description": name.replace("-", " "), "Role": JOB_ROLE,
            "CreatedOn": stage.at(days, "10:00:00"), "LastModifiedOn": stage.at(min(days, 30), "15:00:00"),
            "ExecutionProperty": {"MaxConcurrentRuns": concurrent}, "Command": {
                "Name": "glueetl", "ScriptLocation": f"s3://ml-artifacts/glue/{name.replace('-', '_')}.py", "PythonVersion": "3"},
            "DefaultArguments": {"--enable-continuous-cloudwatch-log": "true", "--enable-metrics": "true",
                                 "--job-language": "python", **arguments},
            "MaxRetries": 1 if name == RETRIED else 0, "AllocatedCapacity": workers, "Timeout": 2880, "MaxCapacity": float(workers),
            "WorkerType": kind, "NumberOfWorkers": workers, "GlueVersion": "4.0", "ExecutionClass": "STANDARD"}

    def trigger(name: str, job: str, schedule: str, state: str) -> None:
        stage.store.triggers[name] = {"Name": name, "Type": "SCHEDULED", "State": state, "Schedule": schedule,
                                      "Actions": [{"JobName": job}]}

    trigger("stores-snapshot-nightly", "stores-snapshot", "cron(15 1 * * ? *)", "ACTIVATED")
    trigger("supplier-feed-nightly", "supplier-feed", "cron(40 3 * * ? *)", "DEACTIVATED")
    for days_before in range(10, -2, -1):  # Tonight's too, before the story's new day begins.
        if stage.at(days_before, "01:15:00") + 300 < stage.now:
            stage.glue("stores-snapshot", stage.at(days_before, "01:15:00"), 190, trigger="stores-snapshot-nightly")
    for days_before in range(9, 2, -1):  # Failed three days ago; then somebody switched its trigger off.
        stage.glue("supplier-feed", stage.at(days_before, "03:40:00"), 120, "glue exit code 1" if days_before == 3 else "",
                   arguments={"--day": stage.day(days_before)}, trigger="supplier-feed-nightly")
    for days_before in range(9, 3, -1):  # Started by its file, which has not come since.
        stage.glue("franchise-feed", stage.at(days_before, "06:40:00"), 95)
    for name, cause, clock, seconds in (
            ("price-list", "bad cast", "02:10:00", 140), ("ledger-export", "access denied", "04:55:00", 60),
            ("loyalty-history", "executor heap", "03:05:00", 410)):
        stage.glue(name, stage.at(2, clock), seconds + 60)
        failed = stage.glue(name, stage.at(1, clock), seconds, cause)
        if name == RETRIED:
            stage.glue(name, stage.at(1, clock) + seconds + 40, seconds, cause, retries=failed)
    stage.glue("till-archive", stage.at(2, "05:20:00"), 200)
    stage.glue("till-archive", stage.at(1, "05:20:00"), 6, "glue no endpoint")
    stage.glue("till-archive", stage.at(0, "00:20:00"), 2_880 * 2, end="TIMEOUT" if stage.at(0, "00:20:00") + 6_000 < stage.now
               else "", said="Job timed out after 96 minutes")
    stage.glue("supplier-import", stage.at(1, "07:30:00"), 400, end="STOPPED")
    stage.glue("supplier-import", stage.hour - 2_400, LONG)
