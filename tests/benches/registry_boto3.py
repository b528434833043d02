"""What somebody writes to see the whole registry: every group, the versions of each, and each of them described.

The profile comes from the environment. Pages are as long as the service gives them. The clock starts once the client is
made. Prints one line of JSON: groups, versions, seconds.
"""

from __future__ import annotations

import json
import sys
import time

import boto3


def main() -> int:
    client = boto3.client("sagemaker")
    started = time.perf_counter()
    groups = every(client, "list_model_package_groups", "ModelPackageGroupSummaryList")
    described = []
    for group in groups:
        name = group["ModelPackageGroupName"]
        for one in every(client, "list_model_packages", "ModelPackageSummaryList", ModelPackageGroupName=name):
            described.append(client.describe_model_package(ModelPackageName=one["ModelPackageArn"]))
    seconds = time.perf_counter() - started
    print(json.dumps({"groups": len(groups), "versions": len(described), "seconds": seconds}))
    return 0


def every(client, operation: str, name: str, **asked) -> list[dict]:
    pages = client.get_paginator(operation).paginate(MaxResults=100, **asked)
    return [one for page in pages for one in page[name]]


if __name__ == "__main__":
    sys.exit(main())
