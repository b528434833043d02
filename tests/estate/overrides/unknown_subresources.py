"""A bucket configuration that ministack does not know answers NotImplemented, not a listing of the bucket.

Follows "Amazon S3 API Reference, Error responses" (NotImplemented, 501). A paginator over an inventory configuration
would otherwise read a truncated listing for ever.
"""

from __future__ import annotations

from urllib.parse import parse_qs

UNKNOWN = {"inventory", "analytics", "metrics", "intelligent-tiering", "metadataTable", "metadataConfiguration",
           "policyStatus", "session", "abac"}


def refusal(method: str, bucket: str, key: str, query: str) -> tuple[int, str, str] | None:
    if bucket and not key and UNKNOWN & set(parse_qs(query, keep_blank_values=True)):
        return 501, "NotImplemented", f"The practice estate has no such bucket configuration ({method})."
    return None
