"""What SageMaker's operations have in common: who asks, choices of members, sorting, pages."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, Callable

from ...story import ACCOUNT
from ..jobs.wire import ApiError, page, seconds, some, within

__all__ = ["ApiError", "CALLER", "listed", "missing", "page", "person", "pick", "seconds", "some", "within"]

CALLER: ContextVar[str] = ContextVar("caller", default="oncall")
PRINCIPALS = {"oncall": "AIDAPRACTICEONCALL01", "reader": "AIDAPRACTICEREADER01", "second": "AIDAPRACTICESECOND01"}


def person(user: str) -> dict:
    """UserContext of an IAM user; the id is the one that GetCallerIdentity tells."""
    principal = PRINCIPALS.get(user) or "AIDA" + (user.upper().replace(".", "") + "PRACTICE00000000")[:16]
    return {"IamIdentity": {"Arn": f"arn:aws:iam::{ACCOUNT}:user/{user}", "PrincipalId": principal}}


def missing(what: str) -> ApiError:
    return ApiError("ResourceNotFound", f"{what} does not exist.")


def pick(shape: dict, *names: str) -> dict:
    return {name: shape[name] for name in names if shape.get(name) is not None}


def listed(found: list[dict], asked: dict, name: str, show: Callable[[Any], dict], sorts: dict[str, str],
           default: str = "CreationTime", order: str = "Descending", size: int = 10) -> dict:
    """`sorts`: what SortBy may say, and the member that it means."""
    member = sorts.get(asked.get("SortBy") or default)
    if member is None:
        raise ApiError("ValidationException", f"1 validation error detected: Value '{asked.get('SortBy')}' at 'sortBy' failed "
                       f"to satisfy constraint: Member must satisfy enum value set: {sorted(sorts)}")
    found = sorted(found, key=lambda one: (one[member], str(one.get("sort", ""))),
                   reverse=(asked.get("SortOrder") or order) == "Descending")
    return page(found, asked, limit(asked, size), show, name, "NextToken")


def limit(asked: dict, size: int = 10, most: int = 100) -> int:
    wanted = int(asked.get("MaxResults") or size)
    if not 1 <= wanted <= most:
        raise ApiError("ValidationException", f"1 validation error detected: Value '{wanted}' at 'maxResults' failed to satisfy "
                       f"constraint: Member must have value less than or equal to {most}")
    return wanted
