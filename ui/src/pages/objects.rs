//! Objects: buckets, folders, versions. The router mounts `Buckets` at `/objects` and `InBucket` at `/objects/:bucket`.

use leptos::prelude::*;

/// The root list of the area.
#[component]
pub fn Buckets() -> impl IntoView {
    view! { <h1>"Objects"</h1> }
}

/// A folder or the versions of a key, by the address's query.
#[component]
pub fn InBucket() -> impl IntoView {
    view! { <h1>"Objects"</h1> }
}
