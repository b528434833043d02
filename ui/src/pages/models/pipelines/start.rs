//! Start a pipeline: a field for each parameter with its default, or with what another execution was given, to be changed
//! and planned.

use crate::parts::{
    acts::Asking,
    dialog::{CloseButton, Dialog},
    fault::FaultView,
    icon::Icon,
};
use contract::models::{ParameterKind, PipelineParameter, PlanPipelineStart, target::is_name};
use leptos::prelude::*;

/// Characters of the longest display name of an execution, and of the longest value of a parameter.
const LONGEST_TITLE: usize = 82;
const LONGEST_VALUE: usize = 1_024;
/// Stands in the place of each letter of a secret.
const COVER: char = '•';

/// A name and the value that its field begins with; `None`: the value is covered, so it cannot stand there.
pub type Begin = (String, Option<String>);

/// A parameter and what stands in its field.
type Field = (PipelineParameter, RwSignal<String>);

/// The plan goes to `asking`, and the dialog closes then.
#[component]
pub fn StartDialog(
    open: RwSignal<bool>,
    name: StoredValue<String>,
    #[prop(into)] parameters: Signal<Vec<PipelineParameter>>,
    /// In the place of the defaults.
    #[prop(into)]
    given: Signal<Vec<Begin>>,
    asking: Asking,
) -> impl IntoView {
    Effect::new(move |_| {
        if open.get() {
            asking.fault.set(None);
        }
    });
    view! {
        <Dialog name="Start pipeline".to_owned() open wide=true>
            <Form open name parameters=parameters.get_untracked() begin=given.get_untracked() asking />
        </Dialog>
    }
}

/// It is made anew each time that the dialog opens, so the fields hold what they begin with then.
#[component]
fn Form(
    open: RwSignal<bool>,
    name: StoredValue<String>,
    parameters: Vec<PipelineParameter>,
    begin: Vec<Begin>,
    asking: Asking,
) -> impl IntoView {
    let title = RwSignal::new(String::new());
    let fields: Vec<Field> = parameters
        .into_iter()
        .map(|parameter| {
            let own = begin.iter().find(|(name, _)| *name == parameter.name).and_then(|(_, value)| value.clone());
            let value = RwSignal::new(own.or_else(|| parameter.default.clone()).unwrap_or_default());
            (parameter, value)
        })
        .collect();
    let is_covered = |name: &str| begin.iter().any(|(known, value)| known == name && value.is_none());
    let rows: Vec<_> =
        fields.iter().map(|(parameter, value)| (parameter.clone(), *value, is_covered(&parameter.name))).collect();
    let none = fields.is_empty();
    let fields = StoredValue::new(fields);
    let wrong_title = Memo::new(move |_| title.with(|title| problem_of_title(title)));
    let wrong = Memo::new(move |_| {
        fields
            .with_value(|fields| fields.iter().filter(|(field, value)| problem(field, &value.read()).is_some()).count())
    });
    let changed = Memo::new(move |_| {
        fields.with_value(|fields| fields.iter().filter(|(field, value)| is_changed(field, &value.read())).count())
    });
    let submit = move || {
        if wrong.get_untracked() > 0 || wrong_title.with_untracked(Option::is_some) {
            return;
        }
        let request = PlanPipelineStart {
            pipeline: name.get_value(),
            parameters: fields.with_value(|fields| given(fields)),
            title: Some(title.get_untracked().trim().to_owned()).filter(|title| !title.is_empty()),
        };
        asking.ask(request, move || {
            open.try_set(false);
        });
    };
    let told = move || match (none, changed.get()) {
        (true, _) => "The definition declares no parameters.".to_owned(),
        (false, 0) => "Every parameter has its default.".to_owned(),
        (false, 1) => "1 parameter differs from its default.".to_owned(),
        (false, changed) => format!("{changed} parameters differ from their defaults."),
    };
    view! {
        <form
            class="confirm-form start-form"
            on:submit=move |event| {
                event.prevent_default();
                submit();
            }
        >
            <h2>{format!("Start {}", name.get_value())}</h2>
            <p class="soft">{told}</p>
            <div class="parameter-fields">
                {rows.into_iter().map(|(parameter, value, covered)| view! { <FieldOf parameter value covered /> }).collect_view()}
            </div>
            <div class="field">
                <span id="start-title">"Name of the execution, where it shall have one"</span>
                // WebKit counts what a field holds among the text of the label around it.
                <input
                    type="text"
                    class="mono"
                    aria-labelledby="start-title"
                    aria-invalid=move || wrong_title.read().is_some().to_string()
                    aria-describedby="start-title-problem"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=title
                    on:input:target=move |event| title.set(event.target().value())
                />
                <p class="field-error" id="start-title-problem" role="alert">
                    {move || wrong_title.get().map(|problem| view! { <Icon name="triangle-alert" /> {problem} })}
                </p>
            </div>
            {move || asking.fault.get().map(|fault| view! { <FaultView fault /> })}
            <div class="dialog-foot">
                <CloseButton open />
                <button
                    type="submit"
                    class="btn go"
                    disabled=move || (wrong.get() > 0) || wrong_title.read().is_some() || asking.busy.get()
                >
                    "Plan to start"
                </button>
            </div>
        </form>
    }
}

/// Those that differ from their defaults: the others get them from the definition.
fn given(fields: &[Field]) -> Vec<(String, String)> {
    fields
        .iter()
        .map(|(field, value)| (field, value.get_untracked()))
        .filter(|(field, value)| is_changed(field, value))
        .map(|(field, value)| (field.name.clone(), value))
        .collect()
}

/// `covered`: another execution was given a secret here.
#[component]
fn FieldOf(parameter: PipelineParameter, value: RwSignal<String>, covered: bool) -> impl IntoView {
    let PipelineParameter { name, kind, default, choices, is_secret } = parameter.clone();
    let parameter = StoredValue::new(parameter);
    let wrong = Memo::new(move |_| parameter.with_value(|parameter| problem(parameter, &value.read())));
    let changed = Memo::new(move |_| parameter.with_value(|parameter| is_changed(parameter, &value.read())));
    let id = format!("parameter-{name}");
    let mut choices = match kind {
        ParameterKind::Boolean if choices.is_empty() => vec!["true".to_owned(), "false".to_owned()],
        _ => choices,
    };
    let chosen = value.get_untracked();
    let is_empty = chosen.is_empty();
    // What an earlier execution was given may be none of the choices any more: it is shown, and is wrong.
    if !choices.is_empty() && !is_empty && !choices.contains(&chosen) {
        choices.insert(0, chosen.clone());
    }
    let must = default.is_none();
    let was = default;
    let shape = if is_secret || covered { "password" } else { "text" };
    let again = covered.then_some(if must {
        "What it was given is covered: type it again."
    } else {
        "What it was given is covered: type it again, or its default is used."
    });
    view! {
        <div class="field" class:changed=move || changed.get() data-id=name.clone()>
            <span>
                <span class="mono">{name.clone()}</span>
                " "
                <span class="dim">{kind.word()}</span>
                {move || changed.get().then(|| view! { " " <span class="chip acc">"changed"</span> })}
            </span>
            {if choices.is_empty() {
                view! {
                    <input
                        type=shape
                        class="mono"
                        aria-label=name.clone()
                        aria-invalid=move || wrong.read().is_some().to_string()
                        aria-describedby=id.clone()
                        autocomplete="off"
                        spellcheck="false"
                        prop:value=value
                        on:input:target=move |event| value.set(event.target().value())
                    />
                }
                .into_any()
            } else {
                view! {
                    <span class="select">
                        <select
                            aria-label=name.clone()
                            aria-describedby=id.clone()
                            on:change:target=move |event| value.set(event.target().value())
                        >
                            {must.then(|| view! { <option value="" selected=is_empty>"choose"</option> })}
                            {choices.into_iter().map(|choice| {
                                let is_chosen = choice == chosen;
                                view! { <option value=choice.clone() selected=is_chosen>{choice.clone()}</option> }
                            }).collect_view()}
                        </select>
                        <Icon name="chevron-down" />
                    </span>
                }
                .into_any()
            }}
            {move || changed.get().then(|| was.clone().map(|was| view! { <p class="field-hint">"Default: " <span class="mono wrap">{if was.is_empty() { "empty".to_owned() } else { was }}</span></p> }))}
            {again.map(|words| view! { <p class="field-hint">{words}</p> })}
            <p class="field-error" id=id role="alert">
                {move || wrong.get().map(|problem| view! { <Icon name="triangle-alert" /> {problem} })}
            </p>
        </div>
    }
}

/// It is not what an execution gets that was told nothing.
fn is_changed(parameter: &PipelineParameter, value: &str) -> bool {
    parameter.default.as_deref() != Some(value)
}

/// Why a value cannot be given.
fn problem(parameter: &PipelineParameter, value: &str) -> Option<String> {
    if parameter.default.is_none() && value.is_empty() {
        return Some("It has no default: a start must give it.".into());
    }
    if !is_changed(parameter, value) {
        return None;
    }
    if parameter.is_secret && value.contains(COVER) {
        return Some("Type the whole value: what stood here covers it.".into());
    }
    if !parameter.choices.is_empty() && parameter.choices.iter().all(|choice| choice != value) {
        return Some(format!("It may be {}.", parameter.choices.join(" or ")));
    }
    if value.chars().count() > LONGEST_VALUE {
        return Some(format!("A value has {LONGEST_VALUE} letters at most."));
    }
    let is_right = match parameter.kind {
        ParameterKind::Integer => value.parse::<i64>().is_ok(),
        ParameterKind::Float => value.parse::<f64>().is_ok_and(f64::is_finite),
        ParameterKind::Boolean => matches!(value, "true" | "false"),
        ParameterKind::String | ParameterKind::Unknown => true,
    };
    (!is_right).then(|| format!("{value:?} is no {}.", parameter.kind.word()))
}

/// Why an execution cannot be called so.
fn problem_of_title(title: &str) -> Option<String> {
    let title = title.trim();
    let is_right = title.is_empty() || (is_name(title) && title.len() <= LONGEST_TITLE);
    (!is_right)
        .then(|| format!("A name has letters, digits and hyphens between them, {LONGEST_TITLE} characters at most."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(kind: ParameterKind, default: Option<&str>) -> PipelineParameter {
        PipelineParameter {
            name: "P".into(),
            kind,
            default: default.map(Into::into),
            choices: Vec::new(),
            is_secret: false,
        }
    }

    #[test]
    fn what_a_kind_cannot_be_is_said() {
        let whole = parameter(ParameterKind::Integer, Some("10"));
        assert_eq!(problem(&whole, "12"), None);
        assert_eq!(problem(&whole, "1.5").as_deref(), Some("\"1.5\" is no whole number."));
        assert_eq!(problem(&whole, ""), Some("\"\" is no whole number.".into()));
        let number = parameter(ParameterKind::Float, Some("0.7"));
        assert_eq!(problem(&number, "1e-3"), None);
        assert!(problem(&number, "inf").is_some() && problem(&number, "high").is_some());
        let either = parameter(ParameterKind::Boolean, Some("true"));
        assert_eq!(problem(&either, "false"), None);
        assert!(problem(&either, "no").is_some());
        assert_eq!(problem(&parameter(ParameterKind::Unknown, None), "whatever"), None);
    }

    #[test]
    fn a_default_is_never_wrong_and_one_that_is_missing_is_asked_for() {
        // As the definition has it, whatever that is.
        assert_eq!(problem(&parameter(ParameterKind::Integer, Some("ten")), "ten"), None);
        let text = parameter(ParameterKind::String, Some(""));
        assert!(problem(&text, "").is_none() && !is_changed(&text, "") && is_changed(&text, "x"));
        assert!(problem(&parameter(ParameterKind::String, None), "").is_some());
    }

    #[test]
    fn a_cover_is_never_sent() {
        let secret =
            PipelineParameter { is_secret: true, ..parameter(ParameterKind::String, Some("••••••")) };
        assert!(problem(&secret, "••••••").is_none() && !is_changed(&secret, "••••••"), "the default is left to stand");
        assert!(problem(&secret, "••••••x").is_some());
        assert_eq!(problem(&secret, "hunter2"), None);
    }

    #[test]
    fn a_choice_is_one_of_its_own() {
        let mut size = parameter(ParameterKind::String, Some("small"));
        size.choices = vec!["small".into(), "large".into()];
        assert_eq!(problem(&size, "large"), None);
        assert_eq!(problem(&size, "huge").as_deref(), Some("It may be small or large."));
        assert!(problem(&parameter(ParameterKind::String, Some("")), &"x".repeat(1_025)).is_some());
    }

    #[test]
    fn an_execution_has_a_name_or_none() {
        assert_eq!(problem_of_title(""), None);
        assert_eq!(problem_of_title(" retry-with-more-memory "), None);
        assert!(problem_of_title("more memory").is_some());
        assert!(problem_of_title(&"x".repeat(83)).is_some());
    }
}
