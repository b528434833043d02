"""Small named mends of what the servers do differently from AWS. Each names the AWS page that it follows."""

from __future__ import annotations


def install() -> None:
    """Puts every override of a server's inside in place. Those that look at requests alone sit in the fronts."""
    from .jobs import states
    from .step_functions import tasks
    from . import (
        alarm_history, checksums, copy_checksums, copy_conditions, copy_sources, deliveries, job_metrics, list_versions,
        listing_index, log_queries, model_metrics, multipart, null_version, simulated_policies, states_metrics, version_ranges,
    )

    # Each wraps what is there: conditions are outermost, because S3 looks at them before it looks at the source.
    for module in (checksums, listing_index, list_versions, null_version, copy_checksums, copy_sources, copy_conditions,
                   multipart, version_ranges, deliveries, states_metrics, job_metrics, model_metrics, alarm_history, log_queries,
                   simulated_policies):
        module.install()
    tasks.BEGUN = states.begun
