//! One record whole, below the lines.

use super::open::LogHandle;
use crate::{
    bridge,
    desk::Desk,
    format,
    keys::{self, Action},
    parts::{fault::FaultView, icon::Icon, states::Skeleton},
};
use contract::{
    Fault,
    logs::{LineAt, LogLevel, ReadRecord, RecordText},
};
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn RecordPane(
    log: LogHandle,
    at: LineAt,
    names: Memo<Vec<String>>,
    #[prop(into)] on_close: Callback<()>,
) -> impl IntoView {
    let desk = Desk::get();
    let answer = RwSignal::new(None::<Result<RecordText, Fault>>);
    let ask = move |unmasked: bool| {
        let Some(id) = log.id() else { return };
        spawn_local(async move {
            let record = bridge::call(ReadRecord { log: id, at, unmasked }).await;
            answer.try_set(Some(record));
        });
    };
    ask(false);
    keys::on(Action::Back, move || on_close.run(()));
    view! {
        <section class="drawer record" role="region" aria-label="Record">
            <div class="drawer-head">
                <h3>{move || {
                    let number = format::count(at.line + 1);
                    let of = usize::try_from(at.file).ok().and_then(|file| names.with(|names| names.get(file).cloned()));
                    match of {
                        Some(of) => format!("Line {number} of {of}"),
                        None => format!("Line {number}"),
                    }
                }}</h3>
                {move || answer.with(|answer| match answer {
                    Some(Ok(record)) => Some(view! {
                        <span class="dim">
                            {record.time.map(|time| view! { <time title=format::hover_time(time)>{move || format::time_exact(time, desk.zone())}</time> })}
                            " "
                            {record.level.map(LogLevel::word)}
                            {(record.lines.len() > 1).then(|| format!(" · {}", format::counted(record.lines.len() as u64 + record.more, "line", "lines")))}
                        </span>
                    }),
                    _ => None,
                })}
                {move || answer.with(|answer| matches!(answer, Some(Ok(record)) if record.masked)).then(|| view! {
                    <button type="button" class="link" title="The audit log keeps that it was shown" on:click=move |_| ask(true)>"Show what is masked"</button>
                })}
                <button type="button" class="link" on:click=move |_| {
                    if let Some(Ok(record)) = answer.get_untracked() {
                        desk.copy(record.lines.join("\n"), "the record");
                    }
                }>"Copy record"</button>
                <button type="button" class="icon-btn" aria-label="Close record" on:click=move |_| on_close.run(())><Icon name="x" /></button>
            </div>
            {move || match answer.get() {
                None => view! { <Skeleton rows=3 /> }.into_any(),
                Some(Err(fault)) => view! { <FaultView fault retry=Callback::new(move |()| ask(false)) /> }.into_any(),
                Some(Ok(record)) => view! {
                    <pre class="code selectable" tabindex="0" aria-label="Text of the record">{record.lines.join("\n")}</pre>
                    {(record.more > 0).then(|| view! { <p class="dim">{format!("{} follow; they are in the list.", format::counted(record.more, "line", "lines"))}</p> })}
                }.into_any(),
            }}
        </section>
    }
}
