//! What a decision on a version rests on, as one file to keep: the files themselves, the ledger that the evidence digest
//! is of, gates, comparison and history.
//!
//! What always holds: what lies below `files` has the digest that was shown, to the byte; what is not as it was shown is
//! named and lies apart; and the bundle can be checked with `sha256sum` alone.

mod archive;
mod names;
mod texts;

use super::{
    decide::Drafted,
    key,
    read::{Fetched, fetch, sha256},
    version_arn,
};
use crate::{
    Desk, EngineError, Saved,
    exports::{aside, draft_of, file_name, take_place},
    objects::destination,
};
use ::models::evidence::{FileRead, ReadOutcome};
use archive::Archive;
use aws::Session;
use contract::{
    Notice, Timestamp,
    exports::{ExportReport, FileFormat, SaveEvidence, Subject},
    models::requests::{CompareModels, DescribeModel, ModelReply},
};
use names::Names;
use std::{path::Path, sync::Arc, time::Duration};
use texts::{About, Comparison};

/// Of entries: what is as it was shown, and what is not any more.
const AS_SHOWN: &str = "files";
const CHANGED: &str = "changed";

/// What became of a file of the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Member {
    /// S3 URI.
    uri: String,
    /// SHA-256 in hex of what was shown; `None`: it was not read then.
    shown: Option<String>,
    kept: Kept,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kept {
    /// Under this name, with the digest that was shown.
    Same(String),
    /// Under this name, with another digest.
    Changed { name: String, sha256: String },
    /// It was there, and is not any more.
    Gone,
    /// Why it is not in the bundle.
    Left(String),
}

/// What a bundle is made of beside the files.
struct Contents {
    shown: Arc<Drafted>,
    told: ModelReply,
    comparison: Comparison,
    about: About,
}

impl Desk {
    /// The file name to offer for the evidence of a version.
    pub fn bundle_name(&self, arn: &str) -> Result<String, EngineError> {
        Ok(offered(arn, self.session()?.now()))
    }

    /// Writes the evidence of a version into `target`: a folder, or a file. A file that is there stays as it is. The
    /// notices say which files are not as they were shown.
    pub async fn save_evidence(
        &self,
        request: &SaveEvidence,
        target: &Path,
    ) -> Result<(Saved, Vec<Notice>), EngineError> {
        let session = self.session()?;
        let path = destination(target, &offered(&request.arn, session.now()))?;
        let contents = Box::pin(self.contents(&session, request)).await?;
        let draft = draft_of(&path);
        let written: Result<(u64, Vec<Notice>), EngineError> = async {
            let (bytes, notices) = Box::pin(write(&session, contents, &draft)).await?;
            take_place(&draft, &path).await.map_err(EngineError::File)?;
            Ok((bytes, notices))
        }
        .await;
        if written.is_err() {
            let _ = tokio::fs::remove_file(&draft).await;
        }
        written.map(|(bytes, notices)| (Saved { path, bytes }, notices))
    }

    async fn contents(&self, session: &Session, request: &SaveEvidence) -> Result<Contents, EngineError> {
        let arn = Box::pin(version_arn(session, &request.arn)).await?;
        let shown: Arc<Drafted> = if let Some(digest) = &request.evidence {
            let shown = self.inner.models.drafts.last(&key(session, &arn));
            shown.filter(|shown| shown.seal.digest == *digest).ok_or_else(|| {
                EngineError::NotNow("This evidence is not what was shown here last. Open the version again.".into())
            })?
        } else {
            let looked = Box::pin(self.look_at_model(session, &arn, Duration::ZERO)).await?;
            Arc::new(looked.drafted(&looked.draft(), session.now()))
        };
        let identity = session.identity().await.map_err(Self::failed(session))?;
        let told = Box::pin(self.describe_model(&DescribeModel { arn: arn.clone() })).await?;
        let comparison = match &shown.approved {
            None => Comparison::None,
            Some(left) => {
                let subject = Subject::Comparison(CompareModels { left: left.clone(), right: arn });
                let request = ExportReport { subject, format: FileFormat::Html, path: None };
                match Box::pin(self.export_report(&request)).await {
                    Ok(document) => Comparison::Made { left: left.clone(), html: document.bytes },
                    Err(error) => Comparison::Failed { left: left.clone(), why: error.to_string() },
                }
            }
        };
        let about = About {
            by: identity.arn,
            account: identity.account,
            profile: session.profile().to_owned(),
            at: session.now(),
        };
        // What was read meanwhile of another profile is not of this version.
        self.still_open(session)?;
        Ok(Contents { shown, told, comparison, about })
    }
}

/// `churn-v7-evidence-2026-11-22.zip`.
fn offered(arn: &str, at: Timestamp) -> String {
    let mut parts = arn.rsplit(['/', ':']);
    let (version, group) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let day = at.strftime("%Y-%m-%d").to_string();
    file_name(&format!("{group}-v{version}-evidence"), Some(&day), "zip")
}

/// Writes one file after the other, so no more than one is held at a time. Answers the bytes of the bundle.
async fn write(session: &Session, contents: Contents, draft: &Path) -> Result<(u64, Vec<Notice>), EngineError> {
    let Contents { shown, told, comparison, about } = contents;
    let (place, at) = (draft.to_owned(), about.at);
    let mut archive = aside(move || Archive::create(&place, at).map_err(EngineError::File)).await?;
    archive = add(archive, "ledger.txt", shown.ledger.clone().into_bytes()).await?;
    archive = add(archive, "gates.json", texts::gates(&shown).into_bytes()).await?;
    archive = add(archive, "decision.json", texts::decision(&shown, &told).into_bytes()).await?;
    if let Comparison::Made { html, .. } = &comparison {
        archive = add(archive, "comparison.html", html.clone()).await?;
    }
    let (mut names, mut members) = (Names::default(), Vec::new());
    for file in distinct(&shown.files) {
        let now = match &file.outcome {
            ReadOutcome::Read(_) => Some(Box::pin(fetch(session, &file.uri)).await),
            ReadOutcome::Gone | ReadOutcome::Failed(_) => None,
        };
        let (member, bytes) = member_of(file, now, &mut names);
        if let (Kept::Same(name) | Kept::Changed { name, .. }, Some(bytes)) = (&member.kept, bytes) {
            archive = add(archive, name, bytes).await?;
        }
        members.push(member);
    }
    let readme = texts::readme(&about, &shown, &told, &comparison, &members);
    archive = add(archive, "README.txt", readme.into_bytes()).await?;
    let bytes = aside(move || archive.finish().map_err(EngineError::File)).await?;
    Ok((bytes, texts::notices(&comparison, &members)))
}

async fn add(mut archive: Archive, name: &str, bytes: Vec<u8>) -> Result<Archive, EngineError> {
    let name = name.to_owned();
    aside(move || {
        archive.add(&name, &bytes).map_err(EngineError::File)?;
        Ok(archive)
    })
    .await
}

/// Each object once: metrics and baselines may name the same one.
fn distinct(files: &[FileRead]) -> Vec<&FileRead> {
    let mut files: Vec<&FileRead> = files.iter().collect();
    files.sort_by(|one, other| one.uri.cmp(&other.uri));
    files.dedup_by(|one, other| one.uri == other.uri);
    files
}

/// What becomes of a file, by what it is now, and the bytes to keep of it. `now` is `None` for what was not read then.
fn member_of(file: &FileRead, now: Option<Fetched>, names: &mut Names) -> (Member, Option<Vec<u8>>) {
    let uri = file.uri.clone();
    let shown = match &file.outcome {
        ReadOutcome::Read(seen) => seen.sha256.to_ascii_lowercase(),
        ReadOutcome::Gone => {
            let kept = Kept::Left("there was no such object when it was opened".to_owned());
            return (Member { uri, shown: None, kept }, None);
        }
        ReadOutcome::Failed(why) => {
            return (Member { uri, shown: None, kept: Kept::Left(format!("it could not be read: {why}")) }, None);
        }
    };
    let (kept, bytes) = match now {
        Some((ReadOutcome::Read(_), Some(bytes))) => {
            let sha256 = sha256(&bytes);
            let kept = if sha256 == shown {
                Kept::Same(names.place(AS_SHOWN, &uri))
            } else {
                Kept::Changed { name: names.place(CHANGED, &uri), sha256 }
            };
            (kept, Some(bytes))
        }
        Some((ReadOutcome::Gone, _)) => (Kept::Gone, None),
        Some((ReadOutcome::Failed(why), _)) => (Kept::Left(format!("it could not be read again: {why}")), None),
        Some((ReadOutcome::Read(_), None)) | None => (Kept::Left("it was not read again".to_owned()), None),
    };
    (Member { uri, shown: Some(shown), kept }, bytes)
}

#[cfg(test)]
mod tests;
