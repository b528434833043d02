"""What breaks readers of logs: files cut in the middle, several gzip members, empty ones, lines of megabytes, bytes that
are no text, colours, CRLF, markup."""

from __future__ import annotations

import bz2 as _bz2
import gzip
import zlib


def packed(body: bytes) -> bytes:
    return gzip.compress(body, 1, mtime=0)


def members(body: bytes, count: int = 3) -> bytes:
    """One file of several gzip members, as appended rotations are; cut in the middle of lines."""
    size = max(1, len(body) // count)
    return b"".join(packed(body[at:at + size]) for at in range(0, len(body), size))


def truncated(body: bytes) -> bytes:
    """A gzip whose end is missing: no checksum, no length."""
    whole = packed(body)
    return whole[:max(24, len(whole) * 2 // 3)]


def corrupt(body: bytes) -> bytes:
    whole = bytearray(packed(body))
    for at in range(len(whole) // 2, len(whole) // 2 + 8):
        whole[at] ^= 0x5A
    return bytes(whole)


def bz2(body: bytes) -> bytes:
    """Another packer under the name of gzip."""
    return _bz2.compress(body)


def bomb(megabytes: int) -> bytes:
    """A log that goes over into so many megabytes of one byte, in a thousandth of the size: more than any program's own lines
    shrink to."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [squeeze.compress(b"26/11/20 06:04:12 INFO Executor: Running task 1.0 in stage 1.0 (TID 1)\n" * 2_000)]
    parts += [squeeze.compress(bytes(1_048_575) + b"\n") for _ in range(megabytes)]
    return b"".join(parts) + squeeze.flush()


LONG_LINE = b'26/11/20 06:05:01 INFO MenuCodec: payload={"items":[' + b'{"sku":"SKU-20001","name":"Double Classic"},' * 238_313 + b"]}\n"


def coloured(body: bytes) -> bytes:
    """As a program writes that believes in a terminal."""
    return body.replace(b" WARN ", b" \x1b[33mWARN\x1b[0m ").replace(b" ERROR ", b" \x1b[1;31mERROR\x1b[0m ").replace(
        b" INFO ", b" \x1b[32mINFO\x1b[0m ") + b"\x1b]0;pwned\x07\x1b[2J\rprogress 99%\rprogress 100%\n"


def crlf(body: bytes) -> bytes:
    return body.replace(b"\n", b"\r\n")


def no_text(body: bytes) -> bytes:
    """Latin-1, a NUL and a cut UTF-8 character among the lines."""
    lines = body.split(b"\n")
    lines.insert(len(lines) // 3, b"26/11/20 06:05:02 WARN StoreNames: store-0388 is called \xfcberm\xe4\xdfig \xff\xfe\x00 \xe2\x82")
    return b"\n".join(lines)


MARKUP = (b'26/11/20 06:05:03 WARN HttpProbe: 502 from boards: <html><body onload="alert(1)"><script>alert("log")</script>'
          b'<img src=x onerror=alert(2)> &amp; &lt;b&gt;</body></html>\n')
