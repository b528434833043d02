//! What the pages of models wait for.

pub use crate::parts::answer::{Answer, Refreshes, use_answer};
use leptos::prelude::*;

/// True from the first time that `wanted` is.
pub fn once(wanted: impl Fn() -> bool + Send + Sync + 'static) -> Memo<bool> {
    Memo::new(move |was: Option<&bool>| was.copied().unwrap_or_default() || wanted())
}
