//! A closer look at a job or state machine that is late, when somebody opens its finding: whether what starts it fired,
//! quotas, what it runs on, and who changed what.
//! Each takes calls of its own, which the list of what is late does without.

use super::{LateFacts, Overdue, changed::changes, inputs::awaited};
use crate::Desk;
use ::jobs::absent::{absence, explained};
use aws::{
    AwsError, Session,
    executions::{
        fired::{self, Clock, Fired},
        machines::DESCRIBE,
        runs::{self, Of},
    },
    jobs::{
        OpenRuns, emr,
        serverless::{
            self, Limits,
            allocated::{self, Allocated},
        },
    },
};
use contract::{
    Timestamp,
    facts::{Known, Missing},
    jobs::{
        Absence, JobId,
        absence::{AbsenceFacts, HomeFact, QuotaFact, StarterFact},
        facts::{ObjectFact, RunFact},
    },
};
use futures_util::future::join_all;
use jiff::SignedDuration;
use std::collections::HashMap;

/// How far back a starter's metrics are read where no run is known.
const BACK: SignedDuration = SignedDuration::from_hours(14 * 24);

/// What a closer look found.
#[derive(Debug, Default)]
struct Looked {
    quotas: Vec<Known<QuotaFact>>,
    account: Option<Known<QuotaFact>>,
    home: Option<Known<HomeFact>>,
    success: Option<Known<Option<Timestamp>>>,
    inputs: Option<Vec<Known<ObjectFact>>>,
}

/// Everything that a person would look at; `None` when the job is not late after all.
pub(crate) async fn look_closer(desk: &Desk, session: &Session, late: &LateFacts) -> Option<Absence> {
    let mut facts = late.facts.clone();
    let (looked, changes, starters) =
        tokio::join!(look(desk, session, late), changes(session, late), since_last_run(session, &late.facts));
    if let Some(starters) = starters {
        facts.starters = Ok(starters);
    }
    facts.quotas.extend(looked.quotas);
    facts.account = looked.account;
    facts.home = looked.home.or(facts.home);
    facts.last_success = looked.success.unwrap_or(facts.last_success);
    facts.inputs = looked.inputs.unwrap_or(facts.inputs);
    facts.changes = changes;
    match late.what {
        // Its own clock says that it is late.
        Overdue::Machine { .. } => Some(explained(&facts, session.now())),
        Overdue::Job(_) | Overdue::Function => absence(&facts, session.now()),
    }
}

/// Whether what starts it fired since the last run, and was refused; `None` where nothing is known to start it.
async fn since_last_run(session: &Session, facts: &AbsenceFacts) -> Option<Vec<StarterFact>> {
    let starters = facts.starters.as_deref().ok()?;
    let now = session.now();
    let last = facts.last_run.as_ref().ok().copied().flatten();
    let since = last.or_else(|| now.checked_sub(BACK).ok()).unwrap_or(now).min(now);
    let mut asking = Vec::with_capacity(starters.len());
    for starter in starters {
        asking.push(async move {
            match Clock::named(&starter.name).filter(|_| starter.enabled && starter.reaches) {
                Some(clock) => told(starter, fired::fired(session, clock, since).await, since),
                None => starter.clone(),
            }
        });
    }
    Some(join_all(asking).await)
}

/// What starts it, with what its metrics tell since a moment.
fn told(starter: &StarterFact, metrics: Result<Option<Fired>, (AwsError, aws::Call)>, since: Timestamp) -> StarterFact {
    let starter = starter.clone();
    match metrics {
        Ok(Some(Fired { last, failed })) => StarterFact { fired: last, failed, asked: Some(since), ..starter },
        // It shares its group with others, and a group does not say which of them fired.
        Ok(None) => starter,
        Err((error, call)) => StarterFact { unread: Some(error.missing(call)), ..starter },
    }
}

async fn look(desk: &Desk, session: &Session, late: &LateFacts) -> Looked {
    let last = match &late.what {
        Overdue::Job(last) => last,
        Overdue::Function => return of_function(desk, session, &late.facts.job).await,
        Overdue::Machine { .. } => return of_machine(desk, session, late).await,
    };
    match last {
        JobId::Serverless { application, .. } => of_application(session, application).await,
        JobId::Step { cluster, .. } => of_cluster(desk, session, cluster).await,
        JobId::Glue { .. } => of_glue(session).await,
        JobId::Cluster { .. } | JobId::Eks { .. } | JobId::SageMaker { .. } | JobId::Lambda { .. } => Looked::default(),
    }
}

/// The machine as it is now, its newest success however long ago, and what came where its rules wait.
async fn of_machine(desk: &Desk, session: &Session, late: &LateFacts) -> Looked {
    let Overdue::Machine { arn, watched, .. } = &late.what else { return Looked::default() };
    let last = late.facts.last_run.as_ref().ok().copied().flatten();
    let (machine, succeeded, inputs) = tokio::join!(
        desk.machine(session, arn),
        runs::page(session, Of::Machine(arn), Some("SUCCEEDED"), 1, None),
        awaited(session, watched, last),
    );
    let home = machine.map(|machine| HomeFact {
        name: format!("state machine {}", machine.name),
        exists: true,
        state: machine.status.clone(),
        reason: None,
        since: None,
        starts_itself: None,
    });
    let success = succeeded.map(|(items, _)| items.first().map(|item| item.stopped.unwrap_or(item.started)));
    Looked {
        home: Some(home.map_err(|error| error.missing(DESCRIBE))),
        success: Some(success.map_err(|error| error.missing(runs::LIST))),
        inputs: Some(inputs),
        ..Looked::default()
    }
}

fn missed(error: &AwsError, call: aws::Call) -> Looked {
    Looked { quotas: vec![Err(error.missing(call))], ..Looked::default() }
}

async fn of_application(session: &Session, id: &str) -> Looked {
    let limits = match serverless::limits(session, id).await {
        Ok(limits) => limits,
        Err(error) if error.is_absent() => {
            let gone = HomeFact {
                name: format!("application {id}"),
                exists: false,
                state: None,
                reason: None,
                since: None,
                starts_itself: None,
            };
            return Looked { home: Some(Ok(gone)), ..Looked::default() };
        }
        Err(error) => return missed(&error, serverless::GET_APPLICATION),
    };
    let named = [(id.to_owned(), limits.name.clone())];
    let runs = async {
        let most = limits.runs?;
        let read = serverless::open_runs(session, id).await;
        let counted = |open: OpenRuns| busy("concurrent runs of the application", most, &open, "QUEUED");
        Some(read.map(counted).map_err(|error| error.missing(serverless::LIST)))
    };
    let (taken, account, runs) =
        tokio::join!(allocated::allocated(session, &named), allocated::account_vcpu(session), runs);
    let mut quotas = match taken {
        Ok(taken) => resources(id, &limits, &taken),
        Err(error) => vec![Err(error.missing(allocated::METRICS))],
    };
    quotas.extend(runs);
    let account = match account {
        Ok(found) => found.map(|(used, limit)| {
            Ok(QuotaFact {
                name: "vCPU of EMR Serverless in the account".to_owned(),
                used: whole(used),
                at_least: false,
                limit: Some(whole(limit)),
                since: None,
                waiting: 0,
            })
        }),
        Err(error) => Some(Err(error.missing(allocated::METRICS))),
    };
    let home = HomeFact {
        name: format!("application {}", limits.name),
        exists: true,
        state: Some(limits.state),
        reason: limits.reason,
        since: Some(limits.changed),
        starts_itself: Some(limits.starts_itself),
    };
    Looked { quotas, account, home: Some(Ok(home)), ..Looked::default() }
}

/// What the workers of an application have of its maximum capacity. One of which no metric tells has none if it is stopped.
fn resources(id: &str, limits: &Limits, taken: &HashMap<String, Allocated>) -> Vec<Known<QuotaFact>> {
    let is_stopped = matches!(limits.state.as_str(), "STOPPED" | "CREATED" | "TERMINATED");
    let limited = limits.vcpu.is_some() || limits.memory.is_some() || limits.disk.is_some();
    let Some(taken) = taken.get(id).copied().or_else(|| is_stopped.then(Allocated::default)) else {
        let silent = Missing {
            action: allocated::METRICS.action.to_owned(),
            denied: false,
            reason: "CloudWatch tells of no workers of the application in the last minutes".to_owned(),
        };
        return if limited { vec![Err(silent)] } else { Vec::new() };
    };
    let each = [
        ("vCPU", limits.vcpu.as_deref(), taken.vcpu),
        ("GB of memory", limits.memory.as_deref(), taken.memory_gb),
        ("GB of disk", limits.disk.as_deref(), taken.disk_gb),
    ];
    let quota = |(unit, limit, used): (&str, Option<&str>, f64)| {
        Some(Ok(QuotaFact {
            name: format!("{unit} of application {}", limits.name),
            used: whole(used),
            at_least: false,
            limit: Some(amount(limit?)?),
            since: None,
            waiting: 0,
        }))
    };
    each.into_iter().filter_map(quota).collect()
}

/// Runs that go on, of those that may at once; the others wait in a state of that name.
fn busy(name: &str, limit: u64, open: &OpenRuns, waits: &str) -> QuotaFact {
    let (waiting, running): (Vec<&RunFact>, Vec<_>) = open.runs.iter().partition(|run| run.status == waits);
    // One that began later may be among those that were not counted.
    let newest = running.iter().filter_map(|run| run.started.or(run.created)).max();
    QuotaFact {
        name: name.to_owned(),
        used: running.len() as u64,
        at_least: open.more,
        limit: Some(limit),
        since: newest.filter(|_| !open.more),
        waiting: waiting.len() as u64,
    }
}

/// `64` of `64 vCPU`.
fn amount(text: &str) -> Option<u64> {
    text.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "amounts of vCPU, GB and percent")]
fn whole(amount: f64) -> u64 {
    amount.max(0.0).ceil() as u64
}

/// Steps of a cluster that takes any.
async fn of_cluster(desk: &Desk, session: &Session, id: &str) -> Looked {
    let cluster = match desk.cluster(session, id).await {
        Ok(cluster) => cluster,
        Err(error) => return missed(&error, emr::DESCRIBE_CLUSTER),
    };
    let Some(limit) = cluster.most_steps.filter(|limit| *limit > 0 && cluster.row.ended.is_none()) else {
        return Looked::default();
    };
    match emr::open_steps(session, &cluster).await {
        Ok(steps) => {
            let name = format!("concurrent steps of cluster {}", cluster.row.name);
            let quota = busy(&name, limit, &steps, "PENDING");
            Looked { quotas: vec![Ok(quota)], ..Looked::default() }
        }
        Err(error) => missed(&error, emr::LIST_STEPS),
    }
}

/// Of the job itself the list knows.
async fn of_glue(session: &Session) -> Looked {
    let account = match allocated::account_glue_runs(session).await {
        Ok(percent) => percent.map(|percent| {
            Ok(QuotaFact {
                name: "the account's concurrent Glue job runs".to_owned(),
                used: whole(percent),
                at_least: false,
                limit: None,
                since: None,
                waiting: 0,
            })
        }),
        Err(error) => Some(Err(error.missing(allocated::METRICS))),
    };
    Looked { account, ..Looked::default() }
}

/// A function whose reserved concurrency is 0 is switched off by it. How much of more is in use no call tells.
async fn of_function(desk: &Desk, session: &Session, name: &str) -> Looked {
    let Ok(function) = desk.function(session, name).await else { return Looked::default() };
    let off = function.reserved.filter(|reserved| *reserved == 0).map(|limit| {
        Ok(QuotaFact {
            name: "reserved concurrent calls of the function".to_owned(),
            used: 0,
            at_least: false,
            limit: Some(limit),
            since: None,
            waiting: 0,
        })
    });
    Looked { quotas: off.into_iter().collect(), ..Looked::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::jobs::{AbsenceCause, AbsenceVerdict, facts::Driver};

    fn limits(state: &str) -> Limits {
        Limits {
            vcpu: Some("64 vCPU".into()),
            memory: Some("256 GB".into()),
            disk: None,
            runs: None,
            name: "adhoc".into(),
            state: state.into(),
            reason: None,
            changed: Timestamp::UNIX_EPOCH,
            starts_itself: true,
        }
    }

    #[test]
    fn what_workers_have_stands_against_what_they_may() {
        let taken = Allocated { vcpu: 63.5, memory_gb: 100.0, disk_gb: 20.0, workers: 4.0 };
        let all = resources("00f", &limits("STARTED"), &HashMap::from([("00f".to_owned(), taken)]));
        let told: Vec<_> =
            all.into_iter().map(|known| known.map(|quota| (quota.name, quota.used, quota.limit))).collect();
        let expected = [("vCPU of application adhoc", 64, 64), ("GB of memory of application adhoc", 100, 256)];
        assert_eq!(told, expected.map(|(name, used, limit)| Ok((name.to_owned(), used, Some(limit)))));
    }

    #[test]
    fn nothing_is_said_of_workers_that_no_metric_tells_of() {
        let none = HashMap::new();
        assert!(matches!(resources("00f", &limits("STARTED"), &none).as_slice(), [Err(_)]));
        let stopped = resources("00f", &limits("STOPPED"), &none);
        assert!(stopped.iter().all(|known| known.as_ref().is_ok_and(|quota| quota.used == 0)), "{stopped:?}");
        let boundless = Limits { vcpu: None, memory: None, ..limits("STARTED") };
        assert!(resources("00f", &boundless, &none).is_empty(), "nothing to run into");
    }

    fn step(number: u32, status: &str) -> RunFact {
        let driver = Driver::Jar {
            jar: String::new(),
            main_class: None,
            arguments: Vec::new(),
            properties: Vec::new(),
            on_failure: None,
        };
        let id = JobId::Step { cluster: "j-1".into(), step: format!("s-{number}") };
        RunFact { started: Timestamp::from_second(i64::from(number)).ok(), ..RunFact::bare(id, status, driver) }
    }

    #[test]
    fn what_was_not_counted_to_the_end_is_a_lower_bound_and_has_no_beginning() {
        let runs = vec![step(9, "PENDING"), step(5, "RUNNING"), step(2, "RUNNING")];
        let all = busy("steps", 2, &OpenRuns { runs: runs.clone(), more: false }, "PENDING");
        assert_eq!((all.used, all.waiting, all.at_least), (2, 1, false));
        assert_eq!(all.since, Timestamp::from_second(5).ok());
        let some = busy("steps", 2, &OpenRuns { runs, more: true }, "PENDING");
        assert_eq!((some.used, some.waiting, some.at_least, some.since), (2, 1, true, None));
    }

    #[test]
    fn what_metrics_tell_of_a_starter_explains_the_silence() {
        let starter = StarterFact {
            name: "rule nightly".into(),
            enabled: true,
            reaches: true,
            fired: None,
            failed: 0,
            unread: None,
            due: None,
            asked: None,
        };
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let said = |metrics| {
            let facts = AbsenceFacts {
                job: "load".into(),
                last_run: Ok(Some(at("2026-11-18T05:00:00Z"))),
                last_success: Ok(Some(at("2026-11-18T05:10:00Z"))),
                every: Some(86_400),
                starters: Ok(vec![told(&starter, metrics, at("2026-11-18T05:00:00Z"))]),
                home: None,
                inputs: Vec::new(),
                quotas: Vec::new(),
                account: None,
                changes: Vec::new(),
            };
            absence(&facts, at("2026-11-21T08:00:00Z")).unwrap()
        };
        let fired = Some(at("2026-11-21T05:00:00Z"));
        let title = |metrics| said(metrics).title;
        assert!(
            title(Ok(Some(Fired { last: fired, failed: 3 }))).ends_with("rule nightly fired 3 times and was refused")
        );
        assert!(title(Ok(Some(Fired { last: fired, failed: 0 }))).ends_with("and no run followed"));
        assert!(!title(Ok(Some(Fired::default()))).contains("nightly"), "it did not fire");
        assert!(!title(Ok(None)).contains("nightly"));
        let denied = AwsError::Denied { call: fired::METRICS, message: "no".into(), request_id: None };
        let checks = said(Err((denied, fired::METRICS))).checks;
        let unread = checks.iter().find(|check| check.what == AbsenceCause::Starter).unwrap();
        assert_eq!(unread.verdict, AbsenceVerdict::Unknown, "{unread:?}");
        assert!(unread.text.contains("whether rule nightly fired"), "{unread:?}");
    }

    #[test]
    fn amounts_are_read_from_the_words_of_the_service() {
        assert_eq!(["64 vCPU", "256GB", "GB", ""].map(amount), [Some(64), Some(256), None, None]);
        assert_eq!([0.2, 3.0, -1.0].map(whole), [1, 3, 0]);
    }
}
