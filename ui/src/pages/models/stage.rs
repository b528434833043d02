//! The stage of a version in its life cycle, and the dialog that changes it.

use crate::{
    format,
    parts::{
        acts::{Asking, when_done},
        answer::Answer,
        confirm::ConfirmPlan,
        dialog::{CloseButton, Dialog},
        fault::FaultView,
        icon::Icon,
        outcome::Outcome,
    },
};
use contract::models::{
    Decision,
    facts::Lifecycle,
    requests::{DraftReply, PlanDecision},
};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// Stands in the list of stages for one that is typed. No stage is called so: names are letters, digits and hyphens.
const OTHER: &str = " ";
/// Characters that the service keeps of a description.
const LONGEST: &str = "1024";

/// `Production, Approved`.
fn words(cycle: Option<&Lifecycle>) -> String {
    match cycle {
        None => "no stage".to_owned(),
        Some(cycle) if cycle.status.is_empty() => format::visible(&cycle.stage),
        Some(cycle) => format!("{}, {}", format::visible(&cycle.stage), format::visible(&cycle.status)),
    }
}

/// See the module. What is changed is what `draft` told last.
#[component]
pub fn Stage(arn: StoredValue<String>, draft: Answer<DraftReply>, on_decided: Callback<()>) -> impl IntoView {
    let open = RwSignal::new(false);
    let asking = Asking::new();
    when_done(asking.started, move || {
        draft.look();
        on_decided.run(());
    });
    let shown = Memo::new(move |_| {
        draft.told.with(|told| told.as_ref().map(|told| (words(told.lifecycle.as_ref()), why(told.lifecycle.as_ref()))))
    });
    view! {
        {move || shown.get().map(|(words, why)| view! {
            <p class="row">
                <span class="dim">"Stage"</span>
                <span title=why>{words}</span>
                <button type="button" class="link" on:click=move |_| open.set(true)>"Change stage…"</button>
            </p>
        })}
        <Outcome started=asking.started />
        <StageDialog arn draft open asking />
        <ConfirmPlan plan=asking.plan on_started=asking.on_started() />
    }
}

fn why(cycle: Option<&Lifecycle>) -> Option<String> {
    cycle.and_then(|cycle| cycle.description.clone())
}

/// Stage, its state, and why.
#[component]
fn StageDialog(
    arn: StoredValue<String>,
    draft: Answer<DraftReply>,
    open: RwSignal<bool>,
    asking: Asking,
) -> impl IntoView {
    let stage = RwSignal::new(String::new());
    let other = RwSignal::new(String::new());
    let status = RwSignal::new(String::new());
    let description = RwSignal::new(String::new());
    let now = move || draft.told.with_untracked(|told| told.as_ref().and_then(|told| told.lifecycle.clone()));
    let stages =
        move || draft.told.with_untracked(|told| told.as_ref().map(|told| told.stages.clone())).unwrap_or_default();
    Effect::new(move |_| {
        if open.get() {
            let now = now();
            let first = Lifecycle::STAGES.first().copied().unwrap_or_default();
            let pending = Lifecycle::STATUSES.first().copied().unwrap_or_default();
            stage.set(now.as_ref().map_or_else(|| first.to_owned(), |now| now.stage.clone()));
            status.set(now.map_or_else(|| pending.to_owned(), |now| now.status));
            other.set(String::new());
            description.set(String::new());
            asking.fault.set(None);
        }
    });
    let chosen = move || {
        let stage = stage.get();
        if stage == OTHER { other.get().trim().to_owned() } else { stage }
    };
    let ask = move || {
        let Some(evidence) = draft.told.with_untracked(|told| told.as_ref().map(|told| told.draft.evidence.clone()))
        else {
            return;
        };
        let why = description.get_untracked().trim().to_owned();
        let cycle = Lifecycle {
            stage: untrack(chosen),
            status: status.get_untracked(),
            description: (!why.is_empty()).then_some(why),
        };
        let request = PlanDecision { arn: arn.get_value(), decision: Decision::Stage(cycle), evidence };
        asking.ask(request, move || {
            open.try_set(false);
        });
    };
    let cannot = move || asking.busy.get() || chosen().is_empty();
    view! {
        <Dialog name="Change stage".to_owned() open>
            <form
                class="confirm-form"
                on:submit=move |event| {
                    event.prevent_default();
                    if !untrack(cannot) {
                        ask();
                    }
                }
            >
                <h2>"Change stage"</h2>
                <p class="soft">"The approval stays as it is. The plan says which event SageMaker sends and which rules hear of it."</p>
                <label class="field">
                    "Stage"
                    <span class="select">
                        <select aria-label="Stage" autofocus on:change:target=move |event| stage.set(event.target().value())>
                            {beside(stages(), now().map(|now| now.stage)).into_iter().map(|name| {
                                let (value, known) = (name.clone(), name.clone());
                                view! { <option value=value prop:selected=move || stage.get() == known>{format::visible(&name)}</option> }
                            }).collect_view()}
                            <option value=OTHER prop:selected=move || stage.get() == OTHER>"Another…"</option>
                        </select>
                        <Icon name="chevron-down" />
                    </span>
                </label>
                {move || (stage.get() == OTHER).then(|| view! {
                    <label class="field">
                        "Name of the stage"
                        <input
                            type="text"
                            class="input mono"
                            aria-label="Name of the stage"
                            autocomplete="off"
                            spellcheck="false"
                            maxlength="63"
                            prop:value=other
                            on:input:target=move |event| other.set(event.target().value())
                        />
                        <span class="field-hint">"Letters, digits and hyphens, at most 63."</span>
                    </label>
                })}
                <label class="field">
                    "Status of the stage"
                    <span class="select">
                        <select aria-label="Status of the stage" on:change:target=move |event| status.set(event.target().value())>
                            {beside(Lifecycle::STATUSES.map(str::to_owned).into(), now().map(|now| now.status)).into_iter().map(|name| {
                                let (value, known) = (name.clone(), name.clone());
                                view! { <option value=value prop:selected=move || status.get() == known>{format::visible(&name)}</option> }
                            }).collect_view()}
                        </select>
                        <Icon name="chevron-down" />
                    </span>
                </label>
                <div class="field">
                    <span id="stage-description">"Description, kept with the stage"</span>
                    <textarea
                        rows="2"
                        maxlength=LONGEST
                        aria-labelledby="stage-description"
                        prop:value=description
                        on:input:target=move |event| description.set(event.target().value())
                    ></textarea>
                </div>
                {move || asking.fault.get().map(|fault| view! { <FaultView fault /> })}
                <div class="dialog-foot">
                    <CloseButton open />
                    <button type="submit" class="btn go" disabled=cannot>"Plan the change"</button>
                </div>
            </form>
        </Dialog>
    }
}

/// The known ones, and the one that the version has now.
fn beside(mut known: Vec<String>, now: Option<String>) -> Vec<String> {
    known.extend(now.filter(|now| !now.is_empty()));
    let mut seen = BTreeSet::new();
    known.retain(|name| seen.insert(name.clone()));
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_team_keeps_its_own_words() {
        let cycle =
            |stage: &str, status: &str| Lifecycle { stage: stage.into(), status: status.into(), description: None };
        assert_eq!(words(None), "no stage");
        assert_eq!(words(Some(&cycle("Canary", "Baking"))), "Canary, Baking");
        let known = || Lifecycle::STATUSES.map(str::to_owned).to_vec();
        assert_eq!(beside(known(), Some("Baking".into())).last().map(String::as_str), Some("Baking"));
        assert_eq!(beside(known(), Some("Approved".into())), known());
        assert_eq!(beside(known(), None), known());
    }
}
