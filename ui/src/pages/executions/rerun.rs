//! Start again with an edited input, on a version or an alias, under a name.

use crate::{
    bridge, format,
    parts::{
        dialog::{CloseButton, Dialog},
        diff::DiffView,
        fault::FaultView,
        icon::Icon,
        states::NoticeLine,
    },
};
use contract::{
    Fault,
    executions::{CheckInput, InputCheck, PayloadOf, PlanStart, ReadPayload, Rerun},
    plan::Plan,
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use std::time::Duration;

/// A pause in typing before the input is checked.
const PAUSE: Duration = Duration::from_millis(250);

#[component]
pub fn StartDialog(
    open: RwSignal<bool>,
    arn: Signal<String>,
    advice: RwSignal<Option<Result<Rerun, Fault>>>,
    plan: RwSignal<Option<Plan>>,
) -> impl IntoView {
    let input = RwSignal::new(String::new());
    let name = RwSignal::new(String::new());
    let target = RwSignal::new(String::new());
    let check = RwSignal::new(None::<InputCheck>);
    let fault = RwSignal::new(None::<Fault>);
    let busy = RwSignal::new(false);
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let ticket = StoredValue::new(0_u64);
    let look = move || {
        if let Some(handle) = waiting.get_value() {
            handle.clear();
        }
        let mine = ticket.get_value() + 1;
        ticket.set_value(mine);
        let handle = set_timeout_with_handle(
            move || {
                let request = CheckInput { arn: arn.get_untracked(), input: input.get_untracked() };
                spawn_local(async move {
                    let answer = bridge::call(request).await;
                    if ticket.try_get_value() == Some(mine) {
                        check.set(answer.ok());
                    }
                });
            },
            PAUSE,
        );
        waiting.set_value(handle.ok());
    };
    Effect::new(move |_| {
        if !open.get() {
            return;
        }
        fault.set(None);
        check.set(None);
        input.set(String::new());
        target.set(String::new());
        name.set(untrack(|| {
            advice.with(|advice| match advice {
                Some(Ok(advice)) => advice.name.clone(),
                _ => String::new(),
            })
        }));
        let arn = arn.get_untracked();
        spawn_local(async move {
            match bridge::call(ReadPayload { arn, what: PayloadOf::Input }).await {
                // What the person has begun to write meanwhile stays.
                Ok(payload) if input.try_with_untracked(String::is_empty) == Some(true) => {
                    input.set(pretty(&payload.text));
                    look();
                }
                Ok(_) => {}
                Err(why) => {
                    fault.try_set(Some(why));
                }
            }
        });
    });
    let problem = Memo::new(move |_| check.with(|check| check.as_ref().and_then(|check| check.problem.clone())));
    let submit = move || {
        if problem.with_untracked(Option::is_some) || busy.get_untracked() {
            return;
        }
        busy.set(true);
        fault.set(None);
        let some = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let request = PlanStart {
            executions: vec![arn.get_untracked()],
            target: some(target.get_untracked()),
            input: Some(input.get_untracked()),
            name: some(name.get_untracked()),
        };
        spawn_local(async move {
            match bridge::call(request).await {
                Ok(made) => {
                    open.set(false);
                    plan.set(Some(made));
                }
                Err(why) => fault.set(Some(why)),
            }
            busy.set(false);
        });
    };
    view! {
        <Dialog name="Start again".to_owned() open wide=true>
            <form
                class="confirm-form start-form"
                on:submit=move |event| {
                    event.prevent_default();
                    submit();
                }
            >
                <h2>"Start again"</h2>
                <div class="fields-row">
                    <label class="field">
                        <span id="start-name">"Name, unique for 90 days"</span>
                        // WebKit counts what a field holds among the text of the label around it.
                        <input type="text" class="mono" aria-labelledby="start-name" autocomplete="off" spellcheck="false" prop:value=name on:input:target=move |event| name.set(event.target().value()) />
                    </label>
                    <label class="field">
                        <span id="start-definition">"Definition"</span>
                        <span class="select">
                            <select aria-labelledby="start-definition" prop:value=target on:change:target=move |event| target.set(event.target().value())>
                                <option value="">"the latest"</option>
                                {move || advice.with(|advice| match advice {
                                    Some(Ok(advice)) => advice.targets.clone(),
                                    _ => Vec::new(),
                                }).into_iter().map(|version| view! { <option value=version.arn>{format!("{}: {}", version.name, version.text)}</option> }).collect_view()}
                            </select>
                            <Icon name="chevron-down" />
                        </span>
                    </label>
                </div>
                <div class="field">
                    <span id="input-label">"Input, JSON"</span>
                    <textarea
                        class="mono editor"
                        rows="14"
                        spellcheck="false"
                        autofocus
                        aria-labelledby="input-label"
                        aria-invalid=move || problem.read().is_some().to_string()
                        aria-describedby="input-problem"
                        prop:value=input
                        on:input:target=move |event| {
                            input.set(event.target().value());
                            look();
                        }
                    ></textarea>
                </div>
                <p class="field-error" id="input-problem" role="alert">
                    {move || problem.get().map(|problem| view! {
                        <Icon name="triangle-alert" />
                        {format!("{} Line {}, column {}.", problem.message, problem.line, problem.column)}
                    })}
                </p>
                {move || check.get().map(|check| view! {
                    {check.notices.into_iter().map(|notice| view! { <NoticeLine notice /> }).collect_view()}
                    {(!check.diff.is_empty()).then(|| view! { <DiffView lines=check.diff then="the original" now="yours" /> })}
                })}
                <Shape advice />
                {move || fault.get().map(|fault| view! { <FaultView fault /> })}
                <div class="dialog-foot">
                    <CloseButton open />
                    <button type="submit" class="btn go" disabled=move || problem.read().is_some() || busy.get()>"Plan to start"</button>
                </div>
            </form>
        </Dialog>
    }
}

/// What past inputs have in common.
#[component]
fn Shape(advice: RwSignal<Option<Result<Rerun, Fault>>>) -> impl IntoView {
    let shape = move || {
        advice.with(|advice| match advice {
            Some(Ok(advice)) => advice.shape.clone(),
            _ => Vec::new(),
        })
    };
    view! {
        <Show when=move || !shape().is_empty()>
            <details>
                <summary>{move || format!("Fields of past inputs, {}", format::count(shape().len() as u64))}</summary>
                <table class="fidelity">
                    <thead><tr><th scope="col">"Field"</th><th scope="col">"Kind"</th><th scope="col">"In"</th><th scope="col">"Such as"</th></tr></thead>
                    <tbody>
                        {move || shape().into_iter().map(|field| view! {
                            <tr>
                                <th scope="row" class="mono">{field.path}</th>
                                <td>{field.kinds}</td>
                                <td>{format!("{} of {}", field.seen, field.of)}</td>
                                <td class="mono soft cut">{field.example}</td>
                            </tr>
                        }).collect_view()}
                    </tbody>
                </table>
            </details>
        </Show>
    }
}

/// Indented, for editing; text that is no JSON stays as it is.
fn pretty(text: &str) -> String {
    serde_json::from_str::<serde_json::Value>(text)
        .ok()
        .and_then(|value| serde_json::to_string_pretty(&value).ok())
        .unwrap_or_else(|| text.to_owned())
}
