//! The capacity of what a run runs on, beside the run.

use super::detail::gone;
use crate::{Desk, EngineError};
use ::jobs::capacity::{of_glue, with_average};
use aws::{
    AwsError, Session,
    jobs::{emr, serverless},
};
use contract::{
    Notice,
    jobs::{Capacity, CapacityRow, JobId, ReadCapacity},
};

impl Desk {
    pub async fn read_capacity(&self, request: &ReadCapacity) -> Result<Capacity, EngineError> {
        let session = self.session()?;
        let (id, mut notices) = (&request.id, Vec::new());
        let read = match id {
            JobId::Cluster { cluster } | JobId::Step { cluster, .. } => {
                self.cluster_capacity(&session, cluster, &mut notices).await
            }
            JobId::Serverless { application, .. } => self.application_capacity(&session, id, application).await,
            JobId::Glue { .. } => {
                self.described(&session, id).await.map(|described| of_glue(&described.run, session.now()))
            }
            // No API reports any: of SageMaker the run's own settings say it all.
            JobId::Eks { .. } | JobId::Lambda { .. } | JobId::SageMaker { .. } => Ok(Vec::new()),
        };
        let rows = read.map_err(|error| gone(&session, id, error))?;
        Ok(Capacity { rows, notices })
    }

    async fn cluster_capacity(
        &self,
        session: &Session,
        id: &str,
        notices: &mut Vec<Notice>,
    ) -> Result<Vec<CapacityRow>, AwsError> {
        let cluster = self.cluster(session, id).await?;
        let mut rows = if cluster.fleets {
            emr::scale::fleets(session, id).await?
        } else {
            emr::scale::groups(session, id).await?
        };
        // Of a cluster that is gone nothing scales any more.
        if cluster.row.ended.is_none() {
            match emr::scale::managed(session, id).await {
                Ok(whole) => rows.extend(whole),
                Err(error) => notices.push(Notice::info(format!("Managed scaling could not be read: {error}."))),
            }
        }
        Ok(rows)
    }

    async fn application_capacity(
        &self,
        session: &Session,
        id: &JobId,
        application: &str,
    ) -> Result<Vec<CapacityRow>, AwsError> {
        let (described, rows) =
            tokio::join!(self.described(session, id), serverless::capacity_rows(session, application));
        let mut rows = rows?;
        with_average(&described?.run, &mut rows, session.now());
        Ok(rows)
    }
}
