//! Rows of one height, and which of them are in sight. For lists that the window holds whole, thousands of rows at most:
//! no scaling, no recycling, only the rows that can be seen have nodes.

use leptos::{html, prelude::*};
use std::ops::Range;
use wasm_bindgen::{JsCast as _, prelude::Closure};

/// Rows drawn above and below what is in sight.
const SPARE: usize = 6;

#[derive(Clone, Copy)]
pub struct Sight {
    pub scroller: NodeRef<html::Div>,
    row: f64,
    top: RwSignal<f64>,
    view: RwSignal<f64>,
}

impl Sight {
    /// `row`: the height of a row in pixels.
    pub fn new(row: f64) -> Self {
        let sight = Self { scroller: NodeRef::new(), row, top: RwSignal::new(0.0), view: RwSignal::new(600.0) };
        on_resize(sight.scroller, move |element| {
            let height = f64::from(element.client_height());
            if height > 0.0 && (height - sight.view.get_untracked()).abs() > 0.5 {
                sight.view.set(height);
            }
        });
        sight
    }

    /// To be called when the scroller scrolled.
    pub fn scrolled(self) {
        if let Some(scroller) = self.scroller.get_untracked() {
            self.top.set(f64::from(scroller.scroll_top()));
        }
    }

    /// The rows to draw, of so many.
    pub fn rows(self, of: usize) -> Range<usize> {
        in_sight(self.top.get(), self.view.get(), self.row, of)
    }

    /// How many rows fit.
    pub fn fitting(self) -> usize {
        whole(self.view.get_untracked() / self.row).max(1)
    }

    /// Where a row stands, in pixels.
    pub fn offset(self, row: usize) -> f64 {
        pixels(row) * self.row
    }

    /// Scrolls so that the row is in sight, no further than that needs.
    pub fn reveal(self, row: usize) {
        let Some(scroller) = self.scroller.get_untracked() else { return };
        let (top, view) = (f64::from(scroller.scroll_top()), self.view.get_untracked());
        let at = self.offset(row);
        let wanted = brought_in(at, self.row, top, view);
        if (wanted - top).abs() < 0.5 {
            return;
        }
        #[expect(clippy::cast_possible_truncation, reason = "pixels of a list of thousands")]
        scroller.set_scroll_top(wanted.ceil() as i32);
        self.top.set(f64::from(scroller.scroll_top()));
    }
}

fn pixels(rows: usize) -> f64 {
    f64::from(u32::try_from(rows).unwrap_or(u32::MAX))
}

fn whole(rows: f64) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rows of a list, not below nought")]
    let rows = rows.max(0.0) as usize;
    rows
}

fn in_sight(top: f64, view: f64, row: f64, of: usize) -> Range<usize> {
    let first = whole(top / row).min(of);
    let after = (whole(((top + view) / row).ceil()) + SPARE).min(of);
    first.saturating_sub(SPARE)..after
}

/// How far to scroll for a row at `at`: just so far, or when it is far off, until it has some of its neighbours around it.
fn brought_in(at: f64, row: f64, top: f64, view: f64) -> f64 {
    let near = row * 3.0;
    if at < top - near || at > top + view + near {
        (at - (view - row) / 2.0).max(0.0)
    } else if at < top {
        at
    } else if at + row > top + view {
        at + row - view
    } else {
        top
    }
}

/// Calls `act` with the element whenever its size changes, first at once, until the owner is cleaned up.
pub fn on_resize(node: NodeRef<html::Div>, act: impl Fn(&web_sys::Element) + Clone + 'static) {
    Effect::new(move |_| {
        let Some(element) = node.get() else { return };
        let element: web_sys::Element = (*element).clone().into();
        act(&element);
        let (act, watched) = (act.clone(), element.clone());
        let closure = Closure::<dyn Fn()>::new(move || act(&watched));
        let Ok(observer) = web_sys::ResizeObserver::new(closure.as_ref().unchecked_ref()) else { return };
        observer.observe(&element);
        let kept = StoredValue::new_local(Some((observer, closure)));
        on_cleanup(move || {
            if let Some(Some((observer, _))) = kept.try_update_value(Option::take) {
                observer.disconnect();
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_seen_is_drawn() {
        assert_eq!(in_sight(0.0, 240.0, 24.0, 2_000), 0..16);
        assert_eq!(in_sight(2_400.0, 240.0, 24.0, 2_000), 94..116);
        assert_eq!(in_sight(2_410.0, 240.0, 24.0, 2_000), 94..117, "half a row at either end");
        assert_eq!(in_sight(47_760.0, 240.0, 24.0, 2_000), 1_984..2_000);
        assert_eq!(in_sight(9_999.0, 240.0, 24.0, 3), 0..3, "the list became shorter than what was scrolled");
        assert_eq!(in_sight(0.0, 240.0, 24.0, 0), 0..0);
    }

    #[test]
    fn a_row_comes_into_sight() {
        let scrolled = |at| brought_in(at, 24.0, 480.0, 240.0);
        for (at, wanted) in
            [(480.0, 480.0), (696.0, 480.0), (720.0, 504.0), (456.0, 456.0), (0.0, 0.0), (2_400.0, 2_292.0)]
        {
            assert!((scrolled(at) - wanted).abs() < 1e-9, "{at}: {}", scrolled(at));
        }
    }
}
