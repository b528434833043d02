//! Input or output of a visit to a state, beside that of another state or of another run.

use super::{follow::Seen, last_part};
use crate::{Desk, EngineError};
use ::executions::compare::diff_lines;
use contract::{
    Notice,
    executions::{
        CompareState, ExecutionLink, Payload, PayloadPlace, PayloadSide, StateComparison, StateDetail, StateRow,
    },
};

impl Desk {
    pub async fn compare_state(&self, request: &CompareState) -> Result<StateComparison, EngineError> {
        let followed = self.follow(&request.arn).await?;
        followed.whole().await;
        let seen = followed.known();
        let detail = detail(&seen, &request.state)
            .ok_or_else(|| EngineError::NotFound("This visit to the state has not been read yet.".into()))?;
        let name = detail.row.name.clone();
        let here = format!("{} of {name}", request.side.word());
        let nothing = |then: String, with, why: String| StateComparison {
            then,
            now: here.clone(),
            with,
            lines: Vec::new(),
            notices: vec![Notice::info(why)],
        };
        let (other, side, with, label) = match &request.with {
            PayloadPlace::State { name, side } => {
                (newest(&seen, name, &[]), *side, None, format!("{} of {name}", side.word()))
            }
            elsewhere => {
                let arn = match elsewhere {
                    PayloadPlace::Execution(named) => Some(execution_of(named, &request.arn)?),
                    _ => self.last_success(&followed.session, &seen).await?,
                };
                let Some(arn) = arn else {
                    return Ok(nothing(
                        "the last success".into(),
                        None,
                        format!(
                            "No execution of {} succeeded before this one, as far as was looked.",
                            seen.row.machine
                        ),
                    ));
                };
                let then = self.read_once(&followed.session, &arn).await?;
                let link = super::follow::link(&arn);
                let label = format!("{} in {}", request.side.word(), link.name);
                // The same iteration or branch, if that run had it.
                (newest(&then, &name, &detail.row.within), request.side, Some(link), label)
            }
        };
        let Some(other) = other else {
            let place = with.as_ref().map_or_else(String::new, |link: &ExecutionLink| format!(" in {}", link.name));
            let what = match &request.with {
                PayloadPlace::State { name, .. } => name.clone(),
                _ => name,
            };
            return Ok(nothing(label, with, format!("{what} was not entered{place}.")));
        };
        let (then, now) = (payload(&other, side), payload(&detail, request.side));
        let (Some(then), Some(now)) = (then, now) else {
            let missing = if then.is_none() { &label } else { &here };
            let why = format!("There is no {missing}: the state was not left, or the history does not hold it.");
            return Ok(nothing(label.clone(), with, why));
        };
        let cut = (then.truncated || now.truncated)
            .then(|| Notice::warning("The service cut one of the texts: its end is not compared."));
        Ok(StateComparison {
            lines: diff_lines(&then.text, &now.text),
            then: label,
            now: here,
            with,
            notices: cut.into_iter().collect(),
        })
    }
}

fn detail(seen: &Seen, visit: &str) -> Option<StateDetail> {
    seen.history.state_detail(visit, seen.events(), seen.definition.as_deref())
}

/// The newest visit to a state, one within the same iterations and branches if there is one.
fn newest(seen: &Seen, name: &str, within: &[String]) -> Option<StateDetail> {
    let visits = || seen.history.states.iter().rev().filter(|row| row.name == name);
    let row: &StateRow = visits().find(|row| row.within == within).or_else(|| visits().next())?;
    detail(seen, &row.id)
}

fn payload(detail: &StateDetail, side: PayloadSide) -> Option<&Payload> {
    match side {
        PayloadSide::Input => detail.input.as_ref(),
        PayloadSide::Output => detail.output.as_ref(),
    }
}

/// The ARN of an execution of the same machine that was named.
fn execution_of(named: &str, like: &str) -> Result<String, EngineError> {
    let named = named.trim();
    if named.starts_with("arn:") {
        return Ok(named.to_owned());
    }
    if named.is_empty() || named.contains(':') {
        return Err(EngineError::BadInput("Type the name of an execution of this machine, or its ARN.".into()));
    }
    Ok(format!("{}{named}", like.strip_suffix(last_part(like)).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_execution_is_named_or_given_by_its_arn() {
        let like = "arn:aws:states:eu-west-1:1:execution:daily:2026-11-20T06-04";
        assert_eq!(execution_of(" rerun ", like).unwrap(), "arn:aws:states:eu-west-1:1:execution:daily:rerun");
        assert_eq!(execution_of(like, "arn:of:another").unwrap(), like);
        assert!(execution_of("", like).is_err() && execution_of("a:b", like).is_err());
    }
}
