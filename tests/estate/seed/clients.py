"""boto3 clients for the seeds, one for each service and region, with the key of the `practice` profile."""

from __future__ import annotations

from functools import lru_cache

from ..profiles import PROFILES, SECRET
from ..story import REGION


@lru_cache(maxsize=None)
def client(estate, service: str, region: str = REGION):
    from botocore.config import Config

    # A seed that fails should fail at once, not after four tries.
    config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1})
    return _session().client(
        service, region_name=region, config=config, aws_access_key_id=PROFILES[0].key, aws_secret_access_key=SECRET,
        endpoint_url=estate.s3.url if service == "s3" else estate.aws.url)


@lru_cache(maxsize=None)
def _session():
    import boto3

    return boto3.session.Session()


def forget_moto() -> None:
    """Empties every backend of moto."""
    from moto.moto_api._internal.models import moto_api_backend

    moto_api_backend.reset()
