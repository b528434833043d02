"""Glue's jobs ("AWS Glue Developer Guide, Jobs API", "Job runs", "Triggers API"). Tables and crawlers stay moto's."""

from __future__ import annotations

from . import fate
from .model import HEX, Jobs, Run, made_up, moments, now
from .wire import ApiError, page, some

OVER = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "ERROR")


def _job(store: Jobs, name: str) -> dict:
    found = store.glue_jobs.get(name)
    if found is None:
        raise ApiError("EntityNotFoundException", f"Job {name} not found.")
    return found


def get_jobs(store: Jobs, asked: dict) -> dict:
    return page(sorted(store.glue_jobs.values(), key=lambda job: job["Name"]), asked, int(asked.get("MaxResults") or 100),
                lambda job: job, "Jobs", "NextToken")


def list_jobs(store: Jobs, asked: dict) -> dict:
    return page(sorted(store.glue_jobs), asked, int(asked.get("MaxResults") or 100), lambda name: name, "JobNames",
                "NextToken")


def get_job(store: Jobs, asked: dict) -> dict:
    return {"Job": _job(store, asked["JobName"])}


def batch_get_jobs(store: Jobs, asked: dict) -> dict:
    names = asked["JobNames"]
    return {"Jobs": [store.glue_jobs[name] for name in names if name in store.glue_jobs],
            "JobsNotFound": [name for name in names if name not in store.glue_jobs]}


def _shown(store: Jobs, run: Run) -> dict:
    job, state = _job(store, run.place), run.state()
    over, began = state in OVER, run.when("RUNNING")
    took = round(((run.ends if over else now()) - began)) if began else 0
    workers = int(run.asked.get("NumberOfWorkers") or job["NumberOfWorkers"])
    kind = run.asked.get("WorkerType") or job["WorkerType"]
    units = {"G.025X": 0.25, "G.1X": 1, "G.2X": 2, "G.4X": 4, "G.8X": 8}[kind]
    return some(
        Id=run.id, Attempt=run.attempt - 1, PreviousRunId=run.asked.get("JobRunId"), JobName=run.place,
        TriggerName=run.more.get("trigger"), JobMode="SCRIPT", StartedOn=run.created, LastModifiedOn=run.since(),
        CompletedOn=run.ends if over else None, JobRunState=state,
        Arguments={**job["DefaultArguments"], **(run.asked.get("Arguments") or {})},
        ErrorMessage=str(run.said) if state in ("FAILED", "TIMEOUT", "ERROR") else None, PredecessorRuns=[],
        AllocatedCapacity=round(workers * units), ExecutionTime=took,
        Timeout=int(run.asked.get("Timeout") or job["Timeout"]), MaxCapacity=float(workers * units), WorkerType=kind,
        NumberOfWorkers=workers, LogGroupName="/aws-glue/jobs", GlueVersion=job["GlueVersion"],
        DPUSeconds=round(took * workers * units, 1) if over else None, ExecutionClass=job["ExecutionClass"])


def get_job_runs(store: Jobs, asked: dict) -> dict:
    _job(store, asked["JobName"])
    return page(store.of("glue", asked["JobName"]), asked, min(200, int(asked.get("MaxResults") or 200)),
                lambda run: _shown(store, run), "JobRuns", "NextToken")


def get_job_run(store: Jobs, asked: dict) -> dict:
    _job(store, asked["JobName"])
    found = store.runs["glue"].get((asked["JobName"], asked["RunId"]))
    if found is None:
        raise ApiError("EntityNotFoundException", f"Job run {asked['RunId']} not found.")
    return {"JobRun": _shown(store, found)}


def start_job_run(store: Jobs, asked: dict) -> dict:
    job, beat = _job(store, asked["JobName"]), store.pace()
    running = [run for run in store.of("glue", asked["JobName"]) if run.state() not in OVER]
    if len(running) >= job["ExecutionProperty"]["MaxConcurrentRuns"]:
        raise ApiError("ConcurrentRunsExceededException", f"Concurrent runs exceeded for {asked['JobName']}")
    given = {**job["DefaultArguments"], **(asked.get("Arguments") or {})}
    words = [word for pair in given.items() for word in pair]
    cause = fate.of(job["Command"]["ScriptLocation"], words, given.get("--conf", ""))
    run = Run("glue", made_up("jr_", 64, HEX), asked["JobName"], asked["JobName"], moments(
        now(), (0, "STARTING"), (0.4 * beat, "RUNNING"), (1.8 * beat, "FAILED" if cause else "SUCCEEDED")),
        {k: v for k, v in asked.items() if k != "JobName"}, cause.name if cause else "", cause.glue if cause else "",
        by=fate.CALLER, more={"facts": fate.facts(words)})
    store.follow(store.add(run))
    return {"JobRunId": run.id}


def batch_stop_job_run(store: Jobs, asked: dict) -> dict:
    done, wrong = [], []
    for run_id in asked["JobRunIds"]:
        run = store.runs["glue"].get((asked["JobName"], run_id))
        if run is not None and run.state() not in OVER:
            run.cause = ""
            run.cut((0, "STOPPING"), (0.3 * store.pace(), "STOPPED"))
            done.append({"JobName": asked["JobName"], "JobRunId": run_id})
            continue
        code, message = ("JobRunCannotBeStoppedException", "The job run is not in a state to be stopped.") if run else (
            "EntityNotFoundException", f"Job run {run_id} not found.")
        wrong.append({"JobName": asked["JobName"], "JobRunId": run_id,
                      "ErrorDetail": {"ErrorCode": code, "ErrorMessage": message}})
    return {"SuccessfulSubmissions": done, "Errors": wrong}


def get_triggers(store: Jobs, asked: dict) -> dict:
    wanted = asked.get("DependentJobName")
    found = [one for one in store.triggers.values()
             if wanted is None or any(act.get("JobName") == wanted for act in one["Actions"])]
    return page(found, asked, int(asked.get("MaxResults") or 100), lambda one: one, "Triggers", "NextToken")


def get_trigger(store: Jobs, asked: dict) -> dict:
    if asked["Name"] not in store.triggers:
        raise ApiError("EntityNotFoundException", f"Trigger {asked['Name']} not found.")
    return {"Trigger": store.triggers[asked["Name"]]}


def start_trigger(store: Jobs, asked: dict) -> dict:
    get_trigger(store, asked)["Trigger"]["State"] = "ACTIVATED"
    return {"Name": asked["Name"]}


def stop_trigger(store: Jobs, asked: dict) -> dict:
    get_trigger(store, asked)["Trigger"]["State"] = "DEACTIVATED"
    return {"Name": asked["Name"]}
