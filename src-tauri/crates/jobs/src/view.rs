//! One run as the window shows it: the row of the list, and everything that needs no further call.

use crate::{
    address::{self, Place},
    command::{self, Scope},
    layout,
    moments::moments,
    parameters,
    secrets::{self, Masker},
    state::{state_of, timing},
    usage,
};
use contract::{
    Notice, Timestamp,
    jobs::{JobId, JobRow, JobView, LogPlace, State, facts::RunFact},
};

/// The row of the list over all engines.
pub fn row(run: &RunFact, now: Timestamp) -> JobRow {
    let own = match &run.id {
        // The run's own id says nothing to a person; what it belongs to does.
        JobId::Glue { job, .. } => job,
        JobId::Lambda { function, .. } => function,
        id => id.own(),
    };
    let name = run.name.as_deref().or(run.request.name.as_deref()).filter(|name| !name.is_empty());
    JobRow {
        id: run.id.clone(),
        name: name.unwrap_or(own).to_owned(),
        state: state_of(run),
        word: run.status.clone(),
        reason: run.reason.clone(),
        created: run.created,
        started: run.started,
        ended: run.ended,
        timing: timing(run, now),
        by: run.by.clone(),
        release: run.request.release.as_ref().map(|release| match run.id {
            // The service's own word is a bare number.
            JobId::Glue { .. } => format!("Glue {release}"),
            _ => release.clone(),
        }),
        cost: usage::used(run, now),
        as_of: now,
    }
}

/// Everything of one run, its secrets covered. `yarn` are applications that its log names, as [`layout::places`] takes
/// them; `mask` covers what is secret in free text.
pub fn view(
    run: &RunFact,
    yarn: &[String],
    place: &Place<'_>,
    scope: Scope<'_>,
    mask: Masker<'_>,
    now: Timestamp,
) -> JobView {
    let run = &secrets::cover(run, mask);
    let mut commands = vec![("show".to_owned(), command::describe(&run.id, scope))];
    let state = state_of(run);
    if !state.is_over() {
        commands.extend(command::cancel(&run.id, scope).map(|line| ("cancel".to_owned(), line)));
    }
    commands.extend(command::start(&run.id, &run.request, scope).map(|line| ("start again".to_owned(), line)));
    commands.extend(command::logs(run, scope).into_iter().map(|line| ("logs".to_owned(), line)));
    let logs = layout::places(run, yarn);
    let mut notices = Vec::new();
    if let State::Unknown(word) = &state {
        notices.push(Notice::warning(format!(
            "{} calls its state {word}, which is not known here.",
            run.id.engine().word()
        )));
    }
    if !logs.iter().any(|place| !matches!(place, LogPlace::Managed { .. })) {
        notices.push(Notice::warning("It was not told to keep logs: neither a log URI nor a log group is set."));
    }
    JobView {
        row: row(run, now),
        arn: Some(run.arn.clone().unwrap_or_else(|| address::arn(&run.id, place))),
        console: Some(address::console(&run.id, place)),
        moments: moments(run),
        commands,
        parameters: parameters::parameters(&run.request),
        logs,
        notices,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn every_engine_has_a_row_and_a_view() {
        let place = Place { partition: "aws", region: "eu-west-1", account: "123456789012" };
        let now = "2026-11-21T08:00:00Z".parse().unwrap();
        for mut run in sample::all() {
            let view = view(&run, &[], &place, Scope::default(), &str::to_owned, now);
            assert!(!view.logs.is_empty() && view.notices.is_empty(), "{:?}", run.id);
            assert!(view.row.state.is_over() && !view.commands.iter().any(|(what, _)| what == "cancel"));
            (run.status, run.name, run.request.name) = ("ODD".into(), None, None);
            assert!(!row(&run, now).name.is_empty());
            let odd = super::view(&run, &[], &place, Scope::default(), &str::to_owned, now);
            assert_eq!(odd.notices.len(), 1);
        }
    }
}
