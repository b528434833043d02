//! The rows that a load could not take, and the button that asks the database for them.

use crate::{
    address, bridge,
    desk::Desk,
    format,
    parts::{
        fault::FaultView,
        states::{NoticeLine, Skeleton},
    },
};
use contract::{
    Fault,
    ends::{LoadErrorRow, LoadErrors, ReadLoadErrors},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;

/// Offers to read them: what that sets off stands above the button. Then shows them.
#[component]
pub fn ShowLoadErrors(statement: String, sets_off: String) -> impl IntoView {
    let (errors, fault) = (RwSignal::new(None::<LoadErrors>), RwSignal::new(None::<Fault>));
    let busy = RwSignal::new(false);
    let statement = StoredValue::new(statement);
    let ask = Callback::new(move |()| {
        busy.set(true);
        fault.set(None);
        spawn_local(async move {
            let Some(statement) = statement.try_get_value() else { return };
            match bridge::call(ReadLoadErrors { statement }).await {
                Ok(read) => {
                    errors.try_set(Some(read));
                }
                Err(why) => {
                    fault.try_set(Some(why));
                }
            }
            busy.try_set(false);
        });
    });
    let sets_off = StoredValue::new(sets_off);
    view! {
        {move || fault.get().map(|fault| view! { <FaultView fault retry=ask /> })}
        {move || match (errors.get(), busy.get()) {
            (Some(errors), _) => view! { <LoadErrorList errors /> }.into_any(),
            (None, true) => view! { <Skeleton rows=3 /> }.into_any(),
            (None, false) => view! {
                <p class="dim">{sets_off.get_value()}</p>
                <button type="button" class="btn" on:click=move |_| ask.run(())>"Show load errors"</button>
            }.into_any(),
        }}
    }
}

#[component]
pub fn LoadErrorList(errors: LoadErrors) -> impl IntoView {
    let LoadErrors { rows, more, notices, .. } = errors;
    let count = rows.len() as u64;
    let counted = format::counted(count, "row", "rows");
    view! {
        <p class="dim">{if more { format!("The first {counted} that were refused") } else { format!("{counted} refused") }}</p>
        <ul role="list" class="plain-list inputs" aria-label="Load errors">
            {rows.into_iter().map(|row| view! { <OneRow row /> }).collect_view()}
        </ul>
        {(!notices.is_empty()).then(|| view! {
            <ul class="notices" role="list" aria-label="Notices">
                {notices.into_iter().map(|notice| view! { <NoticeLine notice /> }).collect_view()}
            </ul>
        })}
    }
}

#[component]
fn OneRow(row: LoadErrorRow) -> impl IntoView {
    let desk = Desk::get();
    let place = place(&row);
    let id = format!("{}:{}", row.file, row.line);
    let file = format::visible(&row.file);
    let reason = format::lines(&row.reason);
    view! {
        <li data-id=id>
            <div class="quote mono wrap selectable">{reason}</div>
            <p>{place}</p>
            {match row.object {
                Some(object) => {
                    let to = address::versions(&object.bucket, &object.key, object.version_id.as_deref());
                    let stored = object.stored;
                    let now = if object.current { "it is current" } else { "another version is current now" };
                    view! {
                        <A href=to attr:class="link mono wrap">{file}</A>
                        <p class="dim">"the version that was loaded, stored " {move || format::time_full(stored, desk.zone())} ": " {now}</p>
                    }.into_any()
                }
                None => view! { <span class="mono wrap selectable">{file}</span> }.into_any(),
            }}
        </li>
    }
}

/// `line 350, column amount (numeric), at character 12`.
fn place(row: &LoadErrorRow) -> String {
    let mut text = format!("line {}", format::count(row.line));
    if let Some(column) = &row.column {
        text.push_str(", column ");
        text.push_str(&format::visible(column));
    }
    if let Some(kind) = &row.kind {
        text.push_str(" (");
        text.push_str(&format::visible(kind));
        text.push(')');
    }
    if let Some(position) = row.position.filter(|position| *position > 0) {
        text.push_str(", at character ");
        text.push_str(&format::count(position));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_says_what_is_known() {
        let mut row = LoadErrorRow {
            file: "s3://lake/x.csv".into(),
            line: 4_031,
            column: Some("amount".into()),
            kind: Some("numeric".into()),
            position: Some(12),
            code: Some(1_207),
            reason: "Invalid digit".into(),
            object: None,
        };
        assert_eq!(place(&row), "line 4,031, column amount (numeric), at character 12");
        (row.column, row.kind, row.position) = (None, None, Some(0));
        assert_eq!(place(&row), "line 4,031");
    }
}
