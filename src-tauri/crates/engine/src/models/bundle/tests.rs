use super::*;
use crate::models::read::sealed;
use ::models::evidence::Evidence;
use contract::{
    Severity,
    models::{
        Gate, GateId, GateVerdict, HistoryRow, HistorySource, SeenFile, Signature, Stands, VersionDetail, VersionMark,
        facts::{Approval, ContainerFact, EvidencePart, VersionFact},
    },
    plan::ModelAction,
};
use serde_json::Value;
use std::{io::Read as _, path::PathBuf};

const ARN: &str = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/churn/7";

fn at() -> Timestamp {
    "2026-11-22T08:30:00Z".parse().unwrap()
}

fn seen(bytes: &[u8]) -> ReadOutcome {
    let size = bytes.len() as u64;
    ReadOutcome::Read(SeenFile { sha256: sha256(bytes), etag: None, version_id: None, size, modified: None })
}

fn file(uri: &str, outcome: ReadOutcome) -> FileRead {
    FileRead { part: EvidencePart::BiasReport, is_baseline: false, uri: uri.to_owned(), outcome }
}

fn version() -> VersionFact {
    VersionFact {
        arn: ARN.into(),
        group: "churn".into(),
        version: 7,
        description: None,
        status: "Completed".into(),
        approval: Approval::Approved,
        comment: None,
        lifecycle: None,
        registration: None,
        created: None,
        created_by: None,
        modified: None,
        modified_by: None,
        origin: contract::models::facts::Origin::default(),
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

fn drafted(files: Vec<FileRead>) -> Drafted {
    of(version(), files)
}

fn of(version: VersionFact, files: Vec<FileRead>) -> Drafted {
    let evidence = Evidence { files, ..Evidence::default() };
    let (ledger, seal) = sealed(&version, &evidence);
    Drafted {
        version,
        files: evidence.files,
        signatures: vec![Signature {
            key: "ops:sig1".into(),
            user: "ana@example.com".into(),
            at: at(),
            evidence: seal.digest.clone(),
            marks: String::new(),
            stands: Stands::Same,
        }],
        seal,
        ledger,
        gates: vec![Gate {
            id: GateId::Bias,
            title: "Bias within limits".into(),
            verdict: GateVerdict::Fail,
            words: "read with --password hunter2-and-more".into(),
            findings: Vec::new(),
            evidence: Vec::new(),
            holds: true,
        }],
        approved: None,
        at: at(),
    }
}

fn told(comment: Option<String>) -> ModelReply {
    let row = HistoryRow {
        at: at(),
        what: "approved".into(),
        by: Some("ben@example.com".into()),
        comment: comment.clone(),
        from: None,
        operation: None,
        sources: vec![HistorySource::CloudTrail, HistorySource::AuditLog],
    };
    let detail = VersionDetail {
        mark: VersionMark { arn: ARN.into(), version: 7, approval: Approval::Approved, created: None },
        group: "churn".into(),
        description: None,
        status: "Completed".into(),
        lifecycle: None,
        comment,
        created_by: None,
        modified: None,
        modified_by: None,
        origin: Vec::new(),
        containers: Vec::new(),
        checks: Vec::new(),
        evidence: Vec::new(),
        card: None,
        deployed: Vec::new(),
        history: vec![row],
        lineage: None,
        metadata: Vec::new(),
        tags: Vec::new(),
        notices: Vec::new(),
        as_of: at(),
    };
    ModelReply { detail, against: None, numbers: None, notices: Vec::new() }
}

fn about() -> About {
    About {
        by: "arn:aws:iam::123456789012:user/ops@example.com".into(),
        account: "123456789012".into(),
        profile: "prod".into(),
        at: at(),
    }
}

/// A zip with these entries, as path and with its folder.
fn saved(entries: &[(&str, &[u8])]) -> (tempfile::TempDir, PathBuf, u64) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    let mut archive = Archive::create(&path, at()).unwrap();
    for (name, bytes) in entries {
        archive.add(name, bytes).unwrap();
    }
    let bytes = archive.finish().unwrap();
    (folder, path, bytes)
}

#[test]
fn each_entry_has_the_digest_that_the_sums_say() {
    let large = vec![7_u8; 300_000];
    let entries: [(&str, &[u8]); 3] =
        [("ledger.txt", b"abc"), ("files/ml/caf\u{e9}.json", b""), ("files/ml/b", &large)];
    let (_folder, path, bytes) = saved(&entries);
    assert_eq!(std::fs::metadata(&path).unwrap().len(), bytes);
    assert!(bytes < 10_000, "it is packed: {bytes}");
    let mut zip = zip::ZipArchive::new(std::fs::File::open(&path).unwrap()).unwrap();
    assert_eq!(zip.len(), entries.len() + 1);
    let mut sums = String::new();
    zip.by_name("SHA256SUMS").unwrap().read_to_string(&mut sums).unwrap();
    // The example of FIPS 180-4.
    assert!(sums.starts_with("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  ledger.txt\n"));
    for (name, told) in entries {
        let mut read = Vec::new();
        let mut entry = zip.by_name(name).unwrap();
        assert_eq!(entry.last_modified().map(|at| (at.year(), at.hour())), Some((2026, 8)));
        entry.read_to_end(&mut read).unwrap();
        assert_eq!(read, told, "{name}");
        assert!(sums.lines().any(|line| line == format!("{}  {name}", sha256(&read))), "{name}: {sums}");
    }
}

#[test]
fn a_file_that_is_there_is_not_written_over() {
    let (_folder, path, _) = saved(&[]);
    assert!(Archive::create(&path, at()).is_err());
}

#[test]
fn what_is_not_as_it_was_shown_lies_apart_or_is_only_named() {
    let mut names = Names::default();
    let mut of = |then: ReadOutcome, now: Option<Fetched>| member_of(&file("s3://ml/bias.json", then), now, &mut names);
    let (same, bytes) = of(seen(b"one"), Some((seen(b"one"), Some(b"one".to_vec()))));
    assert_eq!((same.kept, bytes.as_deref()), (Kept::Same("files/ml/bias.json".into()), Some(b"one".as_slice())));
    let (other, bytes) = of(seen(b"one"), Some((seen(b"two"), Some(b"two".to_vec()))));
    let changed = Kept::Changed { name: "changed/ml/bias.json".into(), sha256: sha256(b"two") };
    assert_eq!((other.kept, bytes.as_deref()), (changed, Some(b"two".as_slice())));
    assert_eq!(other.shown, Some(sha256(b"one")));
    assert_eq!(of(seen(b"one"), Some((ReadOutcome::Gone, None))).0.kept, Kept::Gone);
    let (denied, bytes) = of(seen(b"one"), Some((ReadOutcome::Failed("s3:GetObject is missing".into()), None)));
    assert!(matches!(&denied.kept, Kept::Left(why) if why.contains("s3:GetObject")) && bytes.is_none(), "{denied:?}");
    let (never, bytes) = of(ReadOutcome::Failed("it has 20000000 bytes".into()), None);
    assert_eq!((never.shown, bytes), (None, None));
}

#[test]
fn an_object_that_is_named_twice_is_kept_once() {
    let files = [file("s3://ml/b", seen(b"b")), file("s3://ml/a", seen(b"a")), file("s3://ml/b", seen(b"b"))];
    let uris: Vec<&str> = distinct(&files).into_iter().map(|file| file.uri.as_str()).collect();
    assert_eq!(uris, ["s3://ml/a", "s3://ml/b"]);
}

#[test]
fn the_readme_says_whose_it_is_and_marks_what_changed() {
    let shown = drafted(vec![file("s3://ml/a", seen(b"a"))]);
    let member = |uri: &str, kept: Kept| Member { uri: uri.into(), shown: Some(sha256(b"one")), kept };
    let members = [
        member("s3://ml/a", Kept::Same("files/ml/a".into())),
        member("s3://ml/b", Kept::Changed { name: "changed/ml/b".into(), sha256: sha256(b"two") }),
        member("s3://ml/c\n", Kept::Gone),
        Member { uri: "s3://ml/d".into(), shown: None, kept: Kept::Left("access denied".into()) },
    ];
    let told = told(Some(format!("better / evidence sha256:{} v2", shown.seal.digest)));
    let text = texts::readme(&about(), &shown, &told, &Comparison::None, &members);
    for wanted in [
        "Group:     churn\n",
        ARN,
        "Account:   123456789012",
        "Region:    eu-west-1",
        "Status:    approved",
        "22 Nov 2026 08:30:00 UTC",
        "user/ops@example.com",
        "sha256sum -c SHA256SUMS",
        "it was on this evidence",
        &format!("Evidence:  sha256:{}", shown.seal.digest),
        "  CHANGED  s3://ml/b\n",
        &sha256(b"two"),
        "  GONE     s3://ml/c\u{240a}\n",
        "  NOT READ s3://ml/d\n       access denied\n",
        "Files (1 as they were shown, 2 changed or gone since, 1 not read)",
    ] {
        assert!(text.contains(wanted), "{wanted} is missing in:\n{text}");
    }
    let notices = texts::notices(&Comparison::None, &members);
    assert!(notices.iter().all(|notice| notice.severity == Severity::Warning));
    let words: Vec<&str> = notices.iter().map(|notice| notice.text.as_str()).collect();
    assert!(words[0].starts_with("2 of 4 files changed") && words[1].starts_with("1 of 4 files could"), "{words:?}");
    assert!(texts::notices(&Comparison::None, &members[..1]).is_empty());
    let other = self::told(Some(format!("better / evidence sha256:{} v2", "0".repeat(64))));
    assert!(texts::readme(&about(), &shown, &other, &Comparison::None, &[]).contains("on OTHER evidence"));
    let older = self::told(Some(format!("better / evidence sha256:{}", "0".repeat(64))));
    assert!(
        texts::readme(&about(), &shown, &older, &Comparison::None, &[]).contains("an older version of Quarterdeck")
    );
}

#[test]
fn a_secret_that_is_another_is_another_digest_and_stands_nowhere() {
    let with = |secret: &str| {
        let environment = vec![("DB_PASSWORD".into(), secret.to_owned()), ("THRESHOLD".into(), "0.5".into())];
        let container = ContainerFact { image: "xgb:1.7".into(), environment, ..ContainerFact::default() };
        of(VersionFact { containers: vec![container], ..version() }, vec![file("s3://ml/a", seen(b"a"))])
    };
    let (shown, changed) = (with("hunter2-and-more"), with("hunter3-and-more"));
    assert_ne!(shown.seal.digest, changed.seal.digest);
    assert_eq!(shown.seal.digest, with("hunter2-and-more").seal.digest);
    let compared = ::models::evidence::compare(&shown.seal, &changed.seal);
    assert_eq!(compared.changed, ["what is registered, or the environment, is another"]);
    assert_eq!(shown.ledger, changed.ledger, "it leaves the program");

    let told = told(Some(format!("better / evidence sha256:{} v2", shown.seal.digest)));
    let readme = texts::readme(&about(), &shown, &told, &Comparison::None, &[]);
    assert!(readme.contains("that is of the covered secrets too"), "{readme}");
    let action = ModelAction {
        arn: ARN.into(),
        writes: Vec::new(),
        token: String::new(),
        evidence: Some(shown.seal.digest.clone()),
        seal: Some(shown.seal.clone()),
    };
    let kept = [
        shown.ledger.clone(),
        texts::gates(&shown),
        texts::decision(&shown, &told),
        readme,
        serde_json::to_string(&action).unwrap(),
    ];
    assert!(kept.iter().all(|text| !text.contains("hunter")), "{kept:?}");
}

#[test]
fn the_ledger_has_the_evidence_digest_and_json_says_who_decided() {
    let shown = drafted(vec![file("s3://ml/a", seen(b"a"))]);
    assert_eq!(sha256(shown.ledger.as_bytes()), shown.seal.digest);
    let gates = texts::gates(&shown);
    assert!(!gates.contains("hunter2"), "{gates}");
    let gates: Value = serde_json::from_str(&gates).unwrap();
    assert_eq!(gates["gates"][0]["verdict"], "red");
    assert_eq!(gates["evidence_sha256"], shown.seal.digest.as_str());
    let comment = format!("better, token=abcdefgh12345678 / evidence sha256:{} v2", shown.seal.digest);
    let decision = texts::decision(&shown, &told(Some(comment)));
    assert!(!decision.contains("abcdefgh12345678"), "{decision}");
    let decision: Value = serde_json::from_str(&decision).unwrap();
    assert_eq!(decision["comment_names_sha256"], shown.seal.digest.as_str());
    assert!(decision["comment"].as_str().unwrap().contains(&shown.seal.digest), "{decision}");
    assert_eq!(decision["signatures"][0]["user"], "ana@example.com");
    assert_eq!(decision["signatures"][0]["saw_this_evidence"], true);
    assert_eq!(decision["history"][0]["by"], "ben@example.com");
    assert_eq!(decision["history"][0]["told_by"][1], "audit log");
}

#[test]
fn the_name_tells_group_version_and_day() {
    assert_eq!(offered(ARN, at()), "churn-v7-evidence-2026-11-22.zip");
    assert_eq!(offered("version:churn/7", at()), "churn-v7-evidence-2026-11-22.zip");
}
