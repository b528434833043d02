//! Cells and words of the lists.

use crate::parts::status::{Shape, Status};
use contract::executions::{self, StateStatus};
use leptos::prelude::*;

/// The shape of an execution's status; the word is the status's own.
pub fn of_status(status: executions::Status) -> Shape {
    match status {
        executions::Status::Running | executions::Status::PendingRedrive => Shape::Running,
        executions::Status::Succeeded => Shape::Good,
        executions::Status::CaughtFailure | executions::Status::Failed | executions::Status::TimedOut => Shape::Bad,
        executions::Status::Aborted => Shape::Stopped,
        executions::Status::Other => Shape::Unknown,
    }
}

pub fn of_state(status: StateStatus) -> Shape {
    match status {
        StateStatus::Running => Shape::Running,
        StateStatus::Succeeded => Shape::Good,
        StateStatus::Failed | StateStatus::Caught => Shape::Bad,
        StateStatus::Aborted => Shape::Stopped,
    }
}

pub fn status_cell(status: executions::Status) -> AnyView {
    view! { <Status shape=of_status(status) word=status.word() /> }.into_any()
}
