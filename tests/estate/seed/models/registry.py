"""The groups and their versions: what was registered, by whom, with which evidence, and what was decided."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import dataclass, field, replace
from functools import lru_cache

from ...evidence.columns import BASELINE_ROWS, Batch
from ...overrides.jobs.model import JOB_ROLE
from ...overrides.models import lineage, trail
from ...overrides.models.model import Models, arn, clock
from ...overrides.models.wire import person
from ...story import ACCOUNT
from . import files, images
from .cast import ALONE, GROUPS, KINDS, OTHER_ACCOUNT, PENDING, REGISTRY, SHARED, Kind, kind_of, versions_of
from .watches import DAY

SIGNERS = ("maria.lopez", "jonas.weber", "aisha.khan")
BUILDERS = ("ml-pipeline", "tom.berg", "wei.chen")
STAGES = {"Approved": ("Production", "Approved"), "Rejected": ("QA", "Rejected"),
          "PendingManualApproval": ("QA", "PendingApproval")}


@dataclass
class Made:
    """One version as it is being made: its group's kind, its age, what is the matter with it."""

    group: str
    version: int
    of: int
    when: float
    kind: Kind
    status: str
    matter: str = ""
    skill: float = 0.0
    shape: dict = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        return f"{self.group}/v{self.version}/"

    @property
    def seed(self) -> str:
        return f"{self.group}/{self.version}"

    def uri(self, name: str) -> str:
        return f"s3://{REGISTRY}/{self.prefix}{name}"


@lru_cache(maxsize=None)
def baseline(group: str, version: int) -> tuple[Batch, ...]:
    """What the training data of a version looked like, column by column. Versions differ a little, regions more."""
    kind, place = kind_of(group), random.Random(group)
    moved = 0.0
    if PENDING.get(group) == "drifted on day 0" and version == versions_of(group):
        moved = -0.9            # trained on last year's data
    found = []
    for number, column in enumerate(kind.columns):
        home = round((place.random() - 0.5) * 0.2, 2)
        found.append(Batch(column, BASELINE_ROWS, round(home + (moved if number in (1, 2, 5) else 0.0), 2)))
    return tuple(found)


def cast(store: Models, story) -> None:
    for group in GROUPS:
        _group(store, story, group)
    _shared(store, story)
    _alone(store)


def _group(store: Models, story, group: str) -> None:
    kind, many, dice = kind_of(group), versions_of(group), random.Random(group)
    matter = PENDING.get(group, "")
    age = {"waits long": 41, "evidence edited": 9, "model edited": 6}.get(matter, 1 + dice.randrange(3 if matter else 25))
    newest = story.at(age, "09:40:00").timestamp() + dice.randrange(3_000)
    gap = (9 + dice.randrange(12)) * DAY
    created = newest - gap * many - 30 * DAY
    name = arn("model-package-group", group)
    store.groups[name] = {
        "ModelPackageGroupName": group, "ModelPackageGroupArn": name, "ModelPackageGroupDescription": kind.task + ".",
        "CreationTime": created, "CreatedBy": person("ml-pipeline"), "ModelPackageGroupStatus": "Completed",
        "Tags": _tags(kind, group)}
    context = lineage.add(store, "context", f"{group}-group", "ModelGroup", name, created)
    skill = 0.78 + dice.random() * 0.06
    for version in range(1, many + 1):
        last = version == many
        status = "PendingManualApproval" if last and matter else "Rejected" if (
            matter == "never approved" or dice.random() < 0.22 and not last and version > 1) else "Approved"
        skill += 0.004 + dice.random() * 0.003
        worse = 0.06 if last and matter == "worse" else 0.03 if status == "Rejected" else 0.0
        made = Made(group, version, many, newest - gap * (many - version), kind, status, matter if last else "", skill - worse)
        _version(store, made, context)


def _tags(kind: Kind, group: str) -> list[dict]:
    return [{"Key": "team", "Value": kind.team}, {"Key": "region", "Value": group.rpartition("-")[2]},
            {"Key": "tier", "Value": "1" if kind.name in ("demand-forecast", "dynamic-pricing", "payment-fraud") else "2"}]


def _version(store: Models, made: Made, context: str) -> None:
    name = arn("model-package", f"{made.group}/{made.version}")
    by = "oncall" if made.matter == "registered by oncall" else random.Random(made.seed).choice(BUILDERS)
    commit = hashlib.sha1(made.seed.encode()).hexdigest()
    job = f"{made.group}-v{made.version}-train"
    repository = f"https://git.example.com/ml/{made.kind.name}.git"
    made.shape = {
        "ModelPackageName": f"{made.group}/{made.version}", "ModelPackageGroupName": made.group,
        "ModelPackageVersion": made.version, "ModelPackageRegistrationType": "Registered", "ModelPackageArn": name,
        "ModelPackageDescription": f"{made.kind.task}, trained on data until {clock(made.when - DAY):%Y-%m-%d}",
        "CreationTime": made.when, "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": {"ValidationStatuses": [], "ImageScanStatuses": []}, "CertifyForMarketplace": False,
        "ModelApprovalStatus": made.status, "CreatedBy": person(by), "LastModifiedTime": made.when, "LastModifiedBy": person(by),
        "MetadataProperties": {"CommitId": commit, "Repository": repository, "ProjectId": f"p-{commit[:12]}",
                               "GeneratedBy": arn("training-job", job)},
        "Domain": "MACHINE_LEARNING", "Task": "REGRESSION" if made.kind.problem == "regression" else "CLASSIFICATION",
        "SkipModelValidation": "None",
        "CustomerMetadataProperties": {"team": made.kind.team, "branch": "main", "tree": "clean"},
        "ModelLifeCycle": dict(zip(("Stage", "StageStatus"), STAGES[made.status])), "Tags": _tags(made.kind, made.group)}
    shape = made.shape
    shape["InferenceSpecification"] = _inference(made)
    shape["ModelMetrics"], shape["DriftCheckBaselines"] = files.evidence(made)
    if made.matter == "baseline missing":
        del shape["DriftCheckBaselines"]
    if made.matter == "scan failed":
        shape["ModelPackageStatus"] = "Failed"
        shape["ModelPackageStatusDetails"] = {
            "ValidationStatuses": [{"Name": "smoke-test", "Status": "Failed", "FailureReason":
                                    "ClientError: the model container did not answer /ping within 60 seconds"}],
            "ImageScanStatuses": [{"Name": "image-scan", "Status": "Completed"}]}
    if made.matter == "lineage broken":
        shape["MetadataProperties"] = {"CommitId": commit, "Repository": repository}
        shape["CustomerMetadataProperties"]["tree"] = "dirty"
    if made.kind.name in ("payment-fraud", "guest-churn") and made.version >= made.of - 1:
        shape["ModelCard"] = {"ModelCardStatus": "Approved" if made.status == "Approved" else "PendingReview",
                              "ModelCardContent": card_content(made)}
    store.packages[name], store.skills[made.group, made.version] = shape, made.skill
    _decide(store, made)
    _trace(store, made, context, job)
    if made.version == made.of and made.kind.name in ("payment-fraud", "guest-churn", "demand-forecast"):
        _card(store, made)


def _inference(made: Made, account: str = ACCOUNT) -> dict:
    image = replace(images.of(made.kind.name, made.group, made.version), registry=account)
    return {"Containers": [{
        "Image": image.uri, "ImageDigest": image.digest, "ModelDataUrl": made.uri("model.tar.gz"),
        "ModelDataETag": hashlib.md5(files.model(made)).hexdigest(), "Framework": "XGBOOST", "FrameworkVersion": "1.7",
        "NearestModelName": "xgboost", "Environment": {"SAGEMAKER_PROGRAM": "inference.py"}}],
        "SupportedTransformInstanceTypes": ["ml.m5.large"],
        "SupportedRealtimeInferenceInstanceTypes": ["ml.m5.large", "ml.c5.xlarge"],
        "SupportedContentTypes": ["text/csv"], "SupportedResponseMIMETypes": ["text/csv"]}


def card_content(made: Made) -> str:
    return json.dumps({"model_overview": {"model_name": made.group, "model_description": made.kind.task,
                                          "model_version": made.version, "model_owner": made.kind.team},
                       "intended_uses": {"purpose_of_model": made.kind.task, "risk_rating":
                                         "High" if made.kind.name == "payment-fraud" else "Medium"},
                       "training_details": {"objective_function": {"notes": made.kind.problem}}})


def _card(store: Models, made: Made) -> None:
    name = f"{made.group}-card"
    store.cards[name] = {
        "ModelCardName": name, "ModelCardArn": arn("model-card", name), "ModelCardVersion": made.of, "Content": card_content(made),
        "ModelCardStatus": "Approved" if made.status == "Approved" else "PendingReview", "CreationTime": made.when,
        "CreatedBy": person("ml-pipeline"), "LastModifiedTime": made.when, "LastModifiedBy": person("ml-pipeline"),
        "ModelId": made.group, "RiskRating": "High" if made.kind.name == "payment-fraud" else "Medium"}


def _decide(store: Models, made: Made) -> None:
    """Who decided, when, with which words; the trail of the last 90 days."""
    shape, signer = made.shape, random.Random(made.seed + "/signed").choice(SIGNERS)
    trail.record(store, "CreateModelPackage", shape["CreatedBy"]["IamIdentity"]["Arn"].rpartition("/")[2], made.when,
                 shape["ModelPackageArn"], {"modelPackageGroupName": made.group, "modelApprovalStatus": "PendingManualApproval"})
    if made.status == "PendingManualApproval":
        return
    when = made.when + 3 * 3_600 + random.Random(made.seed).randrange(20) * 3_600
    words = (f"Offline {next(iter(files.metrics(made)))} no worse than before, bias in limits. Shadowed for a day."
             if made.status == "Approved" else "Weekend weeks are worse than the version in production.")
    shape.update(ApprovalDescription=words, LastModifiedTime=when, LastModifiedBy=person(signer))
    trail.record(store, "UpdateModelPackage", signer, when, shape["ModelPackageArn"], {
        "modelPackageArn": shape["ModelPackageArn"], "modelApprovalStatus": made.status, "approvalDescription": words})
    lineage.decided(store, shape, when, signer)
    if made.status == "Approved":
        lineage.staged(store, shape, when + 60, signer)


def _trace(store: Models, made: Made, context: str, job: str) -> None:
    """Data set, training, model data, version; the group's context and the creation's action."""
    shape, when = made.shape, made.when
    package = lineage.package_artifact(store, shape)
    lineage.join(store, package, context, "AssociatedWith")
    creation = lineage.add(store, "action", f"{made.group}-{made.version}-created", "ModelPackageCreation",
                           shape["ModelPackageArn"], when)
    lineage.join(store, package, creation, "AssociatedWith")
    if made.matter == "lineage broken":
        return
    data = f"s3://lake-processed/features/{made.kind.name}/until={clock(when - DAY):%Y-%m-%d}/"
    arn_of_job = arn("training-job", job)
    dataset = lineage.add(store, "artifact", data, "DataSet", data, when - 7_200, properties={"rows": "184230"})
    image = shape["InferenceSpecification"]["Containers"][0]["Image"]
    trained = lineage.add(store, "experiment-trial-component", f"{job}-aws-training-job", "SageMakerTrainingJob", arn_of_job,
                          when - 3_600, properties={"max_depth": "6", "eta": "0.08"})
    model = lineage.add(store, "artifact", made.uri("model.tar.gz"), "Model", made.uri("model.tar.gz"), when - 900)
    container = lineage.add(store, "artifact", image, "Image", image, when - 7_200)
    for source, target, how in ((dataset, trained, "ContributedTo"), (container, trained, "ContributedTo"),
                                (trained, model, "Produced"), (model, package, "ContributedTo"),
                                (container, package, "ContributedTo")):
        lineage.join(store, source, target, how)
    store.training[job] = {
        "TrainingJobName": job, "TrainingJobArn": arn_of_job, "TrainingJobStatus": "Completed", "SecondaryStatus": "Completed",
        "ModelArtifacts": {"S3ModelArtifacts": made.uri("model.tar.gz")}, "RoleArn": JOB_ROLE,
        "AlgorithmSpecification": {"TrainingInputMode": "File", "TrainingImage": image},
        "HyperParameters": {"max_depth": "6", "eta": "0.08", "num_round": str(300 + 20 * made.version)},
        "InputDataConfig": [{"ChannelName": "train", "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": data}}}],
        "OutputDataConfig": {"S3OutputPath": f"s3://{REGISTRY}/{made.prefix}"},
        "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.2xlarge", "VolumeSizeInGB": 50},
        "StoppingCondition": {"MaxRuntimeInSeconds": 7_200}, "CreationTime": when - 3_600, "TrainingStartTime": when - 3_400,
        "TrainingEndTime": when - 900, "LastModifiedTime": when - 880, "TrainingTimeInSeconds": 2_500,
        "BillableTimeInSeconds": 2_500, "FinalMetricDataList": [
            {"MetricName": f"validation:{metric}", "Value": value, "Timestamp": when - 920}
            for metric, (value, _) in list(files.metrics(made).items())[:3]]}


def _alone(store: Models) -> None:
    """A package that somebody made without a group, of the same files as a version: no number, no approval, no stage."""
    source, name = store.packages[arn("model-package", "loyalty-tier-emea/1")], arn("model-package", ALONE)
    when = source["CreationTime"] + 2 * 3_600
    store.alone[name] = {
        "ModelPackageName": ALONE, "ModelPackageArn": name, "CreationTime": when, "ModelPackageStatus": "Completed",
        "ModelPackageDescription": "Tried for the partner hotels, outside of the registry",
        "ModelPackageStatusDetails": {"ValidationStatuses": [{"Name": "smoke-test", "Status": "Completed"}],
                                      "ImageScanStatuses": []},
        "CertifyForMarketplace": False, "CreatedBy": person("tom.berg"), "SkipModelValidation": "None",
        "InferenceSpecification": source["InferenceSpecification"], "ModelMetrics": source["ModelMetrics"],
        "Tags": [{"Key": "team", "Value": "loyalty"}]}
    trail.record(store, "CreateModelPackage", "tom.berg", when, name, {"modelPackageName": ALONE})


def _shared(store: Models, story) -> None:
    """A group of another account, which this one may read and not change."""
    name, when = arn("model-package-group", SHARED, OTHER_ACCOUNT), story.at(30, "08:00:00").timestamp()
    other = {"IamIdentity": {"Arn": f"arn:aws:iam::{OTHER_ACCOUNT}:role/corporate-ml", "PrincipalId": "AROACORPORATEML0001:run"}}
    store.groups[name] = {
        "ModelPackageGroupName": SHARED, "ModelPackageGroupArn": name, "ModelPackageGroupDescription":
        "Rates of the market, for all companies of the group.", "CreationTime": when - 90 * DAY,
        "ModelPackageGroupStatus": "Completed", "CreatedBy": other, "Tags": [{"Key": "team", "Value": "corporate"}]}
    for version, status in ((1, "Approved"), (2, "Approved"), (3, "PendingManualApproval")):
        made = Made(SHARED, version, 3, when - (3 - version) * 20 * DAY, KINDS["dynamic-pricing"], status, "", 0.84)
        package = arn("model-package", f"{SHARED}/{version}", OTHER_ACCOUNT)
        store.packages[package] = {
            "ModelPackageName": f"{SHARED}/{version}", "ModelPackageGroupName": SHARED, "ModelPackageVersion": version,
            "ModelPackageArn": package, "CreationTime": made.when, "ModelPackageStatus": "Completed",
            "ModelPackageStatusDetails": {"ValidationStatuses": [], "ImageScanStatuses": []}, "ModelApprovalStatus": status,
            "CertifyForMarketplace": False, "CreatedBy": other, "LastModifiedBy": other, "LastModifiedTime": made.when,
            "ModelPackageRegistrationType": "Registered", "InferenceSpecification": _inference(made, OTHER_ACCOUNT),
            "Tags": []}
