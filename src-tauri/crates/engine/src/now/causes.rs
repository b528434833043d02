//! Machines and jobs of one place that failed for one cause are one row, which opens to them.
//!
//! One cause is one signature: of a finding that is kept of a run, or else the one that the service's own words name. Where
//! there is neither, it is one error with one text that says more than that something failed. Nothing is read for it: what
//! nobody knows yet stays as it is, and a row joins the others once its cause was found.

use super::signature::template;
use crate::{
    Desk,
    jobs::{NamedCause, Naming},
    watch::Sight,
};
use ::jobs::link::without_attempt;
use contract::{
    jobs::{JobId, facts::StartedRun},
    now::{Mark, NowKind, NowRow},
};
use std::collections::{HashMap, HashSet};

/// What a row of several carries of its members' executions, and of their job runs.
const MOST_RUNS: usize = 200;
/// Characters of an identity.
const MOST_OF_ID: usize = 600;
/// Words that say only that something failed, or where to read on.
const EMPTY_WORDS: &[&str] = &[
    "and",
    "based",
    "check",
    "cloudwatch",
    "cluster",
    "code",
    "command",
    "complete",
    "configuration",
    "configured",
    "container",
    "destination",
    "ended",
    "error",
    "errors",
    "exception",
    "exceptions",
    "execution",
    "exit",
    "exitcode",
    "exited",
    "fail",
    "failed",
    "failure",
    "few",
    "for",
    "function",
    "has",
    "its",
    "job",
    "jobrun",
    "last",
    "logging",
    "logs",
    "main",
    "message",
    "monitoring",
    "query",
    "refer",
    "returned",
    "run",
    "see",
    "spark",
    "state",
    "states",
    "status",
    "step",
    "task",
    "taskfailed",
    "terminated",
    "the",
    "unknown",
    "uploaded",
    "was",
    "with",
    "without",
    "your",
    "please",
    "non",
    "zero",
    "not",
    "path",
];

/// What is known of why an incident failed.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Clue {
    /// Its runs, newest first, as findings are kept of them.
    runs: Vec<String>,
    /// Of the newest, in the service's words.
    error: Option<String>,
    text: Option<String>,
}

impl Clue {
    /// Of a row that was made of what was seen here; `None` for one that did not fail.
    pub fn of(row: &NowRow, sight: &Sight) -> Option<Self> {
        let name = |id: &JobId| without_attempt(id).to_string();
        match row.kind {
            NowKind::Failed => {
                let newest = sight.executions.get(row.executions.first()?)?;
                let started = row.executions.iter().filter_map(|arn| sight.started.get(arn)).flatten();
                let runs = started.filter_map(|started| match started {
                    StartedRun::Run(id) => Some(name(id)),
                    StartedRun::Call { .. } => None,
                });
                Some(Self { runs: runs.collect(), error: newest.error.clone(), text: newest.cause.clone() })
            }
            NowKind::FailedJob => {
                let newest = row.jobs.first()?;
                let seen = sight.failed_jobs.iter().find(|seen| seen.id == *newest)?;
                Some(Self { runs: row.jobs.iter().map(name).collect(), error: None, text: seen.reason.clone() })
            }
            _ => None,
        }
    }

    fn error(&self) -> Option<&str> {
        // They wrap every failure.
        self.error.as_deref().filter(|error| !matches!(*error, "" | "States.TaskFailed" | "States.ALL"))
    }

    fn found(&self, kept: &HashMap<String, String>) -> Option<Naming> {
        self.runs.iter().find_map(|run| kept.get(run)).cloned().map(Naming::Signature)
    }

    fn words(&self) -> Option<Naming> {
        let said: Vec<&str> = self.error().into_iter().chain(self.text.as_deref()).collect();
        (!said.is_empty()).then(|| Naming::Words(said.join(": ")))
    }

    fn cause(&self, kept: &HashMap<String, String>, named: &HashMap<Naming, NamedCause>) -> Option<Cause> {
        let of = |naming: Option<Naming>| named.get(&naming?);
        if let Some(cause) = of(self.found(kept)).or_else(|| of(self.words())) {
            let key = format!("signature {}", cause.signature);
            return Some(Cause { key, title: Some(cause.title.clone()) });
        }
        // What was cut off may be the begin of several.
        let text = self.text.as_deref().filter(|text| !text.trim_end().ends_with('…'))?;
        let template = template(text);
        let key = format!("text {} {template}", self.error().unwrap_or_default());
        tells(&template).then_some(Cause { key, title: None })
    }
}

/// Whether a text says more than that something failed.
fn tells(template: &str) -> bool {
    let words = template.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= 3);
    words.map(str::to_ascii_lowercase).any(|word| !EMPTY_WORDS.contains(&word.as_str()))
}

/// Why incidents failed; those of one key are of one cause.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cause {
    key: String,
    /// `None`: the newest speaks for itself.
    title: Option<String>,
}

impl Desk {
    /// The causes that are known, by the ids of the rows.
    pub(super) async fn causes_known(&self, clues: HashMap<String, Clue>) -> HashMap<String, Cause> {
        let runs: HashSet<String> = clues.values().flat_map(|clue| clue.runs.iter().cloned()).collect();
        let kept = self.inner.store.run(move |store| store.signatures_of(&runs)).await.unwrap_or_else(|error| {
            tracing::debug!(%error, "the causes that were found before cannot be read");
            HashMap::new()
        });
        let asked = clues.values().flat_map(|clue| [clue.found(&kept), clue.words()]).flatten().collect();
        let named = self.named_causes(asked).await;
        let known = clues.into_iter().filter_map(|(id, clue)| Some((id, clue.cause(&kept, &named)?)));
        known.collect()
    }
}

/// The rows of one cause as one, the others as they are.
pub(super) fn together(rows: Vec<NowRow>, causes: &HashMap<String, Cause>) -> Vec<NowRow> {
    let mut all = Vec::new();
    let mut groups: HashMap<String, (Option<String>, Vec<NowRow>)> = HashMap::new();
    for row in rows {
        let Some(cause) = causes.get(&row.id) else {
            all.push(row);
            continue;
        };
        let id = format!("{} {} cause {}", row.profile, row.region, cause.key);
        let id = id.chars().take(MOST_OF_ID).collect();
        groups.entry(id).or_insert_with(|| (cause.title.clone(), Vec::new())).1.push(row);
    }
    all.extend(groups.into_iter().filter_map(|(id, (title, members))| one(id, title, members)));
    all
}

fn one(id: String, title: Option<String>, mut members: Vec<NowRow>) -> Option<NowRow> {
    members.sort_by(|one, two| two.newest.cmp(&one.newest).then_with(|| one.id.cmp(&two.id)));
    let newest = members.first()?.clone();
    if members.len() == 1 {
        return Some(newest);
    }
    let mut names: Vec<&str> = Vec::new();
    for member in &members {
        if !names.contains(&member.what.as_str()) {
            names.push(&member.what);
        }
    }
    let of_machines = members.iter().any(|member| member.kind == NowKind::Failed);
    Some(NowRow {
        id,
        kind: if of_machines { NowKind::Failed } else { NowKind::FailedJob },
        what: names.join(", "),
        machine: None,
        status: newest.status.filter(|status| members.iter().all(|member| member.status == Some(*status))),
        error: newest.error.filter(|error| members.iter().all(|member| member.error.as_ref() == Some(error))),
        why: title.unwrap_or(newest.why),
        runs: members.iter().map(|member| member.runs).sum(),
        newest: newest.newest,
        oldest: members.iter().map(|member| member.oldest).min().unwrap_or(newest.oldest),
        executions: members.iter().flat_map(|member| &member.executions).take(MOST_RUNS).cloned().collect(),
        jobs: members.iter().flat_map(|member| &member.jobs).take(MOST_RUNS).cloned().collect(),
        absence: None,
        profile: newest.profile,
        region: newest.region,
        mark: mark(&members),
        operation: None,
        members,
    })
}

/// The mark that all have; what failed after the others were marked brings them back.
fn mark(members: &[NowRow]) -> Option<Mark> {
    let marks: Option<Vec<&Mark>> = members.iter().map(|member| member.mark.as_ref()).collect();
    let marks = marks?;
    let first = marks.first()?;
    let is_one = marks.iter().all(|mark| mark.kind == first.kind);
    if !is_one {
        return None;
    }
    marks.into_iter().max_by_key(|mark| mark.at).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::now::{
        failed_jobs,
        incidents::{
            incidents,
            tests::{place, row},
        },
        tests_of_jobs::failed_run,
    };
    use contract::{
        Timestamp,
        executions::{ExecutionRow, Status},
        jobs::JobRow,
        now::MarkKind,
    };

    const KILLED: &str = "Container killed by YARN for exceeding physical memory limits. 9 GB of 8 GB used.";

    fn at(hour: i8) -> Timestamp {
        format!("2026-11-21T{hour:02}:00:00Z").parse().unwrap()
    }

    fn execution(machine: &str, hour: i8, error: &str, cause: Option<&str>) -> ExecutionRow {
        ExecutionRow {
            arn: format!("arn:execution:{machine}:{hour}"),
            machine: machine.into(),
            machine_arn: format!("arn:stateMachine:{machine}"),
            cause: cause.map(str::to_owned),
            ..row("one", Status::Failed, Some(error), hour)
        }
    }

    fn run(job: &str, hour: i8, reason: &str) -> JobRow {
        JobRow { reason: Some(reason.into()), ..failed_run(job, &format!("jr_{hour}"), at(hour)) }
    }

    fn sight(executions: &[ExecutionRow], jobs: Vec<JobRow>) -> Sight {
        Sight {
            executions: executions.iter().map(|row| (row.arn.clone(), row.clone())).collect(),
            failed_jobs: jobs,
            ..Sight::default()
        }
    }

    fn rows(sight: &Sight) -> Vec<NowRow> {
        let mut rows = incidents(sight.executions.values(), &place());
        rows.extend(failed_jobs(&sight.failed_jobs, sight.started.values().flatten(), at(0), &place()));
        rows
    }

    /// What is known of the rows when these findings are kept, and these words and findings name causes.
    fn known(sight: &Sight, kept: &[(&str, &str)], naming: &[(Naming, &str)]) -> HashMap<String, Cause> {
        let kept = kept.iter().map(|(run, signature)| ((*run).to_owned(), (*signature).to_owned())).collect();
        let by_words = naming.iter().map(|(words, signature)| {
            let cause = NamedCause { signature: (*signature).to_owned(), title: format!("Title of {signature}") };
            (words.clone(), cause)
        });
        let by_words = by_words.collect();
        let clues = rows(sight).into_iter().filter_map(|row| Some((row.id.clone(), Clue::of(&row, sight)?)));
        clues.filter_map(|(id, clue)| Some((id, clue.cause(&kept, &by_words)?))).collect()
    }

    fn told(rows: &[NowRow]) -> Vec<(String, Option<String>, u64)> {
        let mut told: Vec<_> = rows.iter().map(|row| (row.what.clone(), row.spread(), row.runs)).collect();
        told.sort();
        told
    }

    #[test]
    fn one_signature_in_several_machines_and_jobs_is_one_row() {
        let mut sight = sight(
            &[
                execution("daily", 6, "States.TaskFailed", Some(KILLED)),
                execution("daily", 7, "States.TaskFailed", Some(KILLED)),
                execution("hourly", 8, "Bad", Some("The step failed.")),
                execution("weekly", 5, "Bad", Some("The step failed.")),
            ],
            vec![
                run("clean", 9, "Command failed with exit code 1"),
                run("other", 4, "Command failed with exit code 1"),
            ],
        );
        // The job of one machine, and one that stands alone, were looked at.
        let id = JobId::Glue { job: "load".into(), run: "jr_1".into() };
        sight.started.insert("arn:execution:hourly:8".into(), vec![StartedRun::Run(id)]);
        let kept = [("glue:load/jr_1", "memory.killed"), ("glue:clean/jr_9", "memory.killed")];
        let names = [
            (Naming::Words(KILLED.to_owned()), "memory.killed"),
            (Naming::Signature("memory.killed".to_owned()), "memory.killed"),
        ];
        let causes = known(&sight, &kept, &names);
        let together = together(rows(&sight), &causes);
        assert_eq!(
            told(&together),
            [
                ("clean, hourly, daily".to_owned(), Some("in 2 state machines, 1 job".to_owned()), 4),
                ("other".to_owned(), None, 1),
                ("weekly".to_owned(), None, 1),
            ],
            "what was not read stays as it is"
        );
        let row = together.iter().find(|row| !row.members.is_empty()).unwrap();
        assert_eq!((row.kind, row.status, row.why.as_str()), (NowKind::Failed, None, "Title of memory.killed"));
        assert_eq!((row.newest, row.newest_member().what.as_str()), (at(9), "clean"));
        assert_eq!((row.executions.len(), row.jobs.len(), row.machine.as_deref()), (3, 1, None));
        assert_eq!(row.oldest, row.members.iter().map(|member| member.oldest).min().unwrap());
    }

    #[test]
    fn without_a_signature_one_error_with_one_telling_text_is_one_cause() {
        let sight = sight(
            &[
                execution("daily", 6, "Glue.Bad", Some("bucket lake-7 of s3://lake/a/ is gone")),
                execution("hourly", 8, "Glue.Bad", Some("bucket lake-8 of s3://lake/b/ is gone")),
                execution("weekly", 7, "Other", Some("bucket lake-8 of s3://lake/b/ is gone")),
                execution("cut", 5, "Glue.Bad", Some("bucket lake-8 of s3://lake/b/ is go…")),
                execution("mute", 4, "States.Timeout", None),
                execution("dumb", 3, "States.Timeout", None),
            ],
            Vec::new(),
        );
        let causes = known(&sight, &[], &[]);
        let rows = together(rows(&sight), &causes);
        assert_eq!(rows.len(), 5, "{rows:?}");
        let row = rows.iter().find(|row| !row.members.is_empty()).unwrap();
        assert_eq!((row.what.as_str(), row.runs, row.error.as_deref()), ("hourly, daily", 2, Some("Glue.Bad")));
        assert_eq!(row.spread().as_deref(), Some("in 2 state machines"));
        assert!(row.why.contains("lake-8"), "the newest speaks: {}", row.why);
    }

    #[test]
    fn words_that_every_failure_has_are_no_cause() {
        for text in [
            "The job run ended as FAILED.",
            "Command failed with exit code 1",
            "Job failed, please check complete logs in configured logging destination. ExitCode: 137. Last few exceptions: ...",
            "JobRun failed. Main Spark container terminated with errors. Please refer logs uploaded to S3/CloudWatch based on \
             your monitoring configuration. Exit code: 1",
            "Unknown Error.",
            "",
        ] {
            assert!(!tells(&template(text)), "{text}");
        }
        for text in ["access denied", "KeyError: 'delivery_fee'", "No space left on device"] {
            assert!(tells(&template(text)), "{text}");
        }
    }

    #[test]
    fn a_row_of_several_is_marked_when_all_of_them_are() {
        let sight = sight(
            &[execution("daily", 6, "Bad", Some("disk is gone")), execution("hourly", 8, "Bad", Some("disk is gone"))],
            Vec::new(),
        );
        let causes = known(&sight, &[], &[]);
        let of = |kind, hour| Mark { kind, who: "me".into(), at: at(hour), until: None };
        let marked = |marks: [Option<Mark>; 2]| {
            let mut rows = rows(&sight);
            rows.sort_by(|one, two| one.what.cmp(&two.what));
            for (row, mark) in rows.iter_mut().zip(marks) {
                row.mark = mark;
            }
            together(rows, &causes).remove(0).mark
        };
        assert_eq!(marked([Some(of(MarkKind::Seen, 9)), None]), None);
        assert_eq!(marked([Some(of(MarkKind::Seen, 9)), Some(of(MarkKind::Mine, 9))]), None);
        assert_eq!(marked([Some(of(MarkKind::Seen, 9)), Some(of(MarkKind::Seen, 10))]), Some(of(MarkKind::Seen, 10)));
    }
}
