"""Reads and writes of ministack's S3 state that go around its API: masses of objects, and the snapshot for a reset."""

from __future__ import annotations

import copy
import hashlib
from datetime import datetime
from typing import Callable

from .clockwork import CLOCK, iso
from .overrides import listing_index
from .story import ACCOUNT

# Records under this prefix are many and are never changed in place, so a snapshot shares them.
MASS_PREFIX = "data/events/"
_NO_METADATA: dict = {}
# The stores that hold a record for each object; a write through the API tells which.
_BY_KEY = ("_buckets", "_object_versions")


def body_of(content: bytes) -> tuple[bytes, str]:
    """A body with its ETag, to be shared between many objects."""
    return content, f'"{hashlib.md5(content).hexdigest()}"'


def store(bucket: str, key: str, versions: list[tuple[datetime, tuple[bytes, str]]], kind: str) -> None:
    """Stores `versions` of `key`, oldest first, as puts into a versioned bucket would have."""
    from ministack.services import s3

    records = []
    for when, (body, etag) in versions:
        records.append({
            "version_id": CLOCK.new_id(), "last_modified": iso(when), "etag": etag, "size": len(body),
            "is_latest": False, "data": body, "content_type": kind, "content_encoding": None,
            "metadata": _NO_METADATA, "preserved_headers": _NO_METADATA, "storage_class": "STANDARD",
            "checksums": _NO_METADATA, "parts": None, "replication_status": None,
        })
    newest = records[-1]
    newest["is_latest"] = True
    s3._object_versions._data[(ACCOUNT, (bucket, key))] = records
    s3._buckets._data[(ACCOUNT, bucket)]["objects"][key] = {
        "body": newest["data"], "content_type": kind, "content_encoding": None, "etag": newest["etag"],
        "last_modified": newest["last_modified"], "size": newest["size"], "metadata": _NO_METADATA,
        "preserved_headers": _NO_METADATA, "storage_class": "STANDARD", "checksums": _NO_METADATA,
        "version_id": newest["version_id"],
    }


class Later(dict):
    """A record whose body is made when it is read, and filled up with spaces to the size that is listed."""

    def __init__(self, record: dict, where: str, make: Callable[[], bytes]) -> None:
        super().__init__(record)
        self._where, self._make = where, make

    def get(self, name, default=None):
        return self._body() if name == self._where else super().get(name, default)

    def __getitem__(self, name):
        return self._body() if name == self._where else super().__getitem__(name)

    def _body(self) -> bytes:
        body, size = self._make(), super().__getitem__("size")
        if len(body) > size:
            raise ValueError(f"{len(body)} bytes were made where {size} are listed")
        return body.ljust(size)


# Bodies that are made when they are read have the ETags that SSE-KMS gives: no MD5.
_KMS = {"x-amz-server-side-encryption": "aws:kms"}


def _later(key: str, when: datetime, size: int, kind: str) -> dict:
    return {"content_type": kind, "content_encoding": None, "etag": f'"{hashlib.md5(key.encode()).hexdigest()}"',
            "last_modified": iso(when), "size": size, "metadata": _NO_METADATA, "preserved_headers": _KMS,
            "storage_class": "STANDARD", "checksums": _NO_METADATA}


def place_later(bucket: str, key: str, when: datetime, size: int, make: Callable[[], bytes], kind: str) -> None:
    """Stores an object that is made when it is read, in a bucket that never had versions."""
    from ministack.services import s3

    s3._buckets._data[(ACCOUNT, bucket)]["objects"][key] = Later({**_later(key, when, size, kind), "body": None}, "body", make)


def store_later(bucket: str, key: str, when: datetime, size: int, make: Callable[[], bytes], kind: str) -> None:
    """The same, as the one version of a key in a versioned bucket."""
    from ministack.services import s3

    shared = {**_later(key, when, size, kind), "version_id": CLOCK.new_id()}
    s3._object_versions._data[(ACCOUNT, (bucket, key))] = [Later({
        **shared, "is_latest": True, "data": None, "parts": None, "replication_status": None}, "data", make)]
    s3._buckets._data[(ACCOUNT, bucket)]["objects"][key] = Later({**shared, "body": None}, "body", make)


def objects_of(bucket: str) -> dict[str, dict]:
    """What is in a bucket now. Records made later are never changed in place, so they may be put back."""
    from ministack.services import s3

    return dict(s3._buckets._data[(ACCOUNT, bucket)]["objects"])


def put_back(bucket: str, kept: dict[str, dict]) -> None:
    from ministack.services import s3

    s3._buckets._data[(ACCOUNT, bucket)]["objects"].update(kept)


def place(bucket: str, key: str, when: datetime, body: bytes, kind: str) -> None:
    """Stores an object in a bucket that never had versions, in place of the one that was there."""
    from ministack.services import s3

    s3._buckets._data[(ACCOUNT, bucket)]["objects"][key] = {
        "body": body, "content_type": kind, "content_encoding": None, "etag": f'"{hashlib.md5(body).hexdigest()}"',
        "last_modified": iso(when), "size": len(body), "metadata": {}, "preserved_headers": {}, "storage_class": "STANDARD",
        "checksums": {}}


def body_at(bucket: str, key: str, when: datetime | None = None) -> bytes | None:
    """What a reader of the object gets now, or got then; None when there is (was) no such object."""
    found = version_at(bucket, key, when)
    return None if found is None else found.get("data")


def version_at(bucket: str, key: str, when: datetime | None = None) -> dict | None:
    """The record of the version that was current, or None: no object, or a delete marker."""
    from ministack.services import s3

    records = s3._object_versions._data.get((ACCOUNT, (bucket, key)), [])
    if when is not None:
        records = [record for record in records if record["last_modified"] <= iso(when)]
    newest = records[-1] if records else None
    return None if newest is None or newest.get("is_delete_marker") else newest


class Snapshot:
    """All of ministack's S3 state as it is now, to be put back any number of times."""

    def __init__(self) -> None:
        from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict
        from ministack.services import s3

        kinds = (AccountScopedDict, AccountRegionScopedDict)
        self._stores = {name: value for name, value in vars(s3).items() if isinstance(value, kinds)}
        self._kept = {name: _copy(name, store._data) for name, store in self._stores.items()}

    def restore(self) -> None:
        # Almost all of the time of a reset would go into keys that nobody touched.
        written = listing_index.written()
        for name, kept in self._kept.items():
            data = self._stores[name]._data
            if written is not None and name in _BY_KEY:
                continue
            data.clear()
            data.update(_copy(name, kept))
        if written is None:
            listing_index.changed()
        for bucket, key in sorted(written or ()):
            self._restore_key(bucket, key)
            listing_index.changed(bucket, key)
        listing_index.forget_written()

    def _restore_key(self, bucket: str, key: str) -> None:
        versions, name = self._stores["_object_versions"]._data, (ACCOUNT, (bucket, key))
        versions.pop(name, None)
        if name in self._kept["_object_versions"]:
            versions[name] = _copy_versions(key, self._kept["_object_versions"][name])
        objects = self._stores["_buckets"]._data[(ACCOUNT, bucket)]["objects"]
        objects.pop(key, None)
        record = self._kept["_buckets"][(ACCOUNT, bucket)]["objects"].get(key)
        if record is not None:
            objects[key] = _copy_object(key, record)


def _copy(name: str, data: dict) -> dict:
    if name == "_object_versions":
        return {k: _copy_versions(k[1][1], v) for k, v in data.items()}
    if name == "_buckets":
        return {k: {**bucket, "objects": {key: _copy_object(key, record) for key, record in bucket["objects"].items()}}
                for k, bucket in data.items()}
    return copy.deepcopy(data)


def _copy_object(key: str, record: dict) -> dict:
    return record if key.startswith(MASS_PREFIX) else dict(record)


def _copy_versions(key: str, versions: list[dict]) -> list[dict]:
    if not key.startswith(MASS_PREFIX):
        return [dict(version) for version in versions]
    # Shared records: a write may have taken the flag from the newest, or a copy may have it still.
    for version in versions[:-1]:
        version["is_latest"] = False
    versions[-1]["is_latest"] = True
    return list(versions)
