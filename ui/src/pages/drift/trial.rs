//! What if the threshold were another: how many reports of the past would still raise it, and the change that makes it so.

use super::cells::figure;
use crate::{
    bridge,
    desk::Desk,
    parts::{
        diff::DiffView,
        export::{SaveDialog, Saved},
        fault::FaultView,
        icon::Icon,
        segmented::Segmented,
    },
};
use contract::{
    Fault,
    drift::{ThresholdTrial, TrialEvent, TryThreshold},
    executions::{DiffLine, DiffSide},
    exports::SaveConstraints,
    incident::Exported,
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use std::time::Duration;

/// A pause in moving the slider before the core is asked.
const PAUSE: Duration = Duration::from_millis(150);

/// The far end of the slider, for a threshold of today.
fn reach(now: Option<f64>) -> f64 {
    now.map_or(0.5, |now| (now * 5.0).clamp(0.5, 100.0))
}

/// A threshold as it is typed.
fn typed(text: &str) -> Option<f64> {
    text.trim().replace(',', ".").parse::<f64>().ok().filter(|value| value.is_finite() && *value >= 0.0)
}

/// The lines of a patch to look at: its head names files that nobody has, and stays behind.
fn sides(patch: &[String]) -> Vec<DiffLine> {
    let is_head = |line: &&String| line.starts_with("--- ") || line.starts_with("+++ ");
    let head = patch.iter().take(2).filter(is_head).count();
    patch.iter().skip(head).map(|line| side(line)).collect()
}

/// A line of the change, by its sign.
fn side(line: &str) -> DiffLine {
    let (side, text) = match line.chars().next() {
        Some('@' | '\\') => (DiffSide::Gap, Some(line)),
        Some('+') => (DiffSide::Now, line.get(1..)),
        Some('-') => (DiffSide::Then, line.get(1..)),
        _ => (DiffSide::Both, line.strip_prefix(' ').or(Some(line))),
    };
    DiffLine { side, text: text.unwrap_or_default().to_owned() }
}

/// `now` is the threshold that holds today, once it is known.
#[component]
pub fn WhatIf(schedule: String, feature: String, #[prop(into)] now: Signal<Option<f64>>) -> impl IntoView {
    let (schedule, feature) = (StoredValue::new(schedule), StoredValue::new(feature));
    let text = RwSignal::new(String::new());
    let all = RwSignal::new(false);
    let trial = RwSignal::new(None::<ThresholdTrial>);
    let fault = RwSignal::new(None::<Fault>);
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let ticket = StoredValue::new(0_u64);
    let done = StoredValue::new(false);
    // What the trial that is shown was asked with.
    let asked = StoredValue::new(None::<TryThreshold>);
    let saving = RwSignal::new(false);
    let whole = RwSignal::new(false);
    let save = Callback::new(move |path: Option<String>| -> Saved {
        let is_whole = whole.get_untracked();
        match asked.get_value() {
            Some(trial) => Box::pin(bridge::call(SaveConstraints { trial, is_whole, path })),
            None => Box::pin(async { Ok(Exported { path: None, bytes: 0, notices: Vec::new() }) }),
        }
    });
    // It begins at what holds today, and is not asked about until somebody moves it.
    Effect::new(move |_| {
        if let Some(now) = now.get()
            && text.with_untracked(String::is_empty)
        {
            text.set(now.to_string());
        }
    });
    let value = Memo::new(move |_| typed(&text.read()));
    let ask = move || {
        let Some(threshold) = value.get_untracked() else { return };
        let mine = ticket.get_value() + 1;
        ticket.set_value(mine);
        done.set_value(false);
        let feature = (!all.get_untracked()).then(|| feature.get_value());
        let request = TryThreshold { schedule: schedule.get_value(), feature, threshold };
        let (early, whole_one) = (request.clone(), request.clone());
        spawn_local(async move {
            let current = move || ticket.try_get_value() == Some(mine);
            let answer = bridge::listen(request, move |event: TrialEvent| {
                if current() && !done.get_value() {
                    asked.set_value(Some(early.clone()));
                    trial.set(Some(event.trial));
                }
            })
            .await;
            if !current() {
                return;
            }
            // What was found so far may come in after the whole.
            done.set_value(true);
            match answer {
                Ok((read, _)) => {
                    fault.set(None);
                    asked.set_value(Some(whole_one));
                    trial.set(Some(read));
                }
                Err(why) => fault.set(Some(why)),
            }
        });
    };
    let soon = move || {
        if let Some(handle) = waiting.get_value() {
            handle.clear();
        }
        waiting.set_value(set_timeout_with_handle(ask, PAUSE).ok());
    };
    on_cleanup(move || {
        if let Some(Some(handle)) = waiting.try_get_value() {
            handle.clear();
        }
    });
    let change = move |to: String| {
        text.set(to);
        soon();
    };
    let lines = Memo::new(move |_| {
        trial.with(|trial| trial.as_ref().map(|trial| trial.difference.clone()).unwrap_or_default())
    });
    let wrong = move || !text.read().is_empty() && value.get().is_none();
    let said = move || {
        trial.with(|trial| match trial {
            Some(trial) => trial.words.clone(),
            None => {
                "Move the threshold to see how many reports and alerts of the last 90 days would remain.".to_owned()
            }
        })
    };
    view! {
        <section class="what-if" role="region" aria-label="What if">
            <div class="section-head">
                <h3 class="part-title">"What if the threshold were another"</h3>
                <Segmented
                    name="Threshold of".to_owned()
                    choices=vec![(false, "This feature"), (true, "All features")]
                    chosen=all
                    on_choose=Callback::new(move |whole: bool| {
                        all.set(whole);
                        soon();
                    })
                />
            </div>
            <div class="what-if-fields">
                <input
                    type="range"
                    aria-label="Threshold slider"
                    min="0"
                    max=move || reach(now.get()).to_string()
                    step="0.005"
                    prop:value=move || value.get().unwrap_or_default().to_string()
                    aria-valuetext=move || value.get().map(figure)
                    on:input:target=move |event| change(event.target().value())
                />
                <input
                    class="input num"
                    type="text"
                    inputmode="decimal"
                    aria-label="Threshold"
                    aria-invalid=move || wrong().then_some("true")
                    aria-describedby="threshold-wrong"
                    prop:value=text
                    on:input:target=move |event| change(event.target().value())
                />
            </div>
            {move || now.get().map(|now| view! { <p class="dim small">{format!("Today {}", figure(now))}</p> })}
            <p class="field-error" id="threshold-wrong" role="alert">
                {move || wrong().then(|| view! { <Icon name="triangle-alert" /> "A threshold is a number of 0 or more." })}
            </p>
            {move || fault.get().map(|fault| view! { <FaultView fault retry=Callback::new(move |()| ask()) /> })}
            <p role="status" class="what-if-said">{said}</p>
            // Its buttons stay while the lines follow the threshold: the dialog gives the focus back to one of them.
            <Show when=move || !lines.read().is_empty()>
                <Change lines saving />
            </Show>
            <SaveDialog name="Save change" open=saving save>
                <Segmented
                    name="File".to_owned()
                    choices=vec![(false, "Patch"), (true, "Whole file")]
                    chosen=whole
                    on_choose=Callback::new(move |is: bool| whole.set(is))
                />
                <p class="dim">
                    {move || if whole.get() {
                        "constraints.json with this threshold, everything else as it was read. Upload it where the schedule looks for it."
                    } else {
                        "A unified diff for constraints.json as it lies in S3: patch -p1 applies it."
                    }}
                </p>
            </SaveDialog>
        </section>
    }
}

/// What the file of constraints would say instead.
#[component]
fn Change(lines: Memo<Vec<String>>, saving: RwSignal<bool>) -> impl IntoView {
    let desk = Desk::get();
    // A patch ends its last line.
    let copy = move |_| {
        desk.copy(lines.with_untracked(|lines| format!("{}\n", lines.join("\n"))), "the change of constraints.json");
    };
    view! {
        <div class="section-head">
            <h4 class="part-title">"The change in constraints.json"</h4>
            <button type="button" class="btn" on:click=copy>"Copy change"</button>
            <button type="button" class="btn" aria-haspopup="dialog" on:click=move |_| saving.set(true)>"Save change…"</button>
        </div>
        {move || view! { <DiffView lines=lines.with(|lines| sides(lines)) then="the constraints of today" now="this threshold" /> }}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_is_a_number_of_nothing_or_more() {
        assert_eq!((typed("0.15"), typed(" 0,2 "), typed("0")), (Some(0.15), Some(0.2), Some(0.0)));
        assert_eq!((typed("-1"), typed("NaN"), typed("x"), typed("")), (None, None, None, None));
    }

    #[test]
    fn the_slider_reaches_beyond_what_holds_today() {
        assert!(reach(Some(0.1)) >= 0.5 && reach(Some(0.9)) > 0.9 && reach(None) > 0.0);
    }

    #[test]
    fn a_line_of_the_change_says_its_side() {
        let of = |line: &str| (side(line).side, side(line).text);
        assert_eq!(
            of("-  \"comparison_threshold\": 0.1"),
            (DiffSide::Then, "  \"comparison_threshold\": 0.1".to_owned())
        );
        assert_eq!(of("+a").0, DiffSide::Now);
        assert_eq!(of(" {"), (DiffSide::Both, "{".to_owned()));
        assert_eq!(of(""), (DiffSide::Both, String::new()));
        assert_eq!(of("@@ -6,7 +6,7 @@"), (DiffSide::Gap, "@@ -6,7 +6,7 @@".to_owned()));
        let patch = ["--- a/c", "+++ b/c", "@@ -1 +1 @@", "--- a", "+b"].map(str::to_owned);
        let shown: Vec<DiffSide> = sides(&patch).iter().map(|line| line.side).collect();
        assert_eq!(shown, [DiffSide::Gap, DiffSide::Then, DiffSide::Now], "only the head is left out");
    }
}
