//! Copies of read logs on this computer, and what is kept of monitors' reports and of pipelines' executions: how much they take,
//! and removing them.

use crate::{
    bridge,
    desk::Desk,
    format,
    parts::{fault::FaultView, icon::Icon},
};
use contract::{
    Fault,
    logs::{ClearLogCache, LogCache, ReadLogCache},
};
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn LogCopies() -> impl IntoView {
    let desk = Desk::get();
    let copies = RwSignal::new(None::<LogCache>);
    let fault = RwSignal::new(None::<Fault>);
    let busy = RwSignal::new(false);
    let told = move |answer: Result<LogCache, Fault>| match answer {
        Ok(read) => {
            fault.try_set(None);
            copies.try_set(Some(read));
        }
        Err(refused) => {
            fault.try_set(Some(refused));
        }
    };
    let ask = Callback::new(move |()| {
        spawn_local(async move { told(bridge::call(ReadLogCache {}).await) });
    });
    ask.run(());
    let remove = move |_| {
        busy.set(true);
        spawn_local(async move {
            let answer = bridge::call(ClearLogCache {}).await;
            if answer.is_ok() {
                desk.say("Copies of logs and reports removed");
            }
            told(answer);
            busy.try_set(false);
        });
    };
    let none = move || {
        copies.with(|copies| {
            copies
                .as_ref()
                .is_none_or(|copies| copies.bytes == 0 && copies.reports.bytes == 0 && copies.pipelines.bytes == 0)
        })
    };
    view! {
        <section class="section" aria-labelledby="log-copies-title">
            <div class="section-head">
                <h2 id="log-copies-title">"Copies of logs and reports"</h2>
                <button
                    type="button"
                    class="btn"
                    disabled=move || busy.get() || none()
                    title=move || none().then_some("There are none")
                    on:click=remove
                >
                    <Icon name="trash-2" />
                    "Remove copies"
                </button>
            </div>
            <p class="soft">
                "Logs that were read are kept here unpacked, with their indexes: they open and are searched again at once. The least recently used make room for others."
            </p>
            {move || fault.get().map(|fault| view! { <FaultView fault retry=ask /> })}
            {move || copies.get().map(|copies| {
                let of = |bytes, most| format!("{} of at most {}", format::size(bytes), format::size(most));
                let (reports, pipelines) = (copies.reports, copies.pipelines);
                view! {
                    <dl class="kv">
                        <dt>"Logs"</dt>
                        <dd title=format::bytes_exact(copies.bytes)>{of(copies.bytes, copies.most)}</dd>
                        <dt>"Folder"</dt>
                        <dd class="mono selectable wrap">{copies.folder}</dd>
                        <dt>"Reports of monitors"</dt>
                        <dd title=format::bytes_exact(reports.bytes)>{of(reports.bytes, reports.most)}</dd>
                        <dt>"Executions of pipelines"</dt>
                        <dd title=format::bytes_exact(pipelines.bytes)>{of(pipelines.bytes, pipelines.most)}</dd>
                    </dl>
                    <p class="soft">
                        {format!(
                            "Of each report of a monitor that was read, its distances are kept for {} days, with the names of features and of the categories that moved most. It is not fetched again meanwhile; the oldest make room for others.",
                            reports.days,
                        )}
                    </p>
                    <p class="soft">
                        {format!(
                            "Of each execution of a pipeline that is over, who started it, how it ended and which step failed are kept for {} days.",
                            pipelines.days,
                        )}
                    </p>
                }
            })}
        </section>
    }
}
