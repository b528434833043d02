"""What Glue, SageMaker and Lambda write into CloudWatch Logs."""

from __future__ import annotations

import json
import random
import time

from ..overrides.jobs.model import HEX, Invocation, Run, made_up
from . import failures, spark
from .pen import Pen


def glue(run: Run, tasks: int, whole: bool) -> list[tuple[str, str, bytes]]:
    """Group, stream, body: `output` and `error` have a stream for the run, `logs-v2` one for each JVM ("continuous")."""
    dice = random.Random("glue" + run.id)
    address = lambda: f"172.35.{dice.randrange(1, 250)}.{dice.randrange(1, 250)}"  # noqa: E731
    keys = [made_up("g-", 40, HEX, run.id, n) for n in range(3)]
    workers = [(n + 1, address(), key) for n, key in enumerate(keys)]
    failure = failures.of(run.cause)
    words = [word for pair in (run.asked.get("Arguments") or {}).items() for word in pair]
    job = spark.Job(
        name=run.name, script=f"s3://ml-artifacts/glue/{run.name}.py", args=words, conf="", start=run.began,
        end=run.ends if whole else min(run.ends, time.time()), failure=failure, dice=dice, platform="serverless",
        application=run.id, workers=workers, driver_host=address(), tasks=tasks, whole=whole, stages=3,
        facts={"day": time.strftime("%Y-%m-%d", time.gmtime(run.created)), **run.more.get("facts", {})})
    driver, out = spark.driver(job)
    error = driver
    if failure and whole:
        pen = Pen(job.end - 1, job.end, 3, dice)
        pen.error("ProcessLauncher", f"Error from Python:{''.join(spark.traceback(failure.user, [''])[:1])}"
                  if failure.user else "Error from Java")
        trace = spark.traceback(failure.user, [job.fill(failure.deepest, job.end)]) if failure.user else [failure.deepest]
        pen.error("GlueExceptionAnalysisListener", "[Glue Exception Analysis] " + json.dumps({
            "Event": "GlueETLJobExceptionEvent", "Timestamp": round(job.end * 1000), "Failure Reason": "\n".join(trace),
            "Stack Trace": [{"Declaring Class": "main", "Method Name": failure.user.rpartition(": ")[2],
                             "File Name": f"/tmp/{run.name}.py", "Line Number": 57}],
            "Last Executed Line number": 57, "script": f"{run.name}.py"}))
        error = driver + pen.bytes()
    found = [("/aws-glue/jobs/output", run.id, out), ("/aws-glue/jobs/error", run.id, error),
             ("/aws-glue/jobs/logs-v2", f"{run.id}-driver", error)]
    found += [("/aws-glue/jobs/logs-v2", f"{run.id}-{key}", spark.executor(job, n)[0]) for n, _, key in workers]
    return found


def sagemaker(run: Run, whole: bool) -> tuple[str, str, bytes]:
    """`<job>/algo-1-<epoch>`; a training's script prints as it likes, colours included."""
    dice = random.Random("sagemaker" + run.id)
    pen = Pen(run.began, run.ends, 60, dice, "python")
    failure = failures.of(run.cause)
    group = {"training": "TrainingJobs", "processing": "ProcessingJobs", "transform": "TransformJobs"}[run.engine]
    pen.info("sagemaker-training-toolkit", "Imported framework sagemaker_sklearn_container.training")
    pen.info("sagemaker-training-toolkit", "No GPUs detected (normal if no gpus installed)")
    pen.raw("/usr/local/lib/python3.11/site-packages/sklearn/base.py:1152: FutureWarning: `force_all_finite` was renamed to "
            "`ensure_all_finite` in 1.6 and will be removed in 1.8.\n  warnings.warn(")
    if run.engine == "training":
        for epoch in range(1, 13 if whole and not failure else 5):
            pen.info("train", f"epoch={epoch} train_auc={0.7 + epoch / 80:.4f} validation_auc={0.68 + epoch / 90:.4f} "
                              f"seconds={30 + dice.randrange(20)}")
            pen.on()
            pen.raw(f"\x1b[34m[{epoch}]\x1b[0m#011validation-logloss:{0.6 - epoch / 50:.5f}")
    else:
        for chunk in range(1, 25 if not failure else 7):
            pen.info("prepare", f"chunk {chunk} rows={chunk * 40_000}")
    if failure and whole:
        if failure.user and failure.deepest != "Killed":
            pen.raw("\n".join(spark.traceback(failure.user, [failure.deepest])))
            pen.error("sagemaker-training-toolkit", "Reporting training FAILURE")
            pen.error("sagemaker-training-toolkit", f"ExecuteUserScriptError:\nExitCode {failure.exit}\nErrorMessage "
                                                    f"\"{failure.deepest}\"")
        else:
            pen.raw("Killed")
    elif whole:
        pen.info("sagemaker-training-toolkit", "Reporting training SUCCESS")
    return f"/aws/sagemaker/{group}", f"{run.name}/algo-1-{round(run.began)}", pen.bytes()


def lambda_lines(call: Invocation) -> list[dict]:
    """START to REPORT of one invocation ("AWS Lambda Developer Guide, Viewing CloudWatch logs for Lambda")."""
    begun = round(call.began * 1000)
    took = call.timed_out or call.seconds
    size, used = call.memory
    said = [(0.0, f"START RequestId: {call.request} Version: $LATEST")]
    zulu = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(call.began))
    for number, line in enumerate(call.lines):
        said.append((took * (number + 1) / (len(call.lines) + 2), f"[INFO]\t{zulu}.{number:03d}Z\t{call.request}\t{line}"))
    if call.timed_out:
        said.append((took, f"{zulu}.{112:03d}Z {call.request} Task timed out after {call.timed_out:.2f} seconds"))
    elif call.killed:
        used = size
        said.append((took, f"RequestId: {call.request} Error: Runtime exited with error: signal: killed\nRuntime.ExitError"))
    elif call.error:
        trace = "".join(call.stack).rstrip("\n")
        said.append((took * 0.98, f"[ERROR] {call.error}: {call.message}\nTraceback (most recent call last):\n{trace}"))
    said.append((took, f"END RequestId: {call.request}"))
    status = "\tStatus: timeout" if call.timed_out else "\tStatus: error\tError Type: Runtime.ExitError" if call.killed else ""
    said.append((took, f"REPORT RequestId: {call.request}\tDuration: {took * 1000:.2f} ms\tBilled Duration: "
                       f"{round(took * 1000 + 0.5)} ms\tMemory Size: {size} MB\tMax Memory Used: {used} MB{status}\t"))
    return [{"timestamp": begun + round(after * 1000), "message": text + "\n"} for after, text in said]
