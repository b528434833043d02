"""Conditional writes, restores by copy and by parts, delete markers."""

from __future__ import annotations

from .bench import refused, same
from .history import SALES, of

BUCKET = "lake-raw"


def _source(key: str, version: str | None = None) -> dict:
    return {"Bucket": BUCKET, "Key": key, **({"VersionId": version} if version else {})}


def check_restore_by_copy(bench) -> None:
    older = of(bench, SALES)[1][1]
    current = bench.s3.head_object(Bucket=BUCKET, Key=SALES)
    refused(lambda: bench.s3.copy_object(Bucket=BUCKET, Key=SALES, CopySource=_source(SALES, older["VersionId"]),
                                         IfMatch='"0123"'), "PreconditionFailed", 412)
    refused(lambda: bench.s3.copy_object(Bucket=BUCKET, Key=SALES, CopySource=_source(SALES, older["VersionId"]),
                                         IfNoneMatch="*"), "PreconditionFailed", 412)
    same(len(of(bench, SALES)), 23)
    reply = bench.s3.copy_object(Bucket=BUCKET, Key=SALES, CopySource=_source(SALES, older["VersionId"]),
                                 IfMatch=current["ETag"])
    same(reply["CopySourceVersionId"], older["VersionId"])
    now = bench.s3.head_object(Bucket=BUCKET, Key=SALES)
    same((now["VersionId"], now["ETag"], now["Metadata"], now["ContentType"]),
         (reply["VersionId"], older["ETag"], {"batch": "0441", "source": "till-gateway"}, "text/csv"))
    same(len(bench.s3.get_object_tagging(Bucket=BUCKET, Key=SALES)["TagSet"]), 2)
    top = of(bench, SALES)[0][1]
    same((top["VersionId"], top["IsLatest"]), (reply["VersionId"], "true"))


def check_conditions_on_absent_and_deleted(bench) -> None:
    gone = "data/in/store_master.csv"
    marker, older = (entry for _, entry in of(bench, gone)[:2])
    for key in (gone, "data/in/never-was.csv"):
        refused(lambda key=key: bench.s3.copy_object(Bucket=BUCKET, Key=key, IfMatch=older["ETag"],
                                                     CopySource=_source(gone, older["VersionId"])), "NoSuchKey", 404)
    reply = bench.s3.copy_object(Bucket=BUCKET, Key=gone, CopySource=_source(gone, older["VersionId"]), IfNoneMatch="*")
    assert reply["VersionId"]
    refused(lambda: bench.s3.copy_object(Bucket=BUCKET, Key=gone, CopySource=_source(gone, older["VersionId"]),
                                         IfNoneMatch="*"), "PreconditionFailed", 412)
    assert marker["IsLatest"] == "true"


def check_undelete_by_marker(bench) -> None:
    gone = "data/in/store_master.csv"
    missing = refused(lambda: bench.s3.head_object(Bucket=BUCKET, Key=gone), "404", 404)
    headers = missing["ResponseMetadata"]["HTTPHeaders"]
    same(headers["x-amz-delete-marker"], "true")
    marker = of(bench, gone)[0][1]["VersionId"]
    same(headers["x-amz-version-id"], marker)
    refused(lambda: bench.s3.get_object(Bucket=BUCKET, Key=gone, VersionId=marker), "MethodNotAllowed", 405)
    reply = bench.s3.delete_object(Bucket=BUCKET, Key=gone, VersionId=marker)
    same((reply["DeleteMarker"], reply["VersionId"]), (True, marker))
    bench.s3.head_object(Bucket=BUCKET, Key=gone)
    reply = bench.s3.delete_object(Bucket=BUCKET, Key=gone)
    same(reply["DeleteMarker"], True)
    assert reply["VersionId"] != marker


def check_copy_by_parts(bench) -> None:
    key = "data/big/menu_images.tar"
    older = of(bench, key)[1][1]
    size = int(older["Size"])

    def upload() -> tuple[str, list]:
        upload = bench.s3.create_multipart_upload(Bucket=BUCKET, Key=key, Metadata={"menu": "autumn"}, Tagging="owner=brand",
                                                 ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")["UploadId"]
        parts = []
        for number, start in enumerate(range(0, size, 5 * 1024 * 1024), 1):
            end = min(start + 5 * 1024 * 1024, size) - 1
            reply = bench.s3.upload_part_copy(
                Bucket=BUCKET, Key=key, UploadId=upload, PartNumber=number, CopySourceRange=f"bytes={start}-{end}",
                CopySource=_source(key, older["VersionId"]), CopySourceIfMatch=older["ETag"])
            same(reply["CopySourceVersionId"], older["VersionId"])
            parts.append({"PartNumber": number, "ETag": reply["CopyPartResult"]["ETag"]})
        same(len(bench.s3.list_parts(Bucket=BUCKET, Key=key, UploadId=upload)["Parts"]), 3)
        return upload, parts

    upload_id, parts = upload()
    refused(lambda: bench.s3.complete_multipart_upload(
        Bucket=BUCKET, Key=key, UploadId=upload_id, MultipartUpload={"Parts": parts}, IfMatch='"0123"'),
        "PreconditionFailed", 412)
    bench.s3.abort_multipart_upload(Bucket=BUCKET, Key=key, UploadId=upload_id)
    refused(lambda: bench.s3.list_parts(Bucket=BUCKET, Key=key, UploadId=upload_id), "NoSuchUpload", 404)
    current = bench.s3.head_object(Bucket=BUCKET, Key=key)["ETag"]
    upload_id, parts = upload()
    done = bench.s3.complete_multipart_upload(Bucket=BUCKET, Key=key, UploadId=upload_id,
                                              MultipartUpload={"Parts": parts}, IfMatch=current, MpuObjectSize=size)
    now = bench.s3.head_object(Bucket=BUCKET, Key=key)
    same((now["VersionId"], now["ContentLength"], now["ETag"]), (done["VersionId"], size, older["ETag"]))
    whole = [bench.s3.head_object(Bucket=BUCKET, Key=key, VersionId=version, ChecksumMode="ENABLED")["ChecksumCRC32"]
             for version in (older["VersionId"], done["VersionId"])]
    same(whole, [done["ChecksumCRC32"]] * 2)
    same(bench.s3.get_object_tagging(Bucket=BUCKET, Key=key)["TagSet"], [{"Key": "owner", "Value": "brand"}])


def check_suspended_null_is_replaced(bench) -> None:
    bucket, key = "exports-suspended", "exports/stores.csv"
    ids = [e["VersionId"] for _, e in of(bench, key, bucket)]
    bench.s3.copy_object(Bucket=bucket, Key=key, CopySource={"Bucket": bucket, "Key": key, "VersionId": ids[1]})
    same([e["VersionId"] for _, e in of(bench, key, bucket)], ["null", *ids[1:]])
    same(bench.s3.get_object(Bucket=bucket, Key=key)["Body"].read(), b"stores\nsecond with a version id\n")


def check_archived_version(bench) -> None:
    key = "data/in/menu_2024.csv"
    old = of(bench, key)[2][1]
    same(bench.s3.head_object(Bucket=BUCKET, Key=key, VersionId=old["VersionId"])["StorageClass"], "GLACIER")
    refused(lambda: bench.s3.get_object(Bucket=BUCKET, Key=key, VersionId=old["VersionId"]), "InvalidObjectState", 403)
    refused(lambda: bench.s3.copy_object(Bucket=BUCKET, Key=key, CopySource=_source(key, old["VersionId"])),
            "ObjectNotInActiveTierError", 403)


def check_copied_class_is_standard(bench) -> None:
    """CopyObject does not keep the storage class of its source."""
    key = "data/in/menu_2024.csv"
    infrequent = of(bench, key)[1][1]
    bench.s3.copy_object(Bucket=BUCKET, Key=key, CopySource=_source(key, infrequent["VersionId"]))
    same(of(bench, key)[0][1]["StorageClass"], "STANDARD")


def check_null_version_as_source(bench) -> None:
    """`versionId=null` of an object that was put before versioning and never since."""
    for bucket, key in (("exports-suspended", "exports/regions.csv"), ("landing-legacy", "inbox/till_dump_001.csv")):
        source = {"Bucket": bucket, "Key": key, "VersionId": "null"}
        bench.s3.head_object(**source)
        bench.s3.get_object_tagging(**source)
        bench.s3.get_object_acl(**source)
        bench.s3.get_object_attributes(**source, ObjectAttributes=["ETag"])
        bench.s3.copy_object(Bucket=BUCKET, Key="copied.csv", CopySource=source)


def check_copied_checksums(bench) -> None:
    def copied(**more):
        return bench.s3.copy_object(Bucket=BUCKET, Key="copied.csv", CopySource=_source(SALES), **more)["CopyObjectResult"]

    source = bench.s3.head_object(Bucket=BUCKET, Key=SALES, ChecksumMode="ENABLED")["ChecksumCRC32"]
    same((copied()["ChecksumCRC32"], copied()["ChecksumType"]), (source, "FULL_OBJECT"))
    asked = copied(ChecksumAlgorithm="SHA256")
    assert "ChecksumCRC32" not in asked
    same(bench.s3.head_object(Bucket=BUCKET, Key="copied.csv", ChecksumMode="ENABLED")["ChecksumSHA256"],
         asked["ChecksumSHA256"])


def check_expected_owner(bench) -> None:
    stranger = "999999999999"
    bench.s3.head_object(Bucket=BUCKET, Key=SALES, ExpectedBucketOwner="123456789012")
    refused(lambda: bench.s3.get_object(Bucket=BUCKET, Key=SALES, ExpectedBucketOwner=stranger), "AccessDenied", 403)
    refused(lambda: bench.s3.copy_object(Bucket=BUCKET, Key="x", CopySource=_source(SALES),
                                         ExpectedSourceBucketOwner=stranger), "AccessDenied", 403)
