//! Follows the operations of the core: keeps the desk's list in step, and says aloud where each stands, at its start,
//! at quarters and at its end.

use crate::{
    bridge::{self, Listening},
    desk::Desk,
};
use contract::operations::{OperationEvent, OperationRow, OperationState, WatchOperations};
use leptos::{prelude::*, task::spawn_local};

/// How far an operation is, in percent: by bytes where bytes are moved, else by steps.
pub fn percent(operation: &OperationRow) -> u64 {
    let (done, all) = if operation.bytes > 0 {
        (operation.bytes_done, operation.bytes)
    } else {
        (operation.steps_done, operation.steps)
    };
    if operation.state == OperationState::Succeeded {
        return 100;
    }
    u64::try_from(u128::from(done.min(all)) * 100 / u128::from(all.max(1))).unwrap_or(100)
}

/// What to say when an operation moved from `before` to `now`.
fn words(before: Option<&OperationRow>, now: &OperationRow) -> Option<String> {
    let title = &now.title;
    let was = before.map(|before| before.state);
    if was != Some(now.state) {
        let because = if now.note.is_empty() { String::new() } else { format!(": {}", now.note) };
        return match now.state {
            OperationState::Running if was.is_none() => Some(format!("{title}: started")),
            OperationState::Running => Some(format!("{title}: resumed")),
            OperationState::Succeeded => Some(format!("{title}: done")),
            OperationState::Failed => Some(format!("{title}: failed{because}")),
            OperationState::Cancelled => Some(format!("{title}: cancelled")),
            OperationState::Interrupted => Some(format!("{title}: interrupted; resume or discard it")),
            OperationState::Discarded => Some(format!("{title}: discarded")),
        };
    }
    let quarter = |row: &OperationRow| percent(row) / 25;
    let passed = quarter(now);
    (now.state == OperationState::Running && passed > before.map(quarter).unwrap_or_default() && passed < 4)
        .then(|| format!("{title}: {} %", passed * 25))
}

/// Starts following; goes on for as long as the window lives.
pub fn watch(desk: Desk) {
    // The listening belongs to this thread and to the frame.
    let kept = StoredValue::new_local(None::<Listening>);
    spawn_local(async move {
        let on_event = move |event: OperationEvent| take(desk, event.operation);
        match bridge::listen(WatchOperations {}, on_event).await {
            Ok((list, listening)) => {
                kept.set_value(Some(listening));
                // Where they stood before this window followed them is no news, but for what waits for the person.
                let waits = list.operations.iter().rfind(|row| row.state == OperationState::Interrupted);
                if let Some(words) = waits.and_then(|row| words(None, row)) {
                    desk.say(words);
                }
                desk.operations.update(|heard| *heard = merged(list.operations, std::mem::take(heard)));
            }
            Err(fault) => desk.say(format!("Operations cannot be followed: {}", fault.title)),
        }
    });
}

/// The list, with what was heard of its operations before it came: each change is told once, and that is the newer.
fn merged(mut list: Vec<OperationRow>, heard: Vec<OperationRow>) -> Vec<OperationRow> {
    for operation in heard {
        match list.iter_mut().find(|row| row.id == operation.id) {
            Some(row) => *row = operation,
            None => list.push(operation),
        }
    }
    list
}

fn take(desk: Desk, operation: OperationRow) {
    let before = desk.operations.with_untracked(|rows| rows.iter().find(|row| row.id == operation.id).cloned());
    if let Some(words) = words(before.as_ref(), &operation) {
        desk.say(words);
    }
    desk.operations.update(|rows| match rows.iter_mut().find(|row| row.id == operation.id) {
        Some(row) => *row = operation,
        None => rows.push(operation),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{OperationId, Timestamp, operations::UndoState};

    fn row(state: OperationState, done: u64) -> OperationRow {
        OperationRow {
            id: OperationId("1".into()),
            title: "Restore 8 objects".into(),
            state,
            profile: String::new(),
            account: String::new(),
            region: String::new(),
            scope: String::new(),
            started: Timestamp::UNIX_EPOCH,
            finished: None,
            steps_done: done,
            steps: 8,
            bytes_done: 0,
            bytes: 0,
            note: String::new(),
            undo: UndoState::None,
        }
    }

    #[test]
    fn speaks_at_start_quarters_and_end() {
        use OperationState::{Running, Succeeded};
        let heard: Vec<_> = [
            words(None, &row(Running, 0)),
            words(Some(&row(Running, 0)), &row(Running, 1)),
            words(Some(&row(Running, 1)), &row(Running, 2)),
            words(Some(&row(Running, 2)), &row(Running, 5)),
            words(Some(&row(Running, 5)), &row(Running, 8)),
            words(Some(&row(Running, 8)), &row(Succeeded, 8)),
        ]
        .into_iter()
        .flatten()
        .collect();
        assert_eq!(
            heard,
            [
                "Restore 8 objects: started",
                "Restore 8 objects: 25 %",
                "Restore 8 objects: 50 %",
                "Restore 8 objects: done"
            ]
        );
    }

    #[test]
    fn an_end_that_was_heard_before_the_list_came_is_not_forgotten() {
        let (running, ended) = (row(OperationState::Running, 2), row(OperationState::Succeeded, 8));
        assert_eq!(merged(vec![running.clone()], vec![ended.clone()]), std::slice::from_ref(&ended));
        assert_eq!(merged(vec![running.clone()], Vec::new()), [running]);
        assert_eq!(merged(Vec::new(), vec![ended.clone()]), [ended]);
    }

    #[test]
    fn nothing_to_do_is_no_division_by_zero() {
        assert_eq!(percent(&OperationRow { steps: 0, ..row(OperationState::Running, 0) }), 0);
        assert_eq!(percent(&OperationRow { steps: 0, ..row(OperationState::Succeeded, 0) }), 100);
    }
}
