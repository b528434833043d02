//! What waits for a decision, oldest first; the gates of each come in one by one.
//!
//! Gates are judged again where the version, the approved one beside it or the team's rules are others than they were. Files
//! in S3, what an endpoint sees and the rules of EventBridge change without a word: for these each row has its turn every
//! few minutes, a few rows at a time, and what was read of a file is not read again while its object is the same.

use super::{decide::Shared, registry::TOGETHER};
use crate::{Desk, EngineError, Events, desk::load, ends::left_out, sets::SetWriter};
use aws::{AwsError, Session};
use contract::{
    Notice, Timestamp,
    models::{
        GatePolicy, GateSummary, QueueRow,
        facts::{Approval, VersionFact},
    },
    sets::SetState,
};
use futures_util::{StreamExt, stream::FuturesUnordered};
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::watch;

/// How often it is looked for what is new.
const AGAIN: Duration = Duration::from_mins(1);
/// After this time gates are judged again, for their files may be others; and so many rows each time.
const STANDS: Duration = Duration::from_mins(5);
const IN_TURN: usize = 10;
/// Versions whose evidence is read side by side.
const AT_ONCE: usize = 6;

/// What gates rest on, as far as that is told without a call for each row.
#[derive(Debug, Clone, PartialEq)]
struct Ground {
    modified: Option<Timestamp>,
    /// The approved version that it is compared with, and when it was changed last.
    approved: Option<(String, Option<Timestamp>)>,
    /// `None`: the rules could not be read.
    policy: Option<Arc<GatePolicy>>,
}

/// A row with its gates, on which ground they were judged, and when.
#[derive(Debug)]
struct Judged {
    ground: Ground,
    at: Instant,
    row: QueueRow,
}

/// The group of a version's ARN, however it is written.
fn group(arn: &str) -> String {
    arn.rsplit_once('/').map_or(arn, |(group, _)| group).to_ascii_lowercase()
}

/// The ground of each row, by its ARN.
fn grounds(rows: &[QueueRow], versions: &[VersionFact], policy: Option<&Arc<GatePolicy>>) -> HashMap<String, Ground> {
    let modified: HashMap<&str, Option<Timestamp>> =
        versions.iter().map(|version| (version.arn.as_str(), version.modified)).collect();
    let mut approved: HashMap<String, &VersionFact> = HashMap::new();
    for version in versions.iter().filter(|version| version.approval == Approval::Approved) {
        let newest = approved.entry(group(&version.arn)).or_insert(version);
        if version.version > newest.version {
            *newest = version;
        }
    }
    let ground = |row: &QueueRow| {
        let beside = approved.get(&group(&row.arn));
        let ground = Ground {
            modified: modified.get(row.arn.as_str()).copied().flatten(),
            approved: beside.map(|version| (version.arn.clone(), version.modified)),
            policy: policy.cloned(),
        };
        (row.arn.clone(), ground)
    };
    rows.iter().map(ground).collect()
}

/// Rows as they are shown now, and those to judge: first what has no gates on its ground, then in turn what was judged long
/// ago, which keeps its gates meanwhile. What is in sight has its turn first.
fn sorted(
    rows: Vec<QueueRow>,
    judged: &HashMap<String, Judged>,
    grounds: &HashMap<String, Ground>,
    sight: &[String],
    now: Instant,
) -> (Vec<QueueRow>, Vec<QueueRow>) {
    let (mut shown, mut open, mut old) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        let known = judged.get(&row.arn).filter(|known| grounds.get(&row.arn) == Some(&known.ground));
        if let Some(known) = known {
            let row = QueueRow { gates: known.row.gates.clone(), metric: known.row.metric.clone(), ..row };
            if now.saturating_duration_since(known.at) >= STANDS {
                old.push((!sight.contains(&row.arn), known.at, row.clone()));
            }
            shown.push(row);
        } else {
            shown.push(row.clone());
            open.push(row);
        }
    }
    old.sort_by_key(|(out_of_sight, at, _)| (*out_of_sight, *at));
    open.extend(old.into_iter().take(IN_TURN).map(|(.., row)| row));
    (shown, open)
}

impl Desk {
    pub fn open_queue(&self, events: Events) -> Result<SetState, EngineError> {
        let session = self.session()?;
        let (state, writer) = self.inner.sets.open::<QueueRow>(session.now(), events);
        let desk = self.clone();
        load(writer, move |writer| async move { desk.load_queue(&session, &writer).await });
        Ok(state)
    }

    async fn load_queue(&self, session: &Session, writer: &Arc<SetWriter<QueueRow>>) -> Result<Timestamp, EngineError> {
        let mut judged: HashMap<String, Judged> = HashMap::new();
        let mut rules = self.inner.models.rules.subscribe();
        let mut first = true;
        loop {
            let registry = match Box::pin(self.registry(session, TOGETHER)).await {
                Ok(registry) => registry,
                Err(error) if !first && !matches!(error, AwsError::SignIn { .. }) => {
                    writer.notice(left_out("What is new", &error));
                    self.pause(AGAIN).await;
                    if writer.cancelled() {
                        return Ok(session.now());
                    }
                    continue;
                }
                Err(error) => return Err(Self::failed(session)(error)),
            };
            first = false;
            let team = |group: &contract::models::facts::GroupFact| {
                Some((group.name.clone(), ::models::rows::team(group.tags.as_deref())?))
            };
            let teams: Vec<(String, String)> = registry.groups.iter().filter_map(team).collect();
            let rows = ::models::rows::queue(&registry.versions, &teams, registry.as_of);
            let policy = self.gate_policy(session).await.ok().map(Arc::new);
            let grounds = grounds(&rows, &registry.versions, policy.as_ref());
            let (shown, mut open) = sorted(rows, &judged, &grounds, &writer.in_sight(), Instant::now());
            writer.show(shown, registry.notices.clone());
            // Who one is and which rules listen is asked only where there is something left to judge.
            let shared = if open.is_empty() {
                None
            } else {
                match Box::pin(self.shared(session, registry.clone())).await {
                    Ok(shared) => Some(shared),
                    Err(error @ EngineError::Aws { source: AwsError::SignIn { .. }, .. }) => return Err(error),
                    Err(error) => {
                        writer.notice(Notice::warning(format!("Gates are left out: {error}.")));
                        None
                    }
                }
            };
            let Some(shared) = shared else {
                writer.finish(session.now());
                self.until_news(&mut rules).await;
                if writer.cancelled() {
                    return Ok(session.now());
                }
                continue;
            };
            let mut looking = FuturesUnordered::new();
            loop {
                while looking.len() < AT_ONCE && !open.is_empty() {
                    // What is on the screen comes first, wherever it was scrolled or sorted to.
                    let sight = writer.in_sight();
                    let next = open.iter().position(|row| sight.contains(&row.arn)).unwrap_or(0);
                    looking.push(Box::pin(self.judge_row(session, &shared, open.remove(next))));
                }
                let Some(row) = looking.next().await else { break };
                if writer.cancelled() {
                    return Ok(session.now());
                }
                if let Some(ground) = grounds.get(&row.arn).filter(|_| row.gates.is_some()) {
                    let one = Judged { ground: ground.clone(), at: Instant::now(), row: row.clone() };
                    judged.insert(row.arn.clone(), one);
                }
                writer.replace(row);
            }
            if writer.cancelled() {
                return Ok(session.now());
            }
            writer.finish(session.now());
            self.until_news(&mut rules).await;
            if writer.cancelled() {
                return Ok(session.now());
            }
        }
    }

    /// Until it is time to look again, or a team's rules were saved.
    async fn until_news(&self, rules: &mut watch::Receiver<u64>) {
        tokio::select! {
            () = self.pause(AGAIN) => {}
            _ = rules.changed() => {}
        }
    }

    /// A row with its gates; as it was if the version is not in the registry any more.
    async fn judge_row(&self, session: &Session, shared: &Shared, row: QueueRow) -> QueueRow {
        let Some(version) = shared.registry.versions.iter().find(|version| version.arn == row.arn) else {
            return row;
        };
        let looked = Box::pin(self.glance_at_model(session, shared, version)).await;
        let gates: GateSummary = looked.draft().summary;
        let evaluation = looked.candidate.evidence.evaluation.there().cloned();
        ::models::rows::judged(row, Some(gates), evaluation.as_ref(), None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::models::facts::Origin;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_795_200_000 + second).unwrap()
    }

    fn version(number: u32, approval: Approval, modified: i64) -> VersionFact {
        VersionFact {
            arn: format!("arn:aws:sagemaker:eu-west-1:123456789012:model-package/churn/{number}"),
            group: "churn".into(),
            version: number,
            description: None,
            status: "Completed".into(),
            approval,
            comment: None,
            lifecycle: None,
            registration: None,
            created: None,
            created_by: None,
            modified: Some(at(modified)),
            modified_by: None,
            origin: Origin::default(),
            containers: Vec::new(),
            checks: Vec::new(),
            metrics: Vec::new(),
            baselines: Vec::new(),
            card: None,
            metadata: Vec::new(),
            tags: None,
            task: None,
            source_uri: None,
        }
    }

    fn waiting(versions: &[VersionFact]) -> Vec<QueueRow> {
        ::models::rows::queue(versions, &[], at(0))
    }

    /// All of them, judged at a moment on the ground of these versions and rules.
    fn judged(versions: &[VersionFact], policy: &Arc<GatePolicy>, when: Instant) -> HashMap<String, Judged> {
        let grounds = grounds(&waiting(versions), versions, Some(policy));
        let one = |row: QueueRow| (row.arn.clone(), Judged { ground: grounds[&row.arn].clone(), at: when, row });
        waiting(versions).into_iter().map(one).collect()
    }

    /// Versions that are judged again.
    fn again(
        versions: &[VersionFact],
        policy: &Arc<GatePolicy>,
        known: &HashMap<String, Judged>,
        sight: &[String],
        now: Instant,
    ) -> Vec<u32> {
        let grounds = grounds(&waiting(versions), versions, Some(policy));
        let (shown, open) = sorted(waiting(versions), known, &grounds, sight, now);
        assert_eq!(shown.len(), waiting(versions).len(), "each is shown");
        open.iter().map(|row| row.version).collect()
    }

    #[test]
    fn another_ground_is_judged_anew() {
        let policy = Arc::new(GatePolicy::default());
        let versions = [
            version(1, Approval::Approved, 1),
            version(2, Approval::Approved, 2),
            version(3, Approval::Rejected, 3),
            version(4, Approval::Pending, 4),
        ];
        let now = Instant::now();
        let known = judged(&versions, &policy, now);
        let of = |versions: &[VersionFact]| again(versions, &policy, &known, &[], now);
        assert!(of(&versions).is_empty(), "nothing has changed");
        let changed = |place: usize, new: VersionFact| {
            let mut versions = versions.to_vec();
            versions[place] = new;
            versions
        };
        assert_eq!(of(&changed(3, version(4, Approval::Pending, 9))), [4], "the version itself");
        assert_eq!(of(&changed(1, version(2, Approval::Approved, 9))), [4], "the one that it is compared with");
        assert_eq!(of(&changed(1, version(2, Approval::Rejected, 9))), [4], "it is compared with another one");
        assert_eq!(of(&changed(2, version(3, Approval::Approved, 9))), [4], "a newer one was approved");
        assert!(of(&changed(0, version(1, Approval::Approved, 9))).is_empty(), "this one is not the newest");
        let other = Arc::new(GatePolicy { two_persons: !policy.two_persons, ..GatePolicy::default() });
        assert_eq!(again(&versions, &other, &known, &[], now), [4], "the team's rules");
        assert!(again(&versions, &Arc::new(GatePolicy::default()), &known, &[], now).is_empty(), "saved as they were");
    }

    #[test]
    fn rows_have_their_turn_a_few_at_a_time() {
        let policy = Arc::new(GatePolicy::default());
        let versions: Vec<VersionFact> = (1..=30).map(|number| version(number, Approval::Pending, 0)).collect();
        let begun = Instant::now();
        let mut known = judged(&versions, &policy, begun);
        let of = |known: &HashMap<String, Judged>, sight: &[String], now: Instant| {
            again(&versions, &policy, known, sight, now)
        };
        assert!(of(&known, &[], begun + STANDS / 2).is_empty(), "not yet");
        let sight = [versions[24].arn.clone()];
        let turn = of(&known, &sight, begun + STANDS);
        assert_eq!((turn.len(), turn[0]), (IN_TURN, 25), "what is in sight comes first");
        for version in versions.iter().filter(|version| turn.contains(&version.version)) {
            known.get_mut(&version.arn).unwrap().at = begun + STANDS;
        }
        let next = of(&known, &sight, begun + STANDS);
        assert!(next.len() == IN_TURN && next.iter().all(|version| !turn.contains(version)), "{next:?} after {turn:?}");
    }
}
