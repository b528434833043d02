//! One version, and two beside each other.

use super::{charts, decide::against, live, read::Read, registry::Registry, version_arn};
use crate::{Desk, EngineError, ends::left_out};
use aws::Session;
use contract::models::requests::{CompareModels, DescribeModel, ModelComparison, ModelReply};
use std::{sync::Arc, time::Duration};

const SERVES: Duration = Duration::from_mins(2);
/// Files of a version are not read again for every comparison, nor CloudTrail for every look at its page: it takes 2 calls a
/// second, and tells of a write a quarter of an hour later.
const READ: Duration = Duration::from_mins(2);

impl Desk {
    pub async fn describe_model(&self, request: &DescribeModel) -> Result<ModelReply, EngineError> {
        let session = self.session()?;
        let failed = Self::failed(&session);
        let arn = Box::pin(version_arn(&session, &request.arn)).await?;
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
        let (history, missed) = Box::pin(live::history(&session, &read.version, told, &own)).await;
        let around = ::models::detail::Around {
            evidence: &read.evidence,
            models: &registry.models,
            history: &history,
            sizes: &read.sizes,
        };
        let mut detail = ::models::detail::detail(&read.version, &around, session.now());
        // A description has no tags; the search has.
        if read.version.tags.is_none() {
            let found = registry.versions.iter().find(|one| one.arn == arn).and_then(|one| one.tags.clone());
            detail.tags = found.unwrap_or_default();
        }
        notices.extend(missed.map(|error| left_out("History in the lineage", &error)));
        let versions = registry.beside(&read.version);
        let against = against(&versions, &read.version).map(|other| other.arn.clone());
        Ok(ModelReply { detail, against, notices })
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
        let comparison = ::models::compare::compare(&left.side(), &right.side(), &policy);
        let charts = charts::comparison(&left, &right, &comparison);
        Ok(ModelComparison { comparison, charts })
    }

    async fn side(&self, session: &Session, arn: &str, registry: &Registry) -> Result<Arc<Read>, EngineError> {
        Box::pin(self.known_version(session, arn, &registry.models, READ)).await.map_err(Self::failed(session))
    }
}
