"""An expected bucket owner that is not the owner refuses the request; ministack does not look at it.

Follows "Amazon S3 User Guide, Verifying bucket ownership with bucket owner condition": 403 AccessDenied.
"""

from __future__ import annotations

from ..story import ACCOUNT

HEADERS = ("x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner")


def refusal(headers: dict) -> tuple[int, str, str] | None:
    if any(headers.get(name, ACCOUNT) != ACCOUNT for name in HEADERS):
        return 403, "AccessDenied", "Access Denied"
    return None
