//! What IAM says about running an execution again: for the person who asks, and for the role of the state machine.
//!
//! It is advice beside other advice: it never fails, and a network that keeps IAM out of reach costs it seconds, once.

use super::{follow::Seen, rerun::unsuccessful};
use ::executions::preflight::{Denied, Need, Permissions, Subject, Way, Who, needs};
use aws::{
    AwsError, Session,
    permissions::{Ruling, caller, simulate},
};
use contract::executions::MachineKind;
use futures_util::{StreamExt, stream};
use std::time::Duration;

/// Simulations at once.
const AT_ONCE: usize = 4;
/// How long an answer is waited for: the window shows its advice when all of it is there.
const PATIENCE: Duration = Duration::from_secs(6);

pub(super) async fn look(session: &Session, seen: &Seen, way: Way) -> Permissions {
    // Redrive is not for express machines, and their executions are no resources.
    if seen.kind == MachineKind::Express {
        return Permissions::default();
    }
    let failed_states = unsuccessful(seen);
    let subject = Subject {
        execution: &seen.fact.arn,
        machine: &seen.fact.machine,
        definition: seen.definition.as_deref(),
        events: seen.events(),
        failed_states: &failed_states,
    };
    tokio::time::timeout(PATIENCE, ask(session, seen, needs(&subject, way))).await.unwrap_or_else(|_| {
        let why = format!("Permissions were not checked: IAM gave no answer in {} seconds.", PATIENCE.as_secs());
        Permissions { unchecked: Some(why), ..Permissions::default() }
    })
}

async fn ask(session: &Session, seen: &Seen, needs: Vec<Need>) -> Permissions {
    let caller = caller(session).await;
    let role = seen.machine.as_ref().map(|machine| machine.role.as_str()).filter(|role| !role.is_empty());
    let mut found = Permissions {
        caller: caller.as_ref().ok().and_then(Option::as_deref).map(short).unwrap_or_default(),
        role: role.map(short).unwrap_or_default(),
        ..Permissions::default()
    };
    if let Err(error) = &caller {
        found.unchecked = Some(unchecked("you", error));
    }
    let caller = caller.ok().flatten();
    let mut asking = Vec::with_capacity(needs.len());
    for need in needs {
        let principal = match need.who {
            Who::Caller => caller.as_deref(),
            Who::Role => role,
        };
        if let Some(principal) = principal {
            asking.push(async move {
                let answer = simulate(session, principal, need.actions, &need.resources).await;
                (need, answer)
            });
        }
    }
    let mut answers = stream::iter(asking).buffered(AT_ONCE);
    while let Some((need, answer)) = answers.next().await {
        let rulings = match answer {
            Ok(rulings) => rulings,
            Err(error) => {
                let whom = match need.who {
                    Who::Caller => &found.caller,
                    Who::Role => &found.role,
                };
                let why = unchecked(whom, &error);
                found.unchecked.get_or_insert(why);
                continue;
            }
        };
        for (action, _) in need.actions.iter().zip(rulings).filter(|(_, ruling)| *ruling == Ruling::Denied) {
            found.denied.push(Denied {
                who: need.who,
                way: need.way,
                action: (*action).to_owned(),
                resource: need.resources.first().cloned().unwrap_or_default(),
                purpose: need.purpose.clone(),
            });
        }
    }
    found
}

fn unchecked(whom: &str, error: &AwsError) -> String {
    match error {
        AwsError::Denied { call, .. } => {
            format!("The permissions of {whom} were not checked: you may not perform {}.", call.action)
        }
        error => format!("The permissions of {whom} were not checked: {error}."),
    }
}

/// `user/reader` of an ARN.
fn short(arn: &str) -> String {
    arn.rsplit(':').next().unwrap_or(arn).to_owned()
}
