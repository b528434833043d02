//! Pipelines: the list of the region, the executions of one, one execution with its steps, and the plans to start,
//! retry and stop.
//!
//! Lists cost a call for each pipeline and for each execution that is looked at, and these quotas are those of the
//! pipelines themselves: what is over and has not moved is not asked for again.

mod detail;
mod executions;
mod list;
mod plans;
mod records;
mod secrets;

pub(crate) use plans::{Single, command_scope};

use crate::{Desk, EngineError};
use ::models::pipelines::{self as pure, BadDefinition, Definition};
use aws::{AwsError, Session, models::pipelines, pages::up_to};
use contract::models::{
    ModelTarget,
    facts::{PipelineExecutionFact, PipelineStepFact},
};

/// Pages of steps of one execution: 100 each.
const MOST_PAGES: usize = 10;

/// The steps that an execution has begun, in their order.
async fn steps(session: &Session, arn: &str) -> Result<Vec<PipelineStepFact>, AwsError> {
    let (mut all, _) = up_to(MOST_PAGES, |token| pipelines::steps_page(session, arn, token)).await?;
    for step in &mut all {
        step.reason = step.reason.as_deref().map(crate::jobs::masked);
    }
    Ok(all)
}

/// The newest executions, newest first: one page.
pub(super) async fn newest(session: &Session, pipeline: &str) -> Result<Vec<PipelineExecutionFact>, AwsError> {
    let (mut page, _) = pipelines::executions_page(session, pipeline, None).await?;
    page.iter_mut().for_each(cover);
    Ok(page)
}

/// A reason is a stranger's text, and programs print their arguments in clear.
fn cover(fact: &mut PipelineExecutionFact) {
    fact.reason = fact.reason.as_deref().map(crate::jobs::masked);
}

/// A definition that was read.
fn read(text: Option<&str>) -> Result<Definition, BadDefinition> {
    pure::read(text.unwrap_or_default())
}

/// The ARN of an execution, which may be given as `run:train-churn/a1b2c3d4e5f6`.
async fn execution_arn(session: &Session, text: &str) -> Result<String, EngineError> {
    if text.starts_with("arn:") {
        return Ok(text.to_owned());
    }
    match text.parse::<ModelTarget>() {
        Ok(target @ ModelTarget::PipelineExecution { .. }) => {
            let identity = session.identity().await.map_err(Desk::failed(session))?;
            let region = session.region();
            let partition = ::objects::arn::partition(region);
            let place = ::models::address::Place { partition, region, account: &identity.account };
            Ok(::models::address::arn(&target, &place))
        }
        _ => Err(EngineError::BadInput(format!("{text} is no execution of a pipeline."))),
    }
}
