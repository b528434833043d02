//! The plans that wait for their confirmation, each with the session that it was made in. The oldest are forgotten.

use crate::EngineError;
use aws::Session;
use contract::{PlanId, Severity, plan::Plan};
use std::{
    collections::VecDeque,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// Plans that wait at most.
const MOST_PLANS: usize = 32;

/// A plan with the session it was made in.
#[derive(Debug, Clone)]
pub(crate) struct Planned {
    pub plan: Plan,
    pub session: Session,
}

/// The plans that wait for their confirmation.
#[derive(Debug, Default)]
pub(crate) struct Plans {
    last: AtomicU64,
    waiting: Mutex<VecDeque<Planned>>,
}

impl Plans {
    pub fn next_id(&self) -> PlanId {
        PlanId(format!("plan-{}", self.last.fetch_add(1, Ordering::Relaxed) + 1))
    }

    pub fn keep(&self, planned: Planned) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= MOST_PLANS {
            waiting.pop_front();
        }
        waiting.push_back(planned);
    }

    pub fn get(&self, id: &PlanId) -> Result<Planned, EngineError> {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.iter().find(|planned| planned.plan.id == *id).cloned().ok_or(EngineError::Gone("this plan"))
    }

    /// A plan runs once: true for the one who takes it.
    pub fn take(&self, id: &PlanId) -> bool {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let before = waiting.len();
        waiting.retain(|planned| planned.plan.id != *id);
        waiting.len() < before
    }
}

/// Whether a plan may run, and if not, why.
pub(crate) fn runnable(plan: &Plan) -> Result<(), EngineError> {
    if let Some(refusal) = plan.notices.iter().find(|notice| notice.severity == Severity::Refusal) {
        return Err(EngineError::NotNow(refusal.text.clone()));
    }
    if plan.steps.is_empty() {
        return Err(EngineError::NotNow("There is nothing to do.".into()));
    }
    Ok(())
}
