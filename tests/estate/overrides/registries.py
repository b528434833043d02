"""ECR registries of other accounts, of which moto says that they have no such repository.

"Amazon ECR User Guide, Private repository policies": who comes from another account is refused unless the policy of the
repository names them. Nobody is named here, as with the images that AWS itself builds for SageMaker.
"""

from __future__ import annotations

import io
import json

from .. import profiles
from ..story import ACCOUNT
from .jobs.wire import answer as _answer

_TARGET = "AmazonEC2ContainerRegistry_V20150921"


def answer(environ: dict, region: str) -> tuple[str, list, bytes] | None:
    """The refusal of a call to another account's registry, or None."""
    prefix, _, name = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")
    if prefix != _TARGET:
        return None
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    asked = json.loads(body or b"{}")
    registry = asked.get("registryId") or ACCOUNT
    if registry == ACCOUNT:
        return None
    profile = profiles.asking(environ.get("HTTP_AUTHORIZATION", ""))
    user = profile.user if profile else "oncall"
    message = (f"User: arn:aws:iam::{ACCOUNT}:user/{user} is not authorized to perform: ecr:{name} on resource: "
               f"arn:aws:ecr:{region}:{registry}:repository/{asked.get('repositoryName', '')} because no resource-based policy "
               f"allows the ecr:{name} action")
    return _answer("400 Bad Request", {"__type": "AccessDeniedException", "message": message}, "AccessDeniedException",
                   "application/x-amz-json-1.1")
