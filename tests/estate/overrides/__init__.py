"""Small named mends of what the servers do differently from AWS. Each names the AWS page that it follows."""

from __future__ import annotations


def install() -> None:
    """Puts every override of ministack in place. Those of moto sit in its front, `front_aws`."""
    from . import copy_conditions, deliveries, list_versions, listing_index

    listing_index.install()
    list_versions.install()
    copy_conditions.install()
    deliveries.install()
