//! What rejecting a version does to production.
//!
//! The project templates of SageMaker deploy the newest approved version whenever an approval changes: rejecting the
//! one that serves deploys the newest other approved one ("Update the approval status of a model").

use crate::{rows, wording::list};
use contract::models::{
    RollBack,
    facts::{Approval, DeployedModel, VersionFact},
};

/// `None` when rejecting changes nothing that serves: the version is neither approved nor deployed.
pub fn roll_back(version: &VersionFact, versions: &[VersionFact], models: &[DeployedModel]) -> Option<RollBack> {
    let mut endpoints: Vec<String> = rows::deployed(version, models).into_iter().map(|at| at.endpoint).collect();
    endpoints.dedup();
    if version.approval != Approval::Approved && endpoints.is_empty() {
        return None;
    }
    let others = versions.iter().filter(|other| {
        other.group == version.group && other.version != version.version && other.approval == Approval::Approved
    });
    let to = others.max_by_key(|other| other.version).map(rows::mark);
    let at = if endpoints.is_empty() { String::new() } else { format!(" at {}", list(&endpoints, 3)) };
    let words = match (&to, endpoints.is_empty()) {
        (Some(to), _) => format!("a deployment that follows approvals puts version {} in its place{at}", to.version),
        (None, false) => format!("no other version is approved: what serves{at} stays as it is, unapproved"),
        (None, true) => "no other version is approved".to_owned(),
    };
    Some(RollBack { to, endpoints, words })
}
