//! A signature of the person's own as a form: checked while it is typed, and tried on the open log at once.

use crate::{
    bridge,
    desk::Desk,
    format,
    parts::{dialog::CloseButton, fault::FaultView, icon::Icon},
};
use contract::{
    Fault, LogId,
    jobs::diagnosis::RetryAdvice,
    logs::LineAt,
    signatures::{
        DraftField, KeptDraft, Layer, OwnSignatures, SaveSignature, SignatureDraft, SignatureTrial, TriedOn,
        TrySignature,
    },
};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

/// How long the person pauses before what is typed is tried.
const PAUSE: Duration = Duration::from_millis(300);

const RETRIES: [RetryAdvice; 4] = [RetryAdvice::Same, RetryAdvice::Bigger, RetryAdvice::AfterFix, RetryAdvice::Never];

/// `kept` hears of every change; `was` is the signature that is edited. Without a log nothing is tried.
#[component]
pub fn SignatureForm(
    start: SignatureDraft,
    was: Option<KeptDraft>,
    log: Option<LogId>,
    open: RwSignal<bool>,
    #[prop(into)] kept: Callback<SignatureDraft>,
    #[prop(into)] on_saved: Callback<OwnSignatures>,
    #[prop(into)] on_go: Callback<LineAt>,
) -> impl IntoView {
    let desk = Desk::get();
    let draft = RwSignal::new(start);
    let trial = RwSignal::new(None::<SignatureTrial>);
    let stale = RwSignal::new(true);
    let fault = RwSignal::new(None::<Fault>);
    let was = StoredValue::new(was);
    let ticket = StoredValue::new(0_u64);
    Effect::new(move |_| {
        let asked = draft.get();
        kept.run(asked.clone());
        let mine = ticket.get_value() + 1;
        ticket.set_value(mine);
        stale.set(true);
        let current = move || ticket.try_get_value() == Some(mine);
        let ask = move || {
            if !current() {
                return;
            }
            spawn_local(async move {
                let answer = bridge::call(TrySignature { draft: asked, log }).await;
                if current() {
                    match answer {
                        Ok(told) => {
                            fault.try_set(None);
                            trial.try_set(Some(told));
                            stale.try_set(false);
                        }
                        Err(refused) => {
                            fault.try_set(Some(refused));
                        }
                    }
                }
            });
        };
        set_timeout(ask, PAUSE);
    });
    let sound =
        move || !stale.get() && trial.with(|trial| trial.as_ref().is_some_and(|trial| trial.problems.is_empty()));
    let why_not = move || {
        if stale.get() {
            return Some("It is checked before it can be saved".to_owned());
        }
        trial.with(|trial| Some(trial.as_ref()?.problems.first()?.text.clone()))
    };
    let saving = RwSignal::new(false);
    let save = move |_| {
        if saving.get_untracked() {
            return;
        }
        saving.set(true);
        fault.set(None);
        let request = SaveSignature { draft: draft.get_untracked(), was: was.get_value() };
        let title = request.draft.title.clone();
        spawn_local(async move {
            let saved = bridge::call(request).await;
            saving.try_set(false);
            match saved {
                Ok(all) => {
                    desk.say(format!("Saved the signature {title}"));
                    open.try_set(false);
                    on_saved.run(all);
                }
                Err(refused) => {
                    fault.try_set(Some(refused));
                }
            }
        });
    };
    let wrong = move |field: DraftField| {
        move || {
            trial.with(|trial| trial.as_ref().is_some_and(|trial| trial.problems.iter().any(|one| one.field == field)))
        }
    };
    // WebKit counts what a field holds among the text of the label around it: each has its name.
    view! {
        <label class="field">
            "Title"
            <input
                aria-label="Title"
                type="text"
                autocomplete="off"
                prop:value=move || draft.with(|draft| draft.title.clone())
                aria-invalid=move || wrong(DraftField::Title)().to_string()
                on:input=move |event| draft.update(|draft| draft.title = event_target_value(&event))
            />
        </label>
        <Problem trial field=DraftField::Title />
        <label class="field">
            "Pattern"
            <textarea
                aria-label="Pattern"
                class="mono"
                rows="3"
                spellcheck="false"
                prop:value=move || draft.with(|draft| draft.pattern.clone())
                aria-invalid=move || wrong(DraftField::Pattern)().to_string()
                on:input=move |event| draft.update(|draft| draft.pattern = event_target_value(&event))
            ></textarea>
        </label>
        <p class="field-hint">"A regular expression. Numbers, ids, hosts and paths of the line are general already; what was secret in it matches anything."</p>
        <Problem trial field=DraftField::Pattern />
        {log.map(|_| view! { <Tried trial stale open on_go /> })}
        <div class="fields-row">
            <label class="field">
                "Retry as it is"
                <span class="select">
                    <select
                        aria-label="Retry as it is"
                        on:change=move |event| {
                            if let Some(retry) = chosen(&RETRIES, &event_target_value(&event)) {
                                draft.update(|draft| draft.retry = retry);
                            }
                        }
                    >
                        {RETRIES.into_iter().enumerate().map(|(at, retry)| view! { <option value=at.to_string() selected=draft.with_untracked(|draft| draft.retry == retry)>{retry.words()}</option> }).collect_view()}
                    </select>
                    <Icon name="chevron-down" />
                </span>
            </label>
            <label class="field">
                "Layer"
                <span class="select">
                    <select
                        aria-label="Layer"
                        on:change=move |event| {
                            if let Some(layer) = chosen(&Layer::ALL, &event_target_value(&event)) {
                                draft.update(|draft| draft.layer = layer);
                            }
                        }
                    >
                        {Layer::ALL.into_iter().enumerate().map(|(at, layer)| view! { <option value=at.to_string() selected=draft.with_untracked(|draft| draft.layer == layer)>{layer.word()}</option> }).collect_view()}
                    </select>
                    <Icon name="chevron-down" />
                </span>
            </label>
        </div>
        <label class="field">
            "Remedy"
            <textarea
                aria-label="Remedy"
                rows="2"
                placeholder="What to do when it is seen"
                prop:value=move || draft.with(|draft| draft.remedy.clone())
                on:input=move |event| draft.update(|draft| draft.remedy = event_target_value(&event))
            ></textarea>
        </label>
        <label class="field">
            "A line that it matches"
            <textarea
                aria-label="A line that it matches"
                class="mono"
                rows="2"
                spellcheck="false"
                prop:value=move || draft.with(|draft| draft.example.clone())
                aria-invalid=move || wrong(DraftField::Example)().to_string()
                on:input=move |event| draft.update(|draft| draft.example = event_target_value(&event))
            ></textarea>
        </label>
        <Problem trial field=DraftField::Example />
        <label class="field">
            "A line that it must not match (optional)"
            <input
                aria-label="A line that it must not match (optional)"
                type="text"
                class="mono"
                autocomplete="off"
                spellcheck="false"
                prop:value=move || draft.with(|draft| draft.miss.clone().unwrap_or_default())
                aria-invalid=move || wrong(DraftField::Miss)().to_string()
                on:input=move |event| {
                    let text = event_target_value(&event);
                    draft.update(|draft| draft.miss = Some(text).filter(|text| !text.is_empty()));
                }
            />
        </label>
        <Problem trial field=DraftField::Miss />
        <label class="field">
            "Id"
            <input
                aria-label="Id"
                type="text"
                class="mono"
                autocomplete="off"
                spellcheck="false"
                prop:value=move || draft.with(|draft| draft.id.clone())
                aria-invalid=move || wrong(DraftField::Id)().to_string()
                on:input=move |event| draft.update(|draft| draft.id = event_target_value(&event))
            />
        </label>
        <Problem trial field=DraftField::Id />
        {move || fault.get().map(|fault| view! { <FaultView fault /> })}
        <div class="dialog-foot">
            <CloseButton open />
            <button
                type="button"
                class="btn go"
                title=why_not
                prop:disabled=move || saving.get() || !sound()
                on:click=save
            >
                {move || if saving.get() { "Saving…" } else { "Save signature" }}
            </button>
        </div>
    }
}

/// The choice whose option has this value.
fn chosen<T: Copy>(all: &[T], value: &str) -> Option<T> {
    all.get(value.parse::<usize>().ok()?).copied()
}

#[component]
fn Problem(trial: RwSignal<Option<SignatureTrial>>, field: DraftField) -> impl IntoView {
    move || {
        let text = trial.with(|trial| {
            let problem = trial.as_ref()?.problems.iter().find(|problem| problem.field == field)?;
            Some(problem.text.clone())
        })?;
        Some(view! { <p class="field-error" role="alert"><Icon name="triangle-alert" />{text}</p> })
    }
}

/// How many records of the open log match, and where the first of them are.
#[component]
fn Tried(
    trial: RwSignal<Option<SignatureTrial>>,
    stale: RwSignal<bool>,
    open: RwSignal<bool>,
    #[prop(into)] on_go: Callback<LineAt>,
) -> impl IntoView {
    view! {
        <section class="card tried" role="region" aria-label="Tried on the open log">
            <p role="status">
                {move || {
                    let words = trial.with(|trial| trial.as_ref().and_then(|trial| trial.tried.as_ref()).map(words));
                    match words {
                        Some(words) if stale.get() => format!("{words} Trying again…"),
                        Some(words) => words,
                        None if stale.get() => "Trying it on the open log…".to_owned(),
                        None => "It is tried as soon as the pattern can be used.".to_owned(),
                    }
                }}
            </p>
            {move || trial.with(|trial| {
                let hits = trial.as_ref()?.tried.as_ref()?.first.clone();
                Some(view! {
                    <ul class="plain-list" role="list">
                        {hits.into_iter().map(|hit| {
                            let at = hit.at;
                            let go = move |_| {
                                open.set(false);
                                on_go.run(at);
                            };
                            view! {
                                <li class="tried-hit">
                                    <button type="button" class="link" title=hit.address on:click=go>{format!("Line {}", format::count(at.line + 1))}</button>
                                    <span class="mono cut selectable">{hit.text}</span>
                                </li>
                            }
                        }).collect_view()}
                    </ul>
                })
            })}
        </section>
    }
}

fn words(tried: &TriedOn) -> String {
    let of = format::counted(tried.records, "record", "records");
    let part = if tried.whole { "of the open log" } else { "at the beginning of the open log" };
    match tried.hits {
        0 => format!("It matches none of {of} {part}."),
        hits => format!("It matches {} of {of} {part}.", format::count(hits)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_trial_found_is_said() {
        let tried = TriedOn { records: 1_204, hits: 3, first: Vec::new(), whole: true };
        assert_eq!(words(&tried), "It matches 3 of 1,204 records of the open log.");
        let none = TriedOn { hits: 0, whole: false, ..tried };
        assert_eq!(words(&none), "It matches none of 1,204 records at the beginning of the open log.");
    }

    #[test]
    fn a_choice_reads_back_from_its_option() {
        assert_eq!(chosen(&RETRIES, "2"), Some(RetryAdvice::AfterFix));
        assert_eq!([chosen(&RETRIES, "9"), chosen(&RETRIES, "")], [None, None]);
    }
}
