//! Is it safe? What a run has already written, as far as it can be seen.
//!
//! Nothing records what a job wrote. But its parameters name the places that it works on, and what was stored there while
//! it ran is most likely its work: objects, and commits of Delta tables.

use super::follow::Seen;
use aws::{Session, objects::listing};
use contract::{Notice, Timestamp, executions::StateStatus};
use std::collections::BTreeSet;

/// Places that are looked at.
const PLACES: usize = 6;
/// Objects named one by one.
const NAMED: usize = 3;

pub(super) struct Safety {
    /// For the preflight: `wrote s3://…`.
    pub wrote: Vec<String>,
    pub notices: Vec<Notice>,
}

pub(super) async fn look(session: &Session, seen: &Seen) -> Safety {
    let mut safety = Safety { wrote: Vec::new(), notices: Vec::new() };
    let until = seen.fact.stopped.unwrap_or_else(|| session.now());
    for (bucket, prefix) in places(seen).into_iter().take(PLACES) {
        match listing::stored_between(session, &bucket, &prefix, seen.fact.started, until).await {
            Ok(found) if found.is_empty() => {}
            Ok(found) => safety.wrote.push(words(&bucket, &prefix, &found)),
            Err(error) => safety.notices.push(Notice::info(format!(
                "Whether it wrote below s3://{bucket}/{prefix} could not be seen: {error}."
            ))),
        }
    }
    // A job that was left behind by a timeout or a stop may still run: the service does not end it.
    for row in &seen.history.states {
        let left = row.status == StateStatus::Aborted
            || row
                .error
                .as_deref()
                .is_some_and(|error| error.starts_with("States.Timeout") || error.starts_with("States.Heartbeat"));
        if let (true, Some(job)) = (left, &row.job) {
            safety.notices.push(Notice::warning(format!(
                "{} was left while {job} ran; look whether that still runs before it is run again.",
                row.name
            )));
        }
    }
    safety
}

/// What stands in an S3 URI of a parameter: bucket and prefix, once each. Scripts, libraries and logs are no output.
fn places(seen: &Seen) -> Vec<(String, String)> {
    let mut found = BTreeSet::new();
    for event in seen.events() {
        let Some(parameters) = &event.detail.parameters else { continue };
        let Ok(value) = serde_json::from_str::<serde_json::Value>(parameters) else { continue };
        collect(&value, "", &mut found);
    }
    found.into_iter().collect()
}

fn collect(value: &serde_json::Value, name: &str, found: &mut BTreeSet<(String, String)>) {
    match value {
        serde_json::Value::String(text) => {
            let lower = name.to_ascii_lowercase();
            if lower.contains("log") || lower.contains("entrypoint") && !lower.contains("argument") {
                return;
            }
            for word in text.split([' ', ',', '=', '"', '\'']) {
                let word = word.replacen("s3a://", "s3://", 1).replacen("s3n://", "s3://", 1);
                let Some((bucket, prefix)) = word.strip_prefix("s3://").and_then(|rest| rest.split_once('/')) else {
                    continue;
                };
                let is_file = prefix.rsplit('/').next().is_some_and(|last| last.contains('.'));
                if !bucket.is_empty() && !prefix.is_empty() && !is_file {
                    found.insert((bucket.to_owned(), prefix.to_owned()));
                }
            }
        }
        serde_json::Value::Array(values) => values.iter().for_each(|value| collect(value, name, found)),
        serde_json::Value::Object(members) => {
            for (name, value) in members {
                collect(value, name, found);
            }
        }
        _ => {}
    }
}

fn words(bucket: &str, prefix: &str, found: &[(String, Timestamp)]) -> String {
    // Checkpoints and checksums lie beside the commits.
    let is_commit =
        |key: &str| key.contains("/_delta_log/") && key.rsplit_once('.').is_some_and(|(_, ext)| ext == "json");
    let commits = found.iter().filter(|(key, _)| is_commit(key)).count();
    let objects = found.len() - commits;
    let mut parts = Vec::new();
    if objects > 0 {
        parts.push(if objects == 1 { "1 object".to_owned() } else { format!("{objects} objects") });
    }
    if commits > 0 {
        parts.push(if commits == 1 { "1 Delta commit".to_owned() } else { format!("{commits} Delta commits") });
    }
    let named: Vec<&str> = found
        .iter()
        .filter(|(key, _)| !key.contains("/_delta_log/"))
        .take(NAMED)
        .map(|(key, _)| key.rsplit('/').next().unwrap_or(key))
        .collect();
    let such = if named.is_empty() { String::new() } else { format!(" ({})", named.join(", ")) };
    format!("{} below s3://{bucket}/{prefix}{such}", parts.join(" and "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn output_paths_are_found_in_parameters_and_logs_and_scripts_are_not() {
        let mut found = BTreeSet::new();
        let parameters = json!({
            "JobDriver": {"SparkSubmit": {
                "EntryPoint": "s3://code/jobs/sales.py",
                "EntryPointArguments": ["--output", "s3a://lake-processed/sales/", "--input=s3://lake-raw/data/in/daily_sales.csv"],
            }},
            "ConfigurationOverrides": {"MonitoringConfiguration": {"S3MonitoringConfiguration": {"LogUri": "s3://lake-logs/emr/"}}},
        });
        collect(&parameters, "", &mut found);
        assert_eq!(found.into_iter().collect::<Vec<_>>(), [("lake-processed".to_owned(), "sales/".to_owned())]);
    }

    #[test]
    fn commits_are_told_from_objects() {
        let at: Timestamp = "2026-11-21T06:00:00Z".parse().unwrap();
        let found = [("sales/part-1.parquet".to_owned(), at), ("sales/_delta_log/001.json".to_owned(), at)];
        assert_eq!(
            words("lake-processed", "sales/", &found),
            "1 object and 1 Delta commit below s3://lake-processed/sales/ (part-1.parquet)"
        );
    }
}
