"""A small estate started as any caller starts it, with clients for its profiles."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from functools import lru_cache
from pathlib import Path

TESTS = Path(__file__).resolve().parents[2]


_FOLDERS: list[tempfile.TemporaryDirectory] = []  # removed when the checks end


def state_dir() -> str:
    _FOLDERS.append(tempfile.TemporaryDirectory(prefix="estate-check-", ignore_cleanup_errors=True))
    return _FOLDERS[-1].name


def start(*more: str, **options) -> tuple[subprocess.Popen, dict]:
    child = subprocess.Popen([sys.executable, "-m", "estate", "--state-dir", state_dir(), "--seed", "small", *more], cwd=TESTS,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options)
    return child, json.loads(child.stdout.readline())


class Bench:
    def __enter__(self) -> Bench:
        self.child, self.ready = start()
        return self

    def __exit__(self, *_) -> None:
        self.child.stdin.close()
        self.child.wait(timeout=5)

    @lru_cache(maxsize=None)
    def client(self, service: str = "s3", profile: str = "practice", region: str | None = None):
        import os

        import boto3
        from botocore.config import Config

        os.environ["AWS_CONFIG_FILE"] = self.ready["config_file"]
        os.environ["AWS_SHARED_CREDENTIALS_FILE"] = self.ready["credentials_file"]
        session = boto3.session.Session(profile_name=profile)
        config = Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=10)
        return session.client(service, region_name=region, config=config)

    @property
    def s3(self):
        return self.client()

    def control(self, method: str, path: str, body: dict | None = None) -> dict:
        request = urllib.request.Request(f"{self.ready['control']}/{path}", method=method,
                                         data=json.dumps(body or {}).encode() if method == "POST" else None)
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.load(reply)

    def versions(self, bucket: str, prefix: str, **more) -> list[tuple[str, dict]]:
        """`("version" | "marker", entry)` in the order of the XML, which boto3's two lists lose."""
        import xml.etree.ElementTree as tree

        seen: list[bytes] = []
        client = self.client()
        hook = lambda http_response, **_: seen.append(http_response.content)  # noqa: E731
        client.meta.events.register("after-call.s3.ListObjectVersions", hook)
        # boto3 reads the body before it fires the event, so `content` is kept.
        try:
            for _ in client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix, **more):
                pass
        finally:
            client.meta.events.unregister("after-call.s3.ListObjectVersions", hook)
        found = []
        for page in seen:
            for element in tree.fromstring(page):
                name = element.tag.rpartition("}")[2]
                if name in ("Version", "DeleteMarker"):
                    entry = {child.tag.rpartition("}")[2]: child.text for child in element}
                    found.append(("version" if name == "Version" else "marker", entry))
        return found


def refused(call, code: str, status: int | None = None):
    """Calls and expects this error; returns the error's reply."""
    from botocore.exceptions import ClientError

    try:
        call()
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
        assert status in (None, error.response["ResponseMetadata"]["HTTPStatusCode"]), error.response
        return error.response
    raise AssertionError(f"expected {code}, got an answer")


def same(found, wanted) -> None:
    assert found == wanted, f"found {found!r}, wanted {wanted!r}"
