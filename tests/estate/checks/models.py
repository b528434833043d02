"""Models: the registry and its decisions, endpoints, pipelines, lineage, in the shapes of the APIs."""

from __future__ import annotations

import hashlib
import json
import time
from datetime import datetime, timedelta, timezone

from .bench import refused, same
from .jobs import until
from .wire import called

PACKAGE = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/"
FORECAST = "demand-forecast-emea"


def fresh(bench) -> None:
    bench.control("POST", "reset", {"area": "models"})
    bench.control("POST", "pace", {"seconds": 0.05})


def every(client, operation: str, name: str, **asked) -> list[dict]:
    """All pages, the first held to the shape."""
    called(client, operation, **asked)
    return [one for page in client.get_paginator(operation).paginate(**asked) for one in page[name]]


def newest(bench, group: str) -> dict:
    models = bench.client("sagemaker")
    name = models.list_model_packages(ModelPackageGroupName=group, MaxResults=1)["ModelPackageSummaryList"][0]["ModelPackageArn"]
    return called(models, "describe_model_package", ModelPackageName=name)


def body(bench, uri: str) -> bytes:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bench.s3.get_object(Bucket=bucket, Key=key)["Body"].read()


def check_models_registry(bench) -> None:
    models = bench.client("sagemaker")
    groups = every(models, "list_model_package_groups", "ModelPackageGroupSummaryList", MaxResults=100)
    same(len(groups), 72)
    # Unversioned, unless asked otherwise: the one that is in no group.
    (alone,) = called(models, "list_model_packages")["ModelPackageSummaryList"]
    shape = called(models, "describe_model_package", ModelPackageName=alone["ModelPackageArn"])
    same((shape["ModelPackageArn"], shape["ModelPackageStatus"]), (PACKAGE + "loyalty-tier-partners", "Completed"))
    assert not {"ModelPackageGroupName", "ModelPackageVersion", "ModelApprovalStatus", "ModelLifeCycle"} & set(shape), shape
    assert shape["InferenceSpecification"]["Containers"][0]["ImageDigest"] and shape["ModelMetrics"], shape
    refused(lambda: models.update_model_package(ModelPackageArn=alone["ModelPackageArn"], ModelApprovalStatus="Approved"),
            "ValidationException", 400)
    versions = every(models, "list_model_packages", "ModelPackageSummaryList", ModelPackageType="Versioned", MaxResults=100)
    by_group: dict[str, int] = {}
    for one in versions:
        by_group[one["ModelPackageGroupName"]] = by_group.get(one["ModelPackageGroupName"], 0) + 1
    same((len(by_group), min(by_group.values()), max(by_group.values())), (72, 2, 15))
    asked = [one["ModelPackageArn"] for one in versions[:99]] + [PACKAGE + "nobody/1"]
    told = called(models, "batch_describe_model_package", ModelPackageArnList=asked)
    same((len(told["ModelPackageSummaries"]), list(told["BatchDescribeModelPackageErrorMap"])), (99, asked[-1:]))
    refused(lambda: models.describe_model_package(ModelPackageName=PACKAGE + "nobody/1"), "ValidationException", 400)
    tags = called(models, "list_tags", ResourceArn=groups[0]["ModelPackageGroupArn"])["Tags"]
    assert {"team", "region"} <= {tag["Key"] for tag in tags}, tags
    for card in called(models, "list_model_cards")["ModelCardSummaries"][:2]:
        called(models, "describe_model_card", ModelCardName=card["ModelCardName"])
    same(bench.client("sagemaker", region="us-east-1").list_model_package_groups()["ModelPackageGroupSummaryList"], [])


def check_models_search(bench) -> None:
    models = bench.client("sagemaker")
    pages, asked = [], {"Resource": "ModelPackage", "MaxResults": 100}
    while not pages or "NextToken" in pages[-1]:
        pages.append(called(models, "search", **asked, **({"NextToken": pages[-1]["NextToken"]} if pages else {})))
    found = [one["ModelPackage"] for page in pages for one in page["Results"]]
    same((pages[0]["TotalHits"]["Value"], len(pages[0]["Results"])), (len(found), 100))
    for filters, wanted in (
            ([{"Name": "ModelApprovalStatus", "Value": "PendingManualApproval"}],
             lambda one: one["ModelApprovalStatus"] == "PendingManualApproval"),
            ([{"Name": "ModelLifeCycle.Stage", "Value": "Production"},
              {"Name": "ModelPackageVersion", "Operator": "GreaterThan", "Value": "9"}],
             lambda one: one["ModelLifeCycle"]["Stage"] == "Production" and one["ModelPackageVersion"] > 9),
            ([{"Name": "Tags.team", "Operator": "In", "Value": "payments,loyalty"}],
             lambda one: {"payments", "loyalty"} & {tag["Value"] for tag in one["Tags"]}),
            ([{"Name": "DriftCheckBaselines", "Operator": "NotExists"}], lambda one: "DriftCheckBaselines" not in one),
            ([{"Name": "ModelPackageGroupName", "Operator": "Contains", "Value": "fraud"}],
             lambda one: "fraud" in one["ModelPackageGroupName"])):
        hits = models.search(Resource="ModelPackage", SearchExpression={"Filters": filters})["TotalHits"]["Value"]
        same(hits, sum(bool(wanted(one)) for one in found))
        assert hits, filters
    board = {one["Model"]["Model"]["ModelName"]: one["Model"] for one in called(
        models, "search", Resource="Model", MaxResults=100)["Results"]}
    served = next(one for name, one in board.items() if name.startswith(FORECAST))
    same(len(served["MonitoringSchedules"]), 4)
    for resource in ("ModelPackageGroup", "Endpoint", "ModelCard", "Pipeline", "PipelineExecution"):
        assert called(models, "search", Resource=resource, MaxResults=100)["Results"], resource
    refused(lambda: models.search(Resource="Model", MaxResults=101), "ValidationException", 400)


def check_models_pending_ones(bench) -> None:
    """What waits for a decision is what the README says of it."""
    fresh(bench)
    assert "ModelMetrics" in newest(bench, FORECAST)
    worse, own = newest(bench, "booking-cancellation-emea"), newest(bench, "staffing-need-uk")
    before = bench.client("sagemaker").describe_model_package(
        ModelPackageName=f"{PACKAGE}booking-cancellation-emea/{worse['ModelPackageVersion'] - 1}")
    quality = lambda one: json.loads(body(bench, one["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]))  # noqa: E731
    f1 = lambda one: quality(one)["binary_classification_metrics"]["f1"]  # noqa: E731
    assert f1(worse)["value"] + 2 * f1(worse)["standard_deviation"] < f1(before)["value"]
    who = bench.client("sts").get_caller_identity()
    same((own["CreatedBy"]["IamIdentity"]["Arn"], own["CreatedBy"]["IamIdentity"]["PrincipalId"]), (who["Arn"], who["UserId"]))
    assert "DriftCheckBaselines" not in newest(bench, "guest-churn-emea")
    gone = newest(bench, "upsell-offer-uk")["DriftCheckBaselines"]["ModelDataQuality"]["Statistics"]["S3Uri"]
    refused(lambda: body(bench, gone), "NoSuchKey", 404)
    assert b'"error"' in body(bench, newest(bench, "payment-fraud-emea")["ModelMetrics"]["Bias"]["Report"]["S3Uri"])
    assert "NaN" in str(quality(newest(bench, "delivery-eta-uk")))
    source = newest(bench, "review-sentiment-dach")["ModelMetrics"]["ModelQuality"]["Statistics"]
    bucket, _, key = source["S3Uri"].removeprefix("s3://").partition("/")
    versions = bench.s3.list_object_versions(Bucket=bucket, Prefix=key)["Versions"]
    digests = ["sha256:" + hashlib.sha256(bench.s3.get_object(Bucket=bucket, Key=key, VersionId=one["VersionId"])["Body"].read())
               .hexdigest() for one in versions]
    same((len(versions), digests.index(source["ContentDigest"])), (2, 1))
    container = newest(bench, "loyalty-tier-uk")["InferenceSpecification"]["Containers"][0]
    bucket, _, key = container["ModelDataUrl"].removeprefix("s3://").partition("/")
    assert bench.s3.head_object(Bucket=bucket, Key=key)["ETag"].strip('"') != container["ModelDataETag"]
    same(newest(bench, "payment-fraud-dach")["ModelPackageStatus"], "Failed")
    assert "GeneratedBy" not in newest(bench, "staffing-need-dach")["MetadataProperties"]


def check_models_images(bench) -> None:
    """What ECR tells of the images of versions."""
    ecr = bench.client("ecr")

    def image(group: str) -> tuple[dict, dict]:
        container = newest(bench, group)["InferenceSpecification"]["Containers"][0]
        host, _, name = container["Image"].partition("/")
        repository, _, tag = name.partition(":")
        return container, {"registryId": host.partition(".")[0], "repositoryName": repository, "imageIds": [{"imageTag": tag}]}

    def points_at(asked: dict) -> str:
        return called(ecr, "describe_images", **asked)["imageDetails"][0]["imageDigest"]

    for group in (FORECAST, "booking-cancellation-emea", "loyalty-tier-uk"):
        container, asked = image(group)
        same(points_at(asked), container["ImageDigest"])
    container, asked = image("dynamic-pricing-apac")
    assert points_at(asked) != container["ImageDigest"]
    same(points_at({**asked, "imageIds": [{"imageDigest": container["ImageDigest"]}]}), container["ImageDigest"])
    container, asked = image("loyalty-tier-apac")
    for named in (asked["imageIds"][0], {"imageDigest": container["ImageDigest"]}):
        refused(lambda named=named: ecr.describe_images(**{**asked, "imageIds": [named]}), "ImageNotFoundException", 400)
    refused(lambda: ecr.describe_images(**{**asked, "registryId": "210987654321"}), "AccessDeniedException", 400)


def check_models_digests_hold(bench) -> None:
    """Every digest but the edited one is that of the file."""
    models, wrong = bench.client("sagemaker"), []
    for one in models.search(Resource="ModelPackage", MaxResults=100, SearchExpression={"Filters": [
            {"Name": "ModelApprovalStatus", "Value": "PendingManualApproval"}]})["Results"]:
        for part in one["ModelPackage"]["ModelMetrics"].values():
            for source in part.values():
                digest = source.get("ContentDigest")
                if digest and digest != "sha256:" + hashlib.sha256(body(bench, source["S3Uri"])).hexdigest():
                    wrong.append(one["ModelPackage"]["ModelPackageGroupName"])
    same(wrong, ["review-sentiment-dach"])


def check_models_many_classes(bench) -> None:
    """A multiclass evaluation has a matrix whose cells are its rows, and no slices; another one has slices."""
    for group, classes in (("loyalty-tier-apac", {"bronze", "silver", "gold"}), (FORECAST, None)):
        told = json.loads(body(bench, newest(bench, group)["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]))
        same("slices" in told, classes is None)
        if classes:
            matrix = told["multiclass_classification_metrics"]["confusion_matrix"]
            same((set(matrix), {frozenset(row) for row in matrix.values()}), (classes, {frozenset(classes)}))
            same(sum(sum(row.values()) for row in matrix.values()), told["dataset"]["item_count"])


def check_models_decision(bench) -> None:
    """An approval: what it changes, who is said to have done it, what it leaves, and that it deploys."""
    fresh(bench)
    models = bench.client("sagemaker")
    one = newest(bench, FORECAST)
    name, started = one["ModelPackageArn"], datetime.now(timezone.utc) - timedelta(seconds=2)
    live = models.describe_endpoint(EndpointName=f"{FORECAST}-live")["EndpointConfigName"]
    asked = {"ModelPackageArn": name, "ModelApprovalStatus": "Approved", "ApprovalDescription": "Better by 4 %",
             "ClientToken": "one"}
    called(models, "update_model_package", **asked)
    after = called(models, "describe_model_package", ModelPackageName=name)
    same((after["ModelApprovalStatus"], after["ApprovalDescription"]), ("Approved", "Better by 4 %"))
    assert after["LastModifiedTime"] > one["LastModifiedTime"] and after["LastModifiedBy"]["IamIdentity"]["Arn"].endswith("/oncall")
    models.update_model_package(**asked)  # the same token again does nothing
    same(models.describe_model_package(ModelPackageName=name)["LastModifiedTime"], after["LastModifiedTime"])
    refused(lambda: models.update_model_package(**{**asked, "ModelApprovalStatus": "Rejected"}), "ConflictException", 400)
    events = called(bench.client("cloudtrail"), "lookup_events", StartTime=started, LookupAttributes=[
        {"AttributeKey": "ResourceName", "AttributeValue": name}])["Events"]
    same([(event["EventName"], event["Username"]) for event in events], [("UpdateModelPackage", "oncall")])
    same(json.loads(events[0]["CloudTrailEvent"])["requestParameters"]["modelApprovalStatus"], "Approved")
    artifact = models.list_artifacts(SourceUri=name)["ArtifactSummaries"][0]["ArtifactArn"]
    actions = called(models, "query_lineage", StartArns=[artifact], Direction="Descendants")["Vertices"]
    assert "ModelApproval" in [vertex["Type"] for vertex in actions], actions
    until(lambda: models.describe_endpoint(EndpointName=f"{FORECAST}-live"),
          lambda told: told["EndpointConfigName"] != live and told["EndpointStatus"] == "InService")
    run = models.list_pipeline_executions(PipelineName="deploy-model")["PipelineExecutionSummaries"][0]
    given = models.list_pipeline_parameters_for_execution(PipelineExecutionArn=run["PipelineExecutionArn"])["PipelineParameters"]
    assert {"Name": "ModelPackageArn", "Value": name} in given, given
    fresh(bench)
    same(newest(bench, FORECAST)["ModelApprovalStatus"], "PendingManualApproval")


def check_models_naive_and_guarded_rules(bench) -> None:
    """A changed note deploys again where the rule has no guard, and not where it has one."""
    fresh(bench)
    models, events = bench.client("sagemaker"), bench.client("events")
    for group, times in (("dynamic-pricing-emea", 1), ("no-show-uk", 0)):
        runs = lambda: len(every(  # noqa: E731
            models, "list_pipeline_executions", "PipelineExecutionSummaries", PipelineName="deploy-model"))
        before, approved = runs(), models.list_model_packages(
            ModelPackageGroupName=group, ModelApprovalStatus="Approved", MaxResults=1)["ModelPackageSummaryList"][0]
        models.update_model_package(ModelPackageArn=approved["ModelPackageArn"], CustomerMetadataProperties={"note": "seen"})
        time.sleep(0.4)
        same((group, runs() - before), (group, times))
    pattern = events.describe_rule(Name="deploy-when-approved")["EventPattern"]
    event = {"id": "1", "account": "1", "source": "aws.sagemaker", "time": "2026-11-21T06:00:00Z", "region": "eu-west-1",
             "resources": [], "detail-type": "SageMaker Model Package State Change", "detail": {
                 "ModelPackageGroupName": "no-show-uk", "ModelApprovalStatus": "Approved",
                 "UpdatedModelPackageFields": ["ModelApprovalStatus"]}}
    match = lambda: called(events, "test_event_pattern", EventPattern=pattern, Event=json.dumps(event))["Result"]  # noqa: E731
    same(match(), True)
    event["detail"]["UpdatedModelPackageFields"] = ["CustomerMetadataProperties"]
    same(match(), False)
    refused(lambda: events.test_event_pattern(EventPattern=pattern, Event="{}"), "ValidationException", 400)


def check_models_who_may(bench) -> None:
    fresh(bench)
    name, denied = newest(bench, FORECAST)["ModelPackageArn"], bench.client("sagemaker", "practice-denied")
    same(denied.describe_model_package(ModelPackageName=name)["ModelPackageArn"], name)
    refused(lambda: denied.update_model_package(ModelPackageArn=name, ModelApprovalStatus="Approved"), "AccessDeniedException", 400)
    models = bench.client("sagemaker")
    shared = called(models, "list_model_package_groups", CrossAccountFilterOption="CrossAccount")["ModelPackageGroupSummaryList"]
    same([one["ModelPackageGroupName"] for one in shared], ["rate-benchmark-corporate"])
    versions = models.list_model_packages(ModelPackageGroupName=shared[0]["ModelPackageGroupArn"])["ModelPackageSummaryList"]
    same(len(versions), 3)
    refused(lambda: models.update_model_package(ModelPackageArn=versions[0]["ModelPackageArn"], ModelApprovalStatus="Approved"),
            "AccessDeniedException", 400)


def check_models_lineage(bench) -> None:
    models = bench.client("sagemaker")
    kinds = {}
    for group in (FORECAST, "staffing-need-dach"):
        artifact = called(models, "list_artifacts", SourceUri=newest(bench, group)["ModelPackageArn"])["ArtifactSummaries"][0]
        told = called(models, "query_lineage", StartArns=[artifact["ArtifactArn"]], Direction="Ascendants")
        kinds[group] = {vertex["Type"] for vertex in told["Vertices"]}
        for vertex in told["Vertices"]:
            operation, member = {"Artifact": ("describe_artifact", "ArtifactArn"), "TrialComponent": (
                "describe_trial_component", "TrialComponentName")}[vertex["LineageType"]]
            called(models, operation, **{member: vertex["Arn"] if member == "ArtifactArn" else vertex["Arn"].rpartition("/")[2]})
    same(kinds, {FORECAST: {"Model", "Image", "SageMakerTrainingJob", "DataSet"}, "staffing-need-dach": set()})
    job = newest(bench, FORECAST)["MetadataProperties"]["GeneratedBy"].rpartition("/")[2]
    same(called(models, "describe_training_job", TrainingJobName=job)["TrainingJobStatus"], "Completed")
    assert every(models, "list_actions", "ActionSummaries", ActionType="ModelLifeCycle", MaxResults=100)
    refused(lambda: models.query_lineage(StartArns=[PACKAGE + f"{FORECAST}/1"]), "ValidationException", 400)


def check_models_endpoints(bench) -> None:
    models, seen = bench.client("sagemaker"), {}
    for one in every(models, "list_endpoints", "Endpoints", MaxResults=100):
        told = called(models, "describe_endpoint", EndpointName=one["EndpointName"])
        seen.setdefault(told["EndpointStatus"], []).append(told)
        config = called(models, "describe_endpoint_config", EndpointConfigName=told["EndpointConfigName"])
        for variant in config["ProductionVariants"]:
            package = called(models, "describe_model", ModelName=variant["ModelName"])["PrimaryContainer"]["ModelPackageName"]
            same(models.describe_model_package(ModelPackageName=package)["ModelPackageArn"], package)
    same(set(seen), {"InService", "Updating", "Failed", "RollingBack"})
    same(len(seen["Updating"][0]["ProductionVariants"]), 2)
    assert "FailureReason" in seen["Failed"][0] and "PendingDeploymentSummary" in seen["RollingBack"][0]
    assert any("AsyncInferenceConfig" in one for one in seen["InService"])
    same([one["EndpointName"] for one in seen["InService"] if one["DataCaptureConfig"]["CaptureStatus"] == "Stopped"],
         ["food-waste-uk-live"])


def check_models_made_by_a_pipeline(bench) -> None:
    """One version names the execution that registered it, and that one names the version."""
    models = bench.client("sagemaker")
    name = PACKAGE + "dynamic-pricing-emea/5"
    run = models.describe_model_package(ModelPackageName=name)["MetadataProperties"]["GeneratedBy"]
    steps = every(models, "list_pipeline_execution_steps", "PipelineExecutionSteps", PipelineExecutionArn=run)
    same([step["Metadata"]["RegisterModel"]["Arn"] for step in steps if step["StepName"] == "Register"], [name])


def check_models_pipelines(bench) -> None:
    fresh(bench)
    models, seen = bench.client("sagemaker"), set()
    names = [one["PipelineName"] for one in called(models, "list_pipelines")["PipelineSummaries"]]
    same(len(names), 5)
    failed = None
    for name in names:
        assert json.loads(called(models, "describe_pipeline", PipelineName=name)["PipelineDefinition"])["Steps"]
        for run in called(models, "list_pipeline_executions", PipelineName=name)["PipelineExecutionSummaries"]:
            arn, status = run["PipelineExecutionArn"], run["PipelineExecutionStatus"]
            told = called(models, "describe_pipeline_execution", PipelineExecutionArn=arn)
            steps = called(models, "list_pipeline_execution_steps", PipelineExecutionArn=arn)["PipelineExecutionSteps"]
            seen.add(status)
            same((status == "Failed", "FailureReason" in told), ("Failed" in {one["StepStatus"] for one in steps},) * 2)
            failed = arn if status == "Failed" else failed
    same(seen, {"Succeeded", "Failed", "Stopped", "Executing"})
    state = lambda arn: models.describe_pipeline_execution(PipelineExecutionArn=arn)["PipelineExecutionStatus"]  # noqa: E731
    called(models, "retry_pipeline_execution", PipelineExecutionArn=failed, ClientRequestToken="r" * 32)
    until(lambda: state(failed), lambda found: found == "Succeeded")
    asked = {"PipelineName": "train-demand-forecast", "ClientRequestToken": "s" * 32}
    one = called(models, "start_pipeline_execution", **asked)["PipelineExecutionArn"]
    same(models.start_pipeline_execution(**asked)["PipelineExecutionArn"], one)
    called(models, "stop_pipeline_execution", PipelineExecutionArn=one, ClientRequestToken="t" * 32)
    until(lambda: state(one), lambda found: found == "Stopped")
    refused(lambda: models.stop_pipeline_execution(PipelineExecutionArn=one, ClientRequestToken="u" * 32), "ConflictException", 400)
