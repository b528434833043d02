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

/// Two calls. The first may be refused, or come too late: the events tell of the end as well. Where the definition cannot
/// be read, how the containers ended is told all the same.
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
    let containers = match containers(session, region, definition).await {
        Ok(mut facts) => {
            // On EC2 the options may leave the region out: it is the task's then.
            for fact in &mut facts {
                fact.region.get_or_insert_with(|| region.to_owned());
            }
            tasks::logs(&job.id, &facts, &end, session.region())
        }
        Err(error) => {
            notices.push(untold(definition, error)?);
            tasks::ends(&end)
        }
    };
    Ok(TaskLogs { end, containers, notices })
}

/// Why a definition does not tell where its containers log. Errors that may pass, or that a sign-in mends, stay errors.
fn untold(definition: &str, error: AwsError) -> Result<Notice, AwsError> {
    match error {
        AwsError::Denied { call, .. } => Ok(Notice::warning(format!(
            "Where its containers log is not known: the permission {} is missing. Whoever has it sees the log groups with \
             aws ecs describe-task-definition --task-definition {}.",
            call.action,
            contract::shell::quote(definition)
        ))),
        AwsError::NotFound { .. } => Ok(Notice::warning(format!(
            "Where its containers logged is not known any more: the task definition {definition} was deleted. Its log \
             group may still be there: paste its name with Ctrl K."
        ))),
        other => Err(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws::Call;

    #[test]
    fn a_definition_that_cannot_be_read_says_why_and_other_errors_stay() {
        let call = Call::new("DescribeTaskDefinition", "ecs:DescribeTaskDefinition");
        let (message, request_id) = (String::new(), None);
        let denied = AwsError::Denied { call, message: message.clone(), request_id: None };
        let told = untold("prices:3", denied).unwrap().text;
        assert!(told.contains("ecs:DescribeTaskDefinition is missing") && told.contains("prices:3"), "{told}");
        let gone = AwsError::NotFound { call, code: "ClientException".into(), message: message.clone(), request_id };
        assert!(untold("prices:3", gone).unwrap().text.contains("prices:3 was deleted"));
        let busy = AwsError::Busy { call, message, request_id: None };
        assert!(matches!(untold("prices:3", busy), Err(AwsError::Busy { .. })));
    }
}
