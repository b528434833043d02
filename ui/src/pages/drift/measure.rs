//! How wide a chart may be: the core draws it for the place that it stands in.

use crate::parts::gantt::sight::on_resize;
use leptos::{html, leptos_dom::helpers::TimeoutHandle, prelude::*};
use std::time::Duration;

/// Pixels that the width must change before a chart is drawn anew; up to there it is scaled.
const STEP: u32 = 32;
/// A chart is not drawn narrower or wider than this, in pixels.
const NARROWEST: u32 = 240;
const WIDEST: u32 = 1_600;
/// A pause in moving the split before charts are drawn anew.
const PAUSE: Duration = Duration::from_millis(200);

/// The width of an element in pixels, once it is on screen. It must have no padding of its own.
pub fn use_width(node: NodeRef<html::Div>) -> RwSignal<Option<u32>> {
    let width = RwSignal::new(None::<u32>);
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    on_resize(node, move |element| {
        let Some(now) = drawn(element.client_width()) else { return };
        match width.get_untracked() {
            None => width.set(Some(now)),
            Some(before) if before.abs_diff(now) >= STEP => {
                if let Some(handle) = waiting.get_value() {
                    handle.clear();
                }
                let settle = move || {
                    width.try_set(Some(now));
                };
                waiting.set_value(set_timeout_with_handle(settle, PAUSE).ok());
            }
            Some(_) => {}
        }
    });
    width
}

/// Nothing for what is not shown.
fn drawn(pixels: i32) -> Option<u32> {
    u32::try_from(pixels).ok().filter(|pixels| *pixels > 0).map(|pixels| pixels.clamp(NARROWEST, WIDEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_has_a_sensible_width() {
        assert_eq!((drawn(0), drawn(-3)), (None, None));
        assert_eq!((drawn(90), drawn(620), drawn(9_000)), (Some(240), Some(620), Some(1_600)));
    }
}
