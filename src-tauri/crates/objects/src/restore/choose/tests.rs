use super::*;
use crate::facts::{KEY, at, bucket, data, detail, expire, marker, rows};
use contract::{Severity, facts::Missing};

const GIB: u64 = 1024 * 1024 * 1024;

struct Case {
    rows: Vec<VersionRow>,
    pick: Pick,
    destination: Destination,
    method: Method,
    facts: BucketFacts,
    folder: bool,
    detail: Option<VersionDetail>,
    there: Option<Vec<VersionRow>>,
}

fn case(facts: Vec<VersionFact>) -> Case {
    Case {
        rows: rows(facts),
        pick: Pick::Previous,
        destination: Destination::InPlace,
        method: Method::Auto,
        facts: bucket(),
        folder: false,
        detail: None,
        there: None,
    }
}

impl Case {
    fn choose(&self) -> Choice {
        choose(&Question {
            key: KEY,
            rows: &self.rows,
            pick: &self.pick,
            destination: &self.destination,
            method: self.method,
            facts: &self.facts,
            folder: self.folder,
            detail: self.detail.as_ref(),
            there: self.there.as_deref(),
            part_threshold: 5 * GIB,
            now: at(50_000),
        })
    }

    /// The actions, or the text of the refusal or of "nothing to do".
    fn actions(&self) -> Result<Vec<String>, String> {
        let choice = self.choose();
        let refusal = choice.notices.iter().find(|notice| notice.severity == Severity::Refusal);
        if choice.steps.is_empty() {
            return Err(refusal.or(choice.notices.last()).map(|notice| notice.text.clone()).unwrap_or_default());
        }
        assert_eq!(refusal, None, "a refusal leaves no steps");
        Ok(choice
            .steps
            .iter()
            .map(|step| match &step.action {
                Action::Copy { source, to_key } => format!("copy {} to {to_key}", source.version_id),
                Action::RemoveMarker { marker_id } => format!("remove {marker_id}"),
                Action::AddMarker => "add".to_owned(),
                Action::Execution(_) | Action::Job(_) | Action::Model(_) | Action::Pipeline(_) | Action::Monitor(_) => {
                    "run".to_owned()
                }
            })
            .collect())
    }

    fn refused(&self, part: &str) {
        let choice = self.choose();
        let text = self.actions().unwrap_err();
        assert!(text.contains(part), "{text}");
        assert!(choice.notices.iter().any(|notice| notice.severity == Severity::Refusal), "{text}");
    }

    fn warnings(&self) -> String {
        self.choose()
            .notices
            .into_iter()
            .filter(|notice| notice.severity == Severity::Warning)
            .map(|notice| notice.text)
            .collect::<Vec<_>>()
            .join("\n")
    }
}

fn overwritten() -> Case {
    case(vec![data("v2", 21_600, 3_174, "b"), data("v1", 21_124, 1_258_291, "a")])
}

fn deleted() -> Case {
    case(vec![marker("d", 30_000), data("v2", 200, 2, "b"), data("v1", 100, 1, "a")])
}

#[test]
fn an_overwritten_object_is_copied_back_conditionally() {
    let case = overwritten();
    assert_eq!(case.actions().unwrap(), [format!("copy v1 to {KEY}")]);
    let choice = case.choose();
    assert_eq!(choice.steps[0].seen, Seen::Object { version_id: "v2".into(), etag: "b".into(), size: 3_174 });
    assert_eq!(choice.steps[0].text, "copies version v1 (21 Nov 2026 05:52:04 UTC, 1.2 MB) on top");
    assert!(choice.notices.is_empty());
    assert_eq!(choice.to_key.as_deref(), Some(KEY));
    assert!(!choice.removal && !choice.by_parts);
}

#[test]
fn a_deleted_object_comes_back_by_marker_removal() {
    let case = deleted();
    assert_eq!(case.actions().unwrap(), ["remove d"]);
    let choice = case.choose();
    assert!(choice.removal);
    assert_eq!(choice.steps[0].seen, Seen::Marker { version_id: "d".into() });
    assert!(choice.steps[0].why.contains("no ObjectCreated"));
    assert_eq!(choice.source.unwrap().version_id, "v2");
}

#[test]
fn stacked_markers_are_all_removed_from_the_top() {
    // Remove all markers newer than the wanted version.
    let mut case = case(vec![
        marker("d2", 400),
        marker("d1", 300),
        data("v2", 200, 2, "b"),
        marker("d0", 150),
        data("v1", 100, 1, "a"),
    ]);
    assert_eq!(case.actions().unwrap(), ["remove d2", "remove d1"]);
    case.method = Method::Copy;
    assert_eq!(case.actions().unwrap(), [format!("copy v2 to {KEY}")]);
    assert_eq!(case.choose().steps[0].seen, Seen::Marker { version_id: "d2".into() });
}

#[test]
fn newer_data_is_never_removed() {
    let mut case = deleted();
    case.pick = Pick::Version("v1".into());
    assert_eq!(case.actions().unwrap(), [format!("copy v1 to {KEY}")]);
    assert!(case.choose().steps[0].why.contains("newer data versions lie above"));
    case.method = Method::RemoveMarkers;
    case.refused("newer data versions lie above");
    let mut live = overwritten();
    live.method = Method::RemoveMarkers;
    live.refused("the object is not deleted");
}

#[test]
fn mfa_delete_and_replication_turn_auto_to_a_copy() {
    let mut mfa = deleted();
    mfa.facts.mfa_delete = true;
    assert_eq!(mfa.actions().unwrap(), [format!("copy v2 to {KEY}")]);
    assert!(mfa.choose().steps[0].why.contains("MFA"));
    mfa.method = Method::RemoveMarkers;
    mfa.refused("MFA");

    let mut replicated = deleted();
    replicated.facts.replication = Ok(true);
    assert_eq!(replicated.actions().unwrap(), [format!("copy v2 to {KEY}")]);
    assert!(replicated.choose().steps[0].why.contains("the replica would stay deleted"));
    replicated.method = Method::RemoveMarkers;
    assert_eq!(replicated.actions().unwrap(), ["remove d"]);
    assert!(replicated.warnings().contains("the replica stays deleted"));
    // An archived version cannot be copied: removal, with the warning.
    let mut archived =
        case(vec![marker("d", 300), VersionFact { class: Some("DEEP_ARCHIVE".into()), ..data("v1", 100, 1, "a") }]);
    archived.facts.replication = Ok(true);
    assert_eq!(archived.actions().unwrap(), ["remove d"]);
    assert!(archived.warnings().contains("the replica stays deleted"));
}

#[test]
fn a_current_version_needs_nothing() {
    // Same version already current: skip.
    let mut case = overwritten();
    case.pick = Pick::Version("v2".into());
    assert!(case.actions().unwrap_err().contains("is current already"));
    assert_eq!(case.choose().notices[0].severity, Severity::Info);
    case.pick = Pick::At(at(40_000));
    assert!(case.actions().unwrap_err().contains("is current already"));
}

#[test]
fn suspended_versioning_protects_the_null_version() {
    let suspend = |facts: Vec<VersionFact>| {
        let mut case = case(facts);
        case.facts.versioning = Ok(Versioning::Suspended);
        case
    };
    let current = suspend(vec![data("null", 300, 2, "b"), data("v1", 100, 1, "a")]);
    current.refused("would overwrite its `null` version for good");
    current.refused("Restore under another key");
    suspend(vec![data("v2", 300, 2, "b"), data("null", 200, 1, "n"), data("v1", 100, 1, "a")]).refused("`null`");
    let mut elsewhere = suspend(vec![data("null", 300, 2, "b"), data("v1", 100, 1, "a")]);
    elsewhere.destination = Destination::Template("archive/{name}{ext}".into());
    elsewhere.there = Some(Vec::new());
    assert_eq!(elsewhere.actions().unwrap(), ["copy v1 to archive/daily_sales.csv"]);
    elsewhere.there = Some(rows(vec![marker("d", 50), data("null", 10, 1, "n")]));
    elsewhere.refused("`null`");

    let free = suspend(vec![data("v2", 300, 2, "b"), data("v1", 100, 1, "a")]);
    assert_eq!(free.actions().unwrap(), [format!("copy v1 to {KEY}")]);
    assert!(free.warnings().contains("becomes the `null` version"));
    // A null marker holds no data; but its id can become an upload's, so it is replaced by a copy and never deleted.
    let mut null_marker = suspend(vec![marker("null", 300), data("v1", 100, 1, "a")]);
    assert_eq!(null_marker.actions().unwrap(), [format!("copy v1 to {KEY}")]);
    null_marker.method = Method::RemoveMarkers;
    null_marker.refused("would then destroy that upload");
    null_marker.facts.versioning = Ok(Versioning::Enabled);
    assert_eq!(null_marker.actions().unwrap(), ["remove null"]);
    // A marker with an id of its own over the null data: removal overwrites nothing.
    assert_eq!(suspend(vec![marker("d", 300), data("null", 100, 1, "a")]).actions().unwrap(), ["remove d"]);
}

#[test]
fn unknown_versioning_is_taken_for_suspended() {
    let mut case = case(vec![data("null", 300, 2, "b"), data("v1", 100, 1, "a")]);
    case.facts.versioning =
        Err(Missing { action: "s3:GetBucketVersioning".into(), denied: true, reason: "access denied".into() });
    case.refused("could not be read (access denied)");
}

#[test]
fn a_bucket_that_was_never_versioned_is_refused_with_a_hint() {
    let mut case = case(vec![data("null", 300, 2, "b")]);
    case.facts.versioning = Ok(Versioning::Never);
    case.refused("AWS Backup");
}

#[test]
fn archived_bytes_must_be_fetched_first() {
    let archived = |class: &str, restore: Option<RestoreStatus>| {
        case(vec![
            data("v2", 300, 2, "b"),
            VersionFact { class: Some(class.into()), restore, ..data("v1", 100, 1, "a") },
        ])
    };
    archived("GLACIER", None).refused("`RestoreObject` with this version id");
    archived("DEEP_ARCHIVE", None).refused("DEEP_ARCHIVE");
    assert!(archived("GLACIER_IR", None).actions().is_ok());
    let status = |in_progress, expires: Option<i64>| Some(RestoreStatus { in_progress, expires: expires.map(at) });
    archived("GLACIER", status(true, None)).refused("on its way out of GLACIER");
    archived("GLACIER", status(false, Some(49_999))).refused("archived in GLACIER");
    assert!(archived("GLACIER", status(false, Some(60_000))).actions().is_ok());
    let mut tiered = archived("INTELLIGENT_TIERING", None);
    assert!(tiered.actions().is_ok());
    let mut head = detail(&tiered.rows[1].fact);
    head.archive = Some("ARCHIVE_ACCESS".into());
    tiered.detail = Some(head);
    tiered.refused("ARCHIVE_ACCESS");
    // Marker removal works in any storage class.
    let undelete =
        case(vec![marker("d", 300), VersionFact { class: Some("GLACIER".into()), ..data("v1", 100, 1, "a") }]);
    assert_eq!(undelete.actions().unwrap(), ["remove d"]);
}

#[test]
fn large_objects_go_by_parts() {
    let sized = |size| case(vec![data("v2", 30_000, 2, "b"), data("v1", 100, size, "a")]).choose();
    assert!(!sized(5 * GIB).by_parts);
    let choice = sized(5 * GIB + 1);
    assert!(choice.by_parts && choice.notices.iter().any(|notice| notice.text.contains("go by parts")));
}

#[test]
fn state_at_a_moment_by_the_truth_table() {
    // Before → after the moment 150 (for a folder's keys).
    let at_150 = |facts: Vec<VersionFact>| {
        let mut case = case(facts);
        case.pick = Pick::At(at(150));
        case.folder = true;
        case.actions()
    };
    let v1 = || data("v1", 100, 1, "a");
    assert_eq!(at_150(vec![marker("d", 200), v1()]).unwrap(), ["remove d"]);
    assert_eq!(at_150(vec![data("v2", 200, 2, "b"), v1()]).unwrap(), [format!("copy v1 to {KEY}")]);
    assert_eq!(
        at_150(vec![marker("d2", 230), data("v2", 220, 2, "b"), marker("d", 210), v1()]).unwrap(),
        [format!("copy v1 to {KEY}")]
    );
    for nothing in [
        vec![data("v2", 200, 2, "b")],                   // none → V: left alone, never deleted
        vec![marker("d", 220), data("v2", 200, 2, "b")], // none → V,DM
        vec![marker("d2", 230), data("v2", 220, 2, "b"), marker("d", 120), v1()], // V1,DM → V2,DM
        vec![marker("d2", 230), marker("d", 120), v1()], // V1,DM → DM
    ] {
        let text = at_150(nothing).unwrap_err();
        assert!(text.contains("nothing was current at 21 Nov 2026 00:02:30 UTC"), "{text}");
    }
    assert!(at_150(vec![v1()]).unwrap_err().contains("is current already"));
}

#[test]
fn a_single_key_without_an_exact_answer_gets_the_nearest_with_a_warning() {
    let mut case = case(vec![marker("d2", 230), data("v2", 220, 2, "b"), marker("d", 120), data("v1", 100, 1, "a")]);
    case.pick = Pick::At(at(215));
    assert_eq!(case.actions().unwrap(), ["remove d2"]);
    assert!(case.warnings().contains("nearest: stored 5 s later"));
}

#[test]
fn a_folder_brings_back_deleted_keys_only() {
    let mut live = overwritten();
    live.folder = true;
    assert!(live.actions().unwrap_err().contains("is not deleted and stays as it is"));
    let mut gone = deleted();
    gone.folder = true;
    assert_eq!(gone.actions().unwrap(), ["remove d"]);
}

#[test]
fn ambiguous_versions_come_back_only_by_their_id() {
    let facts = || vec![data("v3", 600, 1, "d"), data("v2", 500, 1, "c"), data("v1", 530, 1, "b")];
    case(facts()).refused("Choose a version yourself");
    let mut chosen = case(facts());
    chosen.pick = Pick::Version("v2".into());
    assert_eq!(chosen.actions().unwrap(), [format!("copy v2 to {KEY}")]);
    assert!(chosen.warnings().contains("the order around this version is unclear"));
    chosen.pick = Pick::Version("nope".into());
    chosen.refused("is not listed");
    let mut on_marker = deleted();
    on_marker.pick = Pick::Version("d".into());
    on_marker.refused("is a delete marker");
}

#[test]
fn under_another_key_nothing_is_overwritten() {
    let mut case = overwritten();
    case.destination = Destination::Template("archive/{yyyy}/{mm}/{name}_{date}{ext}".into());
    let to = "archive/2026/11/daily_sales_2026-11-21.csv";
    assert_eq!(case.actions().unwrap(), [format!("copy v1 to {to}")]);
    assert_eq!(case.choose().steps[0].seen, Seen::Nothing);
    assert!(case.choose().steps[0].text.ends_with(&format!("to {to}")));
    case.there = Some(rows(vec![marker("m", 5), data("x", 1, 1, "x")]));
    assert_eq!(case.choose().steps[0].seen, Seen::Marker { version_id: "m".into() });
    case.there = Some(rows(vec![data("x", 1, 1, "x")]));
    case.refused("exists already");
    case.destination = Destination::Template("{nmae}".into());
    case.refused("is not a field");
    case.destination = Destination::Template("{key}".into());
    case.refused("in place");
    case.destination = Destination::Template("a/{name}".into());
    case.method = Method::RemoveMarkers;
    case.refused("in place only");
}

#[test]
fn table_logs_are_warned_of() {
    let key = "t/_delta_log/00000000000000000001.json";
    let mut case = overwritten();
    for row in &mut case.rows {
        row.fact.key = key.into();
    }
    let choice = choose(&Question {
        key,
        rows: &case.rows,
        pick: &case.pick,
        destination: &case.destination,
        method: case.method,
        facts: &case.facts,
        folder: false,
        detail: None,
        there: None,
        part_threshold: 5 * GIB,
        now: at(0),
    });
    assert_eq!(choice.steps.len(), 1);
    assert!(
        choice
            .notices
            .iter()
            .any(|notice| notice.severity == Severity::Warning && notice.text.contains("RESTORE TABLE"))
    );
}

#[test]
fn a_copy_names_the_version_that_it_pushes_over_the_edge() {
    let mut case = case(vec![data("v3", 300, 3, "c"), data("v2", 200, 2, "b"), data("v1", 100, 1, "a")]);
    case.facts.lifecycle = Ok(vec![expire(30, Some(2))]);
    let said = case.warnings();
    assert!(said.contains("removes version v1 for good, from 22 Dec 2026 00:00:00 UTC"), "{said}");
    case.facts.lifecycle = Ok(vec![expire(30, Some(3))]);
    assert_eq!(case.warnings(), "");
}

#[test]
fn equal_bytes_are_said() {
    let choice = case(vec![data("v2", 300, 2, "a"), data("v1", 100, 2, "a")]).choose();
    assert!(choice.notices[0].text.contains("holds the same bytes") && choice.steps.len() == 1);
}
