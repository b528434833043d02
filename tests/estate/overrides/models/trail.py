"""CloudTrail's LookupEvents, over what was done to the registry, and to what starts and runs jobs.

"AWS CloudTrail API Reference, LookupEvents".

It takes no minutes to arrive, as it would at AWS. 90 days, newest first, 50 a page.
"""

from __future__ import annotations

import json

from ...story import ACCOUNT, REGION
from ..jobs.model import HEX, made_up, now
from .model import Models, clock
from .wire import ApiError, person, page, within

_KEYS = {"EventId": "EventId", "EventName": "EventName", "EventSource": "EventSource", "Username": "Username",
         "AccessKeyId": "AccessKeyId", "ReadOnly": "ReadOnly"}


def record(store: Models, name: str, user: str, when: float, resource: str, asked: dict, source: str = "sagemaker",
           kind: str = "") -> None:
    """`kind` is the type of the resource; by default a version's, which is in the answer too."""
    number = made_up("", 32, HEX, name, user, resource, round(when, 3))
    event_id = "-".join((number[:8], number[8:12], "4" + number[13:16], "a" + number[17:20], number[20:]))
    identity = person(user)["IamIdentity"]
    stamp = clock(when).strftime("%Y-%m-%dT%H:%M:%SZ")
    told = {"eventVersion": "1.11", "userIdentity": {
        "type": "IAMUser", "principalId": identity["PrincipalId"], "arn": identity["Arn"], "accountId": ACCOUNT,
        "accessKeyId": "AKIAPRACTICE00000001", "userName": user}, "eventTime": stamp, "eventSource": f"{source}.amazonaws.com",
        "eventName": name, "awsRegion": REGION, "sourceIPAddress": "192.0.2.17", "userAgent": "quarterdeck-practice",
        "requestParameters": asked, "responseElements": None if kind else {"modelPackageArn": resource}, "eventID": event_id,
        "readOnly": False, "eventType": "AwsApiCall", "managementEvent": True, "recipientAccountId": ACCOUNT, "eventCategory": "Management"}
    store.trail.append({
        "EventId": event_id, "EventName": name, "ReadOnly": "false", "AccessKeyId": "AKIAPRACTICE00000001", "EventTime": when,
        "EventSource": f"{source}.amazonaws.com", "Username": user,
        "Resources": [{"ResourceType": kind or "AWS::SageMaker::ModelPackage", "ResourceName": resource}],
        "CloudTrailEvent": json.dumps(told)})


def lookup_events(store: Models, asked: dict) -> dict:
    wanted = asked.get("LookupAttributes") or []
    if len(wanted) > 1:
        raise ApiError("InvalidLookupAttributesException", "You can specify only one lookup attribute.")
    found = [one for one in store.trail if one["EventTime"] >= now() - 90 * 86_400
             and within(one["EventTime"], asked, "StartTime", "EndTime") and all(_fits(one, attribute) for attribute in wanted)]
    size = int(asked.get("MaxResults") or 50)
    if not 1 <= size <= 50:
        raise ApiError("InvalidMaxResultsException", "The maximum results value must be between 1 and 50.")
    return page(sorted(found, key=lambda one: -one["EventTime"]), asked, size, lambda one: one, "Events", "NextToken")


def _fits(one: dict, attribute: dict) -> bool:
    key, value = attribute["AttributeKey"], attribute["AttributeValue"]
    if key in ("ResourceName", "ResourceType"):
        return any(resource.get(key) == value for resource in one["Resources"])
    return one.get(_KEYS.get(key, "")) == value
