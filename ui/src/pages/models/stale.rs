//! Pending versions of a group that nobody will decide any more: rejected together, with one comment.

use crate::parts::{
    acts::Asking,
    confirm::ConfirmPlan,
    dialog::{CloseButton, Dialog},
    fault::FaultView,
};
use contract::models::{StaleRow, requests::PlanStaleRejection};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// `Reject 3 stale versions`.
fn title(count: usize) -> String {
    if count == 1 { "Reject 1 stale version".to_owned() } else { format!("Reject {count} stale versions") }
}

/// `asking` is told of the operation that rejects them.
#[component]
pub fn Stale(group: String, rows: Vec<StaleRow>, asking: Asking) -> impl IntoView {
    let open = RwSignal::new(false);
    let count = rows.len();
    let (group, rows) = (StoredValue::new(group), StoredValue::new(rows));
    view! {
        <section aria-label="Stale versions">
            <h3 class="part-title">"Stale versions"</h3>
            <ul class="plain-list" role="list">
                {rows.get_value().into_iter().map(|row| view! { <li>{format!("Version {}: ", row.mark.version)} <span class="dim">{row.why}</span></li> }).collect_view()}
            </ul>
            <p><button type="button" class="btn bad" on:click=move |_| open.set(true)>{format!("{}…", title(count))}</button></p>
            <StaleDialog open group rows asking />
            <ConfirmPlan plan=asking.plan on_started=asking.on_started() />
        </section>
    }
}

/// Which of them, and why.
#[component]
fn StaleDialog(
    open: RwSignal<bool>,
    group: StoredValue<String>,
    rows: StoredValue<Vec<StaleRow>>,
    asking: Asking,
) -> impl IntoView {
    let all = move || rows.with_value(|rows| rows.iter().map(|row| row.mark.arn.clone()).collect::<BTreeSet<_>>());
    let chosen = RwSignal::new(all());
    let comment = RwSignal::new(String::new());
    Effect::new(move |_| {
        if open.get() {
            chosen.set(all());
            asking.fault.set(None);
        }
    });
    let ask = move || {
        let request = PlanStaleRejection {
            group: group.get_value(),
            versions: chosen.get_untracked().into_iter().collect(),
            comment: comment.get_untracked().trim().to_owned(),
        };
        asking.ask(request, move || {
            open.try_set(false);
        });
    };
    let cannot = move || asking.busy.get() || chosen.read().is_empty() || comment.read().trim().is_empty();
    view! {
        <Dialog name="Reject stale versions".to_owned() open>
            <form
                class="confirm-form"
                on:submit=move |event| {
                    event.prevent_default();
                    ask();
                }
            >
                <h2>"Reject stale versions"</h2>
                <ul class="plain-list" role="list" aria-label="Versions">
                    {rows.get_value().into_iter().map(|row| {
                        let (arn, turned) = (row.mark.arn.clone(), row.mark.arn);
                        view! {
                            <li>
                                <label class="check">
                                    <input
                                        type="checkbox"
                                        prop:checked=move || chosen.read().contains(&arn)
                                        on:change=move |_| chosen.update(|chosen| {
                                            if !chosen.remove(&turned) {
                                                chosen.insert(turned.clone());
                                            }
                                        })
                                    />
                                    <span>{format!("Version {}: {}", row.mark.version, row.why)}</span>
                                </label>
                            </li>
                        }
                    }).collect_view()}
                </ul>
                <div class="field">
                    <span id="stale-comment">"Comment, kept with each version"</span>
                    <textarea
                        rows="2"
                        autofocus
                        maxlength="900"
                        aria-labelledby="stale-comment"
                        prop:value=comment
                        on:input:target=move |event| comment.set(event.target().value())
                    ></textarea>
                </div>
                {move || asking.fault.get().map(|fault| view! { <FaultView fault /> })}
                <div class="dialog-foot">
                    <CloseButton open />
                    <button type="submit" class="btn go" disabled=cannot>"Plan to reject"</button>
                </div>
            </form>
        </Dialog>
    }
}
