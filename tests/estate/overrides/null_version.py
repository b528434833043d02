"""`versionId=null` names the object put before versioning, whether or not anything was put on it since.

Follows "Amazon S3 User Guide, Working with versioning-enabled and versioning-suspended buckets" ("the version ID is
null"). ministack knows it in GetObject, HeadObject, tags and ACL; GetObjectAttributes and copies are mended.
"""

from __future__ import annotations


def null_is_current(s3, bucket_name: str, key: str) -> bool:
    """Whether the null version is the current object and has no history yet."""
    bucket = s3._ensure_bucket(bucket_name)
    if bucket is None or s3._object_versions.get((bucket_name, key)):
        return False
    current = bucket["objects"].get(key)
    return current is not None and not current.get("version_id")


def install() -> None:
    from ministack.services import s3

    get_object_attributes = s3._get_object_attributes

    def attributes(bucket_name: str, key: str, headers: dict, query_params: dict):
        if query_params.get("versionId") == ["null"] and null_is_current(s3, bucket_name, key):
            query_params = {name: value for name, value in query_params.items() if name != "versionId"}
        return get_object_attributes(bucket_name, key, headers, query_params)

    s3._get_object_attributes = attributes
