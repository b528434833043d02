//! Models: groups and their versions, what waits for a decision, what one rests on, and the plans to decide.
//!
//! What always holds: lists are made of a few searches, because SageMaker's quotas are shared with what runs in the
//! account; a file that cannot be read makes its gates "not known" and nothing else; and a decision is planned only on
//! evidence that was shown and still stands.

mod blast;
mod bundle;
mod charts;
mod data;
mod decide;
mod follow;
mod groups;
mod live;
mod pasted;
mod pipelines;
mod plans;
mod queue;
mod read;
mod records;
mod registry;
mod trail;
mod version;

use crate::{Desk, EngineError, jobs::Kept};
use ::models::{address::lone_package, gates::policy};
use aws::{AwsError, Call, Session};
use contract::models::{
    GatePolicy, LineageGraph, ModelTarget,
    facts::{ArtifactFact, Who},
};
pub(crate) use decide::Drafted;
pub(crate) use pipelines::{Single, command_scope};
use read::Read;
use registry::Registry;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};
use tokio::sync::watch;

/// What the area keeps while the program runs.
#[derive(Debug, Default)]
pub(crate) struct Models {
    registries: Kept<Arc<Registry>>,
    /// Held while one is read, by profile and region: lists that open together read it once.
    reading: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
    /// Files of versions as they were last read, by ARN.
    reads: Kept<Arc<Read>>,
    /// Evaluations of versions for strips and trends, by ARN; `None`: there is none that can be read.
    evaluations: Kept<Option<Arc<::models::evidence::Evaluation>>>,
    /// What endpoints saw in the newest hours that a monitor reported on, by their name.
    live: Kept<Arc<live::Live>>,
    /// What led to versions, by ARN: it does not change once they are registered.
    causes: Kept<Option<Arc<LineageGraph>>>,
    /// What artifacts of lineage stand for, by ARN: it does not change either.
    artifacts: Kept<Arc<ArtifactFact>>,
    /// Where artifacts may not be described, by account and region, with what the service said: asked once, until a profile
    /// is opened.
    refused: Kept<(Call, String)>,
    /// Which versions of their data sets were read, by what was looked for.
    sets: Kept<Arc<data::Told>>,
    /// Definitions that executions of pipelines began with, and what they were given, by ARN: neither changes.
    definitions: Kept<Arc<str>>,
    given: Kept<Arc<[(String, String)]>>,
    /// What CloudTrail has of versions, by ARN.
    trails: Kept<Arc<trail::Trail>>,
    /// What was shown before a decision, by ARN.
    pub drafts: Kept<Arc<Drafted>>,
    /// Counts up when a team's rules are saved: what was judged by them is judged again at once.
    rules: watch::Sender<u64>,
}

impl Models {
    /// Whoever opens a profile may have been given a permission meanwhile.
    pub fn forget_refusals(&self, profile: &str) {
        let below = format!("{profile}/");
        self.refused.forget_below(&below);
        self.sets.forget_below(&below);
    }
}

/// The name of something of a profile and region among what is kept.
pub(crate) fn key(session: &Session, own: &str) -> String {
    format!("{}/{}/{own}", session.profile(), session.region())
}

/// The ARN of a version, which may be given as `version:churn/7`. A package without a group is none: whatever decides or
/// compares stops here.
async fn version_arn(session: &Session, text: &str) -> Result<String, EngineError> {
    let arn = package_arn(session, text).await?;
    match lone_package(&arn) {
        None => Ok(arn),
        Some(name) => Err(EngineError::BadInput(format!(
            "The model package {name} is in no group: it has no approval, no stage and no other version to stand beside."
        ))),
    }
}

/// The same, or the ARN of a package without a group, which may be given as `package:sold`.
async fn package_arn(session: &Session, text: &str) -> Result<String, EngineError> {
    if text.starts_with("arn:") {
        return Ok(text.to_owned());
    }
    match text.parse::<ModelTarget>() {
        Ok(target @ (ModelTarget::Version { .. } | ModelTarget::Package(_))) => {
            let identity = session.identity().await.map_err(Desk::failed(session))?;
            let region = session.region();
            let partition = ::objects::arn::partition(region);
            let place = ::models::address::Place { partition, region, account: &identity.account };
            Ok(::models::address::arn(&target, &place))
        }
        _ => Err(EngineError::BadInput(format!("{text} is no version of a model."))),
    }
}

/// Who decides: the identity of this session.
async fn who(session: &Session) -> Result<Who, AwsError> {
    let identity = session.identity().await?;
    let some = |text: String| (!text.is_empty()).then_some(text);
    Ok(Who { arn: some(identity.arn), principal: some(identity.principal), ..Who::default() })
}

impl Desk {
    /// What the team of the open profile asks of a version.
    pub async fn read_gate_policy(&self) -> Result<GatePolicy, EngineError> {
        let session = self.session()?;
        self.gate_policy(&session).await
    }

    pub async fn save_gate_policy(&self, policy: GatePolicy) -> Result<GatePolicy, EngineError> {
        let session = self.session()?;
        let profile = session.profile().to_owned();
        policy::check(&policy).map_err(|error| EngineError::BadInput(format!("{error}.")))?;
        let before = self.gate_policy(&session).await?;
        if before == policy {
            return Ok(before);
        }
        // Words round: what differs behind them is kept all the same.
        let changes = policy::changes(&before, &policy);
        let result = if changes.is_empty() { "saved".to_owned() } else { changes.join("; ") };
        let (name, kept) = (profile.clone(), policy.clone());
        self.inner.store.run(move |store| store.save_gate_policy(&name, &kept)).await?;
        self.inner.models.rules.send_modify(|saved| *saved += 1);
        self.audit_in((&profile, session.region()), "models.policy", &profile, &result).await?;
        Ok(policy)
    }

    async fn gate_policy(&self, session: &Session) -> Result<GatePolicy, EngineError> {
        let profile = session.profile().to_owned();
        Ok(self.inner.store.run(move |store| store.gate_policy(&profile)).await?)
    }
}
