//! How often a job failed of the same cause before, and what became of it.

use crate::{bridge, desk::Desk, format};
use contract::{
    Fault,
    jobs::{
        JobId,
        recurrence::{ReadRecurrence, Recurrence},
    },
};
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn Seen(job: JobId, signature: String) -> impl IntoView {
    let desk = Desk::get();
    let answer = RwSignal::new(None::<Result<Recurrence, Fault>>);
    spawn_local(async move {
        let read = bridge::call(ReadRecurrence { id: job, signature }).await;
        answer.try_set(Some(read));
    });
    move || match answer.get()? {
        Ok(seen) => {
            let words = seen.words()?;
            let last = seen.last.map(|at| view! { <span class="dim">{move || format!(" The last: {}.", format::time_full(at, desk.zone()))}</span> });
            Some(view! { <p class="soft" role="note" aria-label="Seen before">{words} {last}</p> }.into_any())
        }
        Err(fault) => {
            let text = format!("How often it was seen before could not be read: {}", fault.title);
            Some(view! { <p class="dim small">{text}</p> }.into_any())
        }
    }
}
