"""EMR on EKS ("Amazon EMR on EKS API Reference": each operation's page; "Job run states"). Times are ISO text."""

from __future__ import annotations

from . import fate
from .model import JOB_ROLE, SMALL, Jobs, Run, arn, made_up, moments, now
from .wire import ApiError, iso, page, some, within

OVER = ("COMPLETED", "FAILED", "CANCELLED")


def list_virtual_clusters(store: Jobs, asked: dict) -> dict:
    found = [one for one in store.virtual_clusters.values() if not asked.get("states") or one["state"] in asked["states"]]
    return page(found, asked, int(asked.get("maxResults") or 50), lambda one: one, "virtualClusters")


def _virtual_cluster(store: Jobs, asked: dict) -> dict:
    found = store.virtual_clusters.get(asked["virtualClusterId"])
    if found is None:
        raise ApiError("ResourceNotFoundException", f"Virtual cluster {asked['virtualClusterId']} doesn't exist.")
    return found


def describe_virtual_cluster(store: Jobs, asked: dict) -> dict:
    return {"virtualCluster": _virtual_cluster(store, asked)}


def _shown(run: Run) -> dict:
    state, over = run.state(), run.state() in OVER
    said = run.said if isinstance(run.said, dict) else {}
    details = {"COMPLETED": "JobRun completed successfully. It ran successfully on the cluster.",
               "FAILED": said.get("details"), "CANCELLED": "JobRun was cancelled by the user."}.get(state)
    return some(
        id=run.id, name=run.name, virtualClusterId=run.place, state=state, clientToken=run.id[::-1],
        arn=arn("emr-containers", f"/virtualclusters/{run.place}/jobruns/{run.id}"),
        executionRoleArn=run.asked.get("executionRoleArn", JOB_ROLE), releaseLabel=run.asked.get("releaseLabel"),
        configurationOverrides=run.asked.get("configurationOverrides"), jobDriver=run.asked.get("jobDriver"),
        createdAt=iso(run.created), createdBy=run.by, finishedAt=iso(run.ends) if over else None, stateDetails=details,
        failureReason=said.get("reason") if state == "FAILED" else None, tags=run.asked.get("tags") or {},
        retryPolicyConfiguration=run.asked.get("retryPolicyConfiguration"))


def list_job_runs(store: Jobs, asked: dict) -> dict:
    _virtual_cluster(store, asked)
    found = [run for run in store.of("containers", asked["virtualClusterId"])
             if (not asked.get("states") or run.state() in asked["states"]) and asked.get("name") in (None, run.name)
             and within(run.created, asked, "createdAfter", "createdBefore")]
    return page(found, asked, int(asked.get("maxResults") or 50), _shown, "jobRuns")


def _run(store: Jobs, asked: dict) -> Run:
    _virtual_cluster(store, asked)
    found = store.runs["containers"].get((asked["virtualClusterId"], asked["jobRunId"]))
    if found is None:
        raise ApiError("ResourceNotFoundException", f"Job run {asked['jobRunId']} doesn't exist.")
    return found


def describe_job_run(store: Jobs, asked: dict) -> dict:
    return {"jobRun": _shown(_run(store, asked))}


def start_job_run(store: Jobs, asked: dict) -> dict:
    cluster = _virtual_cluster(store, asked)
    return store.once(asked["virtualClusterId"], asked, lambda: _start(store, cluster, asked))


def _start(store: Jobs, cluster: dict, asked: dict) -> dict:
    if cluster["state"] != "RUNNING":
        raise ApiError("ValidationException", f"Virtual cluster {cluster['id']} is not in RUNNING state.")
    driver, beat = (asked.get("jobDriver") or {}).get("sparkSubmitJobDriver", {}), store.pace()
    cause = fate.of(driver.get("entryPoint", ""), driver.get("entryPointArguments") or [],
                    driver.get("sparkSubmitParameters", ""))
    run = Run("containers", made_up("0000000", 12, SMALL), asked.get("name") or "", cluster["id"], moments(
        now(), (0, "PENDING"), (0.2 * beat, "SUBMITTED"), (0.5 * beat, "RUNNING"),
        (2.0 * beat, "FAILED" if cause else "COMPLETED")), asked, cause.name if cause else "",
        cause.containers if cause else "", by=fate.CALLER,
        more={"facts": fate.facts(driver.get("entryPointArguments") or [])})
    store.follow(store.add(run))
    return {"id": run.id, "name": run.name, "virtualClusterId": cluster["id"],
            "arn": arn("emr-containers", f"/virtualclusters/{cluster['id']}/jobruns/{run.id}")}


def cancel_job_run(store: Jobs, asked: dict) -> dict:
    run = _run(store, asked)
    if run.state() in OVER:
        raise ApiError("ValidationException", f"Job run {run.id} is not in a cancellable state")
    run.cause = ""
    run.cut((0, "CANCEL_PENDING"), (0.4 * store.pace(), "CANCELLED"))
    return {"id": run.id, "virtualClusterId": run.place}


ROUTES = (
    ("GET", "/virtualclusters", list_virtual_clusters),
    ("GET", "/virtualclusters/{virtualClusterId}", describe_virtual_cluster),
    ("GET", "/virtualclusters/{virtualClusterId}/jobruns", list_job_runs),
    ("POST", "/virtualclusters/{virtualClusterId}/jobruns", start_job_run),
    ("GET", "/virtualclusters/{virtualClusterId}/jobruns/{jobRunId}", describe_job_run),
    ("DELETE", "/virtualclusters/{virtualClusterId}/jobruns/{jobRunId}", cancel_job_run),
)
