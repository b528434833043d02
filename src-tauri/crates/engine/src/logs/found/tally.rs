//! How far a search through many files is, in words; and how many lines of it are kept.

use super::{Found, KEPT_OF_ONE, OfFile};
use crate::logs::number;
use contract::Notice;

/// Lines that are kept of all files: with what is shown of each, some tens of megabytes. All are counted.
const KEPT: usize = 20_000;
/// Files that could not be read whole and are named.
const NAMED: usize = 5;

/// How far the search is.
#[derive(Debug, Default)]
pub(super) struct Tally {
    files: usize,
    searched: usize,
    lines: u64,
    kept: usize,
    /// Files that could not be read, or not whole.
    faults: usize,
    /// The first of those, with why.
    named: Vec<String>,
}

impl Tally {
    pub fn new(files: usize) -> Self {
        Self { files, ..Self::default() }
    }

    /// Notes a file, and gives those of its lines that are still kept.
    pub fn take(&mut self, file: OfFile) -> Vec<Found> {
        let OfFile { name, mut lines, total, fault, .. } = file;
        self.searched += 1;
        self.lines += total;
        if let Some(fault) = fault {
            self.faults += 1;
            if self.named.len() < NAMED {
                self.named.push(format!("{name} ({fault})"));
            }
        }
        lines.truncate(KEPT - self.kept.min(KEPT));
        self.kept += lines.len();
        lines
    }

    pub fn notices(&self) -> Vec<Notice> {
        let count = |number: usize| self::number(number as u64);
        let noun = if self.lines == 1 { "line matches" } else { "lines match" };
        let so_far = if self.searched < self.files { " so far" } else { "" };
        let (searched, files, lines) = (count(self.searched), count(self.files), self::number(self.lines));
        let progress = format!("{searched} of {files} files searched: {lines} {noun}{so_far}.");
        let mut all = vec![Notice::info(progress)];
        if self.lines > self.kept as u64 {
            let kept = count(self.kept);
            let words =
                format!("{kept} of them are shown, at most {KEPT_OF_ONE} of a file: narrow the search or the files.");
            all.push(Notice::info(words));
        }
        if self.faults > 0 {
            let more = self.faults - self.named.len();
            let more = if more > 0 { format!(", and {} more", count(more)) } else { String::new() };
            let noun = if self.faults == 1 { "file" } else { "files" };
            let words = format!(
                "{} {noun} could not be read, or not whole: {}{more}.",
                count(self.faults),
                self.named.join(", ")
            );
            all.push(Notice::warning(words));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::Address;
    use contract::logs::FoundLine;

    fn found(line: u64) -> Found {
        let file = Address::read("s3://lake-logs/emr/j-1/containers/a/stderr.gz", None).unwrap().row(None, None);
        let row = FoundLine { file, line, time: None, level: None, text: String::new(), marks: Vec::new() };
        Found { key: format!("{line}"), row }
    }

    fn of_file(lines: u64, fault: Option<&str>) -> OfFile {
        let lines: Vec<_> = (0..lines).map(found).collect();
        OfFile {
            address: String::new(),
            name: "driver stderr".into(),
            total: lines.len() as u64,
            lines,
            fault: fault.map(str::to_owned),
        }
    }

    fn told(tally: &Tally) -> Vec<String> {
        tally.notices().into_iter().map(|notice| notice.text).collect()
    }

    #[test]
    fn progress_counts_files_and_names_those_that_are_left_out() {
        let mut tally = Tally::new(50_000);
        for _ in 0..12_400 {
            tally.take(of_file(0, None));
        }
        tally.take(of_file(3, None));
        assert_eq!(told(&tally), ["12,401 of 50,000 files searched: 3 lines match so far."]);
        for _ in 0..7 {
            tally.take(of_file(0, Some("access denied")));
        }
        let all = told(&tally).pop().unwrap();
        assert!(all.starts_with("7 files could not be read, or not whole: driver stderr (access denied), "), "{all}");
        assert!(all.ends_with(", and 2 more."), "{all}");
    }

    #[test]
    fn lines_beyond_what_is_kept_are_counted() {
        let mut tally = Tally::new(1_000);
        let kept: usize = (0..50).map(|_| tally.take(of_file(KEPT_OF_ONE, None)).len()).sum();
        assert_eq!((kept, tally.lines), (KEPT, 50 * KEPT_OF_ONE));
        assert!(told(&tally)[1].starts_with("20,000 of them are shown"), "{:?}", told(&tally));
    }
}
