//! One execution of the core, followed for as long as a page shows it.

use crate::{
    bridge::{self, Listening},
    desk::Desk,
};
use contract::{
    Code, Fault,
    executions::{ExecutionEvent, ExecutionView, Graph, UnwatchExecution, WatchExecution},
};
use leptos::{prelude::*, task::spawn_local};
use std::sync::Arc;

/// The signals of a followed execution.
#[derive(Clone, Copy)]
pub struct Watched {
    /// Without its graph, which stands beside.
    pub view: RwSignal<Option<ExecutionView>>,
    pub graph: RwSignal<Option<Arc<Graph>>>,
    pub fault: RwSignal<Option<Fault>>,
    again: RwSignal<u64>,
}

impl Watched {
    /// Asks once more, after a fault.
    pub fn again(self) {
        self.again.update(|count| *count += 1);
    }
}

/// Follows the execution that `arn` names, another one whenever it names another.
pub fn use_execution(arn: Signal<Option<String>>) -> Watched {
    let desk = Desk::get();
    let watched = Watched {
        view: RwSignal::new(None),
        graph: RwSignal::new(None),
        fault: RwSignal::new(None),
        again: RwSignal::new(0),
    };
    let listening = StoredValue::new_local(None::<Listening>);
    let looks = StoredValue::new(Looks::default());
    let take = move |mut view: ExecutionView| {
        if let Some(graph) = view.graph.take() {
            watched.graph.try_set(Some(Arc::new(graph)));
        }
        watched.fault.try_set(None);
        watched.view.try_set(Some(view));
    };
    let failed = move |fault: Fault| {
        if fault.code == Code::SignIn {
            desk.ask_sign_in_then(fault.clone(), Callback::new(move |()| watched.again()));
        }
        watched.fault.try_set(Some(fault));
    };
    Effect::new(move |_| {
        let wanted = arn.get();
        watched.again.track();
        desk.generation();
        let (mine, before) = looks.try_update_value(Looks::begin).unwrap_or_default();
        watched.view.set(None);
        watched.graph.set(None);
        watched.fault.set(None);
        listening.set_value(None);
        if let Some(old) = before {
            leave(old);
        }
        let Some(arn) = wanted else { return };
        spawn_local(async move {
            let current = move || looks.try_with_value(|looks| looks.turn == mine).unwrap_or_default();
            let answer = bridge::listen(WatchExecution { arn: arn.clone() }, move |event| {
                if current() {
                    match event {
                        ExecutionEvent::View(view) => take(*view),
                        ExecutionEvent::Failed(fault) => failed(fault),
                    }
                }
            })
            .await;
            // The page has gone on before it was answered: the core follows it all the same, until it is told.
            let late = match &answer {
                Ok(_) => looks.try_update_value(|looks| looks.answered(mine, &arn)).unwrap_or(Some(arn)),
                Err(_) => None,
            };
            if let Some(late) = late {
                leave(late);
                return;
            }
            match answer {
                Ok((view, stream)) if current() => {
                    listening.set_value(Some(stream));
                    // A view on the channel may have been faster than the reply.
                    if watched.view.with_untracked(Option::is_none) {
                        take(view);
                    }
                }
                Err(fault) if current() => failed(fault),
                _ => {}
            }
        });
    });
    on_cleanup(move || {
        if let Some((_, Some(arn))) = looks.try_update_value(Looks::begin) {
            leave(arn);
        }
    });
    watched
}

/// The core counts who looks at an execution, and asks the service again and again until all have left: each look that it
/// answered is left exactly once, and never before the answer.
#[derive(Debug, Default)]
struct Looks {
    turn: u64,
    held: Option<String>,
}

impl Looks {
    /// Another look, or none any more: its turn, and the one that is to be left now.
    fn begin(&mut self) -> (u64, Option<String>) {
        self.turn += 1;
        (self.turn, self.held.take())
    }

    /// The core follows an execution for the look of this turn; one that was overtaken is to be left at once.
    fn answered(&mut self, turn: u64, arn: &str) -> Option<String> {
        if turn != self.turn {
            return Some(arn.to_owned());
        }
        self.held = Some(arn.to_owned());
        None
    }
}

fn leave(arn: String) {
    spawn_local(async move {
        let _ = bridge::call(UnwatchExecution { arn }).await;
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_answered_look_is_left_once() {
        let mut looks = Looks::default();
        let (first, none) = looks.begin();
        assert_eq!(none, None);
        let (second, none) = looks.begin();
        assert_eq!(none, None, "the first is not answered: to leave it now would be too early");
        assert_eq!(looks.answered(second, "b"), None, "it is on screen");
        assert_eq!(looks.answered(first, "a").as_deref(), Some("a"), "the page has gone on");
        let (_, before) = looks.begin();
        assert_eq!(before.as_deref(), Some("b"));
        assert_eq!(looks.begin().1, None, "and not twice");
    }
}
