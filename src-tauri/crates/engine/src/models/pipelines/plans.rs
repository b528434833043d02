//! The plans to start a pipeline, to retry an execution, and to stop one.

use super::{execution_arn, newest, pure, read, secrets, steps};
use crate::{Desk, EngineError, ends::left_out, jobs::permitted, models::read::hex, plans::Planned};
use ::models::{command, wording::last};
use aws::{
    Session,
    models::{evidence::digest, pipelines},
};
use contract::{
    Notice,
    executions::Verdict,
    models::{
        PipelineStatus, PlanPipelineRetry, PlanPipelineStart, PlanPipelineStop, StepGraph, facts::PipelineExecutionFact,
    },
    plan::{Action, Confirm, PipelineAction, Place, Plan, Risk, Scope, Seen, Step},
    session::Environment,
};

/// The parts that differ, of a plan with one step.
#[derive(Debug)]
pub(crate) struct Single {
    pub title: String,
    /// What a production confirmation must type.
    pub name: String,
    pub scope: Scope,
    pub step: Step,
    /// The action and the resource that a policy names for it.
    pub need: (&'static str, String),
    pub notices: Vec<Notice>,
    pub cli: String,
}

/// Keeps a repeated call of one plan from being a second write: 64 characters, where the calls take 32 to 128.
fn token(session: &Session, of: &str) -> String {
    hex(&digest(format!("{of} {} {}", session.now(), std::process::id()).as_bytes())).to_owned()
}

impl Desk {
    pub async fn plan_pipeline_start(&self, request: &PlanPipelineStart) -> Result<Plan, EngineError> {
        let session = self.session()?;
        let fact = pipelines::describe(&session, &request.pipeline).await.map_err(Self::failed(&session))?;
        let definition = read(fact.definition.as_deref())
            .map_err(|error| EngineError::BadInput(format!("What it takes is not known: {error}.")))?;
        let title = request.title.as_deref().map(str::trim).filter(|title| !title.is_empty());
        if title.is_some_and(|title| !pure::is_title(title)) {
            return Err(EngineError::BadInput(
                "A display name has letters, digits and hyphens, 82 at most, and no hyphen at its ends.".into(),
            ));
        }
        if let Some(name) = secrets::covered(&request.parameters) {
            let text = format!("The value of {name} is covered where it was shown. Type the value itself.");
            return Err(EngineError::BadInput(text));
        }
        let parameters = pure::to_send(&definition.parameters, &request.parameters).map_err(|wrong| {
            let told: Vec<String> = wrong.iter().map(|one| format!("{one}.")).collect();
            EngineError::BadInput(told.join(" "))
        })?;
        let mut notices: Vec<Notice> = pure::cache_words(&definition).map(Notice::info).into_iter().collect();
        match newest(&session, &fact.name).await {
            Ok(runs) => notices.extend(runs.iter().filter(|run| is_under_way(run)).map(|run| {
                let status = PipelineStatus::of(&run.status).word();
                Notice::warning(format!("Execution {} is {status} already.", last(&run.arn)))
            })),
            Err(error) => notices.push(left_out("Whether it runs already", &error)),
        }
        let shown = secrets::sent(&definition.parameters, &parameters);
        if shown != parameters {
            notices.push(Notice::info("Secrets are covered: put them back before you run the command."));
        }
        let token = token(&session, &fact.arn);
        let start = |parameters: Vec<(String, String)>| PipelineAction::Start {
            pipeline: fact.name.clone(),
            title: title.map(str::to_owned),
            parameters,
            token: token.clone(),
        };
        let cli = command::pipeline(&start(shown.clone()), command_scope(&session));
        // The journal keeps what is sent as it is: nothing else knows what a person typed, and a start that was cut off is
        // sent again in the same words.
        let action = start(parameters);
        let parts = Single {
            title: format!("Start {}", fact.name),
            name: fact.name.clone(),
            scope: Scope::Pipeline { pipeline: fact.name.clone() },
            need: ("sagemaker:StartPipelineExecution", fact.arn.clone()),
            cli,
            step: Step {
                key: fact.name.clone(),
                action: Action::Pipeline(action),
                seen: Seen::Pipeline { modified: fact.modified },
                text: pure::start_text(&fact.name, &secrets::declared(&definition.parameters), &shown),
                why: "a new execution; those before it stay as they are".into(),
            },
            notices,
        };
        Box::pin(self.finish_single(session, parts)).await
    }

    pub async fn plan_pipeline_retry(&self, request: &PlanPipelineRetry) -> Result<Plan, EngineError> {
        let session = self.session()?;
        let (fact, graph, mut notices) = Box::pin(execution(&session, &request.execution)).await?;
        // A retry of an execution that is older than the definition surprises those who mended the definition.
        if let Ok(pipeline) = pipelines::describe(&session, &fact.pipeline).await
            && pipeline.modified.zip(fact.started).is_some_and(|(changed, started)| changed > started)
        {
            notices.push(Notice::warning(
                "The pipeline was changed after this execution began. A retry runs the definition of then: start it anew to \
                 run the one of now.",
            ));
        }
        let action = PipelineAction::Retry { execution: fact.arn.clone(), token: token(&session, &fact.arn) };
        let text = pure::retry_text(&fact.arn, &graph);
        let words = ("Retry", "sagemaker:RetryPipelineExecution");
        let verdict = pure::retry(PipelineStatus::of(&fact.status));
        let parts = of_execution(&session, &fact, words, verdict, action, text, notices);
        Box::pin(self.finish_single(session, parts)).await
    }

    pub async fn plan_pipeline_stop(&self, request: &PlanPipelineStop) -> Result<Plan, EngineError> {
        let session = self.session()?;
        let (fact, graph, mut notices) = Box::pin(execution(&session, &request.execution)).await?;
        notices.extend(pure::stop_warnings(&graph).into_iter().map(Notice::warning));
        let action = PipelineAction::Stop { execution: fact.arn.clone(), token: token(&session, &fact.arn) };
        let text = pure::stop_text(&fact.arn, &graph);
        let words = ("Stop", "sagemaker:StopPipelineExecution");
        let verdict = pure::stop(PipelineStatus::of(&fact.status));
        let parts = of_execution(&session, &fact, words, verdict, action, text, notices);
        Box::pin(self.finish_single(session, parts)).await
    }

    /// A plan with one step, kept until it is confirmed.
    pub(crate) async fn finish_single(&self, session: Session, parts: Single) -> Result<Plan, EngineError> {
        let (identity, (permissions, lacking)) =
            tokio::join!(session.identity(), permitted(&session, vec![parts.need]));
        let identity = identity.map_err(Self::failed(&session))?;
        let mut notices = parts.notices;
        notices.extend(lacking);
        notices.sort_by_key(|notice| std::cmp::Reverse(notice.severity));
        let environment = session.guard().environment();
        let plan = Plan {
            id: self.inner.plans.next_id(),
            title: parts.title,
            name: parts.name,
            place: Place {
                account: identity.account,
                profile: session.profile().to_owned(),
                region: session.region().to_owned(),
                environment,
                scope: parts.scope,
            },
            made: session.now(),
            risk: Risk::High,
            confirm: if environment == Environment::Production { Confirm::TypeName } else { Confirm::Dialog },
            steps: vec![parts.step],
            refused: Vec::new(),
            bytes: 0,
            fidelity: Vec::new(),
            effects: Vec::new(),
            permissions,
            notices,
            cli: vec![parts.cli],
            undoes: None,
        };
        self.inner.plans.keep(Planned { plan: plan.clone(), session });
        Ok(plan)
    }
}

/// An execution as it is now, its steps, and what of them could not be read.
async fn execution(
    session: &Session,
    arn: &str,
) -> Result<(PipelineExecutionFact, StepGraph, Vec<Notice>), EngineError> {
    let arn = execution_arn(session, arn).await?;
    let (fact, told, definition) = tokio::join!(
        Box::pin(pipelines::execution_alone(session, &arn)),
        Box::pin(steps(session, &arn)),
        Box::pin(pipelines::definition_for(session, &arn)),
    );
    let fact = fact.map_err(Desk::failed(session))?;
    let mut notices = Vec::new();
    let told = told.unwrap_or_else(|error| {
        notices.push(left_out("What became of its steps", &error));
        Vec::new()
    });
    // Without a definition the steps that it has begun are enough here.
    let definition = definition.ok().and_then(|text| read(Some(&text)).ok());
    let graph = pure::with_runs(definition.as_ref(), &told, PipelineStatus::of(&fact.status), session.now());
    Ok((fact, graph, notices))
}

fn of_execution(
    session: &Session,
    fact: &PipelineExecutionFact,
    (verb, need): (&str, &'static str),
    verdict: Verdict,
    action: PipelineAction,
    text: String,
    mut notices: Vec<Notice>,
) -> Single {
    let why = verdict.reasons.join(" ");
    if !verdict.ok {
        notices.push(Notice::refusal(why.clone()));
    }
    let id = last(&fact.arn).to_owned();
    Single {
        title: format!("{verb} execution {id}"),
        name: id.clone(),
        scope: Scope::Pipeline { pipeline: fact.pipeline.clone() },
        need: (need, fact.arn.clone()),
        cli: command::pipeline(&action, command_scope(session)),
        step: Step {
            key: id,
            action: Action::Pipeline(action),
            seen: Seen::Run { word: fact.status.clone() },
            text,
            why,
        },
        notices,
    }
}

/// Which profile and region a command names.
pub(crate) fn command_scope(session: &Session) -> command::Scope<'_> {
    command::Scope { profile: Some(session.profile()), region: Some(session.region()) }
}

fn is_under_way(run: &PipelineExecutionFact) -> bool {
    matches!(PipelineStatus::of(&run.status), PipelineStatus::Executing | PipelineStatus::Stopping)
}
