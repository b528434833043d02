//! Which rows are in sight, and where they are drawn.
//!
//! Browsers cap the height of an element near 16 million pixels. Up to [`TALLEST`] a pixel scrolled is a pixel moved;
//! above it the scroll bar is scaled to the rows, and the wheel moves by rows.

use super::on_resize;
use leptos::{ev, html, prelude::*};

/// Row nodes at most.
pub const MOST: u64 = 56;
/// Pixels that the scrolled element is high at most.
const TALLEST: f64 = 8_000_000.0;
/// Rows drawn above what is in sight.
const ABOVE: u64 = 4;

/// The pure part: rows, height of a row, height of the view.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Geometry {
    rows: u64,
    row: f64,
    view: f64,
}

// Rows and pixels stay far below 2^52, where f64 is exact.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
impl Geometry {
    fn real(self) -> f64 {
        self.rows as f64 * self.row
    }
    fn height(self) -> f64 {
        self.real().min(TALLEST)
    }
    fn scaled(self) -> bool {
        self.real() > TALLEST
    }
    fn fitting(self) -> u64 {
        (self.view / self.row).ceil().max(1.0) as u64
    }
    /// The row at the top, with its fraction.
    fn top(self, scrolled: f64) -> f64 {
        if !self.scaled() {
            return (scrolled / self.row).max(0.0);
        }
        let way = (self.height() - self.view).max(1.0);
        let rows = (self.rows as f64 - self.view / self.row).max(0.0);
        (scrolled / way).clamp(0.0, 1.0) * rows
    }
    /// How far to scroll so that this row is at the top.
    fn scroll_to(self, top: f64) -> f64 {
        if !self.scaled() {
            return top * self.row;
        }
        let way = (self.height() - self.view).max(1.0);
        let rows = (self.rows as f64 - self.view / self.row).max(1.0);
        (top / rows).clamp(0.0, 1.0) * way
    }
    fn start(top: f64) -> u64 {
        (top.floor() as u64).saturating_sub(ABOVE)
    }
    /// The row that a slot shows: the one in `start..start + MOST` that is congruent to it.
    fn row_of(self, slot: u64, top: f64) -> Option<u64> {
        let start = Self::start(top);
        let row = start + (slot + MOST - start % MOST) % MOST;
        let end = (top.floor() as u64 + self.fitting() + ABOVE).min(start + MOST);
        (row < self.rows && row <= end).then_some(row)
    }
}

/// The window of a grid.
#[derive(Clone, Copy)]
pub struct Window {
    shown: Memo<u64>,
    row: Memo<f64>,
    view: RwSignal<f64>,
    /// Row at the top of the view, with its fraction.
    top: RwSignal<f64>,
    scrolled: RwSignal<f64>,
}

impl Window {
    pub fn new(shown: Memo<u64>, row: Memo<f64>) -> Self {
        Self { shown, row, view: RwSignal::new(600.0), top: RwSignal::new(0.0), scrolled: RwSignal::new(0.0) }
    }

    fn geometry(self) -> Geometry {
        Geometry { rows: self.shown.get(), row: self.row.get(), view: self.view.get() }
    }

    fn geometry_untracked(self) -> Geometry {
        untrack(|| self.geometry())
    }

    pub fn height(self) -> f64 {
        self.geometry().height()
    }

    /// There are more rows than fit: a bar stands beside them.
    pub fn overflows(self) -> bool {
        let geometry = self.geometry();
        geometry.real() > geometry.view
    }

    pub fn fitting(self) -> u64 {
        self.geometry_untracked().fitting()
    }

    /// The rows to have at hand.
    pub fn wanted(self) -> (u64, u64) {
        let geometry = self.geometry();
        let start = Geometry::start(self.top.get());
        (start, (start + MOST).min(geometry.rows))
    }

    pub fn row_of(self, slot: u64) -> Option<u64> {
        self.geometry().row_of(slot, self.top.get())
    }

    /// Where a row is drawn, in pixels from the top of the scrolled element.
    #[allow(clippy::cast_precision_loss)]
    pub fn offset(self, row: u64) -> f64 {
        let geometry = self.geometry();
        if geometry.scaled() {
            self.scrolled.get() + (row as f64 - self.top.get()) * geometry.row
        } else {
            row as f64 * geometry.row
        }
    }

    #[allow(clippy::cast_precision_loss)]
    pub fn in_sight(self, row: u64) -> bool {
        let top = self.top.get();
        row as f64 + 1.0 > top && (row as f64) < top + self.view.get() / self.row.get()
    }

    /// The first row in sight.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn first(self) -> u64 {
        self.top.get_untracked().ceil() as u64
    }

    /// Scrolls so that the row is in the middle, unless it is in sight already.
    #[allow(clippy::cast_precision_loss)]
    pub fn centre(self, row: u64, scroller: NodeRef<html::Div>) {
        if !untrack(|| self.in_sight(row)) {
            let geometry = self.geometry_untracked();
            self.go((row as f64 - geometry.view / geometry.row / 2.0).max(0.0), scroller);
        }
    }

    pub fn watch(self, scroller: NodeRef<html::Div>) {
        on_resize(scroller, move |element| {
            let height = f64::from(element.client_height());
            if height > 0.0 && (height - self.view.get_untracked()).abs() > 0.5 {
                self.view.set(height);
            }
        });
    }

    pub fn scrolled(self, scroller: NodeRef<html::Div>) {
        let Some(element) = scroller.get_untracked() else { return };
        let position = f64::from(element.scroll_top());
        // A position that we set ourselves comes back rounded: the row at the top stays what it was.
        if (position - self.scrolled.get_untracked()).abs() < 1.0 {
            return;
        }
        self.scrolled.set(position);
        self.top.set(self.geometry_untracked().top(position));
    }

    pub fn wheel(self, event: &ev::WheelEvent, scroller: NodeRef<html::Div>) {
        let geometry = self.geometry_untracked();
        if !geometry.scaled() {
            return;
        }
        event.prevent_default();
        let rows = if event.delta_mode() == 0 { event.delta_y() / geometry.row } else { event.delta_y() };
        self.go(self.top.get_untracked() + rows, scroller);
    }

    /// Scrolls just so far that the row is in sight.
    #[allow(clippy::cast_precision_loss)]
    pub fn reveal(self, row: u64, scroller: NodeRef<html::Div>) {
        let geometry = self.geometry_untracked();
        let (top, fits) = (self.top.get_untracked(), geometry.view / geometry.row);
        let row = row as f64;
        if row < top {
            self.go(row, scroller);
        } else if row + 1.0 > top + fits {
            self.go(row + 1.0 - fits, scroller);
        }
    }

    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    fn go(self, top: f64, scroller: NodeRef<html::Div>) {
        let geometry = self.geometry_untracked();
        let most = (geometry.rows as f64 - geometry.view / geometry.row).max(0.0);
        let top = top.clamp(0.0, most);
        let scroll = geometry.scroll_to(top).round();
        self.scrolled.set(scroll);
        self.top.set(top);
        if let Some(element) = scroller.get_untracked() {
            element.set_scroll_top(scroll as i32);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Geometry = Geometry { rows: 1_000, row: 30.0, view: 600.0 };
    const LARGE: Geometry = Geometry { rows: 1_000_000, row: 30.0, view: 600.0 };

    #[test]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // small and positive
    fn every_row_in_sight_has_exactly_one_slot() {
        for top in [0.0, 0.5, 3.9, 17.0, 511.3, 979.9] {
            let mut rows: Vec<u64> = (0..MOST).filter_map(|slot| SMALL.row_of(slot, top)).collect();
            rows.sort_unstable();
            let first = rows.first().copied().unwrap();
            assert!(rows.iter().zip(first..).all(|(row, expected)| *row == expected), "{rows:?}");
            let (from, to) = (top.floor() as u64, (top.floor() as u64 + 20).min(999));
            assert!((from..=to).all(|row| rows.contains(&row)), "{top}: {rows:?}");
        }
    }

    #[test]
    fn a_row_keeps_its_slot_while_it_stays_in_sight() {
        let slot_of = |row: u64, top: f64| (0..MOST).find(|slot| SMALL.row_of(*slot, top) == Some(row));
        assert_eq!(slot_of(20, 10.0), slot_of(20, 15.0));
        assert!(slot_of(20, 10.0).is_some());
    }

    #[test]
    fn a_million_rows_fit_below_the_browsers_limit() {
        assert!(LARGE.height() <= TALLEST);
        assert!((LARGE.top(0.0)).abs() < f64::EPSILON);
        let end = LARGE.top(LARGE.height() - LARGE.view);
        assert!((end - (1_000_000.0 - 20.0)).abs() < 0.01, "the last row can be reached: {end}");
        for top in [0.0, 1.0, 123_456.0, 999_980.0] {
            assert!((LARGE.top(LARGE.scroll_to(top)) - top).abs() < 0.01);
        }
    }

    #[test]
    fn few_rows_need_no_scale() {
        assert!(!SMALL.scaled());
        assert!((SMALL.top(900.0) - 30.0).abs() < f64::EPSILON);
        assert_eq!(Geometry { rows: 0, ..SMALL }.row_of(0, 0.0), None);
    }
}
