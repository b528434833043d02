"""CopyObject computes the checksum that it is asked for, and its reply names the copy's checksum.

Follows "Amazon S3 API Reference, CopyObject" (x-amz-checksum-algorithm; CopyObjectResult). ministack keeps the source's
checksum whatever is asked, and the reply has none. A composite of the source becomes a checksum of the whole, because
CopyObject writes one piece.
"""

from __future__ import annotations


def install() -> None:
    from ministack.services import s3

    copy_object = s3._copy_object

    def copy(bucket_name: str, dest_key: str, headers: dict):
        status, reply, body = copy_object(bucket_name, dest_key, headers)
        if status != 200:
            return status, reply, body
        record = s3._buckets[bucket_name]["objects"][dest_key]
        wanted = headers.get("x-amz-checksum-algorithm", "").upper() or next(iter(record["checksums"]), "")
        value = s3._compute_s3_checksum(wanted, record["body"]) if wanted else None
        if value is None:
            return status, reply, body
        record["checksums"] = {wanted: value}
        versions = s3._object_versions.get((bucket_name, dest_key))
        if versions:
            versions[-1]["checksums"] = {wanted: value}
        end = b"</CopyObjectResult>"
        told = f"<Checksum{wanted}>{value}</Checksum{wanted}><ChecksumType>FULL_OBJECT</ChecksumType>".encode()
        return status, reply, body.replace(end, told + end)

    s3._copy_object = copy
