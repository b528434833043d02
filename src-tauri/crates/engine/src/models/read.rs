//! One version with its files, its artefact, its lineage and what its endpoint sees: all that its gates look at.

use super::{key, live};
use crate::Desk;
use ::logs::mask;
use ::models::{
    compare::Side,
    evidence::{self, Evaluation, Evidence, FileRead, ImageNow, Part, ReadOutcome},
    images::{EcrImage, ImageName, Place, place},
    monitor::{self, Constraints, Statistics, clarify::PartialDependence, evaluation::Curve},
};
use aws::{
    AwsError, Session,
    models::{
        evidence as files, images as ecr,
        registry::{Included, describe_package},
    },
};
use contract::{
    Timestamp,
    models::{
        LineageGraph, PinState, Seal, SeenFile,
        facts::{ContainerFact, DeployedModel, EvidenceFact, EvidencePart, VersionFact},
    },
};
use futures_util::{StreamExt, stream};
use std::{borrow::Cow, collections::HashMap, sync::Arc, time::Duration};

/// Bytes of a file that is read whole. Statistics of wide data sets are a few MiB.
pub(super) const LARGEST: u64 = 16 * 1024 * 1024;
const AT_ONCE: usize = 6;
/// Evaluations of a strip are not read again sooner.
const EVALUATIONS: Duration = Duration::from_mins(10);

/// A version as it was read.
#[derive(Debug)]
pub(super) struct Read {
    pub version: VersionFact,
    pub evidence: Evidence,
    /// Bytes of the artefacts, one for each container.
    pub sizes: Vec<Option<u64>>,
    pub curves: Vec<Curve>,
    /// Share of positives among the rows of the curves, 0 to 1.
    pub positives: Option<f64>,
    /// What it predicts as one feature changes.
    pub dependence: Vec<PartialDependence>,
    /// Of its baseline that fits today's traffic worst.
    pub worst: Option<live::Pair>,
    /// The endpoint and the hour that its baseline was compared with.
    live: Option<(String, Timestamp)>,
}

impl Read {
    /// `parameters` are those of its training, if they were asked for.
    pub fn side<'a>(&'a self, parameters: Option<&'a Part<Vec<(String, String)>>>) -> Side<'a> {
        Side {
            version: &self.version,
            evidence: &self.evidence,
            parameters,
            size: self.sizes.first().copied().flatten(),
        }
    }

    /// What the evidence digest is of, but for secrets. See [`sealed`].
    pub fn ledger(&self) -> String {
        sealed(&self.version, &self.evidence).0
    }

    /// What is shown, for a decision to stand on.
    pub fn seal(&self) -> Seal {
        sealed(&self.version, &self.evidence).1
    }
}

/// The ledger and the seal of a version. The ledger leaves the program in bundles, so secrets of environments are covered
/// in it. Their values go into the hash alone, so that a secret that is another is noticed: nothing that is kept, sent or
/// logged holds them, and what somebody may guess from a digest is told by the version itself to whoever may describe it.
pub(super) fn sealed(version: &VersionFact, evidence: &Evidence) -> (String, Seal) {
    let mut covered = version.clone();
    let mut secrets = String::new();
    for (at, container) in covered.containers.iter_mut().enumerate() {
        for (name, value) in &mut container.environment {
            let was = value.clone();
            cover(name, value);
            if *value != was {
                // With their lengths, so that no two environments are written alike.
                let line = format!("{at} {}:{name} {}:{was}\n", name.len(), was.len());
                secrets.push_str(&line);
            }
        }
    }
    let ledger = evidence::ledger(&covered, &evidence.files, &evidence.artefacts, &evidence.images);
    (ledger, evidence::seal(&covered, evidence, &secrets, sha256))
}

/// In hex.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&files::digest(bytes)).to_owned()
}

/// What is no secret stays to the byte.
pub(super) fn cover(name: &str, value: &mut String) {
    let is_plain = || matches!(mask::masked(&format!("{name}={value}")), Cow::Borrowed(_));
    if mask::names_a_secret(name) || !is_plain() {
        mask::COVER.clone_into(value);
    }
}

/// Without the name of its method.
pub(super) fn hex(digest: &str) -> &str {
    digest.strip_prefix("sha256:").unwrap_or(digest)
}

/// Outcome and bytes of one object.
pub(super) type Fetched = (ReadOutcome, Option<Vec<u8>>);

pub(super) async fn fetch(session: &Session, uri: &str) -> Fetched {
    let Some((bucket, object)) = uri.strip_prefix("s3://").and_then(|rest| rest.split_once('/')) else {
        return (ReadOutcome::Failed("this is no address in S3".to_owned()), None);
    };
    match Box::pin(files::read(session, bucket, object, None, LARGEST)).await {
        Ok(files::Evidence { content: Some(content), etag, version_id, size, modified, .. }) => {
            let sha256 = hex(&content.digest).to_owned();
            let seen = SeenFile { sha256, etag, version_id, size, modified };
            (ReadOutcome::Read(seen), Some(content.bytes))
        }
        Ok(files::Evidence { size, .. }) => {
            (ReadOutcome::Failed(format!("it has {size} bytes, more than are read of a file")), None)
        }
        Err(AwsError::NotFound { .. }) => (ReadOutcome::Gone, None),
        Err(AwsError::Denied { call, .. }) => (ReadOutcome::Failed(format!("{} is missing", call.action)), None),
        Err(error) => (ReadOutcome::Failed(error.to_string()), None),
    }
}

/// The bytes of an object of a report, or why there are none.
pub(super) async fn bytes(session: &Session, uri: &str) -> Result<Vec<u8>, String> {
    match fetch(session, uri).await {
        (_, Some(bytes)) => Ok(bytes),
        (ReadOutcome::Failed(why), None) => Err(why),
        (_, None) => Err("no such object".to_owned()),
    }
}

/// The artefact of a container as it is now: its state and its bytes.
async fn artefact(session: &Session, container: &ContainerFact) -> (PinState, Option<u64>) {
    let place = container.model_data.as_deref().filter(|_| !container.is_prefix);
    let place = place.and_then(|uri| uri.strip_prefix("s3://")?.split_once('/'));
    let Some((bucket, object)) = place else {
        return (evidence::artefact(container, Err("several objects below a prefix are not looked at")), None);
    };
    match Box::pin(files::stamp(session, bucket, object)).await {
        Ok(found) => {
            let etag = found.etag.unwrap_or_default();
            (evidence::artefact(container, Ok(Some(etag.as_str()))), found.size)
        }
        Err(AwsError::NotFound { .. }) => (evidence::artefact(container, Ok(None)), None),
        Err(error) => (evidence::artefact(container, Err(error.to_string().as_str())), None),
    }
}

/// The image of a container as it is now.
async fn image(session: &Session, container: &ContainerFact) -> PinState {
    let now = match place(&container.image) {
        Place::Ecr(image) => in_ecr(session, &image, container.image_digest.as_deref()).await,
        Place::Elsewhere(host) => {
            ImageNow::Untold(format!("it is in {host}, and only private registries of Amazon ECR are asked"))
        }
        Place::Unreadable => ImageNow::Untold("its URI is no address of an image".to_owned()),
    };
    evidence::image(container, &now)
}

async fn in_ecr(session: &Session, image: &EcrImage, registered: Option<&str>) -> ImageNow {
    let repository = ecr::Repository { registry: &image.registry, region: &image.region, name: &image.repository };
    let wanted = match &image.name {
        ImageName::Tag(tag) => ecr::Wanted::Tag(tag),
        ImageName::Digest(digest) => ecr::Wanted::Digest(digest),
    };
    let found = match (Box::pin(ecr::digest(session, repository, wanted)).await, wanted, registered) {
        // A tag can be taken away while its image stays.
        (Err(AwsError::NotFound { .. }), ecr::Wanted::Tag(_), Some(registered)) => {
            let still = Box::pin(ecr::digest(session, repository, ecr::Wanted::Digest(registered))).await;
            still.map(|_| ImageNow::Untagged)
        }
        (found, ..) => found.map(ImageNow::At),
    };
    match found {
        Ok(now) => now,
        Err(AwsError::NotFound { .. }) => ImageNow::Gone,
        Err(AwsError::Denied { call, .. }) => ImageNow::Untold(refused(session, &image.registry, call.action).await),
        Err(error) => ImageNow::Failed(error.to_string()),
    }
}

/// Why ECR tells nothing: repositories of another account answer only whom their policies name.
async fn refused(session: &Session, registry: &str, action: &str) -> String {
    match session.identity().await {
        Ok(own) if own.account != registry => {
            format!("account {registry}, where it is, refuses {action}, as AWS does for its own images")
        }
        _ => format!("{action} is missing"),
    }
}

/// Whether the files, artefacts and images of a version are those that were read, by their ETags, versions and digests:
/// no bytes are read for that.
async fn stands(session: &Session, read: &Read) -> bool {
    let mut files: Vec<(&str, &ReadOutcome)> =
        read.evidence.files.iter().map(|file| (file.uri.as_str(), &file.outcome)).collect();
    files.sort_by_key(|(uri, _)| *uri);
    files.dedup_by_key(|(uri, _)| *uri);
    let looks: Vec<_> = files.into_iter().map(|(uri, outcome)| same(session, uri, outcome)).collect();
    if !stream::iter(looks).buffer_unordered(AT_ONCE).all(std::future::ready).await {
        return false;
    }
    let pins = read.evidence.artefacts.iter().zip(&read.evidence.images);
    for (container, then) in read.version.containers.iter().zip(pins) {
        let ((artefact, _), image) = tokio::join!(artefact(session, container), image(session, container));
        if (&artefact, &image) != then {
            return false;
        }
    }
    true
}

/// Whether an object is still what was read of it.
async fn same(session: &Session, uri: &str, outcome: &ReadOutcome) -> bool {
    let Some((bucket, object)) = uri.strip_prefix("s3://").and_then(|rest| rest.split_once('/')) else {
        // It was not read, and never will be.
        return true;
    };
    match (outcome, Box::pin(files::stamp(session, bucket, object)).await) {
        (ReadOutcome::Read(seen), Ok(now)) => {
            seen.etag.is_some() && seen.etag == now.etag && seen.version_id == now.version_id
        }
        (ReadOutcome::Gone, Err(AwsError::NotFound { .. })) => true,
        _ => false,
    }
}

impl Desk {
    /// Reads a version, or a package without a group, anew, with everything around it. `models` are those of the region.
    pub(super) async fn read_version(
        &self,
        session: &Session,
        arn: &str,
        models: &[DeployedModel],
    ) -> Result<Arc<Read>, AwsError> {
        // On the heap: together the calls of a version are too large for the stack of a worker.
        let version = match Box::pin(describe_package(session, arn, Included::All)).await {
            // The content of a card may need a key that the person has not.
            Err(AwsError::Denied { .. }) => Box::pin(describe_package(session, arn, Included::Metadata)).await?,
            other => other?,
        };
        let (lineage, seen) = (Box::pin(self.lineage(session, arn)), Box::pin(self.live_of(session, &version, models)));
        let around = async { tokio::join!(lineage, seen) };
        let read = Arc::new(Box::pin(read_files(session, &version, around)).await);
        self.inner.models.reads.put(key(session, arn), Arc::clone(&read));
        Ok(read)
    }

    /// A version of a list, as a search gave it. What was read of it before is kept where its objects are the same.
    pub(super) async fn glance(&self, session: &Session, version: &VersionFact, models: &[DeployedModel]) -> Arc<Read> {
        let key = key(session, &format!("glance/{}", version.arn));
        let reads = &self.inner.models.reads;
        let seen = Box::pin(self.live_of(session, version, models)).await;
        let at = seen.there().map(|live| (live.endpoint.clone(), live.at));
        let known = reads.last(&key).filter(|known| known.version == *version && known.live == at);
        let is_same = match &known {
            Some(known) => Box::pin(stands(session, known)).await,
            None => false,
        };
        let read = match known {
            Some(known) if is_same => known,
            _ => {
                let around = async { (Box::pin(self.causes(session, &version.arn)).await, seen) };
                Arc::new(Box::pin(read_files(session, version, around)).await)
            }
        };
        reads.put(key, Arc::clone(&read));
        read
    }

    /// The files alone of a version whose facts are known, for another one to be compared with: no call of SageMaker.
    pub(super) async fn files_of(&self, session: &Session, version: &VersionFact, age: Duration) -> Arc<Read> {
        let key = key(session, &format!("files/{}", version.arn));
        let reads = &self.inner.models.reads;
        if let Some(known) = reads.get(&key, age).filter(|known| known.version == *version) {
            return known;
        }
        if let Some(known) = reads.last(&key).filter(|known| known.version == *version)
            && Box::pin(stands(session, &known)).await
        {
            reads.put(key, Arc::clone(&known));
            return known;
        }
        let unasked = || "it was not asked".to_owned();
        let around = std::future::ready((Part::Unreadable(unasked()), Part::Unreadable(unasked())));
        let read = Arc::new(Box::pin(read_files(session, version, around)).await);
        reads.put(key, Arc::clone(&read));
        read
    }

    /// A version as it was read in this session, or read now.
    pub(super) async fn known_version(
        &self,
        session: &Session,
        arn: &str,
        models: &[DeployedModel],
        age: Duration,
    ) -> Result<Arc<Read>, AwsError> {
        match self.inner.models.reads.get(&key(session, arn), age) {
            Some(known) => Ok(known),
            None => Box::pin(self.read_version(session, arn, models)).await,
        }
    }

    /// The evaluations of versions, by their number, as far as they can be read.
    pub(super) async fn evaluations(&self, session: &Session, versions: &[VersionFact]) -> Vec<(u32, Evaluation)> {
        let reads: Vec<_> = versions.iter().map(|version| self.evaluation(session, version)).collect();
        let mut found: Vec<(u32, Evaluation)> =
            stream::iter(reads).buffer_unordered(AT_ONCE).filter_map(std::future::ready).collect().await;
        found.sort_by_key(|(version, _)| *version);
        found
    }

    async fn evaluation(&self, session: &Session, version: &VersionFact) -> Option<(u32, Evaluation)> {
        let key = key(session, &version.arn);
        let kept = self.inner.models.evaluations.get(&key, EVALUATIONS);
        let known = if let Some(known) = kept {
            known
        } else {
            let file = version.metrics.iter().find(|fact| fact.part == EvidencePart::QualityStatistics)?;
            let (outcome, content) = Box::pin(fetch(session, &file.uri)).await;
            let read = content.and_then(|bytes| evidence::evaluated(&bytes).ok()).map(Arc::new);
            // What was refused, or came too late, may be there the next time.
            if !matches!(outcome, ReadOutcome::Failed(_)) {
                self.inner.models.evaluations.put(key, read.clone());
            }
            read
        };
        Some((version.version, (*known?).clone()))
    }
}

/// Reads the files, artefacts and images of a version while `around` reads its lineage and what its endpoint sees.
async fn read_files(
    session: &Session,
    version: &VersionFact,
    around: impl Future<Output = (Part<LineageGraph>, Part<Arc<live::Live>>)>,
) -> Read {
    let facts: Vec<(EvidenceFact, bool)> = {
        let metrics = version.metrics.iter().map(|fact| (fact.clone(), false));
        metrics.chain(version.baselines.iter().map(|fact| (fact.clone(), true))).collect()
    };
    let mut uris: Vec<String> = facts.iter().map(|(fact, _)| fact.uri.clone()).collect();
    uris.sort_unstable();
    uris.dedup();
    let fetched = async {
        let reads: Vec<_> = uris.iter().map(|uri| fetch_named(session, uri)).collect();
        stream::iter(reads).buffer_unordered(AT_ONCE).collect::<HashMap<String, Fetched>>().await
    };
    let pins = async {
        let (mut artefacts, mut sizes, mut images) = (Vec::new(), Vec::new(), Vec::new());
        for container in &version.containers {
            let ((artefact, size), image) = tokio::join!(artefact(session, container), image(session, container));
            artefacts.push(artefact);
            sizes.push(size);
            images.push(image);
        }
        (artefacts, sizes, images)
    };
    let (fetched, (artefacts, sizes, images), (lineage, seen)) = tokio::join!(fetched, pins, around);
    let (fact, now) = (version.clone(), session.now());
    let parsed = tokio::task::spawn_blocking(move || parse(&fact, &facts, &fetched, (seen, now))).await;
    // Reading files of strangers never panics; if it did, nothing is known.
    let mut read = parsed.unwrap_or_else(|_| Read {
        version: version.clone(),
        evidence: Evidence::default(),
        sizes: Vec::new(),
        curves: Vec::new(),
        positives: None,
        dependence: Vec::new(),
        worst: None,
        live: None,
    });
    read.sizes = sizes;
    read.evidence.artefacts = artefacts;
    read.evidence.images = images;
    read.evidence.lineage = lineage;
    read
}

async fn fetch_named(session: &Session, uri: &str) -> (String, Fetched) {
    (uri.to_owned(), fetch(session, uri).await)
}

/// Everything that is made of bytes.
fn parse(
    version: &VersionFact,
    facts: &[(EvidenceFact, bool)],
    fetched: &HashMap<String, Fetched>,
    (seen, now): (Part<Arc<live::Live>>, Timestamp),
) -> Read {
    let outcome = |uri: &str| {
        let read = fetched.get(uri).map(|(outcome, _)| outcome.clone());
        read.unwrap_or_else(|| ReadOutcome::Failed("it was not read".to_owned()))
    };
    let files: Vec<FileRead> = facts
        .iter()
        .map(|(fact, is_baseline)| FileRead {
            part: fact.part,
            is_baseline: *is_baseline,
            uri: fact.uri.clone(),
            outcome: outcome(&fact.uri),
        })
        .collect();
    let bytes = |uri: &str| fetched.get(uri).and_then(|(_, bytes)| bytes.as_deref());
    let of = |part: EvidencePart, is_baseline: bool| {
        let (fact, _) = facts.iter().find(|(fact, baseline)| fact.part == part && *baseline == is_baseline)?;
        bytes(&fact.uri)
    };
    let quality = of(EvidencePart::QualityStatistics, false).and_then(|bytes| monitor::Evaluation::read(bytes).ok());
    let explained = of(EvidencePart::Explainability, false);
    let explained = explained.and_then(|bytes| monitor::Explanations::read(bytes).ok());
    let baseline = of(EvidencePart::DataStatistics, true).and_then(|bytes| Statistics::read(bytes).ok());
    let constraints = of(EvidencePart::DataConstraints, true).and_then(|bytes| Constraints::read(bytes).ok());
    let mut evidence = evidence::read(files, bytes);
    let mut worst = None;
    let at = seen.there().map(|live| (live.endpoint.clone(), live.at));
    evidence.traffic = match (seen, baseline) {
        (Part::There(live), Some(baseline)) => {
            let (traffic, pair) = live::traffic(&live, &baseline, constraints.as_ref(), now);
            worst = pair;
            Part::There(traffic)
        }
        (Part::There(_), None) => Part::Unreadable("the version's own data baseline cannot be read".to_owned()),
        (Part::Absent, _) => Part::Absent,
        (Part::Unreadable(why), _) => Part::Unreadable(why),
    };
    Read {
        version: version.clone(),
        evidence,
        sizes: Vec::new(),
        positives: quality.as_ref().and_then(monitor::Evaluation::positives),
        curves: quality.map(|read| read.curves).unwrap_or_default(),
        dependence: explained.map(|read| read.dependence).unwrap_or_default(),
        worst,
        live: at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_an_environment_are_covered_and_nothing_else_is() {
        let covered = |name: &str, value: &str| {
            let mut value = value.to_owned();
            cover(name, &mut value);
            value
        };
        assert_eq!(covered("DB_PASSWORD", "hunter2 and more"), mask::COVER);
        assert_eq!(covered("STORE", "postgres://app:hunter2@db.internal/churn"), mask::COVER);
        for (name, value) in [("THRESHOLD", "0.5"), ("SAGEMAKER_PROGRAM", " inference.py\t"), ("EMPTY", "")] {
            assert_eq!(covered(name, value), value);
        }
    }
}
