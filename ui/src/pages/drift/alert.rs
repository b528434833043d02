//! When an alert is raised: after how many failing runs of how many. Changed by a plan, like every write.

use crate::{
    desk::Desk,
    format,
    parts::acts::{Act, Asking},
};
use contract::{
    executions::Verdict,
    models::{PlanAlertChange, facts::AlertFact},
};
use leptos::prelude::*;

/// The two numbers of an alert, and the way to other ones. `asking` belongs to the page, for the fields begin anew when the alert
/// is read again.
#[component]
pub fn AlertNumbers(schedule: String, alert: AlertFact, asking: Asking) -> impl IntoView {
    let desk = Desk::get();
    let failing = RwSignal::new(alert.failing.to_string());
    let of = RwSignal::new(alert.of.to_string());
    let name = format!("When {} is raised", format::visible(&alert.name));
    let problem_id = format!("alert-problem-{}", alert.name);
    let described_by = problem_id.clone();
    let own = StoredValue::new((schedule, alert));
    let typed = move || own.with_value(|(schedule, alert)| read(schedule, alert, &failing.read(), &of.read()));
    let wrong = Memo::new(move |_| typed().err());
    let verdict = Memo::new(move |_| {
        let why_not = match typed() {
            Ok(change) if own.with_value(|(_, alert)| is_same(&change, alert)) => {
                Some("It is raised so already.".to_owned())
            }
            Ok(_) => None,
            Err(why) => Some(why),
        };
        Some(Verdict { ok: why_not.is_none(), reasons: why_not.into_iter().collect() })
    });
    let ask = move |()| {
        if let Ok(change) = untrack(typed) {
            asking.ask(change, || ());
        }
    };
    view! {
        <div class="drift-alert-numbers" role="group" aria-label=name>
            <span class="soft">"Raised when"</span>
            <Number name="Runs that fail" text=failing wrong described_by=described_by.clone() />
            <span class="soft">"of the last"</span>
            <Number name="Runs looked back at" text=of wrong described_by />
            <span class="soft">"runs fail"</span>
            <Act word="Change alert" verdict busy=asking.busy on_press=Callback::new(ask) />
            {move || desk.read_only().then(|| view! { <span class="dim small">"READ-ONLY: the plan can be made and looked at."</span> })}
            <p class="field-error" id=problem_id role="alert">{move || wrong.get()}</p>
        </div>
    }
}

#[component]
fn Number(
    name: &'static str,
    text: RwSignal<String>,
    wrong: Memo<Option<String>>,
    described_by: String,
) -> impl IntoView {
    view! {
        <input
            type="text"
            class="input num"
            inputmode="numeric"
            maxlength="3"
            autocomplete="off"
            aria-label=name
            aria-describedby=described_by
            aria-invalid=move || wrong.read().is_some().to_string()
            prop:value=text
            on:input:target=move |event| text.set(event.target().value())
        />
    }
}

/// What was typed, or what is wrong with it.
fn read(schedule: &str, alert: &AlertFact, failing: &str, of: &str) -> Result<PlanAlertChange, String> {
    let number = |text: &str| {
        let text = text.trim();
        text.parse::<u32>().map_err(|_| match text {
            "" => "Both numbers are needed.".to_owned(),
            _ => format!("{text} is no number of runs."),
        })
    };
    let change = PlanAlertChange {
        schedule: schedule.to_owned(),
        alert: alert.name.clone(),
        failing: number(failing)?,
        of: number(of)?,
    };
    change.numbers()?;
    Ok(change)
}

fn is_same(change: &PlanAlertChange, alert: &AlertFact) -> bool {
    (change.failing, change.of) == (alert.failing, alert.of)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert() -> AlertFact {
        AlertFact {
            name: "churn-data-alert".into(),
            is_raised: true,
            failing: 2,
            of: 6,
            modified: None,
            is_shown: true,
        }
    }

    #[test]
    fn what_is_typed_is_refused_with_words() {
        let of = |failing: &str, of: &str| read("churn-data", &alert(), failing, of);
        let same = of("2", " 6 ").unwrap();
        assert!(is_same(&same, &alert()) && !is_same(&of("3", "6").unwrap(), &alert()));
        assert_eq!((same.schedule.as_str(), same.alert.as_str()), ("churn-data", "churn-data-alert"));
        assert_eq!(of("", "6").unwrap_err(), "Both numbers are needed.");
        assert_eq!(of("two", "6").unwrap_err(), "two is no number of runs.");
        assert_eq!(of("-1", "6").unwrap_err(), "-1 is no number of runs.");
        assert!(of("7", "6").unwrap_err().contains("1 to 6"));
        assert!(of("1", "101").unwrap_err().contains("1 to 100"));
    }
}
