//! `aws` command lines for a run: show it, cancel it, read its logs, start the same again. To be pasted into a POSIX shell.

mod start;

use crate::layout;
use contract::jobs::{JobId, LogPlace, facts::RunFact};
pub use contract::shell::Scope;
pub(crate) use contract::shell::line;
use contract::shell::quote;
pub use start::start;

/// Shows the run. An invocation can be shown by its log lines alone.
pub fn describe(id: &JobId, scope: Scope<'_>) -> String {
    match id {
        JobId::Cluster { cluster } => line("emr describe-cluster", &[("cluster-id", cluster)], scope),
        JobId::Step { cluster, step } => {
            line("emr describe-step", &[("cluster-id", cluster), ("step-id", step)], scope)
        }
        JobId::Serverless { application, run, attempt } => {
            let attempt = attempt.map(|attempt| attempt.to_string());
            let mut options = vec![("application-id", application.as_str()), ("job-run-id", run)];
            options.extend(attempt.iter().map(|attempt| ("attempt", attempt.as_str())));
            line("emr-serverless get-job-run", &options, scope)
        }
        JobId::Eks { virtual_cluster, run } => {
            line("emr-containers describe-job-run", &[("virtual-cluster-id", virtual_cluster), ("id", run)], scope)
        }
        JobId::Glue { job, run } => line("glue get-job-run", &[("job-name", job), ("run-id", run)], scope),
        JobId::Lambda { function, request } => invocation(function, request, scope),
        JobId::SageMaker { kind, name } => {
            let (words, option) = (format!("sagemaker describe-{}", kind.code()), format!("{}-name", kind.code()));
            line(&words, &[(&option, name)], scope)
        }
    }
}

fn invocation(function: &str, request: &str, scope: Scope<'_>) -> String {
    let (group, pattern) = (format!("/aws/lambda/{function}"), format!("\"{}\"", request.replace('"', "")));
    line("logs filter-log-events", &[("log-group-name", &group), ("filter-pattern", &pattern)], scope)
}

/// Ends the run. `None` where the service cannot, for an invocation ends by itself, and for a cluster, whose end is that of
/// all its steps.
pub fn cancel(id: &JobId, scope: Scope<'_>) -> Option<String> {
    stop(id, false, scope)
}

/// The same; `force` kills the process of a step instead of asking it.
pub fn stop(id: &JobId, force: bool, scope: Scope<'_>) -> Option<String> {
    let how = if force { "TERMINATE_PROCESS" } else { "SEND_INTERRUPT" };
    Some(match id {
        JobId::Step { cluster, step } => line(
            "emr cancel-steps",
            // Without the option only a step that waits is cancelled.
            &[("cluster-id", cluster), ("step-ids", step), ("step-cancellation-option", how)],
            scope,
        ),
        JobId::Serverless { application, run, .. } => {
            line("emr-serverless cancel-job-run", &[("application-id", application), ("job-run-id", run)], scope)
        }
        JobId::Eks { virtual_cluster, run } => {
            line("emr-containers cancel-job-run", &[("virtual-cluster-id", virtual_cluster), ("id", run)], scope)
        }
        JobId::Glue { job, run } => line("glue batch-stop-job-run", &[("job-name", job), ("job-run-ids", run)], scope),
        JobId::Cluster { .. } | JobId::Lambda { .. } => return None,
        JobId::SageMaker { kind, name } => {
            let (words, option) = (format!("sagemaker stop-{}", kind.code()), format!("{}-name", kind.code()));
            line(&words, &[(&option, name)], scope)
        }
    })
}

/// Copies or reads the logs, one command for each place.
pub fn logs(run: &RunFact, scope: Scope<'_>) -> Vec<String> {
    let places = layout::places(run, &[]);
    let command = |place: &LogPlace| match place {
        LogPlace::S3 { bucket, prefix, .. } => {
            let from = format!("s3://{bucket}/{prefix}");
            Some(format!("{} --recursive", line(&format!("s3 cp {} logs", quote(&from)), &[], scope)))
        }
        LogPlace::CloudWatch { group, stream_prefix, filter, .. } => {
            let mut options = vec![("log-group-name", group.as_str())];
            if !stream_prefix.is_empty() {
                options.push(("log-stream-name-prefix", stream_prefix));
            }
            options.extend(filter.iter().map(|filter| ("filter-pattern", filter.as_str())));
            Some(line("logs filter-log-events", &options, scope))
        }
        LogPlace::Managed { .. } => None,
    };
    places.iter().filter_map(command).collect()
}

#[cfg(test)]
mod tests;
