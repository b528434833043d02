//! What a decision stands on, looked at anew, and remembered as it was shown.

use super::{blast, charts, key, plans::UPDATE, read::Read, registry::Registry, trail::Trail, version_arn, who};
use crate::{Desk, EngineError, ends::left_out, jobs::permitted};
use ::models::{
    compare, decide,
    evidence::{self, Evidence, FileRead, Part},
    gates::{Blast, Candidate},
    people::{self, Apart},
};
use aws::{AwsError, Session};
use contract::{
    Notice, Timestamp,
    facts::{EventRule, Known},
    models::{
        DecisionDraft, Gate, GatePolicy, ModelWrite, Seal, Signature, VersionComparison,
        facts::{Approval, VersionFact, Who},
        requests::{DraftDecision, DraftReply},
    },
};
use std::{sync::Arc, time::Duration};

/// How old the list of models may be: what serves is part of what rejecting does.
const SERVES: Duration = Duration::from_secs(30);
/// Evidence of the approved version.
const APPROVED: Duration = Duration::from_mins(10);
/// How old CloudTrail's records may be for a list.
const TRAIL: Duration = Duration::from_mins(5);

/// What a person saw before deciding.
#[derive(Debug)]
pub(crate) struct Drafted {
    pub version: VersionFact,
    pub files: Vec<FileRead>,
    pub seal: Seal,
    /// What its digest is of.
    pub ledger: String,
    pub gates: Vec<Gate>,
    pub signatures: Vec<Signature>,
    /// ARN of the approved version that it was compared with.
    pub approved: Option<String>,
    pub at: Timestamp,
}

/// What the versions of a list have in common: read once for all of them.
#[derive(Debug)]
pub(super) struct Shared {
    pub registry: Arc<Registry>,
    policy: GatePolicy,
    /// Those that may hear of models.
    rules: Known<Vec<EventRule>>,
    who: Who,
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
    /// Absent in lists.
    reject_blast: Part<Blast>,
    /// Read where the rule of two persons needs it.
    trail: Option<Arc<Trail>>,
    /// Why CloudTrail was not read.
    untold: Option<AwsError>,
    pub policy: GatePolicy,
    pub seal: Seal,
}

impl Looked {
    fn asked(&self) -> Candidate<'_> {
        Candidate {
            version: &self.candidate.version,
            evidence: &self.evidence,
            approved: self.approved.as_ref().map(|read| (&read.version, &read.evidence)),
            who: &self.who,
            trail: self.trail.as_ref().map(|trail| trail.actions.as_slice()),
            blast: &self.blast,
            seal: &self.seal,
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

    pub fn drafted(&self, draft: &DecisionDraft, at: Timestamp) -> Drafted {
        let Read { version, evidence, .. } = self.candidate.as_ref();
        Drafted {
            version: version.clone(),
            files: evidence.files.clone(),
            seal: self.seal.clone(),
            ledger: self.candidate.ledger(),
            gates: draft.gates.clone(),
            signatures: draft.signatures.clone(),
            approved: self.approved.as_ref().map(|read| read.version.arn.clone()),
            at,
        }
    }

    fn comparison(&self) -> Option<VersionComparison> {
        let approved = self.approved.as_ref()?;
        let mut comparison = compare::compare(&approved.side(None), &self.candidate.side(None), &self.policy);
        super::version::cover(&mut comparison.differences);
        Some(comparison)
    }

    /// Why what was shown does not stand any more.
    pub fn changed(&self, shown: &Drafted) -> Option<String> {
        let conflict = decide::conflict(&shown.version, &self.candidate.version);
        conflict.map(|conflict| format!("{}.", conflict.words)).or_else(|| self.evidence_changed(shown))
    }

    /// What others changed since it was shown: a person's own decision is no news.
    fn news(&self, shown: &Drafted) -> Option<String> {
        let now = &self.candidate.version;
        let is_own = now.modified_by.as_ref().is_some_and(|by| people::apart(by, &self.who) == Apart::Same);
        let conflict = decide::conflict(&shown.version, now).filter(|_| !is_own);
        let told = conflict.map(|conflict| format!("Since you looked last: {}.", conflict.words));
        told.or_else(|| self.evidence_changed(shown)).or_else(|| self.other_approved(shown))
    }

    /// That it is compared with another version than was shown: somebody approved or rejected one beside it meanwhile, and
    /// gates say something else of it.
    pub fn other_approved(&self, shown: &Drafted) -> Option<String> {
        let now = self.approved.as_ref().map(|read| &read.version);
        if now.map(|version| version.arn.as_str()) == shown.approved.as_deref() {
            return None;
        }
        Some(match now {
            Some(version) => {
                format!("Since you looked, version {} is the newest approved one beside it.", version.version)
            }
            None => "Since you looked, the version that it was compared with is approved no more.".to_owned(),
        })
    }

    fn evidence_changed(&self, shown: &Drafted) -> Option<String> {
        let changed = evidence::compare(&shown.seal, &self.seal).changed;
        (!changed.is_empty()).then(|| format!("Evidence changed since you opened it: {}.", changed.join("; ")))
    }

    /// What of the evidence could be looked at once only: then, or now.
    pub fn unseen(&self, shown: &Drafted) -> Vec<Notice> {
        let unseen = evidence::compare(&shown.seal, &self.seal).unseen;
        unseen.into_iter().map(|words| Notice::info(format!("Not compared with what you opened: {words}."))).collect()
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

/// All versions of a version's group as a search gives them now: another one may have been approved since the registry was
/// read. Where that fails, the registry is all that is known.
async fn beside_now(session: &Session, registry: &Registry, version: &VersionFact) -> Vec<VersionFact> {
    let account = |arn: &str| arn.split(':').nth(4).map(str::to_owned);
    let own = account(&version.arn);
    let mut groups = registry.groups.iter();
    let Some(group) = groups.find(|group| group.name == version.group && account(&group.arn) == own) else {
        return registry.beside(version);
    };
    match super::registry::versions_of(session, group).await {
        Ok(mut found) => {
            found.retain(|one| one.arn != version.arn);
            found.push(version.clone());
            found
        }
        Err(_) => registry.beside(version),
    }
}

impl Desk {
    /// What is common to the versions of a registry.
    pub(super) async fn shared(&self, session: &Session, registry: Arc<Registry>) -> Result<Shared, EngineError> {
        let (policy, rules, who) =
            tokio::join!(self.gate_policy(session), blast::listening(session), Box::pin(who(session)));
        Ok(Shared { registry, policy: policy?, rules, who: who.map_err(Self::failed(session))? })
    }

    /// Looks at a version; its own files may be this old, and at no age are read anew.
    pub(super) async fn look_at_model(
        &self,
        session: &Session,
        arn: &str,
        age: Duration,
    ) -> Result<Looked, EngineError> {
        let failed = Self::failed(session);
        let registry = Box::pin(self.registry(session, age.max(SERVES))).await.map_err(&failed)?;
        let shared = Box::pin(self.shared(session, registry)).await?;
        let candidate =
            Box::pin(self.known_version(session, arn, &shared.registry.models, age)).await.map_err(&failed)?;
        Ok(Box::pin(self.look_for(session, &shared, candidate, age)).await)
    }

    /// Looks at a version of a list: what was read of it before is not read again where it still stands.
    pub(super) async fn glance_at_model(&self, session: &Session, shared: &Shared, version: &VersionFact) -> Looked {
        let candidate = Box::pin(self.glance(session, version, &shared.registry.models)).await;
        Box::pin(self.look_for(session, shared, candidate, TRAIL)).await
    }

    /// Looks around a version that was read. At no age it is for a decision.
    async fn look_for(&self, session: &Session, shared: &Shared, candidate: Arc<Read>, age: Duration) -> Looked {
        let Shared { registry, policy, rules, who } = shared;
        let versions = if age.is_zero() {
            Box::pin(beside_now(session, registry, &candidate.version)).await
        } else {
            registry.beside(&candidate.version)
        };
        let approve = ModelWrite::Approval { status: Approval::Approved.code().to_owned(), comment: String::new() };
        let reject = ModelWrite::Approval { status: Approval::Rejected.code().to_owned(), comment: String::new() };
        let reject = Some(&reject).filter(|_| age.is_zero());
        let with_approved = async {
            match approved(&versions, &candidate.version.arn) {
                None => None,
                Some(other) => Some(Box::pin(self.files_of(session, other, APPROVED)).await),
            }
        };
        let (approved, (blast, reject_blast), (trail, untold)) = tokio::join!(
            with_approved,
            Box::pin(blast::both(session, rules, &candidate.version, &approve, reject)),
            Box::pin(self.proofs(session, &candidate.version, policy, age)),
        );
        let mut evidence = candidate.evidence.clone();
        if let (Part::There(report), Some(before)) = (&mut evidence.bias, &approved)
            && let Part::There(limits) = &before.evidence.bias_limits
        {
            evidence::limit(report, limits);
        }
        let seal = candidate.seal();
        Looked {
            candidate,
            evidence,
            approved,
            versions,
            registry: Arc::clone(registry),
            who: who.clone(),
            blast,
            reject_blast,
            trail,
            untold,
            policy: policy.clone(),
            seal,
        }
    }

    /// Looks again at the evidence of a decision, which is `seen`. What could not be compared; an error: what is not as it
    /// was any more.
    pub(crate) async fn evidence_moved(
        &self,
        session: &Session,
        version: &VersionFact,
        seen: &Seal,
    ) -> Result<Vec<String>, String> {
        let now = Box::pin(self.files_of(session, version, Duration::ZERO)).await;
        let compared = evidence::compare(seen, &now.seal());
        if compared.changed.is_empty() { Ok(compared.unseen) } else { Err(compared.changed.join("; ")) }
    }

    /// Where two persons are asked for: whether this one may write at all, by IAM's simulation, and what is to be said of
    /// it. Somebody else has to sign or approve where he may not.
    async fn may_write(&self, session: &Session, arn: &str) -> Result<(Option<bool>, Option<Notice>), EngineError> {
        if !self.gate_policy(session).await?.two_persons {
            return Ok((None, None));
        }
        let (permissions, notice) = Box::pin(permitted(session, vec![(UPDATE, arn.to_owned())])).await;
        let is_missing = permissions.iter().any(|permission| permission.missing);
        // Without a denial, a notice says that nothing was checked.
        let may = if is_missing { Some(false) } else { notice.is_none().then_some(true) };
        Ok((may, notice))
    }

    /// Looks at everything anew, and remembers it as shown.
    pub async fn draft_decision(&self, request: &DraftDecision) -> Result<DraftReply, EngineError> {
        let session = self.session()?;
        let arn = Box::pin(version_arn(&session, &request.arn)).await?;
        let (looked, may) = tokio::join!(
            Box::pin(self.look_at_model(&session, &arn, Duration::ZERO)),
            Box::pin(self.may_write(&session, &arn)),
        );
        let (looked, (may_write, unasked)) = (looked?, may?);
        let mut draft = looked.draft();
        draft.notices.extend(unasked);
        let drafted = looked.drafted(&draft, session.now());
        let key = key(&session, &arn);
        let before = self.inner.models.drafts.last(&key);
        if let Some(before) = before {
            draft.notices.extend(looked.news(&before).map(Notice::warning));
            draft.notices.extend(looked.unseen(&before));
        }
        self.inner.models.drafts.put(key, Arc::new(drafted));
        draft.notices.extend(looked.registry.notices.iter().cloned());
        if let Some(error) = &looked.untold {
            draft.notices.push(left_out("CloudTrail's proof of who registered and signed", error));
        } else if looked.policy.two_persons && looked.trail.is_none() && !draft.signatures.is_empty() {
            let words = "CloudTrail's records do not reach back: that a signature was written by the person it names is not proven.";
            draft.notices.push(Notice::info(words));
        }
        let endpoint = looked.evidence.traffic.there().map(|traffic| traffic.endpoint.as_str()).unwrap_or_default();
        let traffic = looked.candidate.worst.as_ref().and_then(|pair| charts::traffic(pair, endpoint));
        let comment = looked.candidate.version.comment.as_deref();
        Ok(DraftReply {
            draft,
            lifecycle: looked.candidate.version.lifecycle.clone(),
            decided_on: comment.and_then(decide::decided_on).map(str::to_owned),
            decided_before: comment.is_some_and(decide::decided_before),
            may_write,
            stages: ::models::rows::stages(&looked.registry.versions),
            comparison: looked.comparison(),
            traffic,
        })
    }
}
