//! One version, and two beside each other.

use super::{charts, decide::against, live, package_arn, read::Read, registry::Registry, version_arn};
use crate::{Desk, EngineError, ends::left_out, jobs::masked};
use ::jobs::{parameters::is_secret, secrets::COVER};
use ::models::{evidence::Part, lineage::trained_by};
use aws::Session;
use contract::{
    executions::Difference,
    jobs::facts::Driver,
    models::requests::{CompareModels, DescribeModel, ModelComparison, ModelNumbers, ModelReply},
};
use std::{sync::Arc, time::Duration};

const SERVES: Duration = Duration::from_mins(2);
/// Files of a version are not read again for every comparison, nor CloudTrail for every look at its page: it takes 2 calls a
/// second, and tells of a write a quarter of an hour later.
const READ: Duration = Duration::from_mins(2);

impl Desk {
    pub async fn describe_model(&self, request: &DescribeModel) -> Result<ModelReply, EngineError> {
        let session = self.session()?;
        let failed = Self::failed(&session);
        let arn = Box::pin(package_arn(&session, &request.arn)).await?;
        let registry = Box::pin(self.registry(&session, SERVES)).await.map_err(&failed)?;
        let (read, trail) = tokio::join!(
            Box::pin(self.read_version(&session, &arn, &registry.models)),
            Box::pin(self.trail(&session, &arn, READ)),
        );
        let read = read.map_err(&failed)?;
        let account = session.identity().await.map_err(&failed)?.account;
        let own = Box::pin(self.own_writes(account, &read.version)).await?;
        let mut notices = registry.notices.clone();
        let told = match &trail {
            Ok(trail) => trail.actions.as_slice(),
            Err(error) => {
                notices.push(left_out("History in CloudTrail", error));
                &[]
            }
        };
        let data = match read.evidence.lineage.there() {
            Some(graph) => Box::pin(self.data_sets(&session, &read.version, graph)).await,
            None => Vec::new(),
        };
        let (history, missed) = Box::pin(live::history(&session, &read.version, told, &own)).await;
        let around = ::models::detail::Around {
            evidence: &read.evidence,
            models: &registry.models,
            history: &history,
            sizes: &read.sizes,
            data: &data,
        };
        let mut detail = ::models::detail::detail(&read.version, &around, session.now());
        for (name, value) in detail.containers.iter_mut().flat_map(|container| &mut container.environment) {
            super::read::cover(name, value);
        }
        // A description has no tags; the search has.
        if read.version.tags.is_none() {
            let found = registry.versions.iter().find(|one| one.arn == arn).and_then(|one| one.tags.clone());
            detail.tags = found.unwrap_or_default();
        }
        notices.extend(missed.map(|error| left_out("History in the lineage", &error)));
        let versions = registry.beside(&read.version);
        let against = against(&versions, &read.version).map(|other| other.arn.clone());
        let numbers = if against.is_none() {
            let policy = self.gate_policy(&session).await?;
            let numbers = ::models::compare::alone(&read.version, &read.evidence, &policy);
            let charts = charts::alone(&read, &numbers);
            Some(ModelNumbers { numbers, charts, dependence: charts::dependence(&[&read]) })
        } else {
            None
        };
        Ok(ModelReply { detail, against, numbers, notices })
    }

    pub async fn compare_models(&self, request: &CompareModels) -> Result<ModelComparison, EngineError> {
        let session = self.session()?;
        let left = Box::pin(version_arn(&session, &request.left)).await?;
        let right = Box::pin(version_arn(&session, &request.right)).await?;
        if left == right {
            return Err(EngineError::BadInput("Both are the same version.".into()));
        }
        let registry = Box::pin(self.registry(&session, SERVES)).await.map_err(Self::failed(&session))?;
        let policy = self.gate_policy(&session).await?;
        let (left, right) = tokio::join!(self.side(&session, &left, &registry), self.side(&session, &right, &registry));
        let (left, right) = (left?, right?);
        let (before, after) = tokio::join!(
            Box::pin(self.parameters_of(&session, &left)),
            Box::pin(self.parameters_of(&session, &right)),
        );
        let mut comparison = ::models::compare::compare(&left.side(Some(&before)), &right.side(Some(&after)), &policy);
        cover(&mut comparison.differences);
        let charts = charts::comparison(&left, &right, &comparison);
        Ok(ModelComparison { comparison, charts, dependence: charts::dependence(&[&left, &right]) })
    }

    /// Hyperparameters of the training job of a version, with their secrets: those are covered once they were compared.
    async fn parameters_of(&self, session: &Session, read: &Read) -> Part<Vec<(String, String)>> {
        let trained = match trained_by(&read.version, &read.evidence.lineage) {
            Part::There(trained) => trained,
            Part::Absent => return Part::Absent,
            Part::Unreadable(why) => return Part::Unreadable(why),
        };
        // A job is asked for by its name alone, which may be taken here by another one.
        match session.identity().await {
            Ok(identity) if identity.account == trained.account && session.region() == trained.region => {}
            Ok(_) => {
                let (account, region) = (trained.account, trained.region);
                return Part::Unreadable(format!("its training job ran in account {account}, {region}"));
            }
            Err(error) => return Part::Unreadable(error.to_string()),
        }
        match Box::pin(self.run_fact(session, &trained.job)).await {
            Ok(run) => match &run.request.driver {
                Driver::SageMaker(sage) => Part::There(sage.hyperparameters.clone()),
                _ => Part::Absent,
            },
            Err(error) => Part::Unreadable(error.to_string().trim_end_matches('.').to_owned()),
        }
    }

    async fn side(&self, session: &Session, arn: &str, registry: &Registry) -> Result<Arc<Read>, EngineError> {
        Box::pin(self.known_version(session, arn, &registry.models, READ)).await.map_err(Self::failed(session))
    }
}

/// Covers secrets among parameters and environments: that one is another is told, and not what it is.
pub(super) fn cover(differences: &mut [Difference]) {
    let settings = differences.iter_mut().filter(|one| matches!(one.what.as_str(), "Parameter" | "Environment"));
    for Difference { place, then, now, .. } in settings {
        for text in [then, now].into_iter().flatten() {
            *text = if is_secret(place, text) { COVER.to_owned() } else { masked(text) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_is_another_is_told_and_covered() {
        let one = |what: &str, place: &str, then: &str, now: &str| Difference {
            what: what.into(),
            place: place.into(),
            then: Some(then.into()),
            now: Some(now.into()),
            at: None,
        };
        let mut all = [
            one("Parameter", "max_depth", "5", "6"),
            one("Parameter", "wandb_api_key", "hunter1", "hunter2"),
            one("Parameter", "source", "jdbc:postgresql://db/x?password=hunter1", "s3://lake/x"),
            one("Environment", "DB_PASSWORD", "hunter1", "hunter2"),
            one("Origin", "commit", "4f0c9d1", "9a9a9a9"),
        ];
        cover(&mut all);
        assert!(!format!("{all:?}").contains("hunter"), "{all:?}");
        let shown: Vec<(&str, &str)> =
            all.iter().map(|one| (one.then.as_deref().unwrap(), one.now.as_deref().unwrap())).collect();
        assert_eq!(shown, [("5", "6"), (COVER, COVER), (COVER, "s3://lake/x"), (COVER, COVER), ("4f0c9d1", "9a9a9a9")]);
    }
}
