//! How far a search through many files is, in words; how many lines of it are kept; and which files could not be read.

use super::{Found, KEPT_OF_ONE, OfFile};
use crate::logs::number;
use contract::{
    Notice,
    logs::{UnreadFile, UnreadFiles},
};

/// Lines that are kept of all files: with what is shown of each, some tens of megabytes. All are counted.
const KEPT: usize = 20_000;
/// Files that could not be read whole and are named in one sentence.
const NAMED: usize = 5;

/// How far the search is.
#[derive(Debug, Default)]
pub(super) struct Tally {
    files: usize,
    searched: usize,
    lines: u64,
    kept: usize,
    /// Files that could not be read, or not whole.
    unread: Vec<Unread>,
}

/// A file that could not be read, or not whole, and what it added.
#[derive(Debug)]
struct Unread {
    file: UnreadFile,
    lines: u64,
    kept: usize,
}

impl Tally {
    pub fn new(files: usize) -> Self {
        Self { files, ..Self::default() }
    }

    /// Notes a file, and gives those of its lines that are still kept.
    pub fn take(&mut self, file: OfFile) -> Vec<Found> {
        let OfFile { address, name, mut lines, total, fault } = file;
        self.searched += 1;
        self.lines += total;
        lines.truncate(KEPT - self.kept.min(KEPT));
        self.kept += lines.len();
        if let Some(why) = fault {
            self.unread.push(Unread { file: UnreadFile { name, address, why }, lines: total, kept: lines.len() });
        }
        lines
    }

    /// Counts the files that could not be read as not searched, and gives their addresses.
    pub fn retry(&mut self) -> impl Iterator<Item = String> + use<> {
        let unread = std::mem::take(&mut self.unread);
        self.searched -= unread.len();
        self.lines -= unread.iter().map(|file| file.lines).sum::<u64>();
        self.kept -= unread.iter().map(|file| file.kept).sum::<usize>();
        unread.into_iter().map(|unread| unread.file.address)
    }

    /// The files that could not be read, or not whole.
    pub fn unread(&self) -> UnreadFiles {
        let files = self.unread.iter().take(UnreadFiles::MOST).map(|unread| unread.file.clone()).collect();
        UnreadFiles { total: self.unread.len() as u64, files }
    }

    /// What is said of a search that failed.
    pub fn stopped(&self) -> Notice {
        let rest = self.files - self.searched;
        let noun = if rest == 1 { "file" } else { "files" };
        let rest = self::number(rest as u64);
        Notice::warning(format!("The search stopped. Tried again, it goes on with the {rest} {noun} that are left."))
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
        if !self.unread.is_empty() {
            let faults = self.unread.len();
            let named: Vec<String> = self
                .unread
                .iter()
                .take(NAMED)
                .map(|unread| format!("{} ({})", unread.file.name, unread.file.why))
                .collect();
            let more = faults - named.len();
            let more = if more > 0 { format!(", and {} more", count(more)) } else { String::new() };
            let noun = if faults == 1 { "file" } else { "files" };
            let words =
                format!("{} {noun} could not be read, or not whole: {}{more}.", count(faults), named.join(", "));
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
    fn files_that_could_not_be_read_are_listed_and_counted_anew_when_they_are_tried_again() {
        let mut tally = Tally::new(400);
        for _ in 0..300 {
            tally.take(of_file(2, Some("access denied")));
        }
        tally.take(of_file(5, None));
        let unread = tally.unread();
        assert_eq!((unread.total, unread.files.len()), (300, UnreadFiles::MOST));
        assert_eq!((unread.files[0].name.as_str(), unread.files[0].why.as_str()), ("driver stderr", "access denied"));
        assert!(tally.stopped().text.ends_with("goes on with the 99 files that are left."), "{:?}", tally.stopped());
        assert_eq!(tally.retry().count(), 300);
        assert_eq!(told(&tally), ["1 of 400 files searched: 5 lines match so far."]);
        assert_eq!((tally.kept, tally.unread().total), (5, 0));
    }

    #[test]
    fn lines_beyond_what_is_kept_are_counted() {
        let mut tally = Tally::new(1_000);
        let kept: usize = (0..50).map(|_| tally.take(of_file(KEPT_OF_ONE, None)).len()).sum();
        assert_eq!((kept, tally.lines), (KEPT, 50 * KEPT_OF_ONE));
        assert!(told(&tally)[1].starts_with("20,000 of them are shown"), "{:?}", told(&tally));
    }
}
