"""Spark's event log, as `EventLoggingListener` writes it (rolling, `eventlog_v2_<id>/`): a line of JSON an event.

"Spark Monitoring and Instrumentation, Applying compaction on rolling event log files". All tasks of the second stage spill;
the third is skewed: one task of it reads and spills fifty times what the others do; the fourth collects garbage for a third
of its time. On YARN executors say which container they are, as `YarnContainerInfoHelper` does.
"""

from __future__ import annotations

import json
import random

from .spark import Job

SPILLING_STAGE, SKEWED_STAGE, SKEWED_TASK, GARBAGE_STAGE = 1, 2, 17, 3
_compact = json.JSONEncoder(separators=(",", ":")).encode


def rolling(job: Job, application: str) -> dict[str, bytes]:
    folder = f"eventlog_v2_{application}/"
    lines = _events(job, application)
    half = len(lines) * 2 // 3
    return {folder + f"appstatus_{application}": b"",
            folder + f"events_1_{application}": ("\n".join(lines[:half]) + "\n").encode(),
            folder + f"events_2_{application}": ("\n".join(lines[half:]) + "\n").encode()}


def _events(job: Job, application: str) -> list[str]:
    dice, start = random.Random("events" + application), round(job.start * 1000)
    whole = round(job.end * 1000) - start
    told = [
        {"Event": "SparkListenerLogStart", "Spark Version": "3.5.1-amzn-0"},
        {"Event": "SparkListenerResourceProfileAdded", "Resource Profile Id": 0, "Executor Resource Requests": {},
         "Task Resource Requests": {}},
        {"Event": "SparkListenerEnvironmentUpdate", "JVM Information": {"Java Version": "17.0.12 (Amazon.com Inc.)"},
         "Spark Properties": {"spark.app.name": job.name, "spark.executor.cores": "4", "spark.executor.memory": "8g",
                              "spark.executor.instances": str(len(job.workers)), "spark.sql.shuffle.partitions": str(job.tasks),
                              "spark.redshift.password": "*********(redacted)"},
         "Hadoop Properties": {}, "System Properties": {}, "Metrics Properties": {}, "Classpath Entries": {}},
        {"Event": "SparkListenerApplicationStart", "App Name": job.name, "App ID": application, "Timestamp": start,
         "User": "hadoop"}]
    for number, host, container in job.workers:
        attributes = {"CONTAINER_ID": container, "NM_HOST": host, "USER": "hadoop"} if job.platform == "yarn" else {}
        told.append({"Event": "SparkListenerExecutorAdded", "Timestamp": start + 14_000 + number, "Executor ID": str(number),
                     "Executor Info": {"Host": host, "Total Cores": 4, "Log Urls": {}, "Attributes": attributes,
                                       "Resources": {}, "Resource Profile Id": 0}})
    task, at = 0, start + 20_000
    step = max(2_000, (whole - 24_000) // job.stages)
    for stage in range(job.stages):
        failed = job.failure is not None and stage == job.stages - 1
        info = {"Stage ID": stage, "Stage Attempt ID": 0, "Stage Name": f"save at {job.script.rpartition('/')[2]}:{40 + stage}",
                "Number of Tasks": job.tasks, "RDD Info": [], "Parent IDs": [stage - 1] if stage else [], "Details": "",
                "Submission Time": at, "Accumulables": [], "Resource Profile Id": 0}
        told.append({"Event": "SparkListenerJobStart", "Job ID": stage, "Submission Time": at, "Stage Infos": [info],
                     "Stage IDs": [stage], "Properties": {}})
        told.append({"Event": "SparkListenerStageSubmitted", "Stage Info": info, "Properties": {}})
        end = at
        for index in range(job.tasks):
            number, host, _ = job.workers[index % len(job.workers)]
            skewed = stage == SKEWED_STAGE and index == SKEWED_TASK
            took = max(200, round(step * (0.9 if skewed else 0.018 + dice.random() * 0.01)))
            begun = at + (200 if skewed else round(step * 0.02 * (index // (4 * len(job.workers)))))
            end = max(end, begun + took)
            told.append(_task(dice, stage, index, task + index, number, host, begun, took, skewed))
        reason = {"Failure Reason": "Job aborted due to stage failure"} if failed else {}
        told.append({"Event": "SparkListenerStageCompleted", "Stage Info": {**info, "Completion Time": end, **reason}})
        told.append({"Event": "SparkListenerJobEnd", "Job ID": stage, "Completion Time": end, "Job Result": {
            "Result": "JobFailed", "Exception": {"Message": job.failure.deepest, "Stack Trace": []}} if failed else {
            "Result": "JobSucceeded"}})
        task, at = task + job.tasks, max(at + step, end)
    if job.failure and job.failure.kind == "lost":
        told.append({"Event": "SparkListenerExecutorRemoved", "Timestamp": at, "Executor ID": str(job.worker[0]),
                     "Removed Reason": job.fill(job.failure.reason, job.end)})
    told.append({"Event": "SparkListenerApplicationEnd", "Timestamp": start + whole})
    return [_compact(one) for one in told]


def _task(dice: random.Random, stage: int, index: int, number: int, executor: int, host: str, begun: int, took: int,
          skewed: bool) -> dict:
    read = (4_800_000_000 if skewed else 90_000_000 + dice.randrange(9_000_000))
    held, spilt = (9_663_676_416, 2_147_483_648) if skewed else (0, 0)
    if stage == SPILLING_STAGE:
        held, spilt = 402_653_184, 125_829_120
    garbage = 0.41 if skewed else 0.34 if stage == GARBAGE_STAGE else 0.03
    return {"Event": "SparkListenerTaskEnd", "Stage ID": stage, "Stage Attempt ID": 0, "Task Type": "ResultTask",
            "Task End Reason": {"Reason": "Success"}, "Task Info": {
                "Task ID": number, "Index": index, "Attempt": 0, "Partition ID": index, "Launch Time": begun,
                "Executor ID": str(executor), "Host": host, "Locality": "PROCESS_LOCAL", "Speculative": False,
                "Getting Result Time": 0, "Finish Time": begun + took, "Failed": False, "Killed": False, "Accumulables": []},
            "Task Executor Metrics": {"JVMHeapMemory": 4_100_000_000 if skewed else 900_000_000}, "Task Metrics": {
                "Executor Deserialize Time": 12, "Executor Deserialize CPU Time": 9_000_000, "Executor Run Time": took - 20,
                "Executor CPU Time": round(took * 6e5), "Peak Execution Memory": 3_900_000_000 if skewed else 268_435_456,
                "Result Size": 2_412, "JVM GC Time": round(took * garbage), "Result Serialization Time": 1,
                "Memory Bytes Spilled": held, "Disk Bytes Spilled": spilt,
                "Shuffle Read Metrics": {
                    "Remote Blocks Fetched": 140, "Local Blocks Fetched": 20, "Fetch Wait Time": round(took * 0.05),
                    "Remote Bytes Read": read, "Remote Bytes Read To Disk": 0, "Local Bytes Read": read // 9,
                    "Total Records Read": read // 240},
                "Shuffle Write Metrics": {"Shuffle Bytes Written": read // 3, "Shuffle Write Time": took * 9_000,
                                          "Shuffle Records Written": read // 700},
                "Input Metrics": {"Bytes Read": 0, "Records Read": 0}, "Output Metrics": {"Bytes Written": 0,
                                                                                          "Records Written": 0},
                "Updated Blocks": []}}
