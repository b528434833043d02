//! The incident of a failed execution: what failed down to the line that says why, what is different, what the run read,
//! and what can be done about it, one press from its plan.

mod actions;
mod ends;
mod export;
mod found;

use super::AREA;
use crate::{
    address,
    bridge::{self, Listening},
    desk::Desk,
    format,
    keys::{self, Action},
    parts::{
        differences::Differences,
        fault::FaultView,
        head::Head,
        split::Split,
        states::{Empty, Partial, Skeleton},
        status::Status,
    },
};
use actions::Actions;
use contract::{
    Code, Fault,
    incident::{Incident, IncidentEvent, OpenIncident},
};
use ends::Ends;
use export::Export;
use found::{CauseCard, Chain, Inputs, MoreDifferences, SaidNow, Timeline};
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn OneIncident() -> impl IntoView {
    let query = address::use_query();
    let execution = Memo::new(move |_| query.read().get("execution").map(str::to_owned));
    view! {
        {move || match execution.get() {
            Some(arn) => view! { <Shown arn /> }.into_any(),
            None => view! {
                <Head area=AREA title="No such incident".to_owned() />
                <Empty title="This address names no execution" text="Choose a failed execution and press w, or paste its ARN with Ctrl K." icon="executions" />
            }.into_any(),
        }}
    }
}

/// What is known of the incident, for as long as the page shows it.
#[derive(Clone, Copy)]
struct Known {
    incident: RwSignal<Option<Incident>>,
    fault: RwSignal<Option<Fault>>,
    again: RwSignal<u64>,
}

fn use_incident(arn: String) -> Known {
    let desk = Desk::get();
    let known = Known { incident: RwSignal::new(None), fault: RwSignal::new(None), again: RwSignal::new(0) };
    let listening = StoredValue::new_local(None::<Listening>);
    let ticket = StoredValue::new(0_u64);
    let failed = move |fault: Fault| {
        if fault.code == Code::SignIn {
            desk.ask_sign_in_then(fault.clone(), Callback::new(move |()| known.again.update(|count| *count += 1)));
        }
        known.fault.try_set(Some(fault));
    };
    Effect::new(move |_| {
        known.again.track();
        desk.generation();
        let mine = ticket.get_value() + 1;
        ticket.set_value(mine);
        known.fault.set(None);
        listening.set_value(None);
        let execution = arn.clone();
        spawn_local(async move {
            let current = move || ticket.try_get_value() == Some(mine);
            let answer = bridge::listen(OpenIncident { execution }, move |event| {
                if current() {
                    match event {
                        IncidentEvent::View(view) => {
                            known.incident.try_set(Some(*view));
                        }
                        IncidentEvent::Failed(fault) => failed(fault),
                    }
                }
            })
            .await;
            match answer {
                Ok((first, stream)) if current() => {
                    listening.set_value(Some(stream));
                    // More on the channel may have been faster than the reply.
                    if known.incident.with_untracked(Option::is_none) {
                        known.incident.try_set(Some(first));
                    }
                }
                Err(fault) if current() => failed(fault),
                _ => {}
            }
        });
    });
    on_cleanup(move || {
        ticket.try_update_value(|ticket| *ticket += 1);
    });
    known
}

#[component]
fn Shown(arn: String) -> impl IntoView {
    let desk = Desk::get();
    let known = use_incident(arn.clone());
    let retry = Callback::new(move |()| known.again.update(|count| *count += 1));
    keys::on(Action::Refresh, move || retry.run(()));
    let name = arn.rsplit(':').next().unwrap_or_default().to_owned();
    let machine = address::machine_of(&arn);
    let way = {
        let mut way = Vec::new();
        if let Some(machine) = machine {
            let shown = machine.rsplit(':').next().unwrap_or_default().to_owned();
            way.push((shown, address::machine(&machine)));
        }
        way.push((format::visible(&name), address::execution(&arn)));
        way
    };
    let exported = arn.clone();
    let title = Signal::derive({
        let name = name.clone();
        move || {
            known.incident.with(|incident| match incident {
                Some(Incident { cause: Some(cause), .. }) => format::one_line(&cause.title),
                Some(incident) if !incident.execution.status.is_failure() => format::visible(&name),
                _ => format!("Why {} failed", format::visible(&name)),
            })
        }
    });
    Effect::new(move |_| {
        if known.incident.with(Option::is_some) {
            desk.remember(format!("Incident {name}"), address::incident_of(&arn));
        }
    });
    let part = move |pick: fn(&Incident) -> bool| {
        Memo::new(move |_| known.incident.with(|incident| incident.as_ref().is_some_and(pick)))
    };
    let has_ends = part(|incident| !incident.ends.is_empty());
    let has_said_now = part(|incident| !incident.said_now.is_empty());
    let (has_changes, has_inputs) =
        (part(|incident| !incident.changes.is_empty()), part(|incident| !incident.inputs.is_empty()));
    let notices = Signal::derive(move || {
        known.incident.with(|incident| incident.as_ref().map(|incident| incident.notices.clone()).unwrap_or_default())
    });
    let list = move || {
        view! {
            <Head area=AREA way=way.clone() title>
                {move || known.incident.with(|incident| incident.as_ref().map(|incident| {
                    let status = incident.execution.status;
                    let class = if status.is_failure() { "chip bad" } else { "chip" };
                    view! { <span class=class><Status shape=super::cells::of_status(status) word=status.word() /></span> }
                }))}
            </Head>
            <div class="body incident">
                {move || known.fault.get().map(|fault| view! { <FaultView fault retry /> })}
                <Looking known />
                <Partial notices />
                {move || match known.incident.with(|incident| incident.as_ref().map(|incident| (incident.chain.clone(), incident.cause.clone()))) {
                    None => known.fault.with(Option::is_none).then(|| view! { <Skeleton rows=8 /> }).into_any(),
                    Some((chain, cause)) => view! {
                        <Chain chain />
                        {cause.map(|cause| view! { <CauseCard cause /> })}
                    }.into_any(),
                }}
                <Show when=move || has_said_now.get()>
                    <h3 class="part-title">"Said now, and not when it last succeeded"</h3>
                    {move || known.incident.with(|incident| incident.as_ref().map(|incident| view! { <SaidNow said=incident.said_now.clone() /> }))}
                </Show>
                <Show when=move || has_inputs.get()>
                    <h3 class="part-title">"What it read"</h3>
                    {move || known.incident.with(|incident| incident.as_ref().map(|incident| view! { <Inputs inputs=incident.inputs.clone() /> }))}
                </Show>
                <Show when=move || has_ends.get()>
                    <h3 class="part-title">"Loads and replication"</h3>
                    <Ends ends=Signal::derive(move || known.incident.with(|incident| incident.as_ref().map(|incident| incident.ends.clone()).unwrap_or_default())) />
                </Show>
                <Show when=move || has_changes.get()>
                    <h3 class="part-title">"What is different from the last success"</h3>
                    {move || known.incident.with(|incident| incident.as_ref().map(|incident| view! {
                        <Differences differences=incident.changes.clone() />
                        <MoreDifferences more=incident.more_changes.clone() />
                    }))}
                </Show>
            </div>
        }
    };
    let side = move || {
        view! {
            <section class="detail" role="region" aria-label="What can be done">
                <div class="head">
                    <div class="crumb">"Incident"</div>
                    <h2>"What can be done"</h2>
                </div>
                <div class="body">
                    <Actions incident=known.incident on_over=retry />
                    {move || known.incident.with(|incident| incident.as_ref().filter(|incident| !incident.timeline.is_empty()).map(|incident| view! {
                        <h3 class="part-title">{move || format!("What happened ({})", format::zone_label(desk.zone()))}</h3>
                        <Timeline moments=incident.timeline.clone() />
                    }))}
                </div>
                <Export execution=exported.clone() incident=known.incident />
            </section>
        }
    };
    view! { <Split list detail=side /> }
}

/// What is still being found out.
#[component]
fn Looking(known: Known) -> impl IntoView {
    let words = move || {
        known.incident.with(|incident| {
            let looking = &incident.as_ref()?.looking;
            (!looking.is_empty()).then(|| format!("Reading {}…", looking.join(", ")))
        })
    };
    view! { <p class="dim small reading" role="status">{words}</p> }
}
