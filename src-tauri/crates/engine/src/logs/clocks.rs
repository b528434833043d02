//! Files of a merged log whose clock does not fit the others.
//!
//! Times are taken as they are told until the person sets a file's clock: which of two is right, nobody knows. But a
//! file all of whose times lie apart from all others of its run stands in a wrong place among them, and whoever reads
//! should know.

use contract::{Notice, Timestamp, jobs::LogRole, logs::LogFileState};
use jiff::SignedDuration;

/// What begins or ends less than this apart is a matter of course.
const APART: SignedDuration = SignedDuration::from_mins(30);
/// Files that are named.
const MOST: usize = 5;

/// A notice for each file that lies apart.
pub(super) fn apart(files: &[LogFileState]) -> Vec<Notice> {
    // A node is made ready long before its first run.
    let of_run = files.iter().filter(|file| !matches!(file.row.role, LogRole::Bootstrap | LogRole::Node));
    let timed: Vec<(&LogFileState, Timestamp, Timestamp)> =
        of_run.filter_map(|file| Some((file, on_clock(file, file.first)?, on_clock(file, file.last)?))).collect();
    let mut firsts: Vec<Timestamp> = timed.iter().map(|(_, first, _)| *first).collect();
    let mut lasts: Vec<Timestamp> = timed.iter().map(|(_, _, last)| *last).collect();
    firsts.sort_unstable();
    lasts.sort_unstable();
    // Of two that lie apart nobody knows which is meant.
    let ([earliest, second, _, ..], [.., before, latest]) = (firsts.as_slice(), lasts.as_slice()) else {
        return Vec::new();
    };
    let odd = timed.iter().filter_map(|(file, first, last)| {
        let begin = if first == earliest { second } else { earliest };
        let end = if last == latest { before } else { latest };
        let (gap, word) = if last < begin {
            (begin.duration_since(*last), "before")
        } else if first > end {
            (first.duration_since(*end), "after")
        } else {
            return None;
        };
        // Older parts of a file end where the rest begins.
        (gap >= APART && file.row.part.is_none()).then(|| {
            Notice::warning(format!(
                "The times of {} lie {} {word} those of all other files: its clock or its zone may be off.",
                file.row.words(),
                words(gap)
            ))
        })
    });
    odd.take(MOST).collect()
}

/// As the person has set its clock.
fn on_clock(file: &LogFileState, time: Option<Timestamp>) -> Option<Timestamp> {
    time?.checked_add(SignedDuration::from_millis(file.offset)).ok()
}

/// `1 h 52 m`.
fn words(gap: SignedDuration) -> String {
    let minutes = gap.as_mins();
    if minutes < 60 { format!("{minutes} m") } else { format!("{} h {} m", minutes / 60, minutes % 60) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::Address;

    fn file(name: &str, first: &str, last: &str) -> LogFileState {
        let at = |clock: &str| format!("2026-11-20T{clock}:00Z").parse().ok();
        let address = Address::read(&format!("s3://lake-logs/applications/a/jobs/r/{name}.gz"), None).unwrap();
        LogFileState {
            row: address.row(None, None),
            read: 0,
            length: 0,
            lines: 1,
            records: 1,
            first: at(first),
            last: at(last),
            offset: 0,
            skew: None,
            complete: true,
            fault: None,
        }
    }

    #[test]
    fn a_clock_that_is_hours_off_is_told() {
        let driver = file("SPARK_DRIVER/stderr", "06:00", "06:30");
        let seven = file("SPARK_EXECUTOR/7/stderr", "06:02", "06:28");
        let early = file("SPARK_EXECUTOR/2/stderr", "04:03", "04:20");
        let late = file("SPARK_EXECUTOR/3/stderr", "08:03", "08:20");
        let told = |files: &[&LogFileState]| -> Vec<String> {
            let files: Vec<LogFileState> = files.iter().map(|file| (*file).clone()).collect();
            apart(&files).into_iter().map(|notice| notice.text).collect()
        };
        let [one] = <[String; 1]>::try_from(told(&[&driver, &seven, &early])).unwrap();
        assert_eq!(
            one,
            "The times of executor 2 stderr lie 1 h 40 m before those of all other files: its clock or its zone may be off."
        );
        assert!(told(&[&driver, &late, &seven])[0].contains("executor 3 stderr lie 1 h 33 m after"));
        assert!(told(&[&driver, &seven]).is_empty() && told(&[&driver, &early]).is_empty());
        let part = file("SPARK_DRIVER/archived/stderr_1", "04:00", "04:30");
        assert!(told(&[&driver, &seven, &part]).is_empty(), "an older part");
        let set = LogFileState { offset: 100 * 60_000, ..early.clone() };
        assert!(told(&[&driver, &seven, &set]).is_empty(), "a clock that was set");
        let mut bootstrap = early.clone();
        bootstrap.row.role = LogRole::Bootstrap;
        assert!(told(&[&driver, &seven, &bootstrap]).is_empty(), "a node that was made ready before");
        let dead = file("SPARK_EXECUTOR/4/stderr", "06:00", "06:01");
        assert!(told(&[&driver, &seven, &dead]).is_empty(), "an executor that died early");
    }
}
