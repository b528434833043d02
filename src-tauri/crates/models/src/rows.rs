//! Lists: groups, the queue of what waits, the strip of versions.

use crate::{
    compare,
    evidence::Evaluation,
    health, people,
    wording::{seconds, small, span},
};
use contract::{
    Timestamp,
    drift::MonitorRow,
    models::{
        DeployedAt, GateSummary, GroupRow, Measured, QueueRow, Signature, VersionCell, VersionMark, VersionStrip,
        WaitsFor,
        facts::{Approval, DeployedModel, GroupFact, Lifecycle, VersionFact},
    },
};
use std::collections::BTreeSet;

/// Tags that name a team, whatever their case, the most telling first.
const TEAM: [&str; 4] = ["team", "owner", "squad", "cost-center"];

/// A version in few words.
pub fn mark(version: &VersionFact) -> VersionMark {
    VersionMark {
        arn: version.arn.clone(),
        version: version.version,
        approval: version.approval,
        created: version.created,
    }
}

/// The team of a group or version.
pub fn team(tags: Option<&[(String, String)]>) -> Option<String> {
    let tags = tags?;
    let find = |name: &&str| tags.iter().find(|(key, value)| key.eq_ignore_ascii_case(name) && !value.is_empty());
    TEAM.iter().find_map(find).map(|(_, value)| value.clone())
}

/// Models that were made from a version of this group. `versions` may be any; others are passed over.
fn serving<'a>(group: &GroupFact, deployed: &'a [DeployedModel]) -> Vec<&'a DeployedModel> {
    let name = format!("/{}/", group.name);
    let account = group.arn.split(':').nth(4);
    let fits = |arn: &str| {
        // The service writes names in package ARNs in lower case at times.
        let (arn, name) = (arn.to_ascii_lowercase(), name.to_ascii_lowercase());
        arn.contains(&name) && arn.split(':').nth(4) == account
    };
    deployed.iter().filter(|model| model.package.as_deref().is_some_and(fits)).collect()
}

/// Where a version's number stands in the ARN of a package.
pub fn version_of(package: &str) -> Option<u32> {
    package.rsplit_once('/').and_then(|(_, version)| version.parse().ok())
}

/// The endpoints that serve these models.
fn endpoints(models: &[&DeployedModel]) -> Vec<DeployedAt> {
    let at = |model: &&DeployedModel| {
        let (version, name) = (model.package.as_deref().and_then(version_of), model.name.clone());
        model
            .endpoints
            .iter()
            .map(|(endpoint, status)| DeployedAt {
                endpoint: endpoint.clone(),
                status: status.clone(),
                version,
                model: name.clone(),
            })
            .collect::<Vec<_>>()
    };
    models.iter().flat_map(at).collect()
}

/// Endpoints that serve one version.
pub fn deployed(version: &VersionFact, models: &[DeployedModel]) -> Vec<DeployedAt> {
    let made = |model: &&DeployedModel| {
        model.package.as_deref().is_some_and(|package| package.eq_ignore_ascii_case(&version.arn))
    };
    let models: Vec<&DeployedModel> = models.iter().filter(made).collect();
    endpoints(&models)
}

/// One group of the list. `versions` are those of the group; `looked` is what the list of monitors knows.
pub fn group(
    fact: &GroupFact,
    versions: &[VersionFact],
    models: &[DeployedModel],
    looked: &[MonitorRow],
    now: Timestamp,
) -> GroupRow {
    let newest = |fits: fn(&VersionFact) -> bool| {
        versions.iter().filter(|version| fits(version)).max_by_key(|version| version.version)
    };
    let (latest, approved) = (newest(|_| true), newest(|version| version.approval == Approval::Approved));
    let pending: Vec<&VersionFact> = versions.iter().filter(|version| version.approval == Approval::Pending).collect();
    // What has no time is not known to be old.
    let oldest = pending.iter().min_by_key(|version| (version.created.is_none(), version.created));
    let models = serving(fact, models);
    let deployed = endpoints(&models);
    let live = versions.iter().filter(|version| deployed.iter().any(|at| at.version == Some(version.version)));
    let staged = live.max_by_key(|version| version.version).or(approved).or(latest);
    GroupRow {
        id: fact.id.clone(),
        name: fact.name.clone(),
        team: team(fact.tags.as_deref()).or_else(|| latest.and_then(|latest| team(latest.tags.as_deref()))),
        versions: small(versions.len()),
        latest: latest.map(mark),
        approved: approved.map(mark),
        pending: small(pending.len()),
        pending_since: oldest.and_then(|version| version.created),
        pending_by: oldest.and_then(|version| version.created_by.as_ref()).and_then(people::name),
        stage: staged.and_then(|version| version.lifecycle.as_ref()).map(|cycle| cycle.stage.clone()),
        drift: health::drift(&models, looked, now),
        monitors: health::monitors(&models, looked, now),
        deployed,
        as_of: now,
    }
}

/// The stages that a version can be given: the service's own, then those that these versions have.
pub fn stages(versions: &[VersionFact]) -> Vec<String> {
    let mut all: Vec<String> = Lifecycle::STAGES.map(str::to_owned).into();
    let used: BTreeSet<&str> =
        versions.iter().filter_map(|version| version.lifecycle.as_ref()).map(|cycle| cycle.stage.as_str()).collect();
    all.extend(used.into_iter().filter(|stage| !Lifecycle::STAGES.contains(stage)).map(str::to_owned));
    all
}

/// What waits for a decision, oldest first.
pub fn queue(versions: &[VersionFact], teams: &[(String, String)], now: Timestamp) -> Vec<QueueRow> {
    let pending = versions.iter().filter(|version| version.approval == Approval::Pending);
    let mut rows: Vec<QueueRow> = pending.map(|version| waiting(version, teams, now)).collect();
    // What has no time is not known to be young.
    rows.sort_by(|one, other| {
        one.since.cmp(&other.since).then_with(|| one.group.cmp(&other.group)).then(one.version.cmp(&other.version))
    });
    rows
}

/// `teams`: group and its team.
fn waiting(version: &VersionFact, teams: &[(String, String)], now: Timestamp) -> QueueRow {
    let registered_by = version.created_by.as_ref().and_then(people::name);
    // What an older version of this program signed is signed again.
    let signatures: Vec<Signature> =
        people::signatures(version).into_iter().filter(|signature| !signature.marks.is_empty()).collect();
    let waits_for = match version.status.as_str() {
        "Failed" => WaitsFor::Nothing,
        "Completed" if signatures.is_empty() => WaitsFor::Decision,
        "Completed" => WaitsFor::SecondPerson,
        _ => WaitsFor::Service,
    };
    let ago = |at: Timestamp| format!("{} ago", span(seconds(at, now)));
    let registered = match (&registered_by, version.created) {
        (Some(person), Some(at)) => format!("registered by {person} {}", ago(at)),
        (Some(person), None) => format!("registered by {person}"),
        (None, Some(at)) => format!("registered {}", ago(at)),
        (None, None) => "registered".to_owned(),
    };
    let words = match (waits_for, signatures.last()) {
        (WaitsFor::SecondPerson, Some(last)) => {
            let person = last.user.rsplit(':').next().unwrap_or(&last.user);
            format!("{person} signed {}; a second person has to approve", ago(last.at))
        }
        (WaitsFor::Nothing, _) => format!("{registered}; its registration failed"),
        (WaitsFor::Service, _) => format!("{registered}; SageMaker says {}", version.status),
        _ => format!("{registered}; nobody has decided"),
    };
    let known = teams.iter().find(|(group, _)| *group == version.group).map(|(_, team)| team.clone());
    QueueRow {
        arn: version.arn.clone(),
        group: version.group.clone(),
        version: version.version,
        team: team(version.tags.as_deref()).or(known),
        registered_by,
        since: version.created,
        waits_for,
        stage: version.lifecycle.as_ref().map(|cycle| cycle.stage.clone()),
        words,
        gates: None,
        metric: None,
        as_of: now,
    }
}

/// Puts what was found out about a version into its row.
#[must_use]
pub fn judged(
    row: QueueRow,
    gates: Option<GateSummary>,
    evaluation: Option<&Evaluation>,
    main: Option<&str>,
) -> QueueRow {
    let metric = evaluation.and_then(|evaluation| {
        let name = main.map(str::to_owned).or_else(|| compare::main_metric(&[evaluation]))?;
        let measured = compare::find(evaluation, &name)?;
        let better = compare::direction(evaluation, &name);
        Some((name, measured, better))
    });
    QueueRow { gates, metric, ..row }
}

/// The strip of a group. `evaluations` are those that were read, by version.
pub fn strip(
    group: &str,
    versions: &[VersionFact],
    evaluations: &[(u32, Evaluation)],
    models: &[DeployedModel],
    metric: Option<&str>,
) -> VersionStrip {
    let read: Vec<&Evaluation> = evaluations.iter().map(|(_, evaluation)| evaluation).collect();
    let metric = metric.map(str::to_owned).or_else(|| compare::main_metric(&read));
    let better = metric.as_ref().and_then(|name| read.iter().rev().find_map(|one| compare::direction(one, name)));
    let measured = |version: u32| -> Option<Measured> {
        let (_, evaluation) = evaluations.iter().find(|(number, _)| *number == version)?;
        compare::find(evaluation, metric.as_deref()?)
    };
    let mut sorted: Vec<&VersionFact> = versions.iter().collect();
    sorted.sort_by_key(|version| version.version);
    let of = |version: &&VersionFact| {
        evaluations.iter().find(|(number, _)| *number == version.version).map(|(_, evaluation)| evaluation)
    };
    let sets = compare::sets(&sorted.iter().map(of).collect::<Vec<_>>());
    let cell = |(version, set): (&&VersionFact, Option<u32>)| VersionCell {
        mark: mark(version),
        status: version.status.clone(),
        stage: version.lifecycle.as_ref().map(|cycle| cycle.stage.clone()),
        metric: measured(version.version),
        set,
        live: deployed(version, models).into_iter().map(|at| at.endpoint).collect(),
        comment: version.comment.clone(),
    };
    let cells = sorted.iter().zip(sets).map(cell).collect();
    VersionStrip { group: group.to_owned(), metric, better, cells }
}

#[cfg(test)]
mod tests;
