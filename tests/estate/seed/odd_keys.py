"""`lake-raw/data/odd/`: keys that are legal in S3 and break programs that take them for paths.

"Amazon S3 User Guide, Naming Amazon S3 objects": any UTF-8, up to 1,024 bytes.
"""

from __future__ import annotations

from ..clockwork import CLOCK
from .clients import client

BUCKET = "lake-raw"
FOLDER = "data/odd/"
_LONG = FOLDER + "long/" + "a-very-long-name-" * 80

ODD_KEYS = [FOLDER + name for name in (
    "with space.csv", "two  spaces and trailing .csv", "100%.csv", "100%25 already encoded.csv", "a+b.csv", "a&b=c.csv",
    "question?versionId=null.csv", "hash#tag.csv", "caf\u00e9-nfc.csv", "cafe\u0301-nfd.csv",
    "\u6f22\u5821\u5305.csv", "\U0001f354 burger.csv", "\u202egnp.txt.exe", "line\nbreak.csv", "carriage\rreturn.csv", "tab\tbed.csv",
    "folder-marker/", "/leading-slash.csv", "double//slash.csv", "../../escape.csv", "./here.csv", ".",
    "..", "quote\"double.csv", "quote'single.csv", "back\\slash.csv", "<script>alert(1)<\u2215script>.csv",
    "<script>alert(1)</script>.csv", "CON", "nul.txt", "Case.csv", "case.csv", "semi;colon,comma.csv", "*star?.csv", "\u00a0nbsp.csv",
    "zero\u200bwidth.csv", "$(touch pwned).csv", "{\"json\":true}.csv",
)] + [_LONG[:1_000]]


def plant(estate) -> None:
    """Each key has two versions, so that a restore can be tried on it."""
    s3 = client(estate, "s3")
    for number, key in enumerate(ODD_KEYS):
        for days_before, body in ((30, f"first,{number}\n"), (10, f"second,{number}\n")):
            with CLOCK.at(estate.story.at(days_before, f"13:{number:02d}:00")):
                s3.put_object(Bucket=BUCKET, Key=key, Body=body.encode(), ContentType="text/csv")
