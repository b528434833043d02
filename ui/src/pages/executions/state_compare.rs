//! Input or output of a state: as a tree, or beside that of another state or another run.

use super::watch::Watched;
use crate::{
    address, bridge,
    parts::{
        diff::DiffView,
        fault::FaultView,
        icon::Icon,
        json_tree::JsonTree,
        states::{Partial, Skeleton},
    },
};
use contract::{
    Fault,
    executions::{CompareState, Payload, PayloadPlace, PayloadSide, StateComparison},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;

/// What the select offers beside the states, as its values.
const NONE: &str = "";
const SUCCESS: &str = "success";
const NAMED: &str = "named";

#[component]
pub fn StatePayload(
    arn: String,
    /// The visit, and the name of its state.
    visit: String,
    name: String,
    side: PayloadSide,
    payload: Option<Payload>,
    watched: Watched,
) -> impl IntoView {
    let chosen = RwSignal::new(NONE.to_owned());
    let other = RwSignal::new(String::new());
    let answer = RwSignal::new(None::<Result<StateComparison, Fault>>);
    let ticket = StoredValue::new(0_u64);
    let asked = StoredValue::new((arn, visit));
    let ask = move |with: PayloadPlace| {
        let mine = ticket.get_value() + 1;
        ticket.set_value(mine);
        answer.set(None);
        let (arn, state) = asked.get_value();
        spawn_local(async move {
            let reply = bridge::call(CompareState { arn, state, side, with }).await;
            if ticket.try_get_value() == Some(mine) {
                answer.try_set(Some(reply));
            }
        });
    };
    let choose = move |value: String| {
        match value.as_str() {
            NONE | NAMED => answer.set(None),
            SUCCESS => ask(PayloadPlace::LastSuccess),
            state => {
                let (side, name) = match state.split_once(' ') {
                    Some(("input", name)) => (PayloadSide::Input, name),
                    Some((_, name)) => (PayloadSide::Output, name),
                    None => return,
                };
                ask(PayloadPlace::State { name: name.to_owned(), side });
            }
        }
        chosen.set(value);
    };
    // States that were entered, in the order of the graph.
    let own = StoredValue::new(format!("{} {name}", side.word()));
    let places = Memo::new(move |_| {
        let entered: Vec<u32> = watched.view.with(|view| {
            view.as_ref().map(|view| view.run.nodes.iter().map(|node| node.node).collect()).unwrap_or_default()
        });
        let names: Vec<String> = watched.graph.with(|graph| {
            let nodes = graph.iter().flat_map(|graph| graph.nodes.iter());
            nodes.filter(|node| entered.contains(&node.id)).map(|node| node.name.clone()).collect()
        });
        let sides = names
            .into_iter()
            .flat_map(|name| [PayloadSide::Input, PayloadSide::Output].map(|side| format!("{} {name}", side.word())));
        sides.filter(|place| own.with_value(|own| own != place)).collect::<Vec<_>>()
    });
    let word = side.word();
    view! {
        <div class="tool-row compare-with">
            <label class="select">
                <select aria-label=format!("Compare the {word} with") prop:value=chosen on:change:target=move |event| choose(event.target().value())>
                    <option value=NONE>"Compare with…"</option>
                    <option value=SUCCESS>{format!("the {word} in the last success")}</option>
                    <option value=NAMED>{format!("the {word} in another execution…")}</option>
                    <optgroup label="In this execution">
                        {move || places.get().into_iter().map(|place| {
                            let text = place.replacen(' ', " of ", 1);
                            view! { <option value=place>{text}</option> }
                        }).collect_view()}
                    </optgroup>
                </select>
                <Icon name="chevron-down" />
            </label>
            <Show when=move || chosen.read().as_str() == NAMED>
                <form
                    class="row"
                    on:submit=move |event| {
                        event.prevent_default();
                        ask(PayloadPlace::Execution(other.get_untracked()));
                    }
                >
                    <input
                        type="text"
                        class="mono input"
                        aria-label="Name or ARN of the other execution"
                        placeholder="2026-11-20T06-04"
                        autofocus
                        autocomplete="off"
                        spellcheck="false"
                        prop:value=other
                        on:input:target=move |event| other.set(event.target().value())
                    />
                    <button type="submit" class="btn" disabled=move || other.read().trim().is_empty()>"Compare"</button>
                </form>
            </Show>
        </div>
        {move || match (chosen.get().as_str(), answer.get()) {
            (NONE, _) => tree(payload.clone(), side),
            (NAMED, None) => ().into_any(),
            (_, None) => view! { <Skeleton rows=4 /> }.into_any(),
            (_, Some(Err(fault))) => view! { <FaultView fault /> }.into_any(),
            (_, Some(Ok(found))) => view! { <Shown found /> }.into_any(),
        }}
    }
}

fn tree(payload: Option<Payload>, side: PayloadSide) -> AnyView {
    match (payload, side) {
        (Some(payload), PayloadSide::Input) => {
            view! { <JsonTree text=payload.text truncated=payload.truncated name="Input of the state" /> }.into_any()
        }
        (Some(payload), PayloadSide::Output) => {
            view! { <JsonTree text=payload.text truncated=payload.truncated name="Output of the state" /> }.into_any()
        }
        (None, PayloadSide::Input) => {
            view! { <p class="soft">"The history holds no input of this visit."</p> }.into_any()
        }
        (None, PayloadSide::Output) => {
            view! { <p class="soft">"It has no output: it was not left, or it failed."</p> }.into_any()
        }
    }
}

#[component]
fn Shown(found: StateComparison) -> impl IntoView {
    let StateComparison { then, now, with, lines, notices } = found;
    let told = notices.is_empty() || !lines.is_empty();
    view! {
        <Partial notices=Signal::stored(notices) />
        {with.map(|link| view! {
            <p class="soft">"Compared with " <A href=address::execution(&link.arn) attr:class="link">{link.name.clone()}</A></p>
        })}
        {told.then(|| view! { <DiffView lines then now /> })}
    }
}
