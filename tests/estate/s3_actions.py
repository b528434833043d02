"""Which S3 API action a request is, read from method, query and headers as the API Reference writes them."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote

_BUCKET_SUBRESOURCES = {
    "versioning": "BucketVersioning", "lifecycle": "BucketLifecycleConfiguration",
    "notification": "BucketNotificationConfiguration", "encryption": "BucketEncryption",
    "object-lock": "ObjectLockConfiguration", "tagging": "BucketTagging", "replication": "BucketReplication",
    "ownershipControls": "BucketOwnershipControls", "policy": "BucketPolicy", "acl": "BucketAcl",
    "publicAccessBlock": "PublicAccessBlock", "cors": "BucketCors", "logging": "BucketLogging",
    "website": "BucketWebsite", "location": "BucketLocation", "requestPayment": "BucketRequestPayment",
}
_OBJECT_SUBRESOURCES = {
    "tagging": "ObjectTagging", "acl": "ObjectAcl", "attributes": "ObjectAttributes",
    "retention": "ObjectRetention", "legal-hold": "ObjectLegalHold",
}
_VERBS = {"GET": "Get", "PUT": "Put", "DELETE": "Delete"}


def split_path(raw_path: str) -> tuple[str, str]:
    """Bucket and key of a path-style request; the key keeps every slash and dot that was sent."""
    bucket, _, key = raw_path[1:].partition("/")
    return unquote(bucket), unquote(key)


def action(method: str, bucket: str, key: str, query: str, headers: dict) -> str:
    asked = parse_qs(query, keep_blank_values=True)
    if not bucket:
        return "ListBuckets"
    return _object_action(method, asked, headers) if key else _bucket_action(method, asked)


def _bucket_action(method: str, asked: dict) -> str:
    if method == "GET":
        for name, listing in (("versions", "ListObjectVersions"), ("uploads", "ListMultipartUploads")):
            if name in asked:
                return listing
    if method == "POST":
        return "DeleteObjects" if "delete" in asked else "PostObject"
    for name, noun in _BUCKET_SUBRESOURCES.items():
        if name in asked:
            return _VERBS.get(method, method) + noun
    if method == "GET":
        return "ListObjectsV2" if "list-type" in asked else "ListObjects"
    return {"HEAD": "HeadBucket", "PUT": "CreateBucket", "DELETE": "DeleteBucket"}.get(method, method)


def _object_action(method: str, asked: dict, headers: dict) -> str:
    copies = "x-amz-copy-source" in headers
    if "uploadId" in asked:
        if method == "PUT":
            return "UploadPartCopy" if copies else "UploadPart"
        return {"GET": "ListParts", "POST": "CompleteMultipartUpload", "DELETE": "AbortMultipartUpload"}[method]
    if method == "POST":
        return "CreateMultipartUpload" if "uploads" in asked else "RestoreObject"
    for name, noun in _OBJECT_SUBRESOURCES.items():
        if name in asked:
            return _VERBS.get(method, method) + noun
    if method == "PUT":
        return "CopyObject" if copies else "PutObject"
    return {"GET": "GetObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}.get(method, method)
