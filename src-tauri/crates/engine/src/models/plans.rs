//! Plans to decide about a version, and to reject many that nobody will decide any more.

use super::{blast, decide::Drafted, key, version_arn};
use crate::{Desk, EngineError, jobs::permitted, plans::Planned};
use ::models::{command, decide};
use aws::{
    Session,
    models::{
        evidence::digest,
        registry::{Included, describe_version},
    },
};
use contract::{
    Notice,
    models::{
        Decision, DecisionDraft, ModelWrite, Seal,
        facts::{Approval, VersionFact},
        requests::{DescribeGroup, PlanDecision, PlanStaleRejection},
    },
    plan::{Action, Confirm, Effect, ModelAction, Place, Plan, RefusedItem, Risk, Scope, Seen, Step},
    session::Environment,
};
use std::{sync::Arc, time::Duration};

pub(super) const UPDATE: &str = "sagemaker:UpdateModelPackage";
/// Versions of one plan: each is a step, and each is read again before it.
const MOST: usize = 50;
/// Characters of a `ClientToken`.
const TOKEN: usize = 36;

/// The parts of a plan that differ.
struct Parts {
    title: String,
    name: String,
    group: String,
    steps: Vec<Step>,
    refused: Vec<RefusedItem>,
    effects: Vec<Effect>,
    notices: Vec<Notice>,
}

impl Desk {
    pub async fn plan_decision(&self, request: &PlanDecision) -> Result<Plan, EngineError> {
        let session = self.session()?;
        let arn = Box::pin(version_arn(&session, &request.arn)).await?;
        let shown = self.inner.models.drafts.last(&key(&session, &arn));
        let shown: Arc<Drafted> = shown.filter(|shown| shown.seal.digest == request.evidence).ok_or_else(|| {
            EngineError::NotNow("What this decision stands on was not shown here. Open the version again.".into())
        })?;
        let looked = Box::pin(self.look_at_model(&session, &arn, Duration::ZERO)).await?;
        // A stage stands on no comparison.
        let stands_on_it = !matches!(request.decision, Decision::Stage(_));
        let other = || looked.other_approved(&shown).filter(|_| stands_on_it);
        if let Some(words) = looked.changed(&shown).or_else(other) {
            return Err(EngineError::NotNow(format!("{words} Look at it again, then decide.")));
        }
        let version = &looked.candidate.version;
        let draft = looked.draft();
        let (verb, held, comment) = match &request.decision {
            Decision::Approve { comment } => ("Approve", draft.approve.held.clone(), Some(comment)),
            Decision::Reject { comment } => ("Reject", draft.reject.held.clone(), Some(comment)),
            Decision::Sign { comment } => ("Sign", may_not_sign(&draft), Some(comment)),
            Decision::Stage(_) => ("Change stage of", Vec::new(), None),
        };
        if let Some(comment) = comment {
            decide::check(comment, &draft.template, &looked.policy)
                .map_err(|error| EngineError::BadInput(format!("{error}.")))?;
        }
        if let Decision::Stage(cycle) = &request.decision
            && version.lifecycle.as_ref() == Some(cycle)
        {
            return Err(EngineError::BadInput(format!("It is at {}, {} already.", cycle.stage, cycle.status)));
        }
        let writes =
            decide::writes(&request.decision, version, &looked.who, &looked.seal, &looked.policy, session.now())
                .map_err(|error| EngineError::BadInput(format!("{error}.")))?;
        let (effects, unknown) = Box::pin(blast::effects(&session, version, &writes)).await;
        let mut notices: Vec<Notice> = held.into_iter().map(|why| Notice::refusal(format!("{why}."))).collect();
        notices.extend(unknown);
        notices.extend(looked.unseen(&shown));
        notices.extend(draft.notices);
        if let (Decision::Reject { .. }, Some(roll_back)) = (&request.decision, &draft.reject.roll_back) {
            notices.push(Notice::warning(format!("Rejecting it changes production: {}.", roll_back.words)));
        }
        if let (Decision::Stage(_), [write]) = (&request.decision, writes.as_slice()) {
            notices.push(Notice::info(decide::sends(version, write)));
        }
        let named = format!("version {} of {}", version.version, version.group);
        // A change of stage stands on no evidence.
        let seal = comment.map(|_| &looked.seal);
        let steps = steps(&session, version, writes, comment.map(|comment| comment.as_str()), seal);
        let parts = Parts {
            title: format!("{verb} {named}"),
            name: name(version),
            group: version.group.clone(),
            steps,
            refused: Vec::new(),
            effects,
            notices,
        };
        Box::pin(self.finish_model_plan(session, parts)).await
    }

    pub async fn plan_stale_rejection(&self, request: &PlanStaleRejection) -> Result<Plan, EngineError> {
        let session = self.session()?;
        let policy = self.gate_policy(&session).await?;
        decide::check(&request.comment, "", &policy).map_err(|error| EngineError::BadInput(format!("{error}.")))?;
        if request.versions.is_empty() || request.versions.len() > MOST {
            return Err(EngineError::BadInput(format!("Choose 1 to {MOST} versions.")));
        }
        let detail = Box::pin(self.describe_group(&DescribeGroup { group: request.group.clone() })).await?;
        let comment = request.comment.split_whitespace().collect::<Vec<_>>().join(" ");
        if comment.chars().count() > decide::LONGEST {
            return Err(EngineError::BadInput(format!("SageMaker keeps {} characters of a comment.", decide::LONGEST)));
        }
        let write = ModelWrite::Approval { status: Approval::Rejected.code().to_owned(), comment: comment.clone() };
        let (mut all, mut refused, mut effects, mut notices) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for arn in &request.versions {
            let Some(stale) = detail.stale.iter().find(|row| row.mark.arn == *arn) else {
                let why = "it is not pending, it serves, or it does not wait long enough".to_owned();
                refused.push(RefusedItem { name: arn.clone(), why });
                continue;
            };
            let version = match Box::pin(describe_version(&session, arn, Included::Metadata)).await {
                Ok(version) if version.approval == Approval::Pending => version,
                Ok(version) => {
                    let why = format!("it is {} now", version.approval.word());
                    refused.push(RefusedItem { name: name(&version), why });
                    continue;
                }
                Err(error) => {
                    refused.push(RefusedItem { name: arn.clone(), why: error.to_string() });
                    continue;
                }
            };
            if all.is_empty() {
                // Versions of one group set off the same rules.
                let (some, unknown) = Box::pin(blast::effects(&session, &version, std::slice::from_ref(&write))).await;
                effects = some;
                notices.extend(unknown);
            }
            let mut some = steps(&session, &version, vec![write.clone()], Some(&comment), None);
            for step in &mut some {
                step.why = format!("{}: {comment}", stale.why);
            }
            all.extend(some);
        }
        let count = all.len() as u64;
        for effect in &mut effects {
            effect.times = count;
        }
        let group = detail.row.name.clone();
        let parts = Parts {
            title: format!("Reject {count} stale {} of {group}", if count == 1 { "version" } else { "versions" }),
            name: group.clone(),
            group,
            steps: all,
            refused,
            effects,
            notices,
        };
        Box::pin(self.finish_model_plan(session, parts)).await
    }

    async fn finish_model_plan(&self, session: Session, parts: Parts) -> Result<Plan, EngineError> {
        let mut arns: Vec<String> = actions(&parts.steps).map(|action| action.arn.clone()).collect();
        arns.dedup();
        let needs = arns.into_iter().map(|arn| (UPDATE, arn)).collect();
        let (identity, (permissions, lacking)) = tokio::join!(session.identity(), permitted(&session, needs));
        let identity = identity.map_err(Self::failed(&session))?;
        let mut notices = parts.notices;
        notices.extend(lacking);
        notices.sort_by_key(|notice| std::cmp::Reverse(notice.severity));
        let scope = command::Scope { profile: Some(session.profile()), region: Some(session.region()) };
        let cli = actions(&parts.steps)
            .flat_map(|action| action.writes.iter().map(move |write| command::write(&action.arn, write, scope)))
            .collect();
        let environment = session.guard().environment();
        let plan = Plan {
            id: self.inner.plans.next_id(),
            title: parts.title,
            name: parts.name,
            place: Place {
                account: identity.account,
                profile: session.profile().to_owned(),
                region: session.region().to_owned(),
                environment,
                scope: Scope::Models { group: parts.group },
            },
            made: session.now(),
            risk: Risk::High,
            confirm: if environment == Environment::Production { Confirm::TypeName } else { Confirm::Dialog },
            steps: parts.steps,
            refused: parts.refused,
            bytes: 0,
            fidelity: Vec::new(),
            effects: parts.effects,
            permissions,
            notices,
            cli,
            undoes: None,
        };
        self.inner.plans.keep(Planned { plan: plan.clone(), session });
        Ok(plan)
    }
}

fn actions(steps: &[Step]) -> impl Iterator<Item = &ModelAction> {
    steps.iter().filter_map(|step| match &step.action {
        Action::Model(action) => Some(action),
        _ => None,
    })
}

/// As the confirmation asks for it: `churn/7`.
fn name(version: &VersionFact) -> String {
    format!("{}/{}", version.group, version.version)
}

fn may_not_sign(draft: &DecisionDraft) -> Vec<String> {
    match &draft.sign {
        Some(sign) => sign.held.clone(),
        None => vec!["no signature is asked for: approve or reject it".to_owned()],
    }
}

/// A step for each call, in their order. `seal` is what the decision stands on.
fn steps(
    session: &Session,
    version: &VersionFact,
    writes: Vec<ModelWrite>,
    comment: Option<&str>,
    seal: Option<&Seal>,
) -> Vec<Step> {
    let made = session.now();
    let step = |(at, write): (usize, ModelWrite)| {
        let (text, why) = words(&write, comment);
        // The same call of the same plan has the same token, whoever sends it again; another plan has another one.
        let token = digest(format!("{} {made} {at} {write:?}", version.arn).as_bytes());
        let token: String = super::read::hex(&token).chars().take(TOKEN).collect();
        Step {
            key: name(version),
            action: Action::Model(ModelAction {
                arn: version.arn.clone(),
                writes: vec![write],
                token,
                evidence: seal.map(|seal| seal.digest.clone()),
                seal: seal.cloned(),
            }),
            seen: Seen::Model { approval: version.approval, modified: version.modified },
            text,
            why,
        }
    };
    writes.into_iter().enumerate().map(step).collect()
}

fn words(write: &ModelWrite, comment: Option<&str>) -> (String, String) {
    let comment = comment.unwrap_or_default().to_owned();
    match write {
        ModelWrite::Stage(cycle) => (
            format!("sets the stage to {}, {}", cycle.stage, cycle.status),
            // A stage that is changed by itself says why in its description.
            match &cycle.description {
                Some(description) => description.clone(),
                None if comment.is_empty() => String::new(),
                None => "before the approval, so that the event that deploys tells the whole state".to_owned(),
            },
        ),
        ModelWrite::Metadata { key, .. } => (format!("writes the signature {key}"), comment),
        ModelWrite::Approval { status, .. } => {
            let verb = if Approval::of(status) == Approval::Approved { "approves it" } else { "rejects it" };
            (format!("{verb} ({status}), with the comment and the digest of the evidence"), comment)
        }
    }
}
