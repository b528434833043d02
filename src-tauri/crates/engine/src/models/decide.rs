//! What a decision stands on, looked at anew, and remembered as it was shown.

use super::{blast, charts, key, read::Read, registry::Registry, version_arn, who};
use crate::{Desk, EngineError};
use ::models::{
    compare, decide,
    evidence::{self, Evidence, FileRead, Part},
    gates::{Approver, Blast, Candidate, approver},
};
use aws::Session;
use contract::{
    Notice,
    models::{
        DecisionDraft, GatePolicy, ModelWrite, VersionComparison,
        facts::{Approval, VersionFact, Who},
        requests::{DraftDecision, DraftReply},
    },
};
use std::{sync::Arc, time::Duration};

/// How old the list of models may be: what serves is part of what rejecting does.
const SERVES: Duration = Duration::from_secs(30);
/// Evidence of the approved version.
const APPROVED: Duration = Duration::from_mins(10);

/// What a person saw before deciding.
#[derive(Debug)]
pub(crate) struct Drafted {
    pub version: VersionFact,
    pub files: Vec<FileRead>,
    pub digest: String,
}

/// A version with everything that a decision on it looks at.
#[derive(Debug)]
pub(super) struct Looked {
    pub candidate: Arc<Read>,
    /// Of the candidate, with the limits of the approved version.
    evidence: Evidence,
    approved: Option<Arc<Read>>,
    versions: Vec<VersionFact>,
    registry: Arc<Registry>,
    pub who: Who,
    blast: Part<Blast>,
    reject_blast: Part<Blast>,
    pub policy: GatePolicy,
    pub digest: String,
}

impl Looked {
    fn asked(&self) -> Candidate<'_> {
        Candidate {
            version: &self.candidate.version,
            evidence: &self.evidence,
            approved: self.approved.as_ref().map(|read| (&read.version, &read.evidence)),
            who: &self.who,
            trail: None,
            blast: &self.blast,
            digest: &self.digest,
        }
    }

    pub fn draft(&self) -> DecisionDraft {
        let around = decide::Around {
            versions: &self.versions,
            models: &self.registry.models,
            reject_blast: &self.reject_blast,
        };
        decide::draft(&self.asked(), &around, &self.policy)
    }

    pub fn approver(&self) -> Approver {
        approver(&self.asked(), &self.policy)
    }

    fn comparison(&self) -> Option<VersionComparison> {
        let approved = self.approved.as_ref()?;
        Some(compare::compare(&approved.side(), &self.candidate.side(), &self.policy))
    }

    /// Why what was shown does not stand any more.
    pub fn changed(&self, shown: &Drafted) -> Option<String> {
        if let Some(conflict) = decide::conflict(&shown.version, &self.candidate.version) {
            return Some(format!("{}.", conflict.words));
        }
        let changes = evidence::changes(&shown.files, &self.candidate.evidence.files);
        if !changes.is_empty() {
            let words: Vec<String> = changes
                .iter()
                .map(|change| {
                    let (then, now) = (change.then.as_deref(), change.now.as_deref());
                    let (then, now) = (then.unwrap_or("nothing"), now.unwrap_or("nothing"));
                    format!("{} ({}) was {then} and is {now}", change.what, change.place)
                })
                .collect();
            return Some(format!("Evidence changed since you opened it: {}.", words.join("; ")));
        }
        let is_other = shown.digest != self.digest;
        is_other.then(|| "An artefact, an image or an environment changed since you opened it.".to_owned())
    }
}

/// The newest approved version but for this one.
fn approved<'a>(versions: &'a [VersionFact], but: &str) -> Option<&'a VersionFact> {
    let others = versions.iter().filter(|one| one.approval == Approval::Approved && one.arn != but);
    others.max_by_key(|one| one.version)
}

/// The version that another is compared with: the newest approved one, otherwise the one before it.
pub(super) fn against<'a>(versions: &'a [VersionFact], version: &VersionFact) -> Option<&'a VersionFact> {
    let before = || versions.iter().filter(|one| one.version < version.version).max_by_key(|one| one.version);
    approved(versions, &version.arn).or_else(before)
}

impl Desk {
    /// Looks at a version; its own files may be this old, and at no age are read anew.
    pub(super) async fn look_at_model(
        &self,
        session: &Session,
        arn: &str,
        age: Duration,
    ) -> Result<Looked, EngineError> {
        let failed = Self::failed(session);
        let (registry, policy) =
            tokio::join!(Box::pin(self.registry(session, age.max(SERVES))), self.gate_policy(session));
        let (registry, policy) = (registry.map_err(&failed)?, policy?);
        let candidate = Box::pin(self.known_version(session, arn, &registry.models, age)).await.map_err(&failed)?;
        let versions = registry.beside(&candidate.version);
        let approve = ModelWrite::Approval { status: Approval::Approved.code().to_owned(), comment: String::new() };
        let reject = ModelWrite::Approval { status: Approval::Rejected.code().to_owned(), comment: String::new() };
        let with_approved = async {
            match approved(&versions, arn) {
                None => None,
                Some(other) => Some(Box::pin(self.files_of(session, other, APPROVED)).await),
            }
        };
        let (approved, blasts, who) = tokio::join!(
            with_approved,
            Box::pin(blast::both(session, &candidate.version, &approve, &reject)),
            Box::pin(who(session))
        );
        let who = who.map_err(&failed)?;
        let (blast, reject_blast) = blasts;
        let mut evidence = candidate.evidence.clone();
        if let (Part::There(report), Some(before)) = (&mut evidence.bias, &approved) {
            evidence::limit(report, &before.bias_limits);
        }
        let digest = candidate.digest();
        Ok(Looked { candidate, evidence, approved, versions, registry, who, blast, reject_blast, policy, digest })
    }

    /// Looks at everything anew, and remembers it as shown.
    pub async fn draft_decision(&self, request: &DraftDecision) -> Result<DraftReply, EngineError> {
        let session = self.session()?;
        let arn = Box::pin(version_arn(&session, &request.arn)).await?;
        let looked = Box::pin(self.look_at_model(&session, &arn, Duration::ZERO)).await?;
        let drafted = Drafted {
            version: looked.candidate.version.clone(),
            files: looked.candidate.evidence.files.clone(),
            digest: looked.digest.clone(),
        };
        self.inner.models.drafts.put(key(&session, &arn), Arc::new(drafted));
        let mut draft = looked.draft();
        draft.notices.extend(looked.registry.notices.iter().cloned());
        if looked.policy.two_persons && !draft.signatures.is_empty() {
            let words = "CloudTrail was not read: that a signature was written by the person it names is not proven.";
            draft.notices.push(Notice::info(words));
        }
        let endpoint = looked.evidence.traffic.there().map(|traffic| traffic.endpoint.as_str()).unwrap_or_default();
        let traffic = looked.candidate.worst.as_ref().and_then(|pair| charts::traffic(pair, endpoint));
        Ok(DraftReply { draft, comparison: looked.comparison(), traffic })
    }
}
