//! What happened to a version, told by several: CloudTrail, our own audit log, lineage, the version itself.
//!
//! Each of them knows a part. CloudTrail has the person and the exact time, for 90 days; lineage keeps its actions for
//! good and writes them later; the version keeps the comment of the last decision. What is told several times becomes
//! one row.

use crate::{people, trail::CREATE};
use contract::{
    Timestamp,
    models::{
        HistoryRow, HistorySource,
        facts::{ActionFact, Approval, VersionFact},
    },
};
use serde_json::Value;

/// Seconds between two reports of one thing.
const APART: u64 = 300;

/// Rows of all sources, newest first. `audit` are our own writes, as the actions that they asked for.
pub fn merge(
    version: &VersionFact,
    trail: &[ActionFact],
    audit: &[ActionFact],
    lineage: &[ActionFact],
) -> Vec<HistoryRow> {
    let sources =
        [(trail, HistorySource::CloudTrail), (audit, HistorySource::AuditLog), (lineage, HistorySource::Lineage)];
    let mut rows: Vec<HistoryRow> = Vec::new();
    // The most exact source comes first, so its time and person stay.
    for (actions, source) in sources {
        for row in actions.iter().flat_map(|action| told(action, source)) {
            add(&mut rows, row);
        }
    }
    own(version, &mut rows);
    rows.sort_by(|one, other| other.at.cmp(&one.at).then_with(|| one.what.cmp(&other.what)));
    rows
}

fn add(rows: &mut Vec<HistoryRow>, row: HistoryRow) {
    let same = rows.iter_mut().find(|known| {
        known.what == row.what
            && known.at.as_second().abs_diff(row.at.as_second()) <= APART
            && !row.sources.iter().any(|source| known.sources.contains(source))
    });
    match same {
        Some(known) => {
            known.by = known.by.take().or(row.by);
            known.comment = known.comment.take().or(row.comment);
            known.from = known.from.take().or(row.from);
            known.operation = known.operation.take().or(row.operation);
            known.sources.extend(row.sources);
        }
        None => rows.push(row),
    }
}

/// What one action says; an update may do several things at once.
fn told(action: &ActionFact, source: HistorySource) -> Vec<HistoryRow> {
    let by = action.by.as_ref().and_then(people::name);
    let row = |what: String, comment: Option<String>| HistoryRow {
        at: action.at,
        what: match &action.error {
            // What was refused did not happen.
            Some(code) => format!("refused with {code}: {what}"),
            None => what,
        },
        by: by.clone(),
        comment,
        from: action.from.clone(),
        operation: action.operation.clone(),
        sources: vec![source],
    };
    if action.kind == CREATE {
        return vec![row("registered".to_owned(), None)];
    }
    let comment = property(action, "ApprovalDescription").or_else(|| action.description.clone());
    let status = property(action, "ModelApprovalStatus")
        .or_else(|| action.kind.to_ascii_lowercase().contains("approval").then(|| action.status.clone()).flatten());
    let mut rows = Vec::new();
    rows.extend(status.and_then(|status| decided(Approval::of(&status))).map(|what| row(what.to_owned(), comment)));
    if let Some(stage) = stage(action) {
        rows.push(row(stage, property(action, "StageDescription")));
    }
    let signs = |name: &str, value: &str| name.contains(people::KEY) || value.contains(people::KEY);
    if action.properties.iter().any(|(name, value)| signs(name, value)) {
        rows.push(row("signed".to_owned(), action.description.clone()));
    }
    if rows.is_empty() && action.kind == "UpdateModelPackage" {
        let names: Vec<&str> =
            action.properties.iter().map(|(name, _)| name.as_str()).filter(|name| !is_address(name)).collect();
        let what = if names.is_empty() { "changed".to_owned() } else { format!("changed {}", names.join(", ")) };
        rows.push(row(what, None));
    }
    rows
}

/// Parameters that say which version, not what was done to it.
fn is_address(name: &str) -> bool {
    ["modelpackagearn", "modelpackagename", "clienttoken"].contains(&name.to_ascii_lowercase().as_str())
}

fn decided(approval: Approval) -> Option<&'static str> {
    match approval {
        Approval::Approved => Some("approved"),
        Approval::Rejected => Some("rejected"),
        Approval::Pending => Some("set to pending"),
        Approval::Unknown => None,
    }
}

fn stage(action: &ActionFact) -> Option<String> {
    let cycle = property(action, "ModelLifeCycle").and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let field = |name: &str| {
        let of_cycle = cycle.as_ref().and_then(Value::as_object).and_then(|fields| {
            let (_, value) = fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
            value.as_str().map(str::to_owned)
        });
        of_cycle.or_else(|| property(action, name))
    };
    let of_kind = action.kind.eq_ignore_ascii_case("ModelLifeCycle");
    let status = field("StageStatus").or_else(|| action.status.clone().filter(|_| of_kind));
    let stage = field("Stage").filter(|stage| !stage.is_empty())?;
    Some(match status {
        Some(status) if !status.is_empty() => format!("stage {stage}, {status}"),
        _ => format!("stage {stage}"),
    })
}

/// A property by its name, whatever its case and path: CloudTrail writes `modelApprovalStatus`.
fn property(action: &ActionFact, name: &str) -> Option<String> {
    let fits = |key: &str| key.rsplit('.').next().is_some_and(|last| last.eq_ignore_ascii_case(name));
    let (_, value) = action.properties.iter().find(|(key, value)| fits(key) && !value.is_empty())?;
    Some(value.clone())
}

/// What the version itself says: its registration, and its last decision where nobody else told of it.
fn own(version: &VersionFact, rows: &mut Vec<HistoryRow>) {
    let row = |at: Timestamp, what: &str, by: Option<String>, comment: Option<String>| HistoryRow {
        at,
        what: what.to_owned(),
        by,
        comment,
        from: None,
        operation: None,
        sources: vec![HistorySource::Version],
    };
    if let Some(created) = version.created {
        add(rows, row(created, "registered", version.created_by.as_ref().and_then(people::name), None));
    }
    let Some(what) = decided(version.approval).filter(|_| version.approval != Approval::Pending) else { return };
    let newest = rows.iter_mut().filter(|row| row.what == what).max_by_key(|row| row.at);
    match (newest, version.modified) {
        (Some(known), _) => {
            if known.comment.is_none() {
                known.comment.clone_from(&version.comment);
            }
        }
        // Whatever was written last moved this time, so the person is not known from it.
        (None, Some(modified)) => rows.push(row(modified, what, None, version.comment.clone())),
        (None, None) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{at, decided as version_of, version, who};
    use contract::OperationId;

    fn action(
        time: &str,
        kind: &str,
        status: Option<&str>,
        by: Option<&str>,
        properties: &[(&str, &str)],
    ) -> ActionFact {
        ActionFact {
            at: at(time),
            kind: kind.into(),
            status: status.map(str::to_owned),
            description: None,
            by: by.map(who),
            properties: properties.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            ..ActionFact::default()
        }
    }

    #[test]
    fn what_is_told_three_times_is_one_row() {
        let approved = VersionFact { comment: Some("last".into()), ..version_of(7, Approval::Approved) };
        let trail = [
            action(
                "2026-11-20T10:00:00Z",
                "UpdateModelPackage",
                None,
                Some("ben"),
                &[("modelPackageArn", "arn"), ("modelApprovalStatus", "Approved"), ("approvalDescription", "better")],
            ),
            action(
                "2026-11-20T09:59:58Z",
                "UpdateModelPackage",
                None,
                Some("ben"),
                &[("modelLifeCycle", r#"{"stage":"Production","stageStatus":"Approved"}"#)],
            ),
            action("2026-11-20T09:00:00Z", "UpdateModelPackage", None, Some("ana"), &[("ops:sig1", "x")]),
            action("2026-11-19T09:00:00Z", "UpdateModelPackage", None, Some("ana"), &[("sourceUri", "x")]),
        ];
        let audit =
            [action("2026-11-20T10:00:01Z", "UpdateModelPackage", None, None, &[("ModelApprovalStatus", "Approved")])];
        let lineage = [
            action("2026-11-20T10:01:30Z", "Approval", Some("Approved"), None, &[]),
            action("2026-11-20T10:00:10Z", "ModelLifeCycle", Some("Approved"), None, &[("Stage", "Production")]),
            action("2026-08-01T10:00:00Z", "Approval", Some("Rejected"), None, &[]),
        ];
        let rows = merge(&approved, &trail, &audit, &lineage);
        let seen: Vec<(&str, Option<&str>, usize)> =
            rows.iter().map(|row| (row.what.as_str(), row.by.as_deref(), row.sources.len())).collect();
        assert_eq!(
            seen,
            [
                ("approved", Some("ben"), 3),
                ("stage Production, Approved", Some("ben"), 2),
                ("signed", Some("ana"), 1),
                ("changed sourceUri", Some("ana"), 1),
                ("registered", Some("ana"), 1),
                ("rejected", None, 1),
            ]
        );
        assert_eq!(rows[0].comment.as_deref(), Some("better"));
    }

    #[test]
    fn a_refused_attempt_and_a_registration_are_told_as_such() {
        let parameters = [("modelApprovalStatus", "Approved")];
        let tried = ActionFact {
            error: Some("AccessDenied".into()),
            from: Some("192.0.2.17".into()),
            ..action("2026-11-20T10:00:00Z", "UpdateModelPackage", None, Some("ben"), &parameters)
        };
        let made = [("modelApprovalStatus", "PendingManualApproval")];
        let made = action("2026-11-10T07:00:02Z", "CreateModelPackage", None, Some("ana"), &made);
        let ours = ActionFact {
            operation: Some(OperationId("o1".into())),
            description: Some("it is worse".into()),
            ..action("2026-11-20T09:00:00Z", "UpdateModelPackage", None, Some("cara"), &[("ops:sig1", "x")])
        };
        let rows = merge(&version(7), &[tried, made], &[ours], &[]);
        let seen: Vec<(&str, usize)> = rows.iter().map(|row| (row.what.as_str(), row.sources.len())).collect();
        assert_eq!(seen, [("refused with AccessDenied: approved", 1), ("signed", 1), ("registered", 2)]);
        assert_eq!(rows[0].from.as_deref(), Some("192.0.2.17"));
        assert_eq!(rows[1].operation, Some(OperationId("o1".into())));
        assert_eq!(rows[1].comment.as_deref(), Some("it is worse"));
    }

    #[test]
    fn two_approvals_stay_two() {
        let first =
            action("2026-11-20T10:00:00Z", "UpdateModelPackage", None, None, &[("modelApprovalStatus", "Approved")]);
        let second = ActionFact { at: at("2026-11-20T10:01:00Z"), ..first.clone() };
        let rows = merge(&version(7), &[first, second], &[], &[]);
        assert_eq!(rows.iter().filter(|row| row.what == "approved").count(), 2, "one source told of two");
    }

    #[test]
    fn a_decision_that_nobody_else_knows_of() {
        let rejected = VersionFact { comment: Some("worse".into()), ..version_of(7, Approval::Rejected) };
        let rows = merge(&rejected, &[], &[], &[]);
        let found = rows.iter().find(|row| row.what == "rejected").unwrap();
        assert_eq!((found.by.as_deref(), found.comment.as_deref()), (None, Some("worse")));
        assert!(merge(&version(7), &[], &[], &[]).iter().all(|row| row.what == "registered"));
    }
}
