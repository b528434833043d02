"""What each profile may do."""

from __future__ import annotations

from .bench import refused, same
from .history import SALES


def check_practice_prod(bench) -> None:
    same(bench.client(profile="practice-prod").head_object(Bucket="lake-raw", Key=SALES)["ContentLength"], 3174)


def check_expired(bench) -> None:
    refused(bench.client(profile="practice-expired").list_buckets, "ExpiredToken", 400)
    refused(bench.client("sts", profile="practice-expired").get_caller_identity, "ExpiredToken", 403)
    refused(bench.client("glue", profile="practice-expired").get_databases, "ExpiredTokenException", 400)


def check_denied(bench) -> None:
    s3 = bench.client(profile="practice-denied")
    reply = refused(lambda: s3.list_object_versions(Bucket="lake-raw"), "AccessDenied", 403)
    assert "s3:ListBucketVersions" in reply["Error"]["Message"]
    refused(lambda: s3.put_object(Bucket="lake-raw", Key="x", Body=b"x"), "AccessDenied", 403)
    refused(lambda: s3.copy_object(Bucket="lake-raw", Key="x", CopySource={"Bucket": "lake-raw", "Key": SALES}),
            "AccessDenied", 403)
    refused(lambda: s3.delete_object(Bucket="lake-raw", Key=SALES), "AccessDenied", 403)
    s3.get_object(Bucket="lake-raw", Key=SALES)["Body"].read()
    assert s3.list_objects_v2(Bucket="lake-raw", MaxKeys=1)["KeyCount"] == 1


def check_policies_are_simulated(bench) -> None:
    def asked(source: str, action: str, resource: str) -> str:
        reply = bench.client("iam").simulate_principal_policy(
            PolicySourceArn=f"arn:aws:iam::123456789012:{source}", ActionNames=[action],
            ResourceArns=[f"arn:aws:states:eu-west-1:123456789012:{resource}"])
        return reply["EvaluationResults"][0]["EvalDecision"]

    images, children = "stateMachine:menu-images", "execution:menu-images/ResizeImages:*"
    same(asked("user/oncall", "states:RedriveExecution", children), "allowed")
    same(asked("user/reader", "states:RedriveExecution", children), "implicitDeny")
    same(asked("user/reader", "states:DescribeExecution", children), "allowed")
    role = "role/service-role/menu-images"
    same(asked(role, "states:StartExecution", images), "allowed")
    same(asked(role, "states:StartExecution", "stateMachine:menu-sync"), "implicitDeny")
    same(asked(role, "states:StopExecution", "execution:menu-images:*"), "allowed")
    same(asked(role, "states:RedriveExecution", children), "implicitDeny")
    same(asked("role/data-platform", "states:RedriveExecution", children), "allowed")
    refused(lambda: asked("role/menu-images", "states:StartExecution", images), "NoSuchEntity", 404)


def check_broken(bench) -> None:
    from botocore.exceptions import EndpointConnectionError

    for service, call in (("s3", "list_buckets"), ("sts", "get_caller_identity")):
        try:
            getattr(bench.client(service, profile="practice-broken"), call)()
        except EndpointConnectionError:
            continue
        raise AssertionError("something answered on the closed port")


def check_identity(bench) -> None:
    for profile, user in (("practice", "oncall"), ("practice-prod", "oncall"), ("practice-second", "second"),
                          ("practice-denied", "reader")):
        told = bench.client("sts", profile=profile).get_caller_identity()
        same((told["Account"], told["Arn"]), ("123456789012", f"arn:aws:iam::123456789012:user/{user}"))
