//! Signatures of one's own: proposed from a line, tried on the open log, kept, used, edited, deleted.

use super::jobs::{nightly, one};
use anyhow::{Context as _, Result, anyhow};
use contract::{
    Code,
    jobs::{DiagnoseJob, Diagnosis, DiagnosisEvent, JobId, State},
    logs::{LineAt, LogView},
    signatures::{
        DeleteSignatures, DraftField, DraftSignature, KeptDraft, ListSignatures, SaveSignature, SignatureDraft,
        TrySignature,
    },
};
use std::{env, fs, path::PathBuf};
use tests::bridge::{Core, Touch, on_estate};

fn folder() -> Result<PathBuf> {
    Ok(PathBuf::from(env::var("QUARTERDECK_DATA_DIR")?).join("signatures"))
}

/// The whole diagnosis of a run, asked for as the window asks.
pub fn diagnose(core: &Core, id: &JobId) -> Result<Diagnosis> {
    let (reply, channel) = core.stream(&DiagnoseJob { id: id.clone() })?;
    let first = reply.map_err(|fault| anyhow!("{fault:?}"))?;
    if first.complete {
        return Ok(first);
    }
    channel.wait("the diagnosis", |event| match event {
        DiagnosisEvent::Read(read) if read.complete => Some(Ok(Diagnosis::clone(read))),
        DiagnosisEvent::Read(_) => None,
        DiagnosisEvent::Failed(fault) => Some(Err(anyhow!("{fault:?}"))),
    })?
}

fn names(diagnosis: &Diagnosis) -> Vec<&str> {
    diagnosis.findings.iter().map(|finding| finding.signature.as_str()).collect()
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_line_becomes_a_signature_that_the_next_diagnosis_uses() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let run = one(core, nightly(), "price-list", &State::Failed)?;
        let before = diagnose(core, &run.id)?;
        let cause = before.findings.first().context("a finding")?;
        let line = cause.evidence.iter().find(|line| line.at.is_some()).context("a quoted line")?;
        let at = line.at.context("a place")?;
        let address = before.files[at.file as usize].address.clone();
        let (state, _) = core.open_logs(&[address], Some(run.id.clone()))?;

        let draft = core.ask(&DraftSignature { log: state.log, at: LineAt { file: 0, line: at.line } })?;
        assert!(draft.id.starts_with("own.") && !draft.pattern.is_empty(), "{draft:?}");
        let trial = core.ask(&TrySignature { draft: draft.clone(), log: Some(state.log) })?;
        assert!(trial.problems.is_empty(), "{trial:?}");
        let tried = trial.tried.context("tried on the open log")?;
        assert!(tried.whole && tried.hits >= 1 && tried.records == state.records, "{tried:?}");
        let hit = tried.first.first().context("the first record that matches")?;
        let window = core.log_window(&state, LogView::Lines, hit.at.line, hit.at.line + 1)?;
        let start: String = hit.text.trim().chars().take(30).collect();
        assert!(window.rows[0].text.contains(&start), "{} does not hold {start}", window.rows[0].text);

        let bad = SignatureDraft { pattern: "never in this line".into(), ..draft.clone() };
        let refused = core.ask(&TrySignature { draft: bad.clone(), log: None })?;
        assert_eq!(refused.problems.iter().map(|one| one.field).collect::<Vec<_>>(), [DraftField::Example]);
        assert_eq!(core.fault(&SaveSignature { draft: bad, was: None })?.code, Code::BadInput);

        let draft =
            SignatureDraft { title: "The price list is not ours".into(), remedy: "Ask the shop.".into(), ..draft };
        let all = core.ask(&SaveSignature { draft: draft.clone(), was: None })?;
        assert_eq!((all.files.len(), all.files[0].draft.as_ref()), (1, Some(&draft)));
        let after = diagnose(core, &run.id)?;
        assert!(names(&after).contains(&draft.id.as_str()), "{:?} has no {}", names(&after), draft.id);

        // The same id is not taken twice, and a new draft of the line gets another.
        assert_eq!(core.fault(&SaveSignature { draft: draft.clone(), was: None })?.code, Code::BadInput);
        let other = core.ask(&DraftSignature { log: state.log, at: LineAt { file: 0, line: at.line } })?;
        assert_ne!(other.id, draft.id);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn own_signatures_are_listed_edited_and_deleted_and_a_broken_file_costs_only_itself() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        assert!(core.ask(&ListSignatures {})?.files.is_empty());
        let draft = SignatureDraft {
            id: "shop.till".into(),
            title: "The till is closed".into(),
            pattern: r"TillClosedException: store-\d+".into(),
            layer: contract::signatures::Layer::Data,
            retry: contract::jobs::diagnosis::RetryAdvice::Never,
            remedy: "Open the till.".into(),
            example: "TillClosedException: store-0217".into(),
            miss: Some("TillClosedException: none".into()),
        };
        core.ask(&SaveSignature { draft: draft.clone(), was: None })?;
        let folder = folder()?;
        fs::write(folder.join("broken.toml"), "[[signature]]\nid = 7\n")?;
        fs::write(
            folder.join("hand.toml"),
            "# mine\n[[signature]]\nid = \"hand\"\ntitle = \"By hand\"\npatterns = ['by hand']\n",
        )?;
        let all = core.ask(&ListSignatures {})?;
        let told: Vec<_> = all
            .files
            .iter()
            .map(|file| (file.name.as_str(), file.signatures.len(), file.faults.len(), file.draft.is_some()))
            .collect();
        assert_eq!(
            told,
            [("broken.toml", 0, 1, false), ("hand.toml", 1, 0, false), ("own-shop-till.toml", 1, 0, true)]
        );

        let was = KeptDraft { file: "own-shop-till.toml".into(), draft: draft.clone() };
        let edited = SignatureDraft { title: "The till was closed".into(), ..draft.clone() };
        core.ask(&SaveSignature { draft: edited.clone(), was: Some(was.clone()) })?;
        let text = fs::read_to_string(folder.join("own-shop-till.toml"))?;
        assert!(text.contains("The till was closed") && text.contains(r"store-\\d+"), "{text}");
        // What was opened before is not what is there now.
        let fault = core.fault(&SaveSignature { draft: edited, was: Some(was) })?;
        assert!(fault.detail.contains("changed meanwhile"), "{fault:?}");

        let left = core.ask(&DeleteSignatures { file: "broken.toml".into() })?;
        assert_eq!(left.files.len(), 2);
        assert!(!folder.join("broken.toml").exists());
        assert_eq!(core.fault(&DeleteSignatures { file: "../journal.toml".into() })?.code, Code::BadInput);
        Ok(())
    })
}
