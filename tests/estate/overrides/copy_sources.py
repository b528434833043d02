"""What may be copied and what a copy is: archived sources, the null version, the storage class.

Follows "Amazon S3 API Reference, CopyObject" and "UploadPartCopy".

- An archived version that was not restored answers 403 ObjectNotInActiveTierError; ministack copies it.
- A copy is STANDARD unless the request names a class ("If the x-amz-storage-class header is not used, the copied
  object will be stored in the STANDARD Storage Class by default"); ministack keeps the source's.
"""

from __future__ import annotations

from urllib.parse import unquote

from .null_version import null_is_current


def install() -> None:
    from ministack.services import s3

    copy_object, upload_part_copy = s3._copy_object, s3._upload_part_copy

    def copy(bucket_name: str, dest_key: str, headers: dict):
        refused = archived_source(s3, headers)
        if refused:
            return refused
        return copy_object(bucket_name, dest_key, standard_class(null_source(s3, headers)))

    def copy_part(bucket_name: str, dest_key: str, query_params: dict, headers: dict):
        refused = archived_source(s3, headers)
        if refused:
            return refused
        return upload_part_copy(bucket_name, dest_key, query_params, null_source(s3, headers))

    s3._copy_object, s3._upload_part_copy = copy, copy_part


def _source(headers: dict) -> tuple[str, str, str]:
    path, _, query = headers.get("x-amz-copy-source", "").lstrip("/").partition("?")
    bucket, _, key = unquote(path).partition("/")
    return bucket, key, query.removeprefix("versionId=")


def archived_source(s3, headers: dict):
    bucket_name, key, version = _source(headers)
    bucket = s3._ensure_bucket(bucket_name)
    current = bucket["objects"].get(key) if bucket else None
    if version:
        found = next((v for v in s3._object_versions.get((bucket_name, key), []) if v["version_id"] == version), None)
    else:
        found = current
    if found is None or (found.get("storage_class") or "STANDARD") not in s3._ARCHIVE_STORAGE_CLASSES:
        return None
    if current and current.get("version_id") == found.get("version_id"):
        if s3._sync_restore(bucket_name, key, current) == "restored":
            return None
    return s3._error("ObjectNotInActiveTierError", "The source object of the COPY operation is not in the active tier "
                     "and is only stored in Amazon S3 Glacier.", 403, f"/{bucket_name}/{key}")


def null_source(s3, headers: dict) -> dict:
    """Without `?versionId=null` where the null version is simply the current object."""
    bucket_name, key, version = _source(headers)
    if version != "null" or not null_is_current(s3, bucket_name, key):
        return headers
    return {**headers, "x-amz-copy-source": headers["x-amz-copy-source"].partition("?")[0]}


def standard_class(headers: dict) -> dict:
    return headers if headers.get("x-amz-storage-class") else {**headers, "x-amz-storage-class": "STANDARD"}
