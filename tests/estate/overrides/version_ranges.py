"""GetObject with both `versionId` and `Range` answers 206 with the range; ministack sends the whole version.

Follows "Amazon S3 API Reference, GetObject" (Range). A checksum of the whole is left out of a part, as S3 does.
"""

from __future__ import annotations


def install() -> None:
    from ministack.services import s3

    get_object = s3._get_object

    def get(bucket_name: str, key: str, headers: dict, query_params: dict | None = None):
        status, reply, body = get_object(bucket_name, key, headers, query_params)
        asked = headers.get("range", "")
        if status != 200 or not asked or not (query_params or {}).get("versionId"):
            return status, reply, body
        size = len(body)
        bounds = s3._parse_range(asked, size)
        if bounds is None:
            return 416, {"Content-Type": "application/xml", "Content-Range": f"bytes */{size}"}, \
                s3._xml_body(s3._range_error_xml(bucket_name, key))
        start, end = bounds
        part = body[start:end + 1]
        reply = {name: value for name, value in reply.items() if not name.lower().startswith("x-amz-checksum-")}
        reply.update({"Content-Length": str(len(part)), "Content-Range": f"bytes {start}-{end}/{size}"})
        return 206, reply, part

    s3._get_object = get
