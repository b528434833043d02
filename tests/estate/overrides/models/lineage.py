"""Lineage: artifacts, actions, contexts and trial components, and the ways between them ("Amazon SageMaker API Reference,
QueryLineage"). It starts at lineage entities only, never at a model package: ListArtifacts finds a package's by its SourceUri.
"""

from __future__ import annotations

import re

from ..jobs.model import HEX, made_up
from .model import Models, arn
from .wire import ApiError, limit, listed, page, person, pick

_ENTITY = re.compile(r"arn:aws[a-z-]*:sagemaker:[a-z0-9-]*:[0-9]{12}:(experiment|experiment-trial-component|artifact|action|"
                     r"context)/.*")
_KINDS = {"artifact": "Artifact", "action": "Action", "context": "Context", "experiment-trial-component": "TrialComponent"}


def add(store: Models, kind: str, name: str, what: str, source: str, when: float, user: str = "ml-pipeline",
        properties: dict | None = None, status: str = "Completed") -> str:
    """A vertex; `kind` as ARNs write it. The ids are the same on every start."""
    number = made_up("", 32, HEX, kind, name) if kind == "artifact" else name
    found = arn(kind, number)
    if found not in store.vertices:
        store.vertices[found] = {"arn": found, "kind": kind, "name": name, "type": what, "source": source, "when": when,
                                 "by": person(user), "properties": properties or {}, "status": status}
    return found


def join(store: Models, source: str, target: str, how: str) -> None:
    store.edges[source, target, how] = None


def package_artifact(store: Models, shape: dict) -> str:
    return add(store, "artifact", f"{shape['ModelPackageArn']}", "ModelPackage", shape["ModelPackageArn"],
               shape["CreationTime"])


def decided(store: Models, shape: dict, when: float, user: str) -> None:
    """The action that a decision leaves."""
    name = f"{shape['ModelPackageGroupName']}-{shape['ModelPackageVersion']}-{shape['ModelApprovalStatus'].lower()}-{round(when)}"
    action = add(store, "action", name, "ModelApproval", shape["ModelPackageArn"], when, user, {
        "ModelApprovalStatus": shape["ModelApprovalStatus"], "ApprovalDescription": shape.get("ApprovalDescription", "")[:256]})
    join(store, package_artifact(store, shape), action, "AssociatedWith")


def staged(store: Models, shape: dict, when: float, user: str) -> None:
    stage = shape["ModelLifeCycle"]
    action = add(store, "action", f"{shape['ModelPackageGroupName']}-{shape['ModelPackageVersion']}-stage-{round(when)}",
                 "ModelLifeCycle", shape["ModelPackageArn"], when, user,
                 {"Stage": stage["Stage"], "StageStatus": stage["StageStatus"]})
    join(store, package_artifact(store, shape), action, "AssociatedWith")


def query_lineage(store: Models, asked: dict) -> dict:
    starts = asked.get("StartArns") or []
    for start in starts:
        if not _ENTITY.fullmatch(start):
            raise ApiError("ValidationException", f"1 validation error detected: Value '{start}' at 'startArns' failed to satisfy "
                           "constraint: Member must satisfy regular expression pattern: " + _ENTITY.pattern)
        if start not in store.vertices:
            raise ApiError("ResourceNotFound", f"Lineage entity {start} does not exist.")
    direction, depth = asked.get("Direction") or "Both", min(int(asked.get("MaxDepth") or 10), 10)
    ways: dict[str, list[str]] = {}
    for source, target, _ in store.edges:
        if direction in ("Descendants", "Both"):
            ways.setdefault(source, []).append(target)
        if direction in ("Ascendants", "Both"):
            ways.setdefault(target, []).append(source)
    reached, edge = dict.fromkeys(starts), list(starts)
    for _ in range(depth):
        edge = [to for here in edge for to in ways.get(here, ()) if to not in reached and not reached.update({to: None})]
    wanted = asked.get("Filters") or {}
    found = [store.vertices[one] for one in reached if one not in starts and _chosen(store.vertices[one], wanted)]
    size = limit(asked, 50, 50)
    answer = page(found, asked, size, lambda one: {"Arn": one["arn"], "Type": one["type"], "LineageType": _KINDS[one["kind"]]},
                  "Vertices", "NextToken")
    if asked.get("IncludeEdges", True):
        answer["Edges"] = [{"SourceArn": source, "DestinationArn": target, "AssociationType": how}
                           for source, target, how in store.edges if source in reached and target in reached]
    return answer


def _chosen(one: dict, wanted: dict) -> bool:
    return (one["type"] in (wanted.get("Types") or [one["type"]])
            and _KINDS[one["kind"]] in (wanted.get("LineageTypes") or [_KINDS[one["kind"]]])
            and (not wanted.get("CreatedAfter") or one["when"] >= wanted["CreatedAfter"])
            and (not wanted.get("CreatedBefore") or one["when"] <= wanted["CreatedBefore"]))


def _told(one: dict, kind: str) -> dict:
    title = _KINDS[kind]
    return {f"{title}Arn": one["arn"], f"{title}Name": one["name"][-120:].replace("/", "-").replace(":", "-"),
            f"{title}Type": one["type"], "Source": {"SourceUri": one["source"]}, "CreationTime": one["when"],
            "LastModifiedTime": one["when"], "CreatedBy": one["by"], "LastModifiedBy": one["by"], "sort": one["name"],
            "Properties": one["properties"], **({"Status": one["status"]} if kind == "action" else {})}


def _listed(store: Models, asked: dict, kind: str) -> dict:
    title = _KINDS[kind]
    found = [_told(one, kind) for one in store.vertices.values() if one["kind"] == kind
             and asked.get("SourceUri") in (None, one["source"]) and asked.get(f"{title}Type") in (None, one["type"])]
    return listed(found, asked, f"{title}Summaries", lambda one: pick(
        one, f"{title}Arn", f"{title}Name", "Source", f"{title}Type", "Status", "CreationTime", "LastModifiedTime"),
        {"Name": f"{title}Name", "CreationTime": "CreationTime"})


def list_artifacts(store: Models, asked: dict) -> dict:
    return _listed(store, asked, "artifact")


def list_actions(store: Models, asked: dict) -> dict:
    return _listed(store, asked, "action")


def list_contexts(store: Models, asked: dict) -> dict:
    return _listed(store, asked, "context")


def _described(store: Models, asked: dict, kind: str) -> dict:
    title = _KINDS[kind]
    named = asked.get(f"{title}Arn") or asked.get(f"{title}Name")
    found = store.vertices.get(named) or store.vertices.get(arn(kind, named))
    if found is None:
        raise ApiError("ResourceNotFound", f"{title} {named} does not exist.")
    return {k: v for k, v in _told(found, kind).items() if k != "sort"}


def describe_artifact(store: Models, asked: dict) -> dict:
    return _described(store, asked, "artifact")


def describe_action(store: Models, asked: dict) -> dict:
    return _described(store, asked, "action")


def describe_context(store: Models, asked: dict) -> dict:
    return _described(store, asked, "context")


def describe_trial_component(store: Models, asked: dict) -> dict:
    named = asked["TrialComponentName"]
    found = store.vertices.get(named) or store.vertices.get(arn("experiment-trial-component", named))
    if found is None:
        raise ApiError("ResourceNotFound", f"Trial component {named} does not exist.")
    return {"TrialComponentName": found["name"], "TrialComponentArn": found["arn"], "DisplayName": found["name"],
            "Source": {"SourceArn": found["source"], "SourceType": "SageMakerTrainingJob"}, "CreationTime": found["when"],
            "LastModifiedTime": found["when"], "CreatedBy": found["by"], "Status": {"PrimaryStatus": "Completed"},
            "Parameters": {name: {"StringValue": value} for name, value in found["properties"].items()}}
