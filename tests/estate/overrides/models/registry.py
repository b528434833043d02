"""The Model Registry: groups, versions, decisions, model cards ("Amazon SageMaker API Reference": each operation's page)."""

from __future__ import annotations

import json
import re
import uuid
from datetime import timezone, datetime

from ...story import ACCOUNT, REGION
from ..jobs.model import now
from . import trail
from .model import Models, arn
from .wire import CALLER, ApiError, limit, listed, page, person, pick, within

STATUSES = ("Approved", "Rejected", "PendingManualApproval")
_STAGE = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
_SUMMARY = ("ModelPackageName", "ModelPackageGroupName", "ModelPackageVersion", "ModelPackageArn", "ModelPackageDescription",
            "CreationTime", "ModelPackageStatus", "ModelApprovalStatus", "ModelLifeCycle", "ModelPackageRegistrationType")
_GROUP = ("ModelPackageGroupName", "ModelPackageGroupArn", "ModelPackageGroupDescription", "CreationTime",
          "ModelPackageGroupStatus")
_FIELDS = ("ModelApprovalStatus", "ApprovalDescription", "ModelPackageRegistrationType", "InferenceSpecification", "SourceUri",
           "ModelCard", "ModelLifeCycle")


def group_of(store: Models, named: str) -> dict:
    found = store.groups.get(named) or store.groups.get(arn("model-package-group", named))
    if found is None:
        raise ApiError("ValidationException", f"ModelPackageGroup {named} does not exist.")
    return found


def package_of(store: Models, named: str) -> dict:
    whole = arn("model-package", named)
    found = next((kept[name] for kept in (store.packages, store.alone) for name in (named, whole) if name in kept), None)
    if found is None:
        raise ApiError("ValidationException", f"ModelPackage {named} does not exist.")
    return found


def _own(shape: dict, member: str) -> bool:
    return shape[member].split(":")[4] == ACCOUNT


def list_model_package_groups(store: Models, asked: dict) -> dict:
    own = asked.get("CrossAccountFilterOption") != "CrossAccount"
    found = [one for one in store.groups.values() if _own(one, "ModelPackageGroupArn") == own
             and (asked.get("NameContains") or "") in one["ModelPackageGroupName"]
             and within(one["CreationTime"], asked, "CreationTimeAfter", "CreationTimeBefore")]
    return listed(found, asked, "ModelPackageGroupSummaryList", lambda one: pick(one, *_GROUP),
                  {"Name": "ModelPackageGroupName", "CreationTime": "CreationTime"})


def describe_model_package_group(store: Models, asked: dict) -> dict:
    return pick(group_of(store, asked["ModelPackageGroupName"]), *_GROUP, "CreatedBy")


def list_model_packages(store: Models, asked: dict) -> dict:
    """Versions are listed for a group, or when Versioned or Both is asked for; packages without a group otherwise."""
    group, kind = asked.get("ModelPackageGroupName"), asked.get("ModelPackageType") or "Unversioned"
    name = group_of(store, group)["ModelPackageGroupArn"] if group else None
    found = [one for one in ([] if group or kind == "Versioned" or asked.get("ModelApprovalStatus") else store.alone.values())
             if (asked.get("NameContains") or "") in one["ModelPackageName"]
             and within(one["CreationTime"], asked, "CreationTimeAfter", "CreationTimeBefore")]
    for one in store.packages.values() if group or kind in ("Versioned", "Both") else ():
        belongs = one["ModelPackageArn"].rpartition("/")[0].replace(":model-package/", ":model-package-group/")
        if ((name is None and _own(one, "ModelPackageArn") or belongs == name)
                and asked.get("ModelApprovalStatus") in (None, one["ModelApprovalStatus"])
                and (asked.get("NameContains") or "") in one["ModelPackageGroupName"]
                and within(one["CreationTime"], asked, "CreationTimeAfter", "CreationTimeBefore")):
            found.append(one)
    return listed(found, asked, "ModelPackageSummaryList", lambda one: pick(one, *_SUMMARY),
                  {"Name": "ModelPackageName", "CreationTime": "CreationTime"})


def describe_model_package(store: Models, asked: dict) -> dict:
    shape = {k: v for k, v in package_of(store, asked["ModelPackageName"]).items() if k != "Tags"}
    if asked.get("IncludedData") == "MetadataOnly":
        shape.pop("ModelCard", None)
    return shape


def batch_describe_model_package(store: Models, asked: dict) -> dict:
    found, wrong = {}, {}
    for one in asked["ModelPackageArnList"]:
        shape = store.packages.get(one)
        if shape is None:
            wrong[one] = {"ErrorCode": "ValidationException", "ErrorResponse": f"ModelPackage {one} does not exist."}
        else:
            found[one] = pick(shape, "ModelPackageGroupName", "ModelPackageVersion", "ModelPackageArn",
                              "ModelPackageDescription", "CreationTime", "InferenceSpecification", "ModelPackageStatus",
                              "ModelApprovalStatus", "ModelPackageRegistrationType")
    return {"ModelPackageSummaries": found, **({"BatchDescribeModelPackageErrorMap": wrong} if wrong else {})}


def update_model_package(store: Models, asked: dict) -> dict:
    """The last write wins. A client token seen before with the same request changes nothing again; with another it is a
    conflict."""
    named = asked["ModelPackageArn"]
    shape = package_of(store, named)
    if named in store.alone and ("ModelApprovalStatus" in asked or "ModelLifeCycle" in asked):
        raise ApiError("ValidationException", "The approval status and the life cycle are those of versioned model packages.")
    _check(asked, shape)
    token, wanted = asked.get("ClientToken"), json.dumps(asked, sort_keys=True)
    if token:
        kept = store.tokens.get(token)
        if kept and kept[0] != wanted:
            raise ApiError("ConflictException", "The ClientToken was used before with other parameters.")
        if kept:
            return kept[1]
    before = shape.get("ModelApprovalStatus")
    changed = [name for name in _FIELDS if name in asked]
    for name in changed:
        if name == "ModelCard":
            shape[name] = {**shape.get(name, {}), **asked[name]}
        else:
            shape[name] = asked[name]
    mine = shape.get("CustomerMetadataProperties", {})
    fresh = {**mine, **asked.get("CustomerMetadataProperties", {})}
    for name in asked.get("CustomerMetadataPropertiesToRemove") or ():
        fresh.pop(name, None)
    if "CustomerMetadataProperties" in asked or asked.get("CustomerMetadataPropertiesToRemove"):
        shape["CustomerMetadataProperties"] = fresh
        changed.append("CustomerMetadataProperties")
    if asked.get("AdditionalInferenceSpecificationsToAdd"):
        shape["AdditionalInferenceSpecifications"] = [*shape.get("AdditionalInferenceSpecifications", ()),
                                                      *asked["AdditionalInferenceSpecificationsToAdd"]]
        changed.append("AdditionalInferenceSpecifications")
    shape.update(LastModifiedTime=now(), LastModifiedBy=person(CALLER.get()))
    answer = {"ModelPackageArn": shape["ModelPackageArn"]}
    if token:
        store.tokens[token] = (wanted, answer)
    _remember(store, shape, asked)
    _announce(shape, changed, before)
    return answer


def _check(asked: dict, shape: dict) -> None:
    status, words = asked.get("ModelApprovalStatus"), asked.get("ApprovalDescription") or ""
    if not _own(shape, "ModelPackageArn"):
        raise ApiError("AccessDeniedException", f"User: {person(CALLER.get())['IamIdentity']['Arn']} is not authorized to perform: "
                       f"sagemaker:UpdateModelPackage on resource: {shape['ModelPackageArn']} because no resource-based policy "
                       "allows the sagemaker:UpdateModelPackage action")
    if status is not None and status not in STATUSES:
        raise ApiError("ValidationException", f"1 validation error detected: Value '{status}' at 'modelApprovalStatus' failed to "
                       "satisfy constraint: Member must satisfy enum value set: [Approved, Rejected, PendingManualApproval]")
    if len(words) > 1024:
        raise ApiError("ValidationException", "1 validation error detected: Value at 'approvalDescription' failed to satisfy "
                       "constraint: Member must have length less than or equal to 1024")
    kept = {**shape.get("CustomerMetadataProperties", {}), **asked.get("CustomerMetadataProperties", {})}
    if len(kept) > 50 or any(not 1 <= len(k) <= 128 or not 1 <= len(v) <= 256 for k, v in kept.items()):
        raise ApiError("ValidationException", "CustomerMetadataProperties: at most 50 keys of 1 to 128 characters, with "
                       "values of 1 to 256 characters.")
    for member in ("Stage", "StageStatus"):
        value = (asked.get("ModelLifeCycle") or {}).get(member)
        if "ModelLifeCycle" in asked and not (value and _STAGE.fullmatch(value)):
            raise ApiError("ValidationException", f"1 validation error detected: Value '{value}' at "
                           f"'modelLifeCycle.{member[0].lower() + member[1:]}' failed to satisfy constraint: Member must satisfy "
                           "regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")


def _remember(store: Models, shape: dict, asked: dict) -> None:
    """CloudTrail's record, and the lineage actions of an approval and of a change of stage."""
    from . import lineage

    trail.record(store, "UpdateModelPackage", CALLER.get(), now(), shape["ModelPackageArn"],
                 {name[0].lower() + name[1:]: value for name, value in asked.items()})
    if "ModelApprovalStatus" in asked:
        lineage.decided(store, shape, now(), CALLER.get())
    if "ModelLifeCycle" in asked:
        lineage.staged(store, shape, now(), CALLER.get())


def event(shape: dict, changed: list[str], before: str | None = None) -> dict:
    """ "Amazon SageMaker Developer Guide, Amazon EventBridge: SageMaker model package state change". `changed` is in newer
    payloads only; the status before is sent when it changed."""
    iso = lambda when: datetime.fromtimestamp(when, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")  # noqa: E731
    detail = pick(shape, "ModelPackageName", "ModelPackageGroupName", "ModelPackageVersion", "ModelPackageArn",
                  "ModelPackageDescription", "InferenceSpecification", "ModelPackageStatus", "ModelPackageStatusDetails",
                  "ModelApprovalStatus", "ApprovalDescription", "MetadataProperties", "ModelMetrics", "ModelLifeCycle",
                  "CustomerMetadataProperties", "CertifyForMarketplace")
    detail.update(CreationTime=iso(shape["CreationTime"]), LastModifiedTime=iso(shape["LastModifiedTime"]),
                  UpdatedModelPackageFields=changed)
    return {"version": "0", "id": str(uuid.uuid4()), "detail-type": "SageMaker Model Package State Change",
            "source": "aws.sagemaker", "account": ACCOUNT, "time": iso(shape["LastModifiedTime"]), "region": REGION,
            "resources": [shape["ModelPackageArn"]], "detail": detail}


def _announce(shape: dict, changed: list[str], before: str | None) -> None:
    from .. import deliveries

    if deliveries.DELIVERIES.on:
        deliveries.send(event(shape, changed, before))


def list_tags(store: Models, asked: dict) -> dict:
    named = asked["ResourceArn"]
    shape = store.groups.get(named) or store.packages.get(named) or store.alone.get(named)
    name = named.rpartition("/")[2]
    for kind, kept in (("model", store.models), ("endpoint", store.endpoints)):
        if shape is None and f":{kind}/" in named:
            shape = kept.get(name)
    if shape is None:
        raise ApiError("ValidationException", f"Could not find resource {named}")
    return page(shape.get("Tags", []), asked, limit(asked, 50), lambda one: one, "Tags", "NextToken")


_CARD = ("ModelCardName", "ModelCardArn", "ModelCardStatus", "CreationTime", "LastModifiedTime")


def list_model_cards(store: Models, asked: dict) -> dict:
    found = [one for one in store.cards.values() if (asked.get("NameContains") or "") in one["ModelCardName"]
             and asked.get("ModelCardStatus") in (None, one["ModelCardStatus"])]
    return listed(found, asked, "ModelCardSummaries", lambda one: pick(one, *_CARD),
                  {"Name": "ModelCardName", "CreationTime": "CreationTime"})


def describe_model_card(store: Models, asked: dict) -> dict:
    found = store.cards.get(asked["ModelCardName"].rpartition("/")[2])
    if found is None:
        raise ApiError("ResourceNotFound", f"Model card {asked['ModelCardName']} does not exist.")
    return pick(found, *_CARD, "ModelCardVersion", "Content", "CreatedBy", "LastModifiedBy")
