//! Details beside the lists of buckets and entries.

use super::{
    action_bar::PlanBar,
    entries::{is_folder, is_ghost},
};
use crate::parts::cells::versioning_words;
use crate::{
    address, bridge,
    desk::Desk,
    format,
    parts::{
        fault::FaultView,
        states::{Partial, Skeleton},
    },
};
use contract::{
    Fault,
    objects::{BucketDetail, DescribeBucket, EntryKind, EntryRow},
    restore::{Destination, Method, Pick, PlanRestore, RestoreItem},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;
use std::collections::BTreeSet;

/// What the service did not tell; why stands above.
const UNREAD: &str = "could not be read";

/// How a bucket is set up.
#[component]
pub fn BucketPane(bucket: String) -> impl IntoView {
    let detail = RwSignal::new(None::<Result<BucketDetail, Fault>>);
    let asked = bucket.clone();
    let load = Callback::new(move |()| {
        detail.set(None);
        let bucket = asked.clone();
        spawn_local(async move {
            detail.try_set(Some(bridge::call(DescribeBucket { bucket }).await));
        });
    });
    load.run(());
    let href = address::bucket(&bucket);
    view! {
        <section class="detail" role="region" aria-label=bucket.clone()>
            <div class="head">
                <div class="crumb">"Bucket"</div>
                <h2 class="cut">{bucket.clone()}</h2>
            </div>
            <div class="body">
                {move || match detail.get() {
                    None => view! { <Skeleton rows=6 /> }.into_any(),
                    Some(Err(fault)) => view! { <FaultView fault retry=load /> }.into_any(),
                    Some(Ok(detail)) => view! { <BucketFacts detail /> }.into_any(),
                }}
            </div>
            <div class="acts">
                <A href=href attr:class="btn go">"Open bucket"</A>
            </div>
        </section>
    }
}

#[component]
fn BucketFacts(detail: BucketDetail) -> impl IntoView {
    let (class, word) = detail.versioning.map_or(("warn", UNREAD), versioning_words);
    let yes = |yes: Option<bool>| match yes {
        Some(true) => "on",
        Some(false) => "off",
        None => UNREAD,
    };
    let lines = |lines: Option<Vec<String>>, none: &'static str| {
        let Some(lines) = lines else { return view! { <span class="warn">{UNREAD}</span> }.into_any() };
        if lines.is_empty() {
            view! { <span class="dim">{none}</span> }.into_any()
        } else {
            view! { <ul class="plain-list" role="list">{lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul> }.into_any()
        }
    };
    view! {
        <Partial notices=Signal::stored(detail.notices) />
        <dl class="kv">
            <dt>"Region"</dt>
            <dd>{detail.region}</dd>
            <dt>"Versioning"</dt>
            <dd class=class>{word}{detail.mfa_delete.then_some(", MFA delete")}</dd>
            <dt>"Lifecycle"</dt>
            <dd class="wrap">{lines(detail.lifecycle, "no rules: old versions are kept for ever")}</dd>
            <dt>"Notifies"</dt>
            <dd class="wrap">{lines(detail.notifications, "nobody")}</dd>
            <dt>"Encryption"</dt>
            <dd>{detail.encryption.unwrap_or_else(|| UNREAD.into())}</dd>
            <dt>"Object Lock"</dt>
            <dd>{yes(detail.object_lock)}</dd>
            <dt>"Replication"</dt>
            <dd>{yes(detail.replication)}</dd>
        </dl>
    }
}

/// One entry of a folder.
#[component]
pub fn EntryPane(bucket: String, row: EntryRow) -> impl IntoView {
    let desk = Desk::get();
    let ghost = is_ghost(row.kind);
    let what = match row.kind {
        EntryKind::Folder => "Folder",
        EntryKind::Object => "Object",
        EntryKind::DeletedFolder => "Deleted folder",
        EntryKind::DeletedObject => "Deleted object",
    };
    let href = if is_folder(row.kind) {
        address::folder(&bucket, &row.key, ghost)
    } else {
        address::versions(&bucket, &row.key, None)
    };
    let request = PlanRestore {
        bucket: bucket.clone(),
        items: vec![RestoreItem { key: row.key.clone(), folder: is_folder(row.kind), pick: Pick::Previous }],
        destination: Destination::InPlace,
        method: Method::Auto,
    };
    let kind = row.kind;
    view! {
        <section class="detail" role="region" aria-label=format::visible(&row.key)>
            <div class="head">
                <div class="crumb">{what}</div>
                <h2 class="cut" title=format::visible(&row.name)>{format::visible(&row.name)}</h2>
            </div>
            <div class="body">
                <dl class="kv">
                    <dt>"Key"</dt>
                    <dd class="mono wrap">{format::visible(&row.key)}</dd>
                    {row.size.map(|size| view! { <dt>"Size"</dt><dd>{format::size(size)}" "<span class="dim">{format::bytes_exact(size)}</span></dd> })}
                    {row.stored.map(|at| view! { <dt>"Stored"</dt><dd title=format::hover_time(at)>{move || format::time_full(at, desk.zone())}</dd> })}
                    {row.deleted.map(|at| view! { <dt>"Deleted"</dt><dd class="bad" title=format::hover_time(at)>{move || format::time_full(at, desk.zone())}</dd> })}
                    {row.class.clone().map(|class| view! { <dt>"Class"</dt><dd>{class}</dd> })}
                    {row.etag.clone().map(|etag| view! { <dt>"ETag"</dt><dd class="mono cut">{etag}</dd> })}
                </dl>
                <p>
                    <A href=href attr:class="link">
                        {match kind {
                            EntryKind::Folder | EntryKind::DeletedFolder => "Open folder",
                            EntryKind::Object | EntryKind::DeletedObject => "Show versions",
                        }}
                    </A>
                </p>
            </div>
            {ghost
                .then(|| {
                    let verb = if is_folder(kind) { "Undelete folder" } else { "Undelete object" };
                    view! { <PlanBar request=Signal::stored(Some(request)) verb=Signal::stored(verb.to_owned()) /> }
                })}
        </section>
    }
}

/// Several entries at once.
#[component]
pub fn ManyPane(bucket: String, chosen: RwSignal<BTreeSet<String>>) -> impl IntoView {
    let name = bucket.clone();
    let request = Memo::new(move |_| {
        let items = chosen
            .get()
            .into_iter()
            .map(|key| RestoreItem { folder: key.ends_with('/'), key, pick: Pick::Previous })
            .collect();
        Some(PlanRestore { bucket: name.clone(), items, destination: Destination::InPlace, method: Method::Auto })
    });
    let count = Memo::new(move |_| chosen.read().len() as u64);
    view! {
        <section class="detail" role="region" aria-label="Selection">
            <div class="head">
                <div class="crumb">"Selection"</div>
                <h2>{move || format::counted(count.get(), "entry", "entries")}</h2>
            </div>
            <div class="body">
                <p class="soft">"Each gets back its previous version; a deleted one, or all that is deleted in a folder, is undeleted."</p>
                <ul class="plain-list mono chosen-list" role="list">
                    {move || chosen.get().into_iter().take(40).map(|key| view! { <li class="cut">{format::visible(&key)}</li> }).collect_view()}
                </ul>
                <p>
                    <button type="button" class="link" on:click=move |_| chosen.update(BTreeSet::clear)>"Clear the selection"</button>
                </p>
            </div>
            <PlanBar request verb=Signal::derive(move || format!("Restore {}", format::counted(count.get(), "entry", "entries"))) />
        </section>
    }
}
