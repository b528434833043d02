//! All groups in one list, one group with its versions, and one metric over them.

use super::{charts, registry};
use crate::{
    Desk, EngineError, Events,
    desk::load,
    ends::left_out,
    sets::{Record, SetWriter},
};
use aws::{AwsError, Session, models::registry::describe_group};
use contract::{
    Notice, Timestamp,
    models::{
        GroupRow,
        facts::{GroupFact, VersionFact},
        requests::{DescribeGroup, GroupDetail, ReadTrend, TrendReply},
    },
    sets::SetState,
};
use std::{sync::Arc, time::Duration};

/// How often the list is read again.
const AGAIN: Duration = Duration::from_mins(1);
/// Where models serve changes seldom, and what changes it is read anew by those who depend on it.
const SERVES: Duration = Duration::from_mins(2);

impl Desk {
    pub fn open_groups(&self, events: Events) -> Result<SetState, EngineError> {
        let session = self.session()?;
        let (state, writer) = self.inner.sets.open::<GroupRow>(session.now(), events);
        let desk = self.clone();
        load(writer, move |writer| async move { desk.load_groups(&session, &writer).await });
        Ok(state)
    }

    async fn load_groups(
        &self,
        session: &Session,
        writer: &Arc<SetWriter<GroupRow>>,
    ) -> Result<Timestamp, EngineError> {
        let mut first = true;
        loop {
            match Box::pin(self.registry(session, registry::TOGETHER)).await {
                Ok(registry) => {
                    let looked = self.looked_monitors(session);
                    let mut rows: Vec<GroupRow> =
                        registry.groups.iter().map(|group| registry.row(group, &looked)).collect();
                    // Rows that are equal in another order, of one team for instance, stand by name.
                    rows.sort_by(Record::natural);
                    writer.show(rows, registry.notices.clone());
                }
                // What was read stays, with the reason why it is not newer.
                Err(error) if !first && !matches!(error, AwsError::SignIn { .. }) => {
                    writer.notice(left_out("What is new", &error));
                }
                Err(error) => return Err(Self::failed(session)(error)),
            }
            first = false;
            if writer.cancelled() {
                return Ok(session.now());
            }
            writer.finish(session.now());
            self.pause(AGAIN).await;
            if writer.cancelled() {
                return Ok(session.now());
            }
        }
    }

    /// A group by its name or ARN, and its versions as they are now.
    async fn group(&self, session: &Session, id: &str) -> Result<(GroupFact, Vec<VersionFact>), EngineError> {
        let known = Box::pin(self.registry(session, SERVES)).await.map_err(Self::failed(session))?;
        let named = known.groups.iter().find(|group| group.id == id || group.arn == id).cloned();
        let group = match named {
            Some(group) => group,
            None => Box::pin(describe_group(session, id)).await.map_err(Self::failed(session))?,
        };
        let versions = Box::pin(registry::versions_of(session, &group)).await.map_err(Self::failed(session))?;
        Ok((group, versions))
    }

    pub async fn describe_group(&self, request: &DescribeGroup) -> Result<GroupDetail, EngineError> {
        let session = self.session()?;
        let (group, versions) = Box::pin(self.group(&session, &request.group)).await?;
        let (registry, policy) = tokio::join!(self.registry(&session, SERVES), self.gate_policy(&session));
        let (registry, policy) = (registry.map_err(Self::failed(&session))?, policy?);
        let evaluations = Box::pin(self.evaluations(&session, &versions)).await;
        let now = session.now();
        let row = ::models::rows::group(&group, &versions, &registry.models, &self.looked_monitors(&session), now);
        let strip = ::models::rows::strip(&group.name, &versions, &evaluations, &registry.models, None);
        let mut metrics: Vec<String> = strip.metric.iter().cloned().collect();
        for metric in evaluations.iter().rev().flat_map(|(_, evaluation)| &evaluation.metrics) {
            if !::models::compare::is_floor(&metric.name) && !metrics.contains(&metric.name) {
                metrics.push(metric.name.clone());
            }
        }
        let serving = registry.models.iter().filter(|model| row.deployed.iter().any(|at| at.model == model.name));
        let alerts = serving.flat_map(|model| model.alerts.iter().map(|(_, _, alert)| alert.clone())).collect();
        let mut notices = registry.notices.clone();
        let unread = versions.len().saturating_sub(evaluations.len());
        if unread > 0 {
            notices.push(Notice::info(format!(
                "{unread} of {} versions have no evaluation that can be read.",
                versions.len()
            )));
        }
        Ok(GroupDetail {
            stale: ::models::stale::stale(&versions, &registry.models, &policy, now),
            description: group.description.clone(),
            tags: group.tags.clone().unwrap_or_default(),
            row,
            strip,
            metrics,
            alerts,
            notices,
        })
    }

    pub async fn read_trend(&self, request: &ReadTrend) -> Result<TrendReply, EngineError> {
        let session = self.session()?;
        let (_, versions) = Box::pin(self.group(&session, &request.group)).await?;
        let evaluations = Box::pin(self.evaluations(&session, &versions)).await;
        let read: Vec<&::models::evidence::Evaluation> = evaluations.iter().map(|(_, one)| one).collect();
        let metric = request.metric.clone().or_else(|| ::models::compare::main_metric(&read));
        let Some(metric) = metric else {
            return Err(EngineError::NotFound("No version of the group has an evaluation that can be read.".into()));
        };
        let trend = ::models::compare::trend(&metric, &versions, &evaluations);
        let chart = charts::trend(&trend, request.offset_minutes);
        Ok(TrendReply { trend, chart })
    }
}
