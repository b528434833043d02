//! One version: how it compares with the current one, what it holds, and what can be done with it.

use super::{
    action_bar::{Causes, PlanButton, use_plan},
    restore_dialogs::{Download, OtherKey},
};
use crate::parts::outcome::Outcome;
use crate::{
    bridge,
    desk::Desk,
    format,
    parts::{
        confirm::ConfirmPlan,
        fault::FaultView,
        segmented::Segmented,
        states::{Partial, Skeleton},
        tabs::{Tabs, panel},
    },
};
use contract::{
    Fault, OperationId,
    objects::{DescribeVersion, PreviewVersion, VersionDetail, VersionRow},
    plan::Plan,
    restore::{Destination, Method, Pick, PlanRestore, RestoreItem},
};
use leptos::{prelude::*, task::spawn_local};

/// Bytes read for a preview.
const PREVIEW: u32 = 64 * 1024;

#[component]
pub fn VersionPane(
    bucket: String,
    key: String,
    row: VersionRow,
    newest: RwSignal<Option<VersionRow>>,
    /// The operation that was started for this key; kept by the page, because this pane is made anew with its row.
    started: RwSignal<Option<OperationId>>,
) -> impl IntoView {
    let desk = Desk::get();
    let fact = row.fact.clone();
    let at = fact.last_modified;
    let marker = fact.delete_marker;
    let tab = RwSignal::new("details".to_owned());
    let method = RwSignal::new(Method::Auto);
    // Markers hide an object; bringing its newest data back is what is meant by choosing one.
    let deleted =
        Memo::new(move |_| newest.with(|newest| newest.as_ref().is_some_and(|newest| newest.fact.delete_marker)));
    let target = StoredValue::new((bucket.clone(), key.clone(), fact.version_id.clone()));
    let request = Memo::new(move |_| {
        let (bucket, key, version) = target.get_value();
        let pick = if marker { Pick::Previous } else { Pick::Version(version) };
        Some(PlanRestore {
            bucket,
            items: vec![RestoreItem { key, folder: false, pick }],
            destination: Destination::InPlace,
            method: method.get(),
        })
    });
    let live = use_plan(request.into());
    let verb = Signal::derive(move || {
        let removal = live.plan.with(|plan| {
            plan.as_ref().is_some_and(|plan| plan.as_ref().is_ok_and(|plan| plan.title.starts_with("Undelete")))
        });
        if removal { "Undelete object".to_owned() } else { "Restore this version".to_owned() }
    });
    let confirming = RwSignal::new(None::<Plan>);
    let other_key = RwSignal::new(false);
    let download = RwSignal::new(false);
    let shown = row.clone();
    view! {
        <section class="detail" role="region" aria-label=move || format::time_full(at, desk.zone())>
            <div class="head">
                <div class="crumb">
                    {if marker { "Delete marker " } else { "Version " }}
                    <span class="mono selectable cut">{fact.version_id.clone()}</span>
                </div>
                <h2 title=format::hover_time(at)>{move || format::time_full(at, desk.zone())}</h2>
            </div>
            <Tabs
                name="Version"
                tabs=vec![("details", "Details"), ("preview", "Preview")]
                chosen=tab
                on_choose=Callback::new(move |chosen| tab.set(chosen))
            />
            <div class="body" role="tabpanel" id=move || panel(&tab.get())>
                {move || newest.get().and_then(|newest| verdict(&shown, &newest)).map(|(bad, title, text)| {
                    view! {
                        <div class="verdict" class:bad=bad>
                            <strong>{title}</strong>
                            " "
                            <span class="soft">{text}</span>
                        </div>
                    }
                })}
                {row.ambiguous.clone().map(|why| view! { <div class="verdict"><strong>"Its place in the order is unclear."</strong>" "<span class="soft">{why}</span></div> })}
                {move || {
                    let (bucket, key, version) = target.get_value();
                    if marker {
                        return view! { <p class="soft">"A delete marker holds no data. It hides the versions below it; they are all still there."</p> }.into_any();
                    }
                    if tab.get() == "preview" {
                        view! { <Preview bucket key version /> }.into_any()
                    } else {
                        view! { <Details bucket key version /> }.into_any()
                    }
                }}
            </div>
            <Outcome started />
            <Show when=move || deleted.get()>
                <div class="method">
                    <span class="dim">"Bring back by"</span>
                    <Segmented
                        name="Method"
                        choices=vec![(Method::Auto, "the better way"), (Method::RemoveMarkers, "removing the marker"), (Method::Copy, "a copy on top")]
                        chosen=method
                        on_choose=Callback::new(move |chosen| method.set(chosen))
                    />
                </div>
            </Show>
            <Causes live />
            <div class="acts">
                <PlanButton live verb on_press=Callback::new(move |plan| confirming.set(Some(plan))) />
                <Show when=move || !marker>
                    <button type="button" class="btn" on:click=move |_| other_key.set(true)>"Restore to another key…"</button>
                </Show>
                <Show when=move || !marker>
                    <button type="button" class="btn" on:click=move |_| download.set(true)>"Download…"</button>
                </Show>
            </div>
            <ConfirmPlan plan=confirming on_started=Callback::new(move |id| started.set(Some(id))) />
            {
                let (bucket, key, version) = target.get_value();
                view! {
                    <OtherKey open=other_key bucket=bucket.clone() key=key.clone() version=version.clone() on_plan=Callback::new(move |plan| confirming.set(Some(plan))) />
                    <Download open=download bucket key version />
                }
            }
        </section>
    }
}

/// What stands out between this version and the current one: whether it is bad, a title, the numbers.
#[allow(clippy::cast_precision_loss)] // a percentage for people
fn verdict(row: &VersionRow, newest: &VersionRow) -> Option<(bool, String, String)> {
    if row.fact.version_id == newest.fact.version_id {
        return None;
    }
    let ours = row.fact.size?;
    if newest.fact.delete_marker {
        return Some((true, "The object is deleted.".into(), format!("This version holds {}.", format::size(ours))));
    }
    let theirs = newest.fact.size?;
    let sizes = format!("Size {} to {}", format::size(ours), format::size(theirs));
    if ours == theirs && row.fact.etag == newest.fact.etag {
        return Some((false, "Same bytes as the current version.".into(), String::new()));
    }
    if theirs == 0 && ours > 0 {
        return Some((true, "The current version is empty.".into(), format!("{sizes}.")));
    }
    let share = theirs as f64 / (ours.max(1)) as f64 * 100.0;
    if share < 50.0 {
        return Some((
            true,
            "The current version is much smaller.".into(),
            format!("{sizes}, {share:.1} % of this one."),
        ));
    }
    if share > 200.0 {
        return Some((false, "The current version is much larger.".into(), format!("{sizes}.")));
    }
    None
}

#[component]
fn Details(bucket: String, key: String, version: String) -> impl IntoView {
    let detail = RwSignal::new(None::<Result<VersionDetail, Fault>>);
    let request = DescribeVersion { bucket, key, version_id: Some(version) };
    let load = Callback::new(move |()| {
        detail.set(None);
        let request = request.clone();
        spawn_local(async move {
            detail.try_set(Some(bridge::call(request).await));
        });
    });
    load.run(());
    view! {
        {move || match detail.get() {
            None => view! { <Skeleton rows=6 /> }.into_any(),
            Some(Err(fault)) => view! { <FaultView fault retry=load /> }.into_any(),
            Some(Ok(detail)) => view! { <Facts detail /> }.into_any(),
        }}
    }
}

#[component]
fn Facts(detail: VersionDetail) -> impl IntoView {
    let pairs = |pairs: Vec<(String, String)>| {
        view! {
            <ul class="plain-list mono" role="list">
                {pairs.into_iter().map(|(name, value)| view! { <li class="wrap"><span class="dim">{name}</span>" = "{format::visible(&value)}</li> }).collect_view()}
            </ul>
        }
    };
    let restore = detail.restore.map(|restore| match (restore.in_progress, restore.expires) {
        (true, _) => "being restored from the archive".to_owned(),
        (false, Some(until)) => format!("a temporary copy is there until {}", format::iso(until)),
        (false, None) => "restored from the archive".to_owned(),
    });
    view! {
        <Partial notices=Signal::stored(detail.notices) />
        <dl class="kv">
            <dt>"Size"</dt>
            <dd>{format::size(detail.size)}" "<span class="dim">{format::bytes_exact(detail.size)}</span></dd>
            <dt>"ETag"</dt>
            <dd class="mono cut">{detail.etag}</dd>
            <dt>"Checksum"</dt>
            <dd class="mono cut">{detail.checksum.unwrap_or_else(|| "none stored".into())}</dd>
            <dt>"Class"</dt>
            <dd>{detail.class}{restore.map(|restore| format!(", {restore}"))}</dd>
            {detail.content_type.map(|kind| view! { <dt>"Content type"</dt><dd>{kind}</dd> })}
            <dt>"Encryption"</dt>
            <dd>{detail.encryption.unwrap_or_else(|| "none".into())}</dd>
            {detail.lock.map(|lock| view! { <dt>"Object Lock"</dt><dd>{lock}</dd> })}
            {detail.parts.map(|parts| view! { <dt>"Parts"</dt><dd>{parts.to_string()}</dd> })}
            {(!detail.headers.is_empty()).then(|| view! { <dt>"Headers"</dt><dd>{pairs(detail.headers)}</dd> })}
            {(!detail.metadata.is_empty()).then(|| view! { <dt>"Metadata"</dt><dd>{pairs(detail.metadata)}</dd> })}
            {detail.tags.filter(|tags| !tags.is_empty()).map(|tags| view! { <dt>"Tags"</dt><dd>{pairs(tags)}</dd> })}
        </dl>
    }
}

/// The first bytes as text with line numbers, or as hexadecimal when they are no text.
#[component]
fn Preview(bucket: String, key: String, version: String) -> impl IntoView {
    let body = RwSignal::new(None::<Result<Vec<u8>, Fault>>);
    let request = PreviewVersion { bucket, key, version_id: Some(version), bytes: PREVIEW };
    let load = Callback::new(move |()| {
        body.set(None);
        let request = request.clone();
        spawn_local(async move {
            body.try_set(Some(bridge::bytes(request).await));
        });
    });
    load.run(());
    view! {
        {move || match body.get() {
            None => view! { <Skeleton rows=10 /> }.into_any(),
            Some(Err(fault)) => view! { <FaultView fault retry=load /> }.into_any(),
            Some(Ok(body)) if body.is_empty() => view! { <p class="soft">"This version is empty: 0 bytes."</p> }.into_any(),
            Some(Ok(body)) => {
                let lines = preview_lines(&body);
                let read = format::size(body.len() as u64);
                view! {
                    <p class="dim">{format!("The first {read}. What looks like a secret or personal data is masked.")}</p>
                    <div class="code preview selectable" tabindex="0" role="region" aria-label="Preview">
                        {lines.into_iter().map(|(number, text)| view! { <div><span class="n">{number}</span>{text}</div> }).collect_view()}
                    </div>
                }
                    .into_any()
            }
        }}
    }
}

/// Lines drawn at most.
const LINES: usize = 400;

fn preview_lines(body: &[u8]) -> Vec<(String, String)> {
    // The last character may have been cut in the middle.
    let text = match std::str::from_utf8(body) {
        Ok(text) => Some(text),
        Err(error) if body.len() - error.valid_up_to() < 4 => {
            body.get(..error.valid_up_to()).and_then(|body| std::str::from_utf8(body).ok())
        }
        Err(_) => None,
    };
    match text.filter(|text| !text.contains('\0')) {
        Some(text) => text
            .lines()
            .take(LINES)
            .enumerate()
            .map(|(index, line)| {
                ((index + 1).to_string(), format::visible(&line.chars().take(2_000).collect::<String>()))
            })
            .collect(),
        None => body
            .chunks(16)
            .take(LINES)
            .enumerate()
            .map(|(index, chunk)| {
                let hex: Vec<String> = chunk.iter().map(|byte| format!("{byte:02x}")).collect();
                let text: String =
                    chunk.iter().map(|byte| if byte.is_ascii_graphic() { char::from(*byte) } else { '·' }).collect();
                (format!("{:06x}", index * 16), format!("{:<48} {text}", hex.join(" ")))
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_numbered_and_binary_is_hex() {
        assert_eq!(preview_lines(b"a,b\n1,2\n"), [("1".into(), "a,b".into()), ("2".into(), "1,2".into())]);
        let binary = preview_lines(&[0x50, 0x41, 0x52, 0x31, 0x00, 0xff]);
        assert_eq!(binary.len(), 1);
        assert!(binary[0].1.starts_with("50 41 52 31 00 ff"), "{binary:?}");
        assert!(binary[0].1.ends_with("PAR1··"), "{binary:?}");
    }

    #[test]
    fn a_character_cut_at_the_end_does_not_make_it_binary() {
        let mut body = "größe".as_bytes().to_vec();
        body.truncate(3);
        assert_eq!(preview_lines(&body), [("1".into(), "gr".into())]);
    }
}
