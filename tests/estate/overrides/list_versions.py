"""ListObjectVersions anew.

ministack loops for ever on prefix + delimiter + MaxKeys=1 (its marker does not pass a group), ignores
`encoding-type=url`, and lists groups before keys. This follows "Amazon S3 API Reference, ListObjectVersions" and
"Amazon S3 User Guide, Listing objects in a versioning-enabled bucket": keys in order, the versions and markers of a
key interleaved as they were stored, newest first; a group counts once and is passed by its name as key marker.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from . import listing_index

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'


def list_object_versions(bucket_name: str, query_params: dict):
    from ministack.services import s3

    def asked(name: str, default: str = "") -> str:
        return s3._qp(query_params, name, default)

    bucket = s3._ensure_bucket(bucket_name)
    if bucket is None:
        return s3._no_such_bucket(bucket_name)
    prefix, delimiter = asked("prefix"), asked("delimiter")
    key_marker, id_marker = asked("key-marker"), asked("version-id-marker")
    try:
        max_keys = int(asked("max-keys", "1000"))
    except ValueError:
        max_keys = -1
    if max_keys < 0:
        return s3._error("InvalidArgument", "Argument max-keys must be an integer between 0 and 2147483647", 400)
    if id_marker and not key_marker:
        return s3._error("InvalidArgument", "A version-id marker cannot be specified without a key marker.", 400)
    encode = listing_index.encode if asked("encoding-type") == "url" else (lambda name: name)
    page = min(max_keys, 1000)

    entries: list[str] = []
    last: tuple[str, str] | None = None
    truncated = False
    owner = f"<Owner><ID>{s3._canonical_owner_id()}</ID></Owner>"
    for key, version in _entries(s3, bucket_name, bucket, prefix, delimiter, key_marker, id_marker):
        if len(entries) >= page:
            truncated = page > 0
            break
        entries.append(_group(key, encode) if version is None else _version(key, version, encode, owner))
        last = (key, "" if version is None else version["version_id"])

    def tag(name: str, value: str) -> str:
        return f"<{name}>{_text(value)}</{name}>" if value else f"<{name}></{name}>"

    parts = [_HEAD, tag("Name", bucket_name), tag("Prefix", encode(prefix)), tag("KeyMarker", encode(key_marker)),
             tag("VersionIdMarker", id_marker)]
    if truncated and last:
        parts.append(tag("NextKeyMarker", encode(last[0])))
        if last[1]:
            parts.append(tag("NextVersionIdMarker", last[1]))
    parts.append(tag("MaxKeys", str(max_keys)))
    if delimiter:
        parts.append(tag("Delimiter", encode(delimiter)))
    if asked("encoding-type"):
        parts.append(tag("EncodingType", asked("encoding-type")))
    parts.append(tag("IsTruncated", "true" if truncated else "false"))
    body = "".join([*parts, *entries, "</ListVersionsResult>"])
    return 200, {"Content-Type": "application/xml"}, body.encode("utf-8", "surrogatepass")


def _entries(s3, bucket_name, bucket, prefix, delimiter, key_marker, id_marker):
    """`(key, version)` for every version in listing order, `(group, None)` for every group."""
    keys = listing_index.all_keys(bucket_name, bucket["objects"])
    for key, is_group in listing_index.walk(keys, prefix, delimiter, key_marker, inclusive=bool(id_marker)):
        if is_group:
            yield key, None
            continue
        versions = s3._object_versions.get((bucket_name, key)) or _unversioned(bucket["objects"].get(key))
        skipping = bool(id_marker) and key == key_marker
        for version in reversed(versions):
            if skipping:
                skipping = version["version_id"] != id_marker
                continue
            yield key, version


def _unversioned(record: dict | None) -> list[dict]:
    """A key without history is one null version, the current one."""
    if record is None:
        return []
    return [{**record, "version_id": record.get("version_id") or "null", "is_latest": True}]


def _group(name: str, encode) -> str:
    return f"<CommonPrefixes><Prefix>{_text(encode(name))}</Prefix></CommonPrefixes>"


def _version(key: str, version: dict, encode, owner: str) -> str:
    marker = version.get("is_delete_marker")
    start = (f"<Key>{_text(encode(key))}</Key><VersionId>{version['version_id']}</VersionId>"
             f"<IsLatest>{'true' if version['is_latest'] else 'false'}</IsLatest>"
             f"<LastModified>{version['last_modified']}</LastModified>")
    if marker:
        return f"<DeleteMarker>{start}{owner}</DeleteMarker>"
    checksums = "".join(f"<ChecksumAlgorithm>{name}</ChecksumAlgorithm>" for name in version.get("checksums") or {})
    if checksums:
        kind = "COMPOSITE" if "-" in version["etag"] else "FULL_OBJECT"
        checksums += f"<ChecksumType>{kind}</ChecksumType>"
    return (f"<Version>{start}<ETag>{_text(version['etag'])}</ETag>{checksums}<Size>{version['size']}</Size>{owner}"
            f"<StorageClass>{version.get('storage_class') or 'STANDARD'}</StorageClass></Version>")


def _text(value: str) -> str:
    """Unencoded control characters go out as S3 sends them: as references, which XML 1.0 parsers then refuse."""
    escaped = escape(value, {'"': "&quot;", "\r": "&#13;"})
    return "".join(c if c >= " " or c in "\n\t" else f"&#x{ord(c):x};" for c in escaped)


def install() -> None:
    from ministack.services import s3

    s3._list_object_versions = list_object_versions
