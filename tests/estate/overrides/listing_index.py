"""Listings in the time of a page, not of a bucket.

ministack sorts every key of the bucket again for every page. Here the sorted keys are kept until a write, and a page
starts by bisection. It follows "Amazon S3 API Reference, ListObjectsV2": keys in UTF-8 binary order (which is Python's
order of strings), groups by delimiter, each group one entry that counts once against MaxKeys.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from urllib.parse import quote_plus

from ..story import ACCOUNT

_kept: dict[tuple, list[str]] = {}
# Bucket and key of what was written since the last reset; None: it cannot be told key by key.
_written: set[tuple[str, str]] | None = None
_LAST = "\U0010ffff"


def changed(bucket_name: str = "", key: str = "") -> None:
    """To be called after every write, by the front and by whoever writes into ministack's state directly.

    With a key, only its place in the kept lists is looked at; without one, all lists are gathered again when asked for.
    """
    from ministack.services import s3

    global _written
    bucket = s3._buckets._data.get((ACCOUNT, bucket_name))
    if not key or bucket is None:
        _kept.clear()
        _written = None
        return
    if _written is not None:
        _written.add((bucket_name, key))
    current = key in bucket["objects"]
    _place(_kept.get(("current", id(bucket["objects"]))), key, current)
    any_version = current or (ACCOUNT, (bucket_name, key)) in s3._object_versions._data
    _place(_kept.get(("all", bucket_name)), key, any_version)


def planted(bucket_name: str) -> None:
    """To be called when a bucket was filled with what a reset fills in again: only its lists are gathered anew."""
    from ministack.services import s3

    _kept.pop(("all", bucket_name), None)
    _kept.pop(("current", id(s3._buckets._data[(ACCOUNT, bucket_name)]["objects"])), None)


def written() -> set[tuple[str, str]] | None:
    """Bucket and key of what was written since `forget_written`; None if it cannot be told key by key."""
    return _written


def forget_written() -> None:
    global _written
    _written = set()


def _place(keys: list[str] | None, key: str, present: bool) -> None:
    if keys is None:
        return
    at = bisect_left(keys, key)
    there = at < len(keys) and keys[at] == key
    if present and not there:
        keys.insert(at, key)
    elif there and not present:
        del keys[at]


def current_keys(objects: dict) -> list[str]:
    return _keep(("current", id(objects)), lambda: objects)


def all_keys(bucket_name: str, objects: dict) -> list[str]:
    """Keys with any version or delete marker."""
    from ministack.services import s3

    return _keep(("all", bucket_name), lambda: set(objects).union(
        name[1] for owner, name in list(s3._object_versions._data) if owner == ACCOUNT and name[0] == bucket_name))


def _keep(what: tuple, gather) -> list[str]:
    if what not in _kept:
        _kept[what] = sorted(gather())
    return _kept[what]


def walk(keys: list[str], prefix: str, delimiter: str, after: str, inclusive: bool = False):
    """Yields `(key, False)` and `(group, True)` in order, starting after `after` (or at it, if inclusive)."""
    at = bisect_left(keys, prefix)
    if after >= prefix and after:
        at = max(at, bisect_left(keys, after) if inclusive else bisect_right(keys, after))
        if delimiter and after.startswith(prefix) and after.endswith(delimiter) and len(after) > len(prefix):
            at = max(at, bisect_left(keys, after + _LAST))  # The marker was a group: all of it is behind us.
    while at < len(keys) and keys[at].startswith(prefix):
        key = keys[at]
        cut = key.find(delimiter, len(prefix)) if delimiter else -1
        if cut < 0:
            yield key, False
            at += 1
            continue
        group = key[:cut + len(delimiter)]
        yield group, True
        at = bisect_left(keys, group + _LAST, at)


def collect(objects: dict, prefix: str, delimiter: str, max_keys: int, start_after: str):
    """Stands in for ministack's `_collect_list_entries`: same arguments, same answer."""
    contents: list[str] = []
    groups: list[str] = []
    last = ""
    for name, is_group in walk(current_keys(objects), prefix, delimiter, start_after):
        if len(contents) + len(groups) >= max_keys:
            return contents, groups, max_keys > 0, last
        (groups if is_group else contents).append(name)
        last = name
    return contents, groups, False, last


def encode(name: str) -> str:
    """`encoding-type=url` is form encoding: a space is `+`; `/` and `*` stay ("ListObjectsV2": EncodingType)."""
    return quote_plus(name, safe="/*", errors="surrogatepass")


def install() -> None:
    from ministack.services import s3

    s3._collect_list_entries = collect
    s3._url_encode = encode
