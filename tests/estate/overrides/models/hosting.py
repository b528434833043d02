"""Endpoints, their configurations, and models ("Amazon SageMaker API Reference": each operation's page)."""

from __future__ import annotations

from ..jobs.model import now
from .model import Models
from .wire import ApiError, listed, pick, within

_SUMMARY = ("EndpointName", "EndpointArn", "CreationTime", "LastModifiedTime", "EndpointStatus")
_SEARCHED = (*_SUMMARY, "EndpointConfigName", "ProductionVariants", "DataCaptureConfig", "FailureReason", "Tags")
_MODEL = ("ModelName", "ModelArn", "CreationTime")


def list_endpoints(store: Models, asked: dict) -> dict:
    found = [one for one in store.endpoints.values() if (asked.get("NameContains") or "") in one["EndpointName"]
             and asked.get("StatusEquals") in (None, one["EndpointStatus"])
             and within(one["CreationTime"], asked, "CreationTimeAfter", "CreationTimeBefore")
             and within(one["LastModifiedTime"], asked, "LastModifiedTimeAfter", "LastModifiedTimeBefore")]
    return listed(found, asked, "Endpoints", lambda one: pick(one, *_SUMMARY), {
        "Name": "EndpointName", "CreationTime": "CreationTime", "Status": "EndpointStatus"})


def describe_endpoint(store: Models, asked: dict) -> dict:
    found = store.endpoints.get(asked["EndpointName"])
    if found is None:
        raise ApiError("ValidationException", f'Could not find endpoint "{asked["EndpointName"]}".')
    return {k: v for k, v in found.items() if k != "Tags"}


def list_endpoint_configs(store: Models, asked: dict) -> dict:
    found = [one for one in store.configs.values() if (asked.get("NameContains") or "") in one["EndpointConfigName"]]
    return listed(found, asked, "EndpointConfigs",
                  lambda one: pick(one, "EndpointConfigName", "EndpointConfigArn", "CreationTime"),
                  {"Name": "EndpointConfigName", "CreationTime": "CreationTime"})


def describe_endpoint_config(store: Models, asked: dict) -> dict:
    found = store.configs.get(asked["EndpointConfigName"])
    if found is None:
        raise ApiError("ValidationException", f'Could not find endpoint configuration "{asked["EndpointConfigName"]}".')
    return found


def list_models(store: Models, asked: dict) -> dict:
    found = [one for one in store.models.values() if (asked.get("NameContains") or "") in one["ModelName"]
             and within(one["CreationTime"], asked, "CreationTimeAfter", "CreationTimeBefore")]
    return listed(found, asked, "Models", lambda one: pick(one, *_MODEL), {"Name": "ModelName", "CreationTime": "CreationTime"})


def describe_model(store: Models, asked: dict) -> dict:
    found = store.models.get(asked["ModelName"])
    if found is None:
        raise ApiError("ValidationException", f'Could not find model "{asked["ModelName"]}".')
    return {k: v for k, v in found.items() if k != "Tags"}


def searched(store: Models, endpoint: dict) -> dict:
    from . import monitoring

    return {**pick(endpoint, *_SEARCHED), "MonitoringSchedules": [
        monitoring.described(store, one) for one in store.schedules_of(endpoint["EndpointName"])]}


def deploy(store: Models, endpoint: dict, package: dict, model: str) -> None:
    """What a deploying pipeline ends with: the version serves all traffic of the endpoint's first variant."""
    variant = endpoint["ProductionVariants"][0]
    container = package["InferenceSpecification"]["Containers"][0]
    kept = store.configs[endpoint["EndpointConfigName"]]
    name = f"{endpoint['EndpointName']}-v{package['ModelPackageVersion']}-{round(now())}"
    source = store.models[kept["ProductionVariants"][0]["ModelName"]]
    store.models[model] = {**source, "ModelName": model, "ModelArn": source["ModelArn"].rpartition("/")[0] + f"/{model}",
                           "CreationTime": now(), "PrimaryContainer": {
                               **source["PrimaryContainer"], "ModelPackageName": package["ModelPackageArn"]}}
    store.configs[name] = {**kept, "EndpointConfigName": name, "CreationTime": now(),
                           "EndpointConfigArn": kept["EndpointConfigArn"].rpartition("/")[0] + f"/{name}",
                           "ProductionVariants": [{**kept["ProductionVariants"][0], "ModelName": model},
                                                  *kept["ProductionVariants"][1:]]}
    images = [{"SpecifiedImage": container["Image"], "ResolutionTime": now(),
               "ResolvedImage": container["Image"].partition(":")[0] + "@" + container["ImageDigest"]}]
    endpoint.update(EndpointConfigName=name, LastModifiedTime=now(), EndpointStatus="InService", ProductionVariants=[
        {**variant, "DeployedImages": images}, *endpoint["ProductionVariants"][1:]])
