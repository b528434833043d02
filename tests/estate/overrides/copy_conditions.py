"""CopyObject heeds If-Match and If-None-Match on its destination, which ministack ignores.

Follows "Amazon S3 API Reference, CopyObject" and "Amazon S3 User Guide, How to prevent object overwrites with
conditional writes": 412 PreconditionFailed on a mismatch or on an existing object; 404 NoSuchKey for If-Match on a key
that is absent or whose current version is a delete marker; If-None-Match: * succeeds on a delete marker.
ministack's PutObject and CompleteMultipartUpload already do this, by the same check.
"""

from __future__ import annotations


def install() -> None:
    from ministack.services import s3

    copy_object = s3._copy_object

    def conditional_copy(bucket_name: str, dest_key: str, headers: dict):
        bucket = s3._ensure_bucket(bucket_name)
        if bucket is not None:
            refused = s3._check_put_preconditions(headers, bucket["objects"].get(dest_key))
            if refused:
                return refused
        return copy_object(bucket_name, dest_key, headers)

    s3._copy_object = conditional_copy
