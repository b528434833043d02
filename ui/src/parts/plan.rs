//! The sections of a plan, as the confirm dialog and the receipt both show them.

use crate::{
    desk::Desk,
    format,
    parts::{
        icon::Icon,
        status::{Shape, Status},
    },
};
use contract::{
    jobs::Engine,
    plan::{Effect, Fidelity, Outcome, Permission, Place, RefusedItem, Scope, Step},
    session::Environment,
};
use leptos::prelude::*;

/// Where it happens: account, region, profile, and whether that is production.
#[component]
pub fn PlaceLine(place: Place) -> impl IntoView {
    view! {
        <p class="place soft">
            "In account "<strong class="mono">{format::account(&place.account)}</strong>", region "
            <strong>{place.region}</strong>", as profile "<strong>{place.profile}</strong>". "
            {match &place.scope {
                Scope::Bucket(_) => "Bucket ",
                Scope::Machine { .. } => "State machine ",
                Scope::Jobs { engine, .. } => home_of(*engine),
                Scope::Models { .. } => "Model group ",
                Scope::Pipeline { .. } => "Pipeline ",
                Scope::Monitor { .. } => "Monitoring schedule ",
            }}
            <strong class="mono">{place.scope.name().to_owned()}</strong>"."
            {(place.environment == Environment::Production)
                .then(|| view! { <span class="guard prod">"PRODUCTION"</span> })}
        </p>
    }
}

/// What a run of an engine belongs to, before its name.
fn home_of(engine: Engine) -> &'static str {
    match engine {
        Engine::Emr => "EMR cluster ",
        Engine::EmrServerless => "EMR Serverless application ",
        Engine::EmrEks => "EMR on EKS virtual cluster ",
        Engine::Glue => "Glue job ",
        Engine::Lambda => "Lambda function ",
        Engine::SageMaker => "SageMaker job ",
    }
}

/// What the writes will set off, a line each, never cut.
#[component]
pub fn Effects(effects: Vec<Effect>) -> impl IntoView {
    if effects.is_empty() {
        return view! { <p class="soft">"Sets off nothing that is configured on the bucket."</p> }.into_any();
    }
    effects
        .into_iter()
        .map(|effect| {
            let times = (effect.times > 1).then(|| format!(", {} times", format::count(effect.times)));
            view! {
                <p class="effect">
                    <Icon name="zap" />
                    <span>
                        <strong class="warn">{effect.what}</strong>
                        " through "
                        {effect.through}
                        {times}
                    </span>
                </p>
            }
        })
        .collect_view()
        .into_any()
}

/// How many steps are drawn; the rest is counted. A plan for thousands of objects stays a dialog.
const STEPS_DRAWN: usize = 50;

/// What will be written, object by object.
#[component]
pub fn Steps(steps: Vec<Step>) -> impl IntoView {
    let more = steps.len().saturating_sub(STEPS_DRAWN);
    // Scrolled by keys where it scrolls at all.
    let tab_stop = if steps.len() > 3 { "0" } else { "-1" };
    view! {
        <ol class="steps" role="list" aria-label="Steps" tabindex=tab_stop>
            {steps
                .into_iter()
                .take(STEPS_DRAWN)
                .map(|step| {
                    view! {
                        <li>
                            <span class="mono name">{format::visible(&step.key)}</span>
                            <span>{step.text}</span>
                            <span class="dim">{step.why}</span>
                        </li>
                    }
                })
                .collect_view()}
            {(more > 0)
                .then(|| {
                    view! { <li class="dim">{format!("and {} more", format::count(more as u64))}</li> }
                })}
        </ol>
    }
}

/// What was asked for and is left out, each with its reason.
#[component]
pub fn Refused(refused: Vec<RefusedItem>) -> impl IntoView {
    if refused.is_empty() {
        return ().into_any();
    }
    let more = refused.len().saturating_sub(STEPS_DRAWN);
    let title = format::counted(refused.len() as u64, "is left out", "are left out");
    view! {
        <div class="notice warn">
            <Icon name="triangle-alert" />
            <div>
                {title}
                <ul class="plain-list" role="list" aria-label="Left out">
                    {refused
                        .into_iter()
                        .take(STEPS_DRAWN)
                        .map(|item| {
                            view! {
                                <li>
                                    <span class="mono">{format::visible(&item.name)}</span>
                                    ": "
                                    {item.why}
                                </li>
                            }
                        })
                        .collect_view()}
                    {(more > 0).then(|| view! { <li class="dim">{format!("and {} more", format::count(more as u64))}</li> })}
                </ul>
            </div>
        </div>
    }
    .into_any()
}

/// What becomes of each attribute.
#[component]
pub fn FidelityTable(fidelity: Vec<Fidelity>) -> impl IntoView {
    view! {
        <table class="fidelity">
            <caption class="unseen">"What the copy keeps"</caption>
            <tbody>
                {fidelity
                    .into_iter()
                    .map(|line| {
                        let (shape, word) = match line.outcome {
                            Outcome::Kept => (Shape::Good, "kept"),
                            Outcome::Changed => (Shape::Warn, "changed"),
                            Outcome::CannotKeep => (Shape::Bad, "cannot keep"),
                            Outcome::Unknown => (Shape::Unknown, "unknown"),
                        };
                        view! {
                            <tr>
                                <th scope="row">{line.attribute}</th>
                                <td>
                                    <Status shape word />
                                </td>
                                <td class="soft">{line.note}</td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </tbody>
        </table>
    }
}

/// Permissions: those known to be missing in full, the others folded away.
#[component]
pub fn Permissions(permissions: Vec<Permission>) -> impl IntoView {
    let (missing, held): (Vec<_>, Vec<_>) = permissions.into_iter().partition(|permission| permission.missing);
    let line = |permission: Permission| {
        view! {
            <li>
                <span class="mono">{permission.action}</span>
                " on "
                <span class="mono dim">{format::visible(&permission.resource)}</span>
            </li>
        }
    };
    view! {
        {(!missing.is_empty())
            .then(|| {
                view! {
                    <div class="notice bad">
                        <Icon name="lock" />
                        <div>
                            "Missing permission"
                            <ul class="plain-list" role="list">{missing.into_iter().map(line).collect_view()}</ul>
                        </div>
                    </div>
                }
            })}
        {(!held.is_empty())
            .then(|| {
                view! {
                    <details>
                        <summary>{format!("Needs {}", format::counted(held.len() as u64, "permission", "permissions"))}</summary>
                        <ul class="plain-list" role="list">{held.into_iter().map(line).collect_view()}</ul>
                    </details>
                }
            })}
    }
}

/// The same as `aws` command lines, with a button that copies them.
#[component]
pub fn Commands(cli: Vec<String>) -> impl IntoView {
    let desk = Desk::get();
    if cli.is_empty() {
        return ().into_any();
    }
    let text = cli.join("\n");
    let more = cli.len().saturating_sub(STEPS_DRAWN);
    view! {
        <div class="commands">
            <div class="commands-head">
                <h3>"The same by the aws command"</h3>
                <button
                    type="button"
                    class="link"
                    aria-label="Copy the aws command"
                    on:click=move |_| desk.copy(text.clone(), "the aws command")
                >
                    "Copy"
                </button>
            </div>
            <pre class="code selectable" tabindex="0" aria-label="aws command">
                {cli.into_iter().take(STEPS_DRAWN).collect::<Vec<_>>().join("\n")}
                {(more > 0).then(|| format!("\n# and {} more lines, all in the copy", format::count(more as u64)))}
            </pre>
        </div>
    }
    .into_any()
}
