//! Is it safe? What a run has already written, and what of it still runs, as far as either can be seen.
//!
//! Nothing records what a job wrote. But its parameters name the places that it works on, and what was stored there while
//! it ran is most likely its work: objects, and commits of Delta tables.

use super::{follow::Seen, is_express};
use aws::{AwsError, Session, executions::runs, objects::listing};
use contract::{
    Notice, Timestamp,
    executions::{ExecutionLink, JobLink, StateRow, StateStatus},
    shell,
};
use futures_util::{StreamExt, stream};
use std::collections::BTreeSet;

/// Places that are looked at.
const PLACES: usize = 6;
/// Executions that it started, asked whether they still run.
const CHILDREN: usize = 12;
/// Visits to states whose attempts are looked through for jobs that were left behind.
const ROWS: usize = 50;
/// Objects named one by one.
const NAMED: usize = 3;
/// Pages of a place.
const MOST_PAGES: usize = 5;

#[derive(Default)]
pub(super) struct Safety {
    /// For the preflight: `wrote s3://…`.
    pub wrote: Vec<String>,
    /// For the preflight: `execution 4f2… of nightly-store`.
    pub running: Vec<String>,
    pub notices: Vec<Notice>,
}

pub(super) async fn look(session: &Session, seen: &Seen) -> Safety {
    let (children, (wrote, mut notices)) = tokio::join!(children(session, seen), written(session, seen));
    let mut running = Vec::new();
    for (child, answer) in &children {
        match answer {
            Ok(status) if status == "RUNNING" || status == "PENDING_REDRIVE" => {
                running.push(format!("execution {} of {}", child.name, child.machine));
            }
            Ok(_) => {}
            Err(error) => notices.push(Notice::info(format!(
                "Whether execution {} of {} still runs could not be seen: {error}.",
                child.name, child.machine
            ))),
        }
    }
    let ended = seen.fact.stopped.is_some();
    for run in seen.map_runs.iter().filter(|run| ended && run.fact.status == "RUNNING") {
        running.push(format!("the Map Run of {}", run.state));
    }
    // What a timeout or a stop has left behind is not ended by the service. Other services are asked by hand.
    let suspects = seen.history.states.iter().filter(|row| row.attempts > 1 || was_left(row));
    for row in suspects.rev().take(ROWS) {
        let detail = seen.history.state_detail(&row.id, seen.events(), None);
        for attempt in detail.into_iter().flat_map(|detail| detail.attempts) {
            let left = match &attempt.error {
                Some(error) => timed_out(error),
                None => row.status == StateStatus::Aborted,
            };
            if let Some(job) = attempt.job.filter(|job| left && job.noun != "execution") {
                notices.push(Notice::warning(left_behind(session.profile(), &row.name, attempt.number, &job)));
            }
        }
    }
    Safety { wrote, running, notices }
}

/// It was left while its job went on.
fn was_left(row: &StateRow) -> bool {
    row.status == StateStatus::Aborted || row.error.as_deref().is_some_and(timed_out)
}

fn timed_out(error: &str) -> bool {
    error.starts_with("States.Timeout") || error.starts_with("States.Heartbeat")
}

fn left_behind(profile: &str, state: &str, attempt: u64, job: &JobLink) -> String {
    let what = format!("Attempt {attempt} of {state} was left while {} {} {} ran", job.service, job.noun, job.id);
    let look = "look whether it still runs before it is run again";
    match &job.command {
        Some(command) => format!("{what}; {look}: {command} --profile {}", shell::quote(profile)),
        None => format!("{what}; {look}."),
    }
}

/// The executions that all attempts started, newest first, with their statuses. Express ones cannot be asked, and have
/// ended within five minutes.
async fn children(session: &Session, seen: &Seen) -> Vec<(ExecutionLink, Result<String, AwsError>)> {
    let mut links: Vec<ExecutionLink> = Vec::new();
    for link in seen.history.children.iter().rev() {
        if !is_express(&link.arn) && links.iter().all(|known| known.arn != link.arn) {
            links.push(link.clone());
        }
    }
    links.truncate(CHILDREN);
    let mut asking = Vec::with_capacity(links.len());
    for link in links {
        asking.push(async move {
            let answer = runs::describe(session, &link.arn).await.map(|fact| fact.status);
            (link, answer)
        });
    }
    stream::iter(asking).buffered(4).collect().await
}

/// What was stored under the places of its parameters while it ran.
async fn written(session: &Session, seen: &Seen) -> (Vec<String>, Vec<Notice>) {
    let (mut wrote, mut notices) = (Vec::new(), Vec::new());
    let until = seen.fact.stopped.unwrap_or_else(|| session.now());
    for (bucket, prefix) in places(seen).into_iter().take(PLACES) {
        match listing::stored_between(session, &bucket, &prefix, seen.fact.started, until, MOST_PAGES).await {
            Ok((found, is_cut)) => {
                if !found.is_empty() {
                    wrote.push(words(&bucket, &prefix, &found));
                }
                if is_cut {
                    notices.push(Notice::info(format!(
                        "Only the first {MOST_PAGES},000 keys below s3://{bucket}/{prefix} were looked at."
                    )));
                }
            }
            Err(error) => notices.push(Notice::info(format!(
                "Whether it wrote below s3://{bucket}/{prefix} could not be seen: {error}."
            ))),
        }
    }
    (wrote, notices)
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
    fn a_command_names_the_profile_as_one_argument() {
        let job = JobLink {
            service: "Glue".into(),
            noun: "job run".into(),
            id: "jr_1".into(),
            ids: Vec::new(),
            region: None,
            command: Some("aws glue get-job-run --run-id jr_1".into()),
            logs: None,
            task: None,
        };
        let told = |profile| left_behind(profile, "Load", 1, &job);
        assert!(told("prod").ends_with("--run-id jr_1 --profile prod"), "{}", told("prod"));
        assert!(told("it's prod").ends_with(r"--profile 'it'\''s prod'"), "{}", told("it's prod"));
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
