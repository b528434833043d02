//! The plan to end a run that is on its way.

use super::{again::place, detail::gone, permissions};
use crate::{Desk, EngineError, plans::Planned};
use ::jobs::{
    again,
    command::{self, Scope},
};
use contract::{
    Notice,
    jobs::PlanJobStop,
    plan::{Action, Confirm, JobAction, Plan, Risk, Seen, Step},
    session::Environment,
};

impl Desk {
    pub async fn plan_job_stop(&self, request: &PlanJobStop) -> Result<Plan, EngineError> {
        let session = self.session()?;
        let described =
            self.read_anew(&session, &request.id).await.map_err(|error| gone(&session, &request.id, error))?;
        let run = &described.run;
        let offered = again::offers(run);
        if request.force && !offered.can_force {
            return Err(EngineError::BadInput(format!(
                "Only a step that runs can be killed; it is {}.",
                ::jobs::state::state_of(run).word()
            )));
        }
        let row = super::row(run, session.now());
        let (identity, (permissions, lacking)) = tokio::join!(session.identity(), permissions::to_stop(&session, run));
        let identity = identity.map_err(Self::failed(&session))?;
        let scope = Scope { profile: Some(session.profile()), region: Some(session.region()) };
        let mut notices = Vec::new();
        if let Some(execution) = self.execution_of(&session, &described).await {
            let name = execution.rsplit(':').next().unwrap_or(&execution).to_owned();
            notices.push(Notice::warning(format!(
                "Execution {name} started it, and takes its end for a failure if it still waits for it."
            )));
        }
        notices.extend(lacking);
        if !offered.stop.ok {
            notices.push(Notice::refusal(offered.stop.reasons.join(" ")));
        }
        notices.sort_by_key(|notice| std::cmp::Reverse(notice.severity));
        let verb = offered.stop_title.split(' ').next().unwrap_or("Cancel").to_lowercase();
        let how = if request.force { " by killing its process (SIGKILL)" } else { "" };
        let environment = session.guard().environment();
        let plan = Plan {
            id: self.inner.plans.next_id(),
            title: format!("{} {}", offered.stop_title, row.name),
            name: row.name.clone(),
            place: place(&session, identity.account, &run.id),
            made: session.now(),
            risk: Risk::High,
            confirm: if environment == Environment::Production { Confirm::TypeName } else { Confirm::Dialog },
            steps: vec![Step {
                key: row.name,
                action: Action::Job(JobAction::Stop { run: request.id.clone(), force: request.force }),
                seen: Seen::Run { word: run.status.clone() },
                text: format!("{verb}s {} {}, which is {}{how}", run.id.noun(), run.id.own(), run.status),
                why: offered.stop_means,
            }],
            refused: Vec::new(),
            bytes: 0,
            fidelity: Vec::new(),
            effects: Vec::new(),
            permissions,
            notices,
            cli: command::stop(&run.id, request.force, scope).into_iter().collect(),
            undoes: None,
        };
        self.inner.plans.keep(Planned { plan: plan.clone(), session });
        Ok(plan)
    }
}
