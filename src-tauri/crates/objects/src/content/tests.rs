use super::*;
use contract::{Severity, objects::content::Misfit};
use proptest::prelude::*;

fn read(key: &str, text: &str) -> Content {
    let mut reading = Reading::new(key);
    reading.feed(text.as_bytes());
    reading.end(true)
}

fn warnings(now: &Content, then: Option<&Content>) -> Vec<String> {
    let all = verdicts(now, then);
    all.into_iter().filter(|(severity, _)| *severity == Severity::Warning).map(|(_, text)| text).collect()
}

const WHOLE: &str = "order_id,store,sku,quantity,amount,sold_at
1,store-0319,SKU-20099,4,53.24,2026-11-20T10:15:00Z
2,store-0319,SKU-20017,1,9.90,2026-11-20T10:16:00Z
3,store-0007,\"SKU,20018\",2,19.80,2026-11-20T10:17:00Z
4,store-0007,SKU-20019,1,9.90,2026-11-20T10:18:00Z
";

#[test]
fn a_whole_file() {
    let content = read("data/in/daily_sales.csv", WHOLE);
    assert_eq!(content.format, ContentFormat::Delimited(','));
    assert_eq!(content.rows, Some(4));
    assert_eq!(content.columns.len(), 6);
    assert_eq!(content.columns.first().map(String::as_str), Some("order_id"));
    assert_eq!((content.misfits, content.misfit, content.cut.clone()), (0, None, None));
    assert_eq!(verdicts(&content, Some(&content)), []);
}

#[test]
fn a_last_record_that_is_cut_off() {
    let whole = read("a.csv", WHOLE);
    for (kept, rest) in [
        ("4,store-0007,SKU-2", "fields are missing"),
        ("4,store-0007,SKU-20019,1,9.90,2026-11-20T1", "a short last field"),
        ("4,\"store", "an open quote"),
    ] {
        let cut = format!("{}{kept}", WHOLE.split_inclusive('\n').take(4).collect::<String>());
        let content = read("a.csv", &cut);
        assert_eq!(content.cut.as_deref(), Some(kept), "{rest}");
        assert_eq!((content.rows, content.misfits), (Some(3), 0), "{rest}");
        assert_eq!(warnings(&content, Some(&whole)), [format!("The last record is cut off: `{kept}`")], "{rest}");
    }
}

#[test]
fn a_last_line_end_may_be_missing() {
    let content = read("a.csv", WHOLE.trim_end());
    assert_eq!((content.rows, content.cut), (Some(4), None));
    // Too few rows to say what is short.
    let content = read("a.csv", "a,b\n1,long\n2,x");
    assert_eq!((content.rows, content.cut), (Some(2), None));
}

#[test]
fn where_reading_stops_is_not_where_the_file_is_cut_off() {
    let mut reading = Reading::new("a.csv");
    reading.feed(&WHOLE.as_bytes()[..WHOLE.len() - 30]);
    let content = reading.end(false);
    assert_eq!(content.cut, None);
    assert!(!content.whole);
}

#[test]
fn records_that_do_not_fit() {
    let content = read("a.csv", "a,b\n1,2\n3\n4,5,6\n7,8\n");
    assert_eq!((content.rows, content.misfits, content.misfit), (Some(4), 2, Some(Misfit { row: 2, fields: 1 })));
    let said = "2 records have another number of fields than the first line: the first is row 2, with 1";
    assert_eq!(warnings(&content, None), [said]);
}

#[test]
fn without_a_header() {
    let content = read("a.csv", "1,2\n3,4\n");
    assert_eq!((content.rows, content.columns.len()), (Some(2), 0));
}

#[test]
fn formats_by_what_they_begin_with() {
    let format = |key, text| read(key, text).format;
    assert_eq!(format("a.csv", ""), ContentFormat::Empty);
    assert_eq!(format("a.csv", "one column\nx\n"), ContentFormat::Delimited(','));
    assert_eq!(format("a.csv", "\u{FEFF}a;b\n1;2\n"), ContentFormat::Delimited(';'));
    assert_eq!(format("a.txt", "a|b\n1|2\n"), ContentFormat::Delimited('|'));
    assert_eq!(format("a.tsv", "a\tb\n"), ContentFormat::Delimited('\t'));
    assert_eq!(format("notes.txt", "Hello, you\nall\n"), ContentFormat::Text);
    assert_eq!(format("a", "{\"a\":1}\n{\"a\":2}\n"), ContentFormat::JsonLines);
    assert_eq!(format("a.json", "{\"a\":1}"), ContentFormat::Json);
    assert_eq!(format("a.json", "[\n1]"), ContentFormat::Json);
    assert_eq!(format("a.parquet", "PAR1 ... PAR1"), ContentFormat::Parquet);
    assert_eq!(format("a.bin", "\0\u{1}\u{2}"), ContentFormat::Binary);
}

#[test]
fn a_mark_of_the_byte_order_is_not_part_of_a_name() {
    assert_eq!(read("a.csv", "\u{FEFF}a;b\n1;2\n").columns, ["a", "b"]);
}

#[test]
fn json_that_is_cut_off() {
    let content = read("a.jsonl", "{\"a\":\"}{\"}\n\n{\"a\":2}\n{\"a\":");
    assert_eq!((content.rows, content.cut.as_deref()), (Some(2), Some("{\"a\":")));
    assert_eq!(read("a.jsonl", "{\"a\":1}\n{\"a\":2}").rows, Some(2));
    let content = read("a.json", "{\n \"a\": [1, \"\\\"]\", 2");
    assert_eq!(content.cut.as_deref(), Some("{  \"a\": [1, \"\\\"]\", 2"));
    assert_eq!(read("a.json", "{\n \"a\": [1, \"\\\"]\", 2]}").cut, None);
}

#[test]
fn a_parquet_file_ends_with_its_mark() {
    assert_eq!(read("a.parquet", "PAR1 ... PAR1").cut, None);
    assert!(read("a.parquet", "PAR1 ... PAR").cut.is_some());
}

#[test]
fn beside_another_version() {
    let then = read("a.csv", "a,b,c\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n");
    let now = read("a.csv", "a,c,d\n1,2,3\n");
    let all = verdicts(&now, Some(&then));
    assert_eq!(
        all,
        [
            (Severity::Warning, "The columns changed: +`d`; −`b`".to_owned()),
            (Severity::Warning, "4 rows before, 1 row now".to_owned())
        ]
    );
    let turned = read("a.csv", "a,c,b\n1,2,3\n1,2,3\n1,2,3\n");
    assert_eq!(
        verdicts(&turned, Some(&then)),
        [
            (Severity::Warning, "The same columns in another order, or some of them twice".to_owned()),
            (Severity::Info, "4 rows before, 3 rows now".to_owned())
        ]
    );
    let other = read("a.csv", "a;b;c\n1;2;3\n");
    assert_eq!(warnings(&other, Some(&then)), ["Another format: fields between `,` before, fields between `;` now"]);
    assert_eq!(warnings(&read("a.csv", ""), Some(&then)), ["Empty file"]);
}

#[test]
fn a_damaged_compression_is_said_with_what_it_left() {
    let then = read("a.csv", WHOLE);
    let mut now = read("a.csv", WHOLE.trim_end_matches("0Z\n"));
    now.damage = Some("it ends in the middle of the gzip stream".to_owned());
    let told = warnings(&now, Some(&then));
    assert_eq!(told.first().map(String::as_str), Some("The file is damaged: it ends in the middle of the gzip stream"));
    let mut nothing = read("a.csv", "");
    nothing.damage.clone_from(&now.damage);
    assert_eq!(warnings(&nothing, Some(&then)), told[..1], "and not that it is empty");
}

#[test]
fn the_day_that_the_rows_are_about() {
    assert_eq!(read("a.csv", WHOLE).day.as_deref(), Some("2026-11-20"));
    let day = |text: &str| read("a.csv", text).day;
    assert_eq!(day("a,b\n1,2026-11-20\n2,2026-11-20\n"), None, "two are not many");
    assert_eq!(day("a,b\n1,2026-11-20\n2,2026-11-20\n3,2026-11-20\n4,2026-11-19\n"), None, "several days");
    assert_eq!(day("2026-11-20,2026-11-20,2026-11-20\n").as_deref(), Some("2026-11-20"));
    assert_eq!(day("12026-11-20 2026-13-20 2026-11-32 2026-11-2x\n"), None, "no dates");
    let mut reading = Reading::new("a.csv");
    for byte in WHOLE.as_bytes() {
        reading.feed(std::slice::from_ref(byte));
    }
    assert_eq!(reading.end(true), read("a.csv", WHOLE), "in pieces");
}

#[test]
fn what_is_judged() {
    assert!(read("a.csv", WHOLE).is_judged() && read("a.json", "{}").is_judged());
    assert!(!Content { whole: false, ..read("a.csv", WHOLE) }.is_judged());
    assert!(!read("a.parquet", "PAR1....PAR1").is_judged() && !read("a", "\0\u{1}").is_judged());
}

proptest! {
    #[test]
    fn the_pieces_do_not_matter(text in "[a,\"\r\n{}\\[\\]1;\\\\]{0,80}", at in 0_usize..80, key in prop::sample::select(vec!["a.csv", "a.json", "a.jsonl", "a"])) {
        let bytes = text.as_bytes();
        let at = at.min(bytes.len());
        let mut reading = Reading::new(key);
        reading.feed(&bytes[..at]);
        reading.feed(&bytes[at..]);
        prop_assert_eq!(reading.end(true), read(key, &text));
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..300), key in "[a-z./]{0,12}") {
        let mut reading = Reading::new(&key);
        reading.feed(&bytes);
        let content = reading.end(true);
        prop_assert_eq!(content.read, bytes.len() as u64);
        prop_assert_eq!(content.format == ContentFormat::Empty, bytes.is_empty());
        verdicts(&content, Some(&content));
    }

    /// A table cut anywhere within a record behind the first rows says so.
    #[test]
    fn a_cut_is_seen(rows in 5_usize..20, at in 1_usize..12) {
        let row = "1234,abcd,wxyz\n";
        let table = format!("a,b,c\n{}", row.repeat(rows));
        let content = read("a.csv", &table[..table.len() - at - 1]);
        prop_assert!(content.cut.is_some());
        prop_assert_eq!(content.rows, Some(rows as u64 - 1));
    }
}
