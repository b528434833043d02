//! The audit log, newest first, and whether its chain of hashes is whole.

use super::{feed::Feed, list::List};
use crate::{
    address, bridge,
    desk::Desk,
    format,
    parts::{
        fault::FaultView,
        icon::Icon,
        status::{Shape, Status},
    },
};
use contract::{
    Fault,
    operations::{AuditCheck, AuditRow, CheckAudit, OpenAudit},
    sets::Rows,
};
use leptos::{prelude::*, task::spawn_local};

fn take(rows: Rows) -> Vec<AuditRow> {
    match rows {
        Rows::Audit(rows) => rows,
        _ => Vec::new(),
    }
}

fn cells(row: &AuditRow) -> Vec<AnyView> {
    let desk = Desk::get();
    let at = row.at;
    let target = format::visible(&row.target);
    let hash = row.hash.clone();
    let short: String = row.hash.chars().take(12).collect();
    let label = format!("Copy hash {short}");
    vec![
        format::count(row.sequence).into_any(),
        view! { <span title=move || format::hover_time(at)>{move || format::time(at, desk.zone())}</span> }.into_any(),
        row.action.clone().into_any(),
        match &row.operation {
            Some(operation) => view! {
                <a class="link" href=address::operation(&operation.0)>
                    {target}
                </a>
            }
            .into_any(),
            None => target.into_any(),
        },
        format::visible(&row.result).into_any(),
        row.who.clone().into_any(),
        row.profile.clone().into_any(),
        view! {
            <button type="button" class="mono" aria-label=label on:click=move |_| desk.copy(hash.clone(), "the hash")>
                {short}
            </button>
        }
        .into_any(),
    ]
}

#[component]
pub fn Audit() -> impl IntoView {
    let desk = Desk::get();
    let feed = Feed::new(take);
    let checked = RwSignal::new(None::<Result<AuditCheck, Fault>>);
    let check = Callback::new(move |()| {
        spawn_local(async move {
            let answer = bridge::call(CheckAudit {}).await;
            checked.try_set(Some(answer));
        });
    });
    let reload = Callback::new(move |()| {
        feed.open(OpenAudit {});
        check.run(());
    });
    let ended = Memo::new(move |_| desk.operations.read().iter().filter(|row| row.finished.is_some()).count());
    Effect::new(move |_| {
        ended.track();
        reload.run(());
    });
    let chosen = RwSignal::new(None::<String>);
    let zone = Memo::new(move |_| desk.zone());
    view! {
        <section class="pane" aria-label="Audit log">
            <div class="chain">
                {move || match checked.get() {
                    None => view! { <Status shape=Shape::Waiting word="checking the chain" /> }.into_any(),
                    Some(Ok(AuditCheck { entries, broken_at: None })) => {
                        let word = format!("chain whole, {}", format::counted(entries, "entry", "entries"));
                        view! { <Status shape=Shape::Good word /> }.into_any()
                    }
                    Some(Ok(AuditCheck { entries, broken_at: Some(at) })) => {
                        let word = format!("broken at entry {}", format::count(at));
                        view! {
                            <Status shape=Shape::Bad word />
                            <span class="soft">
                                {format!(
                                    "Its hash does not follow from what is stored: entry {} or one before it was changed after it was written. {} in all.",
                                    format::count(at),
                                    format::counted(entries, "entry", "entries"),
                                )}
                            </span>
                        }
                            .into_any()
                    }
                    Some(Err(fault)) => view! { <FaultView fault retry=check /> }.into_any(),
                }}
                <button type="button" class="btn" on:click=move |_| check.run(())>
                    <Icon name="shield-check" />
                    "Check the chain again"
                </button>
            </div>
            {move || {
                let when = if zone.get() == contract::settings::Zone::Utc { "At (UTC)" } else { "At (local)" };
                view! {
                    <List
                        name="Audit log"
                        class="of-audit"
                        feed
                        columns=vec![
                            ("Entry", "num"),
                            (when, "mono"),
                            ("Action", "mono"),
                            ("Target", "cut"),
                            ("Result", "cut soft"),
                            ("Who", "cut"),
                            ("Profile", "cut soft"),
                            ("Hash", "mono dim"),
                        ]
                        cells
                        identity=|row: &AuditRow| row.sequence.to_string()
                        empty=("The log is empty", "Every unlock, write and undo is written here, each entry chained to the one before.")
                        words=("entry", "entries")
                        chosen
                        on_open=move |entry: String| chosen.set(Some(entry))
                        reload
                    />
                }
            }}
        </section>
    }
}
