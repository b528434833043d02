//! Bundles of evidence: opened, and checked as a person without this program would.

use super::models::{draft, newest};
use anyhow::{Context as _, Result, ensure};
use contract::{
    Code,
    exports::SaveEvidence,
    incident::Exported,
    models::{
        Decision, EvidenceLine,
        requests::{DescribeModel, PlanDecision},
    },
};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Read as _,
    path::Path,
    process::Command,
};
use tests::{
    bridge::{Core, Touch, on_estate},
    estate::Estate,
};
use zip::ZipArchive;

const WHY: &str = "the forecast is late for the season, see the review of the week";

fn save(core: &Core, arn: &str, evidence: Option<&str>, folder: &Path) -> Result<Exported> {
    let path = Some(folder.display().to_string());
    core.ask(&SaveEvidence { arn: arn.to_owned(), evidence: evidence.map(str::to_owned), path })
}

/// Entries of a bundle, by name, after `sha256sum -c` has agreed with all of them.
fn checked(saved: &Exported) -> Result<BTreeMap<String, Vec<u8>>> {
    let path = saved.path.as_deref().context("it was written")?;
    ensure!(fs::metadata(path)?.len() == saved.bytes, "{path}");
    let mut zip = ZipArchive::new(File::open(path)?)?;
    let folder = tempfile::tempdir()?;
    let mut entries = BTreeMap::new();
    for at in 0..zip.len() {
        let mut entry = zip.by_index(at)?;
        let name = entry.name().to_owned();
        let place = folder.path().join(entry.enclosed_name().with_context(|| format!("{name} leaves its folder"))?);
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes)?;
        fs::create_dir_all(place.parent().context("a folder")?)?;
        fs::write(&place, &bytes)?;
        ensure!(entries.insert(name.clone(), bytes).is_none(), "{name} is there twice");
    }
    let told =
        Command::new("sha256sum").args(["--check", "--strict", "SHA256SUMS"]).current_dir(folder.path()).output()?;
    let text = String::from_utf8_lossy(&told.stdout).into_owned();
    ensure!(told.status.success(), "{text}{}", String::from_utf8_lossy(&told.stderr));
    ensure!(text.lines().count() == entries.len() - 1, "each entry but the sums has a sum: {text}");
    Ok(entries)
}

fn text(entries: &BTreeMap<String, Vec<u8>>, name: &str) -> Result<String> {
    let bytes = entries.get(name).with_context(|| format!("no {name} in {:?}", entries.keys()))?;
    Ok(String::from_utf8(bytes.clone())?)
}

/// Digest of what is given to `sha256sum`.
fn sum(bytes: &[u8]) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("a");
    fs::write(&path, bytes)?;
    let told = Command::new("sha256sum").arg(&path).output()?;
    Ok(String::from_utf8(told.stdout)?.split(' ').next().context("a digest")?.to_owned())
}

/// The files of a version that were read, each object once.
fn files(core: &Core, arn: &str) -> Result<Vec<EvidenceLine>> {
    let mut lines = core.ask(&DescribeModel { arn: arn.to_owned() })?.detail.evidence;
    lines.retain(|line| line.seen.is_some());
    lines.sort_by(|one, other| one.uri.cmp(&other.uri));
    lines.dedup_by(|one, other| one.uri == other.uri);
    Ok(lines)
}

fn entry(root: &str, line: &EvidenceLine) -> String {
    format!("{root}/{}", line.uri.trim_start_matches("s3://"))
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn a_bundle_holds_what_was_shown_and_its_sums_agree() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let folder = tempfile::tempdir()?;
        let arn = newest(core, "booking-cancellation-emea")?;
        let seen = draft(core, &arn)?;
        let saved = save(core, &arn, Some(&seen.draft.evidence), folder.path())?;
        let path = saved.path.clone().context("it was written")?;
        let number = arn.rsplit('/').next().context("a version")?;
        assert!(path.contains(&format!("/booking-cancellation-emea-v{number}-evidence-20")), "{path}");
        assert!(saved.notices.is_empty(), "{:?}", saved.notices);
        let entries = checked(&saved)?;

        let ledger = entries.get("ledger.txt").context("a ledger")?;
        assert_eq!(sum(ledger)?, seen.draft.evidence, "the digest is that of the ledger");
        let files = files(core, &arn)?;
        assert!(files.len() > 3, "{files:?}");
        for line in &files {
            let bytes = entries.get(&entry("files", line)).with_context(|| format!("no {}", line.uri))?;
            let shown = line.seen.as_ref().context("it was read")?;
            assert_eq!(sum(bytes)?, shown.sha256, "{}", line.uri);
        }
        let kept = entries.keys().filter(|name| name.starts_with("files/") || name.starts_with("changed/")).count();
        assert_eq!(kept, files.len(), "{:?}", entries.keys());

        let readme = text(&entries, "README.txt")?;
        for said in [arn.as_str(), seen.draft.evidence.as_str(), "eu-west-1", "sha256sum -c SHA256SUMS", "Saved by:"] {
            assert!(readme.contains(said), "{said} is missing in:\n{readme}");
        }
        let gates: Value = serde_json::from_str(&text(&entries, "gates.json")?)?;
        let verdicts: Vec<&str> =
            gates["gates"].as_array().context("gates")?.iter().filter_map(|gate| gate["verdict"].as_str()).collect();
        let shown: Vec<&str> = seen.draft.gates.iter().map(|gate| gate.verdict.word()).collect();
        assert_eq!(verdicts, shown);
        let html = text(&entries, "comparison.html")?;
        assert!(html.starts_with("<!doctype html>") && html.contains(&format!("Version {number}")));

        // One that is there is kept, and what was not shown is not saved as if it were.
        let again = save(core, &arn, Some(&seen.draft.evidence), folder.path())?;
        assert!(again.path.is_some_and(|path| path.ends_with(" (2).zip")));
        let path = Some(folder.path().display().to_string());
        let fault = core.fault(&SaveEvidence { arn, evidence: Some("0".repeat(64)), path })?;
        assert!(fault.detail.contains("not what was shown here"), "{fault:?}");
        let nowhere = Some(folder.path().join("nowhere/a.zip").display().to_string());
        let arn = newest(core, "booking-cancellation-emea")?;
        assert_eq!(core.fault(&SaveEvidence { arn, evidence: None, path: nowhere })?.code, Code::BadInput);
        assert_eq!(fs::read_dir(folder.path())?.count(), 2, "no draft is left");
        Ok(())
    })
}

/// Writes other bytes where a file of the evidence is.
fn change(estate: &Estate, line: &EvidenceLine) -> Result<()> {
    let (bucket, key) = line.uri.trim_start_matches("s3://").split_once('/').context("a key")?;
    estate.put(bucket, key, b"{\"edited\": true}").map(drop)
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn a_file_that_changed_since_is_marked_and_lies_apart() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let folder = tempfile::tempdir()?;
        let arn = newest(core, "demand-forecast-emea")?;
        let seen = draft(core, &arn)?;
        let files = files(core, &arn)?;
        let edited = files.iter().find(|line| line.uri.ends_with("bias.json")).or(files.first()).context("a file")?;
        change(estate, edited)?;
        let saved = save(core, &arn, Some(&seen.draft.evidence), folder.path())?;
        let words: Vec<&str> = saved.notices.iter().map(|notice| notice.text.as_str()).collect();
        assert!(words.iter().any(|text| text.starts_with(&format!("1 of {} files changed", files.len()))), "{words:?}");
        let entries = checked(&saved)?;
        assert!(!entries.contains_key(&entry("files", edited)), "{:?}", entries.keys());
        assert_eq!(text(&entries, &entry("changed", edited))?, "{\"edited\": true}");
        let shown = &edited.seen.as_ref().context("it was read")?.sha256;
        let readme = text(&entries, "README.txt")?;
        assert!(readme.contains(&format!("CHANGED  {}", edited.uri)) && readme.contains(shown), "{readme}");
        assert_eq!(sum(text(&entries, "ledger.txt")?.as_bytes())?, seen.draft.evidence, "of what was shown");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn after_a_decision_its_bundle_says_who_decided_and_later_whether_it_stands() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let folder = tempfile::tempdir()?;
        let arn = newest(core, "demand-forecast-emea")?;
        let seen = draft(core, &arn)?.draft.evidence;
        let decision = Decision::Reject { comment: WHY.into() };
        let plan = core.ask(&PlanDecision { arn: arn.clone(), decision, evidence: seen.clone() })?;
        core.succeed(&plan)?;
        assert_eq!(draft(core, &arn)?.decided_on, Some(seen.clone()));

        // As from its receipt: everything is looked at anew.
        let entries = checked(&save(core, &arn, None, folder.path())?)?;
        assert_eq!(sum(text(&entries, "ledger.txt")?.as_bytes())?, seen);
        assert!(text(&entries, "README.txt")?.contains("it was on this evidence"));
        let told: Value = serde_json::from_str(&text(&entries, "decision.json")?)?;
        assert_eq!((told["status"].as_str(), told["comment_names_sha256"].as_str()), (Some("rejected"), Some(&*seen)));
        assert!(told["comment"].as_str().is_some_and(|comment| comment.contains(WHY)), "{told}");
        let history = told["history"].as_array().context("a history")?;
        let row = history.iter().find(|row| row["what"] == "rejected").context("the decision")?;
        assert_eq!(row["by"], "oncall", "{row}");
        assert!(row["operation"].is_string(), "our own receipt: {row}");

        change(estate, files(core, &arn)?.first().context("a file")?)?;
        let now = draft(core, &arn)?;
        assert_ne!(now.draft.evidence, seen);
        assert_eq!(now.decided_on, Some(seen.clone()), "the page can say that it is other evidence");
        let entries = checked(&save(core, &arn, Some(&now.draft.evidence), folder.path())?)?;
        assert!(text(&entries, "README.txt")?.contains(&format!("on OTHER evidence, sha256:{seen}")));
        Ok(())
    })
}
