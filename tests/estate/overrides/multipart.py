"""Multipart uploads keep their tags and know checksums of the whole object.

Follows "Amazon S3 API Reference, CreateMultipartUpload" (x-amz-tagging, x-amz-checksum-type), "UploadPartCopy" and
"CompleteMultipartUpload" (ChecksumType), and "Amazon S3 User Guide, Checking object integrity": CRC64NVME is always of
the whole object. ministack drops the tags, makes every checksum a composite, and none at all of copied parts.
"""

from __future__ import annotations

from urllib.parse import parse_qs


def install() -> None:
    from ministack.services import s3

    create, complete, copy_part = s3._create_multipart_upload, s3._complete_multipart_upload, s3._upload_part_copy

    def create_kept(bucket_name: str, key: str, headers: dict):
        status, reply, body = create(bucket_name, key, headers)
        if status != 200:
            return status, reply, body
        upload = s3._multipart_uploads[body.decode().partition("<UploadId>")[2].partition("<")[0]]
        upload["tags"] = {k: v[0] for k, v in parse_qs(headers.get("x-amz-tagging", ""), keep_blank_values=True).items()}
        upload["whole"] = upload["checksum_algorithm"] == "CRC64NVME" or (
            headers.get("x-amz-checksum-type", "").upper() == "FULL_OBJECT" and bool(upload["checksum_algorithm"]))
        if upload["whole"]:
            reply["x-amz-checksum-type"] = "FULL_OBJECT"
        return status, reply, body

    def copy_part_checked(bucket_name: str, dest_key: str, query_params: dict, headers: dict):
        status, reply, body = copy_part(bucket_name, dest_key, query_params, headers)
        upload = s3._multipart_uploads.get(s3._qp(query_params, "uploadId")) if status == 200 else None
        if upload and upload["checksum_algorithm"]:
            name = upload["checksum_algorithm"]
            part = upload["parts"][int(s3._qp(query_params, "partNumber"))]
            part["checksums"] = {name: s3._compute_s3_checksum(name, part["body"])}
            element = f"<Checksum{name}>{part['checksums'][name]}</Checksum{name}></CopyPartResult>"
            body = body.replace(b"</CopyPartResult>", element.encode())
        return status, reply, body

    def complete_whole(bucket_name: str, key: str, body: bytes, query_params: dict, headers: dict | None = None):
        upload_id, headers = s3._qp(query_params, "uploadId"), dict(headers or {})
        upload = s3._multipart_uploads.get(upload_id)
        checksum = None
        if upload and upload.get("whole"):
            name = upload["checksum_algorithm"]
            content = b"".join(upload["parts"][number]["body"] for number in sorted(upload["parts"]))
            checksum = (name, s3._compute_s3_checksum(name, content))
            if headers.pop(f"x-amz-checksum-{name.lower()}", checksum[1]) != checksum[1]:
                return s3._error("BadDigest", f"The {name} you specified did not match the calculated checksum.", 400)
            upload["checksum_algorithm"] = None  # Else ministack would make a composite.
        status, reply, answer = complete(bucket_name, key, body, query_params, headers)
        if upload is None or upload_id in s3._multipart_uploads:
            if upload and checksum:
                upload["checksum_algorithm"] = checksum[0]  # Refused; it may be completed later.
            return status, reply, answer
        record = s3._buckets[bucket_name]["objects"][key]
        if upload.get("tags"):
            s3._object_tags[(bucket_name, key, record.get("version_id"))] = upload["tags"]
        if checksum:
            answer = _keep_checksum(s3, bucket_name, key, record, checksum, answer)
            s3._completed_multipart_uploads[upload_id]["response"] = (status, reply, answer)
        return status, reply, answer

    s3._create_multipart_upload = create_kept
    s3._complete_multipart_upload = complete_whole
    s3._upload_part_copy = copy_part_checked


def _keep_checksum(s3, bucket_name: str, key: str, record: dict, checksum: tuple[str, str], answer: bytes) -> bytes:
    name, value = checksum
    record.update({"checksums": {name: value}, "checksum_type": "FULL_OBJECT"})
    versions = s3._object_versions.get((bucket_name, key))
    if versions:
        versions[-1]["checksums"] = {name: value}
    end = b"</CompleteMultipartUploadResult>"
    told = f"<Checksum{name}>{value}</Checksum{name}><ChecksumType>FULL_OBJECT</ChecksumType>".encode()
    return answer.replace(end, told + end)
