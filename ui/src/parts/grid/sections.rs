//! Headings between the rows. A line of the grid is a row, or the heading of the section that begins below it.

use super::window::Window;
use crate::format;
use contract::sets::Section;
use leptos::prelude::*;

/// The sections of a view, in its order; none where the rows stand in one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sections(Vec<Section>);

impl Sections {
    pub fn new(sections: Vec<Section>) -> Self {
        Self(sections)
    }

    pub fn count(&self) -> u64 {
        self.0.len() as u64
    }

    /// Each heading with its line.
    fn headings(&self) -> impl Iterator<Item = (u64, &Section)> {
        (0_u64..).zip(&self.0).map(|(above, section)| (section.from + above, section))
    }

    /// Headings above a line.
    fn above(&self, line: u64) -> u64 {
        self.headings().take_while(|(heading, _)| *heading < line).count() as u64
    }

    pub fn line_of(&self, row: u64) -> u64 {
        row + self.0.iter().take_while(|section| section.from <= row).count() as u64
    }

    /// The row in a line; in the line of a heading, the row below it.
    pub fn row_from(&self, line: u64) -> u64 {
        line - self.above(line)
    }

    /// `None` in the line of a heading.
    pub fn row_at(&self, line: u64) -> Option<u64> {
        let is_heading = self.headings().any(|(heading, _)| heading == line);
        (!is_heading).then(|| self.row_from(line))
    }

    /// The first line that belongs to a row: its own, or that of its section's heading.
    pub fn first_line_of(&self, row: u64) -> u64 {
        let line = self.line_of(row);
        if self.0.iter().any(|section| section.from == row) { line.saturating_sub(1) } else { line }
    }

    fn within(&self, from: u64, to: u64) -> Vec<(u64, Section)> {
        let seen = self.headings().filter(|(line, _)| (from..to).contains(line));
        seen.map(|(line, section)| (line, section.clone())).collect()
    }
}

/// The headings around what is in sight: title, and number of rows.
#[component]
pub fn Headings(sections: Memo<Sections>, window: Window) -> impl IntoView {
    let seen = Memo::new(move |_| {
        let (from, to) = window.wanted();
        sections.with(|sections| sections.within(from, to))
    });
    view! {
        {move || {
            seen.get()
                .into_iter()
                .map(|(line, section)| {
                    let index = (line + 2).to_string();
                    view! {
                        <div
                            role="row"
                            class="grid-row grid-section"
                            aria-rowindex=index
                            style:transform=move || format!("translateY({}px)", window.offset(line))
                        >
                            <div role="rowheader" class="grid-cell">
                                <strong>{format::visible(&section.title)}</strong>
                                <span class="dim num">{format::count(section.rows)}</span>
                            </div>
                        </div>
                    }
                })
                .collect_view()
        }}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sections(counts: &[u64]) -> Sections {
        let mut from = 0;
        let section = |rows: &u64| {
            from += rows;
            Section { title: format!("of {rows}"), from: from - rows, rows: *rows }
        };
        Sections::new(counts.iter().map(section).collect())
    }

    #[test]
    fn every_line_is_a_row_or_a_heading() {
        let sections = sections(&[2, 1, 3]);
        let rows: Vec<Option<u64>> = (0..9).map(|line| sections.row_at(line)).collect();
        assert_eq!(rows, [None, Some(0), Some(1), None, Some(2), None, Some(3), Some(4), Some(5)]);
        for (line, row) in (0_u64..).zip(rows) {
            if let Some(row) = row {
                assert_eq!(sections.line_of(row), line);
            }
        }
        assert_eq!(sections.row_from(9), 6, "the end of the lines is the end of the rows");
        assert_eq!([3, 5].map(|line| sections.row_from(line)), [2, 3], "the row below a heading");
        assert_eq!([0, 1, 2, 3].map(|row| sections.first_line_of(row)), [0, 2, 3, 5]);
    }

    #[test]
    fn headings_are_those_in_sight() {
        let titles = |from: u64, to: u64| -> Vec<(u64, String)> {
            let seen = sections(&[2, 1, 3]).within(from, to);
            seen.into_iter().map(|(line, section)| (line, section.title)).collect()
        };
        assert_eq!(titles(1, 6), [(3, "of 1".to_owned()), (5, "of 3".to_owned())]);
        assert!(titles(6, 9).is_empty());
    }

    #[test]
    fn without_sections_a_line_is_a_row() {
        let plain = Sections::default();
        assert_eq!(plain.row_at(7), Some(7));
        assert_eq!((plain.line_of(7), plain.row_from(7), plain.first_line_of(7), plain.count()), (7, 7, 7, 0));
    }
}
