"""EMR Serverless ("Amazon EMR Serverless API Reference": each operation's page; "Job run states", "Job resiliency")."""

from __future__ import annotations

from . import fate
from .model import HEX, JOB_ROLE, SMALL, Jobs, Run, arn, made_up, moments, now
from .wire import ApiError, page, some, within

OVER = ("SUCCESS", "FAILED", "CANCELLED")


def _application(store: Jobs, asked: dict) -> dict:
    found = store.applications.get(asked["applicationId"])
    if found is None:
        raise ApiError("ResourceNotFoundException", f"Application {asked['applicationId']} does not exist.")
    return found


def _run(store: Jobs, asked: dict) -> Run:
    _application(store, asked)
    found = store.runs["serverless"].get((asked["applicationId"], asked["jobRunId"]))
    if found is None:
        raise ApiError("ResourceNotFoundException", f"JobRun {asked['jobRunId']} does not exist.")
    return found


def list_applications(store: Jobs, asked: dict) -> dict:
    found = [one for one in store.applications.values() if not asked.get("states") or one["state"] in asked["states"]]
    found.sort(key=lambda one: -one["createdAt"])
    return page(found, asked, int(asked.get("maxResults") or 50), lambda one: some(
        id=one["applicationId"], name=one["name"], arn=one["arn"], releaseLabel=one["releaseLabel"], type=one["type"],
        state=one["state"], stateDetails=one.get("stateDetails"), createdAt=one["createdAt"],
        updatedAt=one["updatedAt"], architecture=one["architecture"]), "applications")


def get_application(store: Jobs, asked: dict) -> dict:
    return {"application": _application(store, asked)}


def start_application(store: Jobs, asked: dict) -> dict:
    _application(store, asked).update(state="STARTED", stateDetails="", updatedAt=now())
    return {}


def stop_application(store: Jobs, asked: dict) -> dict:
    open_ones = [run for run in store.of("serverless", asked["applicationId"]) if run.state() not in OVER]
    if open_ones:
        raise ApiError("ValidationException", "Application cannot be stopped while job runs are active: "
                       + ", ".join(run.id for run in open_ones[:10]))
    _application(store, asked).update(state="STOPPED", updatedAt=now())
    return {}


def _details(run: Run) -> str:
    return str(run.said) if run.state() == "FAILED" else ""


def _used(run: Run) -> dict:
    """What a run took so far: one driver and its executors, 4 vCPU and 16 GB each."""
    began = run.when("RUNNING")
    hours = 0.0 if began is None else (min(now(), run.ends) - began) / 3600
    workers = run.executors + 1
    return {"vCPUHour": round(hours * 4 * workers, 3), "memoryGBHour": round(hours * 16 * workers, 3),
            "storageGBHour": round(hours * 20 * workers, 3)}


def _summary(run: Run) -> dict:
    return some(
        applicationId=run.place, id=run.id, name=run.name or None, mode="BATCH",
        arn=arn("emr-serverless", f"/applications/{run.place}/jobruns/{run.id}"), createdBy=run.by,
        createdAt=run.created, updatedAt=run.since(), executionRole=run.asked.get("executionRoleArn", JOB_ROLE),
        state=run.state(), stateDetails=_details(run), releaseLabel=run.more.get("release", "emr-7.2.0"),
        type="SPARK", attempt=run.attempt, attemptCreatedAt=run.created, attemptUpdatedAt=run.since())


def list_job_runs(store: Jobs, asked: dict) -> dict:
    _application(store, asked)
    found = [run for run in store.of("serverless", asked["applicationId"])
             if (not asked.get("states") or run.state() in asked["states"])
             and within(run.created, asked, "createdAtAfter", "createdAtBefore")]
    return page(found, asked, min(50, int(asked.get("maxResults") or 50)), _summary, "jobRuns")


def get_job_run(store: Jobs, asked: dict) -> dict:
    run = _attempt(_run(store, asked), asked.get("attempt"))
    summary = _summary(run)
    summary["jobRunId"] = summary.pop("id")
    summary.pop("type")
    began, over = run.when("RUNNING"), run.state() in OVER
    used = _used(run)
    return {"jobRun": {**summary, **some(
        jobDriver=run.asked["jobDriver"], configurationOverrides=run.asked.get("configurationOverrides"),
        tags=run.asked.get("tags") or {}, totalResourceUtilization=used if over else None,
        billedResourceUtilization={**used, "storageGBHour": 0.0} if over else None,
        totalExecutionDurationSeconds=round(run.ends - began) if over and began else 0,
        executionTimeoutMinutes=int(run.asked.get("executionTimeoutMinutes") or 720),
        retryPolicy=run.asked.get("retryPolicy"), startedAt=began, endedAt=run.ends if over else None,
        queuedDurationMilliseconds=round(((began or now()) - run.created) * 1000))}}


def _attempt(run: Run, number) -> Run:
    if number is None:
        return run
    found = next((one for one in [*run.attempts, run] if one.attempt == int(number)), None)
    if found is None:
        raise ApiError("ResourceNotFoundException", f"Attempt {number} of JobRun {run.id} does not exist.")
    return found


def list_job_run_attempts(store: Jobs, asked: dict) -> dict:
    run = _run(store, asked)
    attempts = sorted([*run.attempts, run], key=lambda one: -one.attempt)
    first = min(one.created for one in attempts)
    return page(attempts, asked, int(asked.get("maxResults") or 50), lambda one: {
        **{k: v for k, v in _summary(one).items() if not k.startswith("attempt")}, "attempt": one.attempt,
        "jobCreatedAt": first}, "jobRunAttempts")


def start_job_run(store: Jobs, asked: dict) -> dict:
    application = _application(store, asked)
    return store.once(asked["applicationId"], asked, lambda: _start(store, application, asked))


def _start(store: Jobs, application: dict, asked: dict) -> dict:
    if "jobDriver" not in asked:
        raise ApiError("ValidationException", "jobDriver must not be null")
    if application["state"] == "STOPPED" and not application["autoStartConfiguration"]["enabled"]:
        raise ApiError("ValidationException", f"Application {asked['applicationId']} is stopped.")
    run_id, start, beat = made_up("00f", 13, SMALL), now(), store.pace()
    driver = asked["jobDriver"].get("sparkSubmit", {})
    cause = fate.of(driver.get("entryPoint", ""), driver.get("entryPointArguments") or [],
                    driver.get("sparkSubmitParameters", ""))
    retries = int((asked.get("retryPolicy") or {}).get("maxAttempts") or 1) if cause else 1
    life = []
    for attempt in range(retries):
        last = attempt == retries - 1
        at = attempt * 2.4 * beat
        life += [(at, "SUBMITTED"), (at + 0.2 * beat, "PENDING"), (at + 0.4 * beat, "SCHEDULED"),
                 (at + 0.6 * beat, "RUNNING"),
                 (at + 2.2 * beat, ("FAILED" if cause else "SUCCESS") if last else "PENDING")]
    run = Run("serverless", run_id, asked.get("name") or "", asked["applicationId"], moments(start, *life[-5:]),
              {k: v for k, v in asked.items() if k not in ("applicationId", "clientToken")}, cause.name if cause else "",
              cause.serverless if cause else "", by=fate.CALLER, attempt=retries,
              more={"release": application["releaseLabel"], "facts": fate.facts(driver.get("entryPointArguments") or [])})
    for attempt in range(1, retries):
        at = start + (attempt - 1) * 2.4 * beat
        run.attempts.append(Run("serverless", run_id, run.name, run.place, moments(
            at, (0, "SUBMITTED"), (0.2 * beat, "PENDING"), (0.6 * beat, "RUNNING"), (2.2 * beat, "FAILED")), run.asked,
            run.cause, run.said, by=run.by, attempt=attempt, more=run.more))
    store.follow(store.add(run))
    for attempt in run.attempts:
        store.follow(attempt)
    return {"applicationId": run.place, "jobRunId": run.id,
            "arn": arn("emr-serverless", f"/applications/{run.place}/jobruns/{run.id}")}


def cancel_job_run(store: Jobs, asked: dict) -> dict:
    run = _run(store, asked)
    if run.state() in OVER:
        raise ApiError("ValidationException", f"Job run {run.id} is in the terminal state {run.state()}.")
    run.cause, run.said = "", ""
    run.cut((0, "CANCELLING"), (0.4 * store.pace(), "CANCELLED"))
    return {"applicationId": run.place, "jobRunId": run.id}


def get_dashboard_for_job_run(store: Jobs, asked: dict) -> dict:
    run = _run(store, asked)
    return {"url": f"https://p-{made_up('', 24, HEX, run.id)}-{run.place}.emrappui-prod.eu-west-1.amazonaws.com/shs/"
                   f"history/{run.id}/jobs/?authToken=FAKE-PRACTICE-TOKEN"}


def list_tags_for_resource(store: Jobs, asked: dict) -> dict:
    found = next((run.asked.get("tags") for run in store.runs["serverless"].values()
                  if asked["resourceArn"].endswith(run.id)), None)
    application = next((one["tags"] for one in store.applications.values() if one["arn"] == asked["resourceArn"]), None)
    return {"tags": found or application or {}}


ROUTES = (
    ("GET", "/applications", list_applications), ("GET", "/applications/{applicationId}", get_application),
    ("POST", "/applications/{applicationId}/start", start_application),
    ("POST", "/applications/{applicationId}/stop", stop_application),
    ("GET", "/applications/{applicationId}/jobruns", list_job_runs),
    ("POST", "/applications/{applicationId}/jobruns", start_job_run),
    ("GET", "/applications/{applicationId}/jobruns/{jobRunId}", get_job_run),
    ("DELETE", "/applications/{applicationId}/jobruns/{jobRunId}", cancel_job_run),
    ("GET", "/applications/{applicationId}/jobruns/{jobRunId}/attempts", list_job_run_attempts),
    ("GET", "/applications/{applicationId}/jobruns/{jobRunId}/dashboard", get_dashboard_for_job_run),
    ("GET", "/tags/{resourceArn}", list_tags_for_resource),
)
