//! Lines that the person selects, and their copy: with the file and the number of each, so that a ticket says where they
//! stand.

use super::{
    open::LogHandle,
    rows::{LogRows, Stand},
};
use crate::{
    bridge,
    desk::Desk,
    format,
    keys::{self, Action},
};
use contract::{
    Fault, LogId,
    jobs::LogFileRow,
    logs::{LineAt, LogView, ReadLog, ReadRecord},
};
use leptos::{prelude::*, task::spawn_local};
use std::{collections::BTreeSet, ops::RangeInclusive};

/// Rows that are selected at most.
const MOST: u64 = 2_000;
/// Rows that one call gives.
const WINDOW: u64 = 512;

/// Rows of a view.
#[derive(Debug, Default)]
struct Selection {
    rows: BTreeSet<u64>,
    /// Where the range that is being extended began, and how far it goes.
    run: Option<(u64, u64)>,
}

impl Selection {
    fn toggle(&mut self, row: u64) {
        self.run = None;
        if !self.rows.remove(&row) {
            self.rows.insert(row);
        }
    }

    /// Takes the range to `to`; it begins at `from` unless one is being extended already. What else is selected stays.
    fn extend(&mut self, from: u64, to: u64) {
        let begin = self.run.map_or(from, |(begin, _)| begin);
        if let Some((_, end)) = self.run {
            for row in between(begin, end) {
                self.rows.remove(&row);
            }
        }
        let end = to.clamp(begin.saturating_sub(MOST - 1), begin.saturating_add(MOST - 1));
        self.rows.extend(between(begin, end));
        self.run = Some((begin, end));
    }
}

fn between(one: u64, other: u64) -> RangeInclusive<u64> {
    one.min(other)..=one.max(other)
}

#[derive(Clone, Copy)]
pub struct Chosen {
    selection: RwSignal<Selection>,
    log: LogHandle,
    view: Memo<LogView>,
}

impl Chosen {
    pub fn new(log: LogHandle, view: Memo<LogView>, rows: LogRows) -> Self {
        let chosen = Self { selection: RwSignal::new(Selection::default()), log, view };
        // Of another log or view, and of files on one clock that still grow, rows stand elsewhere.
        Effect::new(move |was: Option<Option<Stand>>| {
            let is = rows.stand.get();
            if was.is_some_and(|was| was != is) && chosen.any() {
                chosen.clear();
            }
            is
        });
        chosen
    }

    pub fn has(self, row: u64) -> bool {
        self.selection.with(|selection| selection.rows.contains(&row))
    }

    pub fn count(self) -> u64 {
        self.selection.with(|selection| selection.rows.len() as u64)
    }

    pub fn any(self) -> bool {
        untrack(|| self.count()) > 0
    }

    pub fn toggle(self, row: u64) {
        self.selection.update(|selection| selection.toggle(row));
    }

    pub fn extend(self, from: u64, to: u64) {
        self.selection.update(|selection| selection.extend(from, to));
    }

    /// The cursor goes elsewhere: the next range begins there.
    pub fn leave(self) {
        if self.selection.with_untracked(|selection| selection.run.is_some()) {
            self.selection.update(|selection| selection.run = None);
        }
    }

    pub fn clear(self) {
        self.selection.set(Selection::default());
    }

    /// Puts the selected lines on the clipboard.
    pub fn copy(self, desk: Desk) {
        let Some(state) = self.log.state.get_untracked() else { return };
        let view = self.view.get_untracked();
        let rows: Vec<u64> = self.selection.with_untracked(|selection| selection.rows.iter().copied().collect());
        spawn_local(async move {
            match read(state.log, view, &rows).await {
                Ok(lines) => {
                    let files: Vec<LogFileRow> = state.files.into_iter().map(|file| file.row).collect();
                    desk.copy(text(&lines, &files), format::counted(lines.len() as u64, "line", "lines"));
                }
                Err(fault) => desk.say(format!("Could not copy the lines: {}", fault.title)),
            }
        });
    }
}

/// The bar that stands while lines are selected.
#[component]
pub fn ChosenBar(chosen: Chosen) -> impl IntoView {
    let desk = Desk::get();
    keys::on(Action::Back, move || chosen.clear());
    view! {
        <div class="log-chosen" role="group" aria-label="Selected lines">
            <span class="num">{move || format!("{} selected", format::counted(chosen.count(), "row", "rows"))}</span>
            <button type="button" class="btn go" title="With their file and line numbers (y)" on:click=move |_| chosen.copy(desk)>"Copy lines"</button>
            <button type="button" class="btn" title="Esc" on:click=move |_| chosen.clear()>"Clear selection"</button>
        </div>
    }
}

/// A line with its place.
#[derive(Debug, PartialEq, Eq)]
struct Placed {
    at: LineAt,
    text: String,
}

/// The lines of these rows, in their order. A row that is a record has all of its lines.
async fn read(log: LogId, view: LogView, rows: &[u64]) -> Result<Vec<Placed>, Fault> {
    let mut lines = Vec::new();
    let mut left = rows;
    while let Some(first) = left.first().copied() {
        let near = left.partition_point(|row| *row < first + WINDOW);
        let (now, later) = left.split_at(near);
        left = later;
        let to = now.last().map_or(first, |last| last + 1);
        let window = bridge::call(ReadLog { log, view, from: first, to, search: None }).await?;
        let wanted = (window.from..).zip(window.rows).filter(|(row, _)| now.binary_search(row).is_ok());
        for (_, row) in wanted {
            if matches!(view, LogView::Records | LogView::Folds) {
                let record = bridge::call(ReadRecord { log, at: row.at, unmasked: false }).await?;
                let times =
                    row.fold.filter(|fold| !fold.open).map(|fold| format!(" (× {})", format::count(fold.count)));
                lines.extend((record.at.line..).zip(record.lines).map(|(line, text)| {
                    let times = times.as_deref().filter(|_| line == record.at.line).unwrap_or_default();
                    Placed { at: LineAt { line, ..record.at }, text: text + times }
                }));
            } else {
                let cut = (row.cut > 0)
                    .then(|| format!("… ({})", format::counted(row.cut, "more character", "more characters")));
                lines.push(Placed { at: row.at, text: row.text + cut.as_deref().unwrap_or_default() });
            }
        }
    }
    Ok(lines)
}

/// The files by name and address, then the lines with their numbers; of several files each line names its own.
fn text(lines: &[Placed], files: &[LogFileRow]) -> String {
    let file = |number: u32| files.get(usize::try_from(number).ok()?);
    let of: BTreeSet<u32> = lines.iter().map(|line| line.at.file).collect();
    let mut out: Vec<String> =
        of.iter().filter_map(|number| file(*number)).map(|row| format!("{}: {}", row.words(), row.address)).collect();
    let width = lines.iter().map(|line| (line.at.line + 1).to_string().len()).max().unwrap_or_default();
    for Placed { at, text } in lines {
        let number = at.line + 1;
        out.push(match file(at.file).filter(|_| of.len() > 1) {
            Some(row) => format!("{} {number:>width$}  {text}", row.words()),
            None => format!("{number:>width$}  {text}"),
        });
    }
    out.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::jobs::{LogRole, LogStreamKind};

    fn rows(selection: &Selection) -> Vec<u64> {
        selection.rows.iter().copied().collect()
    }

    #[test]
    fn a_range_grows_and_shrinks_and_leaves_what_else_is_selected() {
        let mut selection = Selection::default();
        selection.toggle(2);
        selection.extend(10, 12);
        assert_eq!(rows(&selection), [2, 10, 11, 12]);
        selection.extend(12, 11);
        assert_eq!(rows(&selection), [2, 10, 11], "it still begins at 10");
        selection.extend(11, 9);
        assert_eq!(rows(&selection), [2, 9, 10], "it turns around its beginning");
        selection.toggle(2);
        selection.extend(20, 20);
        assert_eq!(rows(&selection), [9, 10, 20], "a row that is toggled ends the range");
    }

    #[test]
    fn a_range_has_an_end() {
        let mut selection = Selection::default();
        selection.extend(5, u64::MAX);
        assert_eq!(selection.rows.len() as u64, MOST);
        assert_eq!(selection.rows.last(), Some(&(5 + MOST - 1)));
    }

    fn file(executor: &str) -> LogFileRow {
        LogFileRow {
            address: format!("s3://lake-logs/{executor}/stderr.gz"),
            role: LogRole::Executor,
            executor: Some(executor.into()),
            container: None,
            node: None,
            attempt: None,
            stream: LogStreamKind::Stderr,
            part: None,
            compressed: true,
            size: None,
            last_write: None,
        }
    }

    fn line(file: u32, line: u64, text: &str) -> Placed {
        Placed { at: LineAt { file, line }, text: text.into() }
    }

    #[test]
    fn copied_lines_say_where_they_stand() {
        let files = [file("7"), file("8")];
        let one = [line(0, 8, "java.lang.OutOfMemoryError"), line(0, 9, "    at x")];
        assert_eq!(
            text(&one, &files),
            "executor 7 stderr: s3://lake-logs/7/stderr.gz\n 9  java.lang.OutOfMemoryError\n10      at x"
        );
        let two = [line(1, 0, "lost"), line(0, 3, "gone")];
        assert_eq!(
            text(&two, &files),
            "executor 7 stderr: s3://lake-logs/7/stderr.gz\nexecutor 8 stderr: s3://lake-logs/8/stderr.gz\n\
             executor 8 stderr 1  lost\nexecutor 7 stderr 4  gone"
        );
    }
}
