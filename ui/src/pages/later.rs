//! What is no part of the file that the window starts with.
//!
//! WebKit compiles all of a WASM file before it runs any of it, so the window starts with the frame and Now, and each
//! other area is a file of its own: `#[wasm_split]` marks its entrances, `xtask/src/wasm.rs` cuts there. These files
//! are loaded once the window can be used, so that a page is there when it is asked for; one that is asked for earlier
//! shows bars until it is.

use crate::{
    frame::over,
    pages::{activity, drift, executions, jobs, models, objects, session::NeedsSession, settings},
    parts::states::Skeleton,
};
use leptos::{prelude::*, task::spawn_local};
use std::{
    pin::pin,
    task::{Context, Waker},
};

/// A view of another file, and `meanwhile` in its place until `code` has loaded that file.
///
/// Loading begins at the call. What is returned can be shown again and again.
pub fn later<Code, Page, Meanwhile>(
    code: fn() -> Code,
    page: fn() -> Page,
    meanwhile: fn() -> Meanwhile,
) -> impl Fn() -> AnyView + Copy + Send + Sync + 'static
where
    Code: Future<Output = ()> + 'static,
    Page: Future<Output = AnyView> + Send + 'static,
    Meanwhile: IntoAny + 'static,
{
    let there = there(code);
    move || if there.get() { Suspend::new(page()).into_any() } else { meanwhile().into_any() }
}

/// Whether a file was loaded; asks for it if not.
pub fn there<Code: Future<Output = ()> + 'static>(code: fn() -> Code) -> RwSignal<bool> {
    // A file that is there already costs no frame: its view stands at once, as one of the first file does.
    let there = RwSignal::new(pin!(code()).poll(&mut Context::from_waker(Waker::noop())).is_ready());
    if !there.get_untracked() {
        spawn_local(async move {
            code().await;
            // Nobody is there to be told when the person has gone on to another page.
            let _ = there.try_set(true);
        });
    }
    there
}

/// A page.
pub fn page<Code, Page>(code: fn() -> Code, page: fn() -> Page) -> impl Fn() -> AnyView + Copy + Send + Sync + 'static
where
    Code: Future<Output = ()> + 'static,
    Page: Future<Output = AnyView> + Send + 'static,
{
    later(code, page, || view! { <Skeleton rows=12 /> })
}

/// A page that needs a session. Its file and the session are waited for side by side.
pub fn page_in_session<Code, Page>(code: fn() -> Code, shown: fn() -> Page) -> impl IntoView
where
    Code: Future<Output = ()> + 'static,
    Page: Future<Output = AnyView> + Send + 'static,
{
    let page = page(code, shown);
    view! { <NeedsSession>{page}</NeedsSession> }
}

/// Loads what was not loaded yet, one file after the other, likeliest first.
pub fn load_rest() {
    spawn_local(async {
        over::load().await;
        executions::load().await;
        jobs::load().await;
        objects::load().await;
        models::load().await;
        drift::load().await;
        activity::load().await;
        settings::load().await;
    });
}
