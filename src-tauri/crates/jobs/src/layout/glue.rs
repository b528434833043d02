//! Glue: log groups by kind of job, version and arguments.
//!
//! Up to 4.0, standard output and error stand in `/aws-glue/jobs/output` and `…/error`, and continuous logging writes a
//! third group, `logs-v2`, or the one that `--continuous-log-logGroup` names. From 5.0 on all is written as it comes to
//! `error` and `output`, whose common prefix `--custom-logGroup-prefix` replaces. Python shell jobs have groups of their
//! own, and so have Ray jobs.

use super::{s3, streams};
use crate::parameters::merged;
use contract::jobs::{LogPlace, facts::GlueDriver};

pub(super) fn places(glue: &GlueDriver, run: &str) -> Vec<LogPlace> {
    let all = merged(glue);
    let get = |name: &str| {
        let found = all.iter().find(|(key, _, _)| *key == name).map(|(_, value, _)| *value);
        found.filter(|value| !value.is_empty())
    };
    let base = match (glue.log_group.as_deref(), glue.command.as_str()) {
        (Some(group), _) => group.trim_end_matches('/').to_owned(),
        (None, "pythonshell") => "/aws-glue/python-jobs".to_owned(),
        (None, _) => "/aws-glue/jobs".to_owned(),
    };
    let mut places = Vec::new();
    if glue.command == "glueray" {
        for (group, holds) in [("script-log", "standard output of the script"), ("ray-process-logs", "Ray")] {
            places.push(streams(&format!("/aws-glue/ray/jobs/{group}"), run, holds));
        }
        return places;
    }
    let stream = get("--custom-logStream-prefix").unwrap_or(run);
    let custom = get("--custom-logGroup-prefix").map(|prefix| prefix.trim_end_matches('/'));
    for base in custom.into_iter().chain(Some(base.as_str()).filter(|base| custom != Some(base))) {
        places.push(streams(&format!("{base}/error"), stream, "standard error and Spark"));
        places.push(streams(&format!("{base}/output"), stream, "standard output"));
    }
    if get("--enable-continuous-cloudwatch-log") == Some("true") {
        let group = get("--continuous-log-logGroup").map_or_else(|| format!("{base}/logs-v2"), str::to_owned);
        let stream = get("--continuous-log-logStreamPrefix").unwrap_or(run);
        places.push(streams(&group, stream, "continuous log of driver and executors"));
    }
    places.extend(get("--spark-event-logs-path").and_then(|uri| s3(uri, "", "event logs of Spark")));
    places
}
