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
    let ticket = StoredValue::new(0_u64);
    let open = StoredValue::new(None::<String>);
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
        let mine = ticket.get_value() + 1;
        ticket.set_value(mine);
        watched.view.set(None);
        watched.graph.set(None);
        watched.fault.set(None);
        listening.set_value(None);
        if let Some(old) = open.get_value() {
            leave(old);
        }
        open.set_value(wanted.clone());
        let Some(arn) = wanted else { return };
        spawn_local(async move {
            let current = move || ticket.try_get_value() == Some(mine);
            let answer = bridge::listen(WatchExecution { arn }, move |event| {
                if current() {
                    match event {
                        ExecutionEvent::View(view) => take(*view),
                        ExecutionEvent::Failed(fault) => failed(fault),
                    }
                }
            })
            .await;
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
        ticket.try_update_value(|ticket| *ticket += 1);
        if let Some(Some(arn)) = open.try_get_value() {
            leave(arn);
        }
    });
    watched
}

fn leave(arn: String) {
    spawn_local(async move {
        let _ = bridge::call(UnwatchExecution { arn }).await;
    });
}
