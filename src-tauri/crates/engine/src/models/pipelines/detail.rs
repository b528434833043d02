//! One pipeline with its definition, and one execution with what became of each step.

use super::{cover, execution_arn, newest, pure, read, secrets, steps};
use crate::{Desk, EngineError, ends::left_out, jobs::masked, models::key};
use aws::{AwsError, Session, models::pipelines};
use contract::{
    Notice,
    executions::Verdict,
    models::{
        DescribePipeline, DescribePipelineExecution, PipelineDetail, PipelineExecutionDetail, PipelineStatus,
        facts::{PipelineExecutionFact, StepMade},
    },
};
use std::sync::Arc;

impl Desk {
    pub async fn describe_pipeline(&self, request: &DescribePipeline) -> Result<PipelineDetail, EngineError> {
        let session = self.session()?;
        let fact = pipelines::describe(&session, &request.name).await.map_err(Self::failed(&session))?;
        let mut notices = Vec::new();
        let runs = match newest(&session, &fact.name).await {
            Ok(runs) => Some(runs),
            Err(error) => {
                notices.push(left_out("How its executions ended", &error));
                None
            }
        };
        let read = read(fact.definition.as_deref());
        let registers = read.as_ref().map(|definition| definition.registers()).unwrap_or_default();
        let now = session.now();
        let row = pure::pipeline(&fact, runs.as_deref(), &registers, now);
        let (graph, parameters, start, problem) = match read {
            Ok(definition) => {
                let start = pure::start(&definition);
                (Some(pure::layout(&definition)), secrets::declared(&definition.parameters), start, None)
            }
            Err(error) => {
                let words = format!("{error}.");
                let start = Verdict {
                    ok: false,
                    reasons: vec!["Its definition cannot be read, so what it takes is not known.".to_owned()],
                };
                (None, Vec::new(), start, Some(words))
            }
        };
        Ok(PipelineDetail {
            row,
            description: fact.description,
            created: fact.created,
            role: fact.role,
            parameters,
            graph,
            problem,
            start,
            notices,
            as_of: now,
        })
    }

    pub async fn describe_pipeline_execution(
        &self,
        request: &DescribePipelineExecution,
    ) -> Result<PipelineExecutionDetail, EngineError> {
        let session = self.session()?;
        let arn = execution_arn(&session, &request.arn).await?;
        let (fact, told, definition) = tokio::join!(
            Box::pin(self.execution_given(&session, &arn)),
            Box::pin(steps(&session, &arn)),
            Box::pin(self.definition_given(&session, &arn)),
        );
        let mut fact = fact.map_err(Self::failed(&session))?;
        cover(&mut fact);
        let mut notices = Vec::new();
        let told = match told {
            Ok(told) => Some(told),
            Err(error @ AwsError::SignIn { .. }) => return Err(Self::failed(&session)(error)),
            Err(error) => {
                notices.push(left_out("What became of its steps", &error));
                None
            }
        };
        let definition = match definition {
            Ok(text) => match read(Some(&text)) {
                Ok(definition) => Some(definition),
                Err(error) => {
                    notices.push(Notice::warning(format!("How its steps hang together is not known: {error}.")));
                    None
                }
            },
            Err(error) => {
                notices.push(left_out("How its steps hang together", &error));
                None
            }
        };
        if fact.parameters.is_none() {
            let action = "sagemaker:ListPipelineParametersForExecution";
            notices
                .push(Notice::warning(format!("What it was given is left out: the permission {action} is missing.")));
        }
        let now = session.now();
        let status = PipelineStatus::of(&fact.status);
        let row = pure::execution(&fact, told.as_deref(), true, now);
        let mut graph = match &told {
            Some(told) => pure::with_runs(definition.as_ref(), told, status, now),
            None => definition.as_ref().map(pure::layout).unwrap_or_default(),
        };
        for run in graph.steps.iter_mut().filter_map(|step| step.run.as_mut()) {
            if let Some(StepMade::Failure(words)) = &mut run.made {
                *words = masked(words);
            }
        }
        let declared = definition.as_ref().map(|definition| definition.parameters.as_slice()).unwrap_or_default();
        let parameters = fact.parameters.as_deref().map(|told| secrets::given(declared, pure::given(declared, told)));
        let failed = pure::failed(&graph);
        Ok(PipelineExecutionDetail {
            words: pure::summary(&row, &graph, &failed),
            row,
            description: fact.description,
            parameters,
            failed,
            retry: pure::retry(status),
            stop: pure::stop(status),
            graph,
            notices,
            as_of: now,
        })
    }
}

// An execution is looked at again and again while it goes on: what does not change is read once.
impl Desk {
    /// An execution with what it was given, if that may be read.
    async fn execution_given(&self, session: &Session, arn: &str) -> Result<PipelineExecutionFact, AwsError> {
        let key = key(session, arn);
        if let Some(given) = self.inner.models.given.last(&key) {
            let fact = pipelines::execution_alone(session, arn).await?;
            return Ok(PipelineExecutionFact { parameters: Some(given.to_vec()), ..fact });
        }
        let fact = pipelines::execution(session, arn).await?;
        if let Some(given) = &fact.parameters {
            self.inner.models.given.put(key, given.as_slice().into());
        }
        Ok(fact)
    }

    /// The definition that an execution began with.
    async fn definition_given(&self, session: &Session, arn: &str) -> Result<Arc<str>, AwsError> {
        let key = key(session, arn);
        if let Some(text) = self.inner.models.definitions.last(&key) {
            return Ok(text);
        }
        let text: Arc<str> = pipelines::definition_for(session, arn).await?.into();
        self.inner.models.definitions.put(key, Arc::clone(&text));
        Ok(text)
    }
}
