//! How large the uploads of an input were: what the run read, what the last success read and what is whole stand out.

use charts::{Frame, Line, TimeSeries, Worse, time_series};
use contract::{Timestamp, charts::Chart, incident::InputObject, jobs::facts::ObjectFact};
use objects::size;

/// Pixels.
const WIDTH: u32 = 760;
const HEIGHT: u32 = 220;
/// Values are drawn in the largest of these that the largest one fills.
const UNITS: [(&str, u64); 5] = [("TB", 1 << 40), ("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10), ("B", 1)];

/// One that was stored, and how large it was.
type Stored = (Timestamp, u64);

/// `None` where there is nothing to compare.
pub fn chart(input: &InputObject) -> Option<Chart> {
    let stored = |fact: &ObjectFact| fact.modified.zip(fact.size).filter(|_| fact.exists);
    let read = stored(&input.read);
    let other = input.before.as_ref().filter(|before| before.version_id != input.read.version_id);
    let before = other.and_then(stored);
    let whole = input.better.as_ref().map(|better| (better.stored, better.size));
    let uploads: Vec<Stored> = input.uploads.iter().map(|upload| (upload.stored, upload.size)).collect();
    let marked = [("The failed run read", read), ("The last success read", before), ("Whole", whole)];
    let points = || uploads.iter().copied().chain(marked.iter().filter_map(|(_, stored)| *stored));
    let largest = points().map(|(_, size)| size).max()?;
    let first = points().next()?;
    if points().all(|one| one == first) {
        return None;
    }
    let (unit, bytes) = UNITS.into_iter().find(|(_, bytes)| largest >= *bytes).unwrap_or(("B", 1));
    let line = |name: &str, stored: &[Stored]| Line {
        name: name.to_owned(),
        points: stored.iter().map(|(at, size)| (*at, in_unit(*size, bytes))).collect(),
        ..Line::default()
    };
    let mut lines = vec![line("Uploads", &uploads)];
    lines.extend(marked.iter().filter_map(|(name, stored)| Some(line(name, &[(*stored)?]))));
    let told = TimeSeries {
        name: "Size".to_owned(),
        unit: unit.to_owned(),
        lines,
        thresholds: Vec::new(),
        marks: Vec::new(),
        step: None,
        worse: Worse::Low,
        logarithmic: false,
    };
    let name = input.key.rsplit('/').next().unwrap_or(&input.key);
    let caption = format!("Sizes of {name} as it was stored");
    let mut chart = time_series(&Frame { width: WIDTH, height: HEIGHT, offset_minutes: 0, caption }, &told).ok()?;
    chart.summary = summary(read, before, whole);
    Some(chart)
}

fn summary(read: Option<Stored>, before: Option<Stored>, whole: Option<Stored>) -> String {
    let parts = [
        read.map(|(_, bytes)| format!("the failed run read {}", size::words(bytes))),
        before.map(|(_, bytes)| format!("the last success read {}", size::words(bytes))),
        whole.map(|(_, bytes)| format!("{} is whole", size::words(bytes))),
    ];
    let said = parts.into_iter().flatten().collect::<Vec<_>>().join("; ");
    let mut letters = said.chars();
    letters.next().map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str())).unwrap_or_default()
}

/// To a thousandth; `None` for what no file is as large as.
fn in_unit(size: u64, bytes: u64) -> Option<f64> {
    let thousandths = size.checked_mul(1_000)?.checked_div(bytes)?;
    Some(f64::from(u32::try_from(thousandths).ok()?) / 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::incident::UploadSize;

    fn at(day: u8) -> Timestamp {
        format!("2026-11-{day:02}T06:00:00Z").parse().unwrap()
    }

    fn fact(day: u8, size: u64) -> ObjectFact {
        ObjectFact {
            uri: "s3://lake-raw/data/in/daily_sales.csv".into(),
            version_id: Some(day.to_string()),
            etag: None,
            size: Some(size),
            modified: Some(at(day)),
            exists: true,
        }
    }

    fn input() -> InputObject {
        InputObject {
            bucket: "lake-raw".into(),
            key: "data/in/daily_sales.csv".into(),
            read: fact(21, 3_174),
            content: None,
            before: Some(fact(20, 1_258_291)),
            verdicts: Vec::new(),
            better: None,
            uploads: vec![
                UploadSize { stored: at(21), size: 3_174 },
                UploadSize { stored: at(20), size: 1_258_291 },
                UploadSize { stored: at(19), size: 1_240_000 },
            ],
        }
    }

    #[test]
    fn what_was_read_stands_out_among_the_uploads() {
        let chart = chart(&input()).unwrap();
        let names: Vec<&str> = chart.key.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["Uploads", "The failed run read", "The last success read"]);
        assert_eq!(chart.summary, "The failed run read 3.1 KB; the last success read 1.2 MB.");
        assert_eq!(chart.y.label, "Size (MB)");
        assert_eq!(chart.series.iter().map(|line| line.points.len()).collect::<Vec<_>>(), [3, 1, 1]);
    }

    #[test]
    fn one_upload_is_no_picture() {
        let mut alone = input();
        alone.before = None;
        alone.uploads.truncate(1);
        assert_eq!(chart(&alone), None);
    }

    #[test]
    fn sizes_are_told_in_one_unit() {
        assert_eq!(in_unit(1_572_864, 1 << 20), Some(1.5));
        assert_eq!(in_unit(512, 1 << 10), Some(0.5));
        assert_eq!(in_unit(u64::MAX, 1), None);
    }
}
