"""The images that versions serve with, in ECR: a repository for each kind of model, a tag for every four of its versions.

Newest versions of `cast.IMAGES` have a tag of their own: one points at another image since, the image of the other was deleted.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace

from ... import later
from ...story import ACCOUNT, REGION
from .cast import GROUPS, IMAGES, KINDS, kind_of, versions_of

_DOCKER = "application/vnd.docker."
_MANIFEST = _DOCKER + "distribution.manifest.v2+json"


@dataclass(frozen=True)
class Image:
    repository: str
    tag: str
    build: int = 1
    registry: str = ACCOUNT

    @property
    def uri(self) -> str:
        return f"{self.registry}.dkr.ecr.{REGION}.amazonaws.com/{self.repository}:{self.tag}"

    @property
    def manifest(self) -> str:
        def part(kind: str, size: int) -> dict:
            made = f"{self.repository}/{self.tag}/{self.build}/{kind}"
            return {"mediaType": _DOCKER + kind, "size": size, "digest": f"sha256:{hashlib.sha256(made.encode()).hexdigest()}"}

        return json.dumps({"schemaVersion": 2, "mediaType": _MANIFEST, "config": part("container.image.v1+json", 7_023),
                           "layers": [part("image.rootfs.diff.tar.gzip", 212_480_512)]}, indent=3)

    @property
    def digest(self) -> str:
        return f"sha256:{hashlib.sha256(self.manifest.encode()).hexdigest()}"


def of(kind: str, group: str, version: int) -> Image:
    """As it was registered."""
    if group in IMAGES and version == versions_of(group):
        return Image(kind, f"{group.rpartition('-')[2]}-stable")
    return Image(kind, f"1.{version // 4}")


def plant(estate) -> None:
    later.on_first_call("ecr", _plant)


def _plant() -> None:
    from moto.ecr.models import ecr_backends

    backend = ecr_backends[ACCOUNT][REGION]

    def put(image: Image, tag: str) -> None:
        backend.put_image(image.repository, image.manifest, tag, _MANIFEST, image.digest)

    for kind in KINDS:
        backend.create_repository(kind, None, None, None, None, [])
    kept = {of(kind_of(group).name, group, version): IMAGES.get(group) if version == versions_of(group) else None
            for group in GROUPS for version in range(1, versions_of(group) + 1)}
    for image, fate in kept.items():
        if fate == "deleted":
            continue
        if fate == "moved":
            # The tag of its build keeps it, as AWS keeps images without one.
            put(image, f"{image.tag}-{image.build}")
        put(image, image.tag)
        if fate == "moved":
            put(replace(image, build=image.build + 1), image.tag)
