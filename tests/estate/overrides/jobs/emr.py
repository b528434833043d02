"""EMR on EC2 ("Amazon EMR API Reference": each operation's page; "Work with steps using the AWS CLI and console").

A terminated cluster keeps its description, steps and instances for two months. Pages hold 50 entries.
"""

from __future__ import annotations

import random

from . import fate
from .model import CAPITALS, HEX, LONG, Cluster, Jobs, Run, arn, made_up, moments, now
from .wire import ApiError, page, some, within

GONE = ("TERMINATING", "TERMINATED", "TERMINATED_WITH_ERRORS")
OVER = ("COMPLETED", "FAILED", "CANCELLED", "INTERRUPTED")


def _cluster(store: Jobs, name: str) -> Cluster:
    found = store.clusters.get(name)
    if found is None:
        raise ApiError("InvalidRequestException", f"Cluster id '{name}' is not valid.")
    return found


def _status(cluster: Cluster) -> dict:
    state = cluster.state()
    reason = cluster.reason if state in GONE else {
        "WAITING": {"Message": "Cluster ready to run steps."}, "RUNNING": {"Message": "Running step"},
        "STARTING": {"Message": "Provisioning Amazon EC2 capacity"},
        "BOOTSTRAPPING": {"Message": "Running bootstrap actions"}}.get(state, {})
    return some(State=state, StateChangeReason=reason, ErrorDetails=cluster.errors or None, Timeline=some(
        CreationDateTime=cluster.created, ReadyDateTime=cluster.when("WAITING", "RUNNING"),
        EndDateTime=cluster.when("TERMINATED", "TERMINATED_WITH_ERRORS")))


def _hours(cluster: Cluster) -> int:
    ready, end = cluster.when("WAITING", "RUNNING"), cluster.when("TERMINATED", "TERMINATED_WITH_ERRORS") or now()
    machines = sum(group["count"] for group in cluster.groups)
    return 0 if ready is None else round((end - ready) / 3600 * 4 * machines)


def list_clusters(store: Jobs, asked: dict) -> dict:
    found = [one for one in store.clusters.values()
             if (not asked.get("ClusterStates") or one.state() in asked["ClusterStates"])
             and within(one.created, asked, "CreatedAfter", "CreatedBefore")]
    found.sort(key=lambda one: -one.created)
    return page(found, asked, 50, lambda one: {
        "Id": one.id, "Name": one.name, "Status": _status(one), "NormalizedInstanceHours": _hours(one),
        "ClusterArn": arn("elasticmapreduce", f"cluster/{one.id}")}, "Clusters", "Marker")


def describe_cluster(store: Jobs, asked: dict) -> dict:
    one = _cluster(store, asked["ClusterId"])
    master = _machines(one)[0]["PublicDnsName"] if one.groups and one.when("WAITING", "RUNNING") else None
    return {"Cluster": some(
        Id=one.id, Name=one.name, Status=_status(one), Ec2InstanceAttributes={
            "Ec2SubnetId": "subnet-0a1b2c3d4e5f60718", "RequestedEc2SubnetIds": ["subnet-0a1b2c3d4e5f60718"],
            "Ec2AvailabilityZone": "eu-west-1a", "RequestedEc2AvailabilityZones": [],
            "IamInstanceProfile": "EMR_EC2_DefaultRole"},
        InstanceCollectionType="INSTANCE_FLEET" if one.fleets else "INSTANCE_GROUP", LogUri=one.log_uri or None,
        MonitoringConfiguration={"S3LoggingConfiguration": {"LogTypeUploadPolicy": one.uploads}} if one.uploads else None,
        ReleaseLabel=one.release, AutoTerminate=not one.keep_alive, TerminationProtected=one.protected,
        VisibleToAllUsers=True, Applications=[{"Name": "Spark", "Version": "3.5.1"}, {"Name": "Hadoop", "Version": "3.3.6"}],
        Tags=[{"Key": k, "Value": v} for k, v in one.tags.items()], ServiceRole="EMR_DefaultRole",
        NormalizedInstanceHours=_hours(one), MasterPublicDnsName=master, Configurations=one.configurations,
        ScaleDownBehavior="TERMINATE_AT_TASK_COMPLETION", StepConcurrencyLevel=one.concurrency,
        ClusterArn=arn("elasticmapreduce", f"cluster/{one.id}"), PlacementGroups=[], EbsRootVolumeSize=15,
        OSReleaseLabel="2023.5.20240903.0")}


def _step(run: Run, whole: bool = True) -> dict:
    state = run.state()
    said = run.said if isinstance(run.said, dict) else {}
    config = run.asked["HadoopJarStep"]
    shown = {
        "Id": run.id, "Name": run.name, "ActionOnFailure": run.asked.get("ActionOnFailure", "CONTINUE"),
        "Config": {"Jar": config["Jar"], "Args": config.get("Args", []), "Properties": {
            one["Key"]: one["Value"] for one in config.get("Properties", [])},
            **({"MainClass": config["MainClass"]} if config.get("MainClass") else {})},
        "Status": some(State=state, StateChangeReason={}, FailureDetails=said if state == "FAILED" and said else None,
                       Timeline=some(CreationDateTime=run.created, StartDateTime=run.when("RUNNING"),
                                     EndDateTime=run.when(*OVER)))}
    if run.more.get("log_uri"):
        shown["LogUri"] = run.more["log_uri"]
    return shown


def list_steps(store: Jobs, asked: dict) -> dict:
    cluster = _cluster(store, asked["ClusterId"])
    found = [run for run in cluster.steps.values() if (not asked.get("StepStates") or run.state() in asked["StepStates"])
             and (not asked.get("StepIds") or run.id in asked["StepIds"])]
    found.sort(key=lambda run: -run.created)
    return page(found, asked, 50, _step, "Steps", "Marker")


def describe_step(store: Jobs, asked: dict) -> dict:
    found = _cluster(store, asked["ClusterId"]).steps.get(asked["StepId"])
    if found is None:
        raise ApiError("InvalidRequestException", f"Step id '{asked['StepId']}' is not valid.")
    return {"Step": _step(found)}


def _open_cluster(store: Jobs, name: str) -> Cluster:
    cluster = _cluster(store, name)
    if cluster.state() in GONE:
        raise ApiError("ValidationException",
                       "A job flow that is shutting down, terminated, or finished may not be modified.")
    return cluster


def add_job_flow_steps(store: Jobs, asked: dict) -> dict:
    cluster = _open_cluster(store, asked["JobFlowId"])
    return {"StepIds": [_add(store, cluster, step) for step in asked["Steps"]]}


def _add(store: Jobs, cluster: Cluster, step: dict) -> str:
    """Steps wait for one another, so many at a time as the cluster's StepConcurrencyLevel says."""
    beat, start = store.pace(), now()
    ends = sorted(run.ends for run in cluster.steps.values() if not run.over and run.ends < start + LONG / 2)
    free = max(0.0, ends[-cluster.concurrency] - start) if len(ends) >= cluster.concurrency else 0.0
    args = step["HadoopJarStep"].get("Args", [])
    entry, words = fate.entry(args)
    cause = fate.of(entry, words, " ".join(args))
    run_id = made_up("s-", 13, CAPITALS)
    run = Run("step", run_id, step["Name"], cluster.id, moments(
        start, (0, "PENDING"), (free + 0.3 * beat, "RUNNING"), (free + 2.1 * beat, "FAILED" if cause else "COMPLETED")),
        step, cause.name if cause else "", fate.failure_details(cause, cluster, run_id) if cause else "",
        by=fate.CALLER, more={"facts": fate.facts(words), "application": fate.application_id(run_id, start)})
    ready = cluster.when("WAITING", "RUNNING")
    last = max([end for end in ends] + [run.ends])
    cluster.moments = [one for one in cluster.moments if one[0] <= start] + moments(
        start, (0.3 * beat + free, "RUNNING"), (last - start, "WAITING")) if ready else cluster.moments
    if cause and step.get("ActionOnFailure") in ("TERMINATE_CLUSTER", "TERMINATE_JOB_FLOW"):
        cluster.reason = {"Code": "STEP_FAILURE", "Message": "Shut down as step failed"}
        cluster.moments = cluster.moments[:-1] + moments(run.ends, (0, "TERMINATING"), (beat, "TERMINATED_WITH_ERRORS"))
    store.follow(store.add(run))
    return run.id


def cancel_steps(store: Jobs, asked: dict) -> dict:
    cluster, told = _open_cluster(store, asked["ClusterId"]), []
    for step_id in asked["StepIds"]:
        run = cluster.steps.get(step_id)
        state = run.state() if run else ""
        if state in ("PENDING", "RUNNING"):
            run.cause = ""
            run.cut((0, "CANCEL_PENDING"), (0.3 * store.pace(), "CANCELLED"))
            told.append({"StepId": step_id, "Status": "SUBMITTED"})
        else:
            told.append({"StepId": step_id, "Status": "FAILED", "Reason":
                         f"Step is not in a cancellable state: {state}" if run else "Step does not exist."})
    return {"CancelStepsInfoList": told}


def run_job_flow(store: Jobs, asked: dict) -> dict:
    """A cluster that is ready after two beats."""
    beat, kept = store.pace(), asked.get("Instances", {})
    groups = [{"kind": one["InstanceRole"], "type": one["InstanceType"], "count": one["InstanceCount"],
               "market": one.get("Market", "ON_DEMAND"), "id": made_up("ig-", 13, CAPITALS)}
              for one in kept.get("InstanceGroups", [])]
    cluster = Cluster(made_up("j-", 13, CAPITALS), asked["Name"], moments(
        now(), (0, "STARTING"), (0.8 * beat, "BOOTSTRAPPING"), (2 * beat, "WAITING")),
        release=asked.get("ReleaseLabel", "emr-7.1.0"), log_uri=asked.get("LogUri", ""), groups=groups,
        tags={one["Key"]: one["Value"] for one in asked.get("Tags", [])},
        keep_alive=kept.get("KeepJobFlowAliveWhenNoSteps", False))
    store.clusters[cluster.id] = cluster
    for step in asked.get("Steps", []):
        _add(store, cluster, step)
    return {"JobFlowId": cluster.id, "ClusterArn": arn("elasticmapreduce", f"cluster/{cluster.id}")}


def terminate_job_flows(store: Jobs, asked: dict) -> dict:
    for name in asked["JobFlowIds"]:
        cluster = _cluster(store, name)
        if cluster.protected:
            raise ApiError("ValidationException", "Could not shut down one or more job flows since they are "
                                                  "termination protected.")
        if cluster.state() not in GONE:
            cluster.reason = {"Code": "USER_REQUEST", "Message": "Terminated by user request"}
            cluster.cut((0, "TERMINATING"), (0.6 * store.pace(), "TERMINATED"))
    return {}


# Machines

def _machines(cluster: Cluster, wanted: dict | None = None) -> list[dict]:
    found, dice = [], random.Random(cluster.id)
    gone, ready = cluster.state() in GONE[1:], cluster.when("WAITING", "RUNNING", "BOOTSTRAPPING")
    for group in cluster.groups:
        for number in range(group["count"]):
            address = f"10-0-{dice.randrange(16, 32)}-{dice.randrange(4, 250)}"
            lost = number in group.get("lost", ())
            state = "TERMINATED" if gone or lost else "RUNNING" if ready else "PROVISIONING"
            reason = {"Code": "CLUSTER_TERMINATED", "Message": "Cluster was terminated."} if gone else {
                "Code": "INSTANCE_FAILURE",
                "Message": "Instance was terminated by EC2: Server.SpotInstanceTermination"} if lost else {}
            ended = cluster.when("TERMINATED", "TERMINATED_WITH_ERRORS") or (cluster.created + 3_000 if lost else None)
            found.append({
                "Id": made_up("ci-", 13, CAPITALS, cluster.id, group["id"], number),
                "Ec2InstanceId": made_up("i-0", 16, HEX, cluster.id, group["id"], number),
                "PublicDnsName": f"ip-{address}.eu-west-1.compute.internal", "PublicIpAddress": "",
                "PrivateDnsName": f"ip-{address}.eu-west-1.compute.internal",
                "PrivateIpAddress": address.replace("-", "."), "Status": some(
                    State=state, StateChangeReason=reason, Timeline=some(
                        CreationDateTime=cluster.created + 4, ReadyDateTime=ready and cluster.created + 190,
                        EndDateTime=ended if state == "TERMINATED" else None)),
                **({"InstanceFleetId": group["id"]} if cluster.fleets else {"InstanceGroupId": group["id"]}),
                "Market": group["market"], "InstanceType": group["type"],
                "EbsVolumes": [{"Device": "/dev/sdb", "VolumeId": made_up("vol-0", 16, HEX, cluster.id, number)}],
                "kind": group["kind"]})
    wanted = wanted or {}
    return [one for one in found
            if (not wanted.get("InstanceGroupTypes") or one["kind"] in wanted["InstanceGroupTypes"])
            and wanted.get("InstanceGroupId") in (None, one.get("InstanceGroupId"))
            and wanted.get("InstanceFleetId") in (None, one.get("InstanceFleetId"))
            and wanted.get("InstanceFleetType") in (None, one["kind"])
            and (not wanted.get("InstanceStates") or one["Status"]["State"] in wanted["InstanceStates"])]


def list_instances(store: Jobs, asked: dict) -> dict:
    found = _machines(_cluster(store, asked["ClusterId"]), asked)
    return page(found, asked, 50, lambda one: {k: v for k, v in one.items() if k != "kind"}, "Instances", "Marker")


def _group_status(cluster: Cluster, machines: list[dict], ended: str) -> dict:
    gone = cluster.state() in GONE[1:]
    return some(State=ended if gone else "RUNNING" if cluster.when("WAITING", "RUNNING") else "PROVISIONING",
                StateChangeReason={"Code": "CLUSTER_TERMINATED", "Message": "Job flow terminated"} if gone else {},
                Timeline=some(CreationDateTime=cluster.created, ReadyDateTime=cluster.when("WAITING", "RUNNING"),
                              EndDateTime=cluster.when("TERMINATED", "TERMINATED_WITH_ERRORS")))


def list_instance_groups(store: Jobs, asked: dict) -> dict:
    cluster = _cluster(store, asked["ClusterId"])
    if cluster.fleets:
        raise ApiError("InvalidRequestException", "Instance fleets and instance groups are mutually exclusive. The EMR "
                                                  "cluster specified in the request uses instance fleets.")
    shown = []
    for group in cluster.groups:
        machines = [one for one in _machines(cluster) if one["InstanceGroupId"] == group["id"]]
        shown.append({
            "Id": group["id"], "Name": group["kind"].title(), "Market": group["market"],
            "InstanceGroupType": group["kind"], "InstanceType": group["type"],
            "RequestedInstanceCount": group["count"],
            "RunningInstanceCount": sum(one["Status"]["State"] == "RUNNING" for one in machines),
            "Status": _group_status(cluster, machines, "TERMINATED"), "Configurations": [],
            "EbsBlockDevices": [{"VolumeSpecification": {"VolumeType": "gp3", "SizeInGB": group.get("disk", 64)},
                                 "Device": "/dev/sdb"}],
            "ShrinkPolicy": {}})
    return page(shown, asked, 50, lambda one: one, "InstanceGroups", "Marker")


def list_instance_fleets(store: Jobs, asked: dict) -> dict:
    cluster = _cluster(store, asked["ClusterId"])
    if not cluster.fleets:
        raise ApiError("InvalidRequestException", "Instance fleets and instance groups are mutually exclusive. The EMR "
                                                  "cluster specified in the request uses instance groups.")
    shown = []
    for group in cluster.groups:
        running = sum(one["Status"]["State"] == "RUNNING" for one in _machines(cluster)
                      if one["InstanceFleetId"] == group["id"])
        spot = group["market"] == "SPOT"
        shown.append({
            "Id": group["id"], "Name": group["kind"].title(), "InstanceFleetType": group["kind"],
            "Status": _group_status(cluster, [], "TERMINATED"), "TargetOnDemandCapacity": 0 if spot else group["count"],
            "TargetSpotCapacity": group["count"] if spot else 0,
            "ProvisionedOnDemandCapacity": 0 if spot else running, "ProvisionedSpotCapacity": running if spot else 0,
            "InstanceTypeSpecifications": [{"InstanceType": kind, "WeightedCapacity": 1,
                                            "BidPriceAsPercentageOfOnDemandPrice": 100.0, "Configurations": []}
                                           for kind in (group["type"], group["type"].replace("6g", "6gd"))],
            "LaunchSpecifications": {"SpotSpecification": {
                "TimeoutDurationMinutes": 20, "TimeoutAction": "TERMINATE_CLUSTER",
                "AllocationStrategy": "capacity-optimized"}} if spot else {}})
    return page(shown, asked, 50, lambda one: one, "InstanceFleets", "Marker")


def list_bootstrap_actions(store: Jobs, asked: dict) -> dict:
    return page(_cluster(store, asked["ClusterId"]).bootstraps, asked, 50, lambda one: one, "BootstrapActions", "Marker")


def get_auto_termination_policy(store: Jobs, asked: dict) -> dict:
    idle = _cluster(store, asked["ClusterId"]).idle
    return {"AutoTerminationPolicy": {"IdleTimeout": idle}} if idle else {}


def get_managed_scaling_policy(store: Jobs, asked: dict) -> dict:
    limits = _cluster(store, asked["ClusterId"]).scaling
    return {"ManagedScalingPolicy": {"ComputeLimits": limits}} if limits else {}


def set_termination_protection(store: Jobs, asked: dict) -> dict:
    for name in asked["JobFlowIds"]:
        _open_cluster(store, name).protected = asked["TerminationProtected"]
    return {}
