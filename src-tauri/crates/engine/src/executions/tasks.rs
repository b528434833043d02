//! Where a task of ECS logs: its events do not tell, its definition does.

use crate::{Desk, EngineError, ends::left_out};
use ::executions::tasks;
use aws::{
    AwsError, Session,
    executions::tasks::{containers, task},
};
use contract::{
    Notice,
    executions::{FindTaskLogs, JobLink, TaskEnd, TaskLogs},
};

impl Desk {
    /// The logs of a task that a state ran, and how its containers ended.
    pub async fn find_task_logs(&self, request: &FindTaskLogs) -> Result<TaskLogs, EngineError> {
        let session = self.session()?;
        if !request.job.is_task() {
            return Err(EngineError::NotFound("This is no task of ECS.".into()));
        }
        of_task(&session, &request.job).await.map_err(Self::failed(&session))
    }
}

/// Two calls. The first may be refused, or come too late: the events tell of the end as well.
pub(crate) async fn of_task(session: &Session, job: &JobLink) -> Result<TaskLogs, AwsError> {
    let id = |name: &str| job.ids.iter().find(|(key, _)| key == name).map(|(_, id)| id.as_str());
    let region = job.region.as_deref().unwrap_or(session.region());
    let mut notices = Vec::new();
    let described = task(session, region, id("Cluster"), id("TaskArn").unwrap_or(&job.id)).await;
    let described = described.unwrap_or_else(|error| {
        notices.push(left_out("How the task ended, as ECS tells it,", &error));
        None
    });
    let (named, end) = described.map_or((None, None), |fact| (fact.definition, Some(fact.end)));
    let is_described = end.is_some();
    let end = tasks::end(end, job.task.as_ref());
    if !is_described && end == TaskEnd::default() && notices.is_empty() {
        notices.push(Notice::info(
            "ECS describes a stopped task for an hour only, and the events do not say how its containers ended.",
        ));
    }
    let Some(definition) = named.as_deref().or_else(|| id("TaskDefinition")) else {
        notices.push(Notice::info("The events do not name its task definition, which says where it logs."));
        return Ok(TaskLogs { end, containers: Vec::new(), notices });
    };
    let facts = containers(session, region, definition).await?;
    let containers = tasks::logs(&job.id, &facts, &end, session.region());
    Ok(TaskLogs { end, containers, notices })
}
