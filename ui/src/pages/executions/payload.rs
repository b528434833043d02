//! Input and output of an execution, as trees.

use super::watch::Watched;
use crate::{
    bridge,
    parts::{fault::FaultView, json_tree::JsonTree, segmented::Segmented, states::Skeleton, turns::Turns},
};
use contract::{
    Fault,
    executions::{Payload, PayloadOf, ReadPayload},
};
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn Payloads(arn: String, watched: Watched) -> impl IntoView {
    let what = RwSignal::new(PayloadOf::Input);
    let payload = RwSignal::new(None::<Result<Payload, Fault>>);
    let ended = Memo::new(move |_| {
        watched.view.with(|view| view.as_ref().is_some_and(|view| view.execution.stopped.is_some()))
    });
    let turns = Turns::start();
    Effect::new(move |_| {
        let request = ReadPayload { arn: arn.clone(), what: what.get() };
        ended.get();
        payload.set(None);
        let turn = turns.ask();
        spawn_local(async move {
            let answer = bridge::call(request).await;
            // The input that was asked for before does not stand for the output.
            if turn.is_last() {
                payload.set(Some(answer));
            }
        });
    });
    view! {
        <div class="tool-row">
            <Segmented
                name="Payload"
                choices=vec![(PayloadOf::Input, "Input"), (PayloadOf::Output, "Output")]
                chosen=what
                on_choose=Callback::new(move |chosen| what.set(chosen))
            />
            <span class="dim">"Each state has its own: open it in the graph or the table."</span>
        </div>
        {move || match payload.get() {
            None => view! { <Skeleton rows=6 /> }.into_any(),
            Some(Err(fault)) if what.get() == PayloadOf::Output => {
                let text = if ended.get() { "It has no output: it did not succeed." } else { "It has no output yet: it is still running." };
                let _ = fault;
                view! { <p class="soft">{text}</p> }.into_any()
            }
            Some(Err(fault)) => view! { <FaultView fault /> }.into_any(),
            Some(Ok(payload)) => {
                let name = if what.get() == PayloadOf::Input { "Input" } else { "Output" };
                view! { <JsonTree text=payload.text truncated=payload.truncated name /> }.into_any()
            }
        }}
    }
}
