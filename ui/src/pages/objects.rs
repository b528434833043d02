//! Objects: buckets, folders, versions. The router mounts `Buckets` at `/objects` and `InBucket` at `/objects/:bucket`.
//!
//! Everything that can be seen is in the address: bucket, prefix, key, version, filter and order.

mod action_bar;
mod buckets;
mod entries;
mod entry_detail;
mod head;
mod restore_dialogs;
mod version_detail;
mod versions;

use crate::address;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use wasm_split_helpers::wasm_split;

#[wasm_split(objects, preload(load))]
pub fn all_buckets() -> AnyView {
    view! { <buckets::Buckets /> }.into_any()
}

#[wasm_split(objects)]
pub fn in_bucket() -> AnyView {
    view! { <InBucket /> }.into_any()
}

/// A folder, or the versions of a key if the address names one.
#[component]
fn InBucket() -> impl IntoView {
    let params = use_params_map();
    // The router decodes the path once; a bucket's name needs no more.
    let bucket = Memo::new(move |_| params.read().get("bucket").unwrap_or_default());
    let query = address::use_query();
    let key = Memo::new(move |_| query.read().get("key").map(str::to_owned));
    view! {
        {move || match key.get() {
            Some(key) => view! { <versions::Versions bucket=bucket.get() key /> }.into_any(),
            None => view! { <entries::Entries bucket=bucket.get() /> }.into_any(),
        }}
    }
}
