use super::{
    beyond,
    found::{Folder, Found, MOST_INPUTS, Object, choose},
    in_place, places, unread,
    versions::{Seen, came_since},
};
use ::objects::below::Standing;
use contract::{
    Timestamp,
    objects::{
        Change, Purge, VersionFact, VersionRow,
        content::{Content, ContentFormat},
    },
};

fn row(id: &str, position: u64, size: u64) -> VersionRow {
    let fact = VersionFact {
        key: "in/x.csv".into(),
        version_id: id.into(),
        delete_marker: false,
        is_latest: position == 0,
        last_modified: "2026-11-21T05:52:04Z".parse().unwrap(),
        size: Some(size),
        etag: Some(format!("\"{id}\"")),
        class: None,
        checksums: Vec::new(),
        restore: None,
        owner: None,
    };
    VersionRow { position, fact, change: Change::First, purge: Purge::Unknown, ambiguous: None, same_below: 0 }
}

fn content(rows: Option<u64>) -> Content {
    let format = if rows.is_some() { ContentFormat::Delimited(',') } else { ContentFormat::Parquet };
    Content {
        format,
        rows,
        columns: Vec::new(),
        misfits: 0,
        misfit: None,
        cut: None,
        damage: None,
        day: None,
        read: 9,
        whole: true,
    }
}

fn object(key: &str) -> Found {
    Found::Object(Object { bucket: "lake".into(), key: key.into(), rows: Vec::new() })
}

fn folder(prefix: &str, ranked: &[(&str, Standing)]) -> Found {
    Found::Folder(Folder {
        bucket: "lake".into(),
        prefix: prefix.into(),
        pattern: None,
        rows: ranked.iter().map(|(key, _)| ((*key).to_owned(), Vec::new())).collect(),
        ranked: ranked.iter().map(|(key, standing)| ((*key).to_owned(), *standing)).collect(),
    })
}

fn chosen(found: Vec<Found>) -> (Vec<String>, Vec<String>) {
    let (objects, notices) = choose(found);
    (objects.into_iter().map(|one| one.key).collect(), notices.into_iter().map(|notice| notice.text).collect())
}

#[test]
fn outputs_are_no_inputs_and_folders_are() {
    let text = r#"{"source":"s3://lake/in/day=2026-11-21/","also":"s3a://lake/in/x.csv.gz","output":"s3://lake/out/"}"#;
    let told = places(Some(text), None);
    let wanted = [("lake", "in/day=2026-11-21/"), ("lake", "in/x.csv.gz")];
    assert_eq!(told, wanted.map(|(bucket, key)| (bucket.to_owned(), key.to_owned())));
}

#[test]
fn what_a_notification_of_s3_names_is_an_input() {
    let text = r#"{"Records":[{"eventSource":"aws:s3","s3":{"bucket":{"name":"lake"},"object":{"key":"in/daily+sales%2Bcaf%C3%A9.csv","size":9}}},
        {"s3":{"bucket":{"name":"lake"},"object":{"key":"in/100%.csv"}}}, {"eventSource":"aws:sqs"}]}"#;
    let wanted = [("lake", "in/daily sales+café.csv"), ("lake", "in/100%.csv")];
    assert_eq!(places(Some(text), None), wanted.map(|(bucket, key)| (bucket.to_owned(), key.to_owned())));
}

#[test]
fn what_was_named_comes_before_the_worst_of_a_folder() {
    let some = [
        ("in/a", Standing::Lost),
        ("in/b", Standing::Shrunk),
        ("in/c", Standing::Changed),
        ("in/d", Standing::New),
        ("in/e", Standing::New),
        ("in/f", Standing::New),
        ("in/g", Standing::Same),
    ];
    let (keys, said) =
        chosen(vec![folder("in/", &some), object("named"), folder("more/", &[("more/z", Standing::Empty)])]);
    assert_eq!(keys, ["named", "in/a", "in/b", "more/z", "in/c", "in/d"]);
    let left = "3 objects below s3://lake/in/ were not looked into, 1 of them unchanged since the last success.";
    assert_eq!(said, [left]);
}

#[test]
fn what_is_unchanged_is_said_and_not_read() {
    let (keys, said) = chosen(vec![folder("in/", &[("in/a", Standing::Same)])]);
    assert!(keys.is_empty());
    assert_eq!(said, ["1 object below s3://lake/in/ was not looked into: unchanged since the last success."]);
    let both = [object("in/a"), folder("in/", &[("in/a", Standing::Changed)])];
    let (keys, said) = chosen(both.into());
    assert_eq!((keys, said), (vec!["in/a".to_owned()], Vec::new()), "once, whoever names it");
}

#[test]
fn more_objects_than_are_looked_into_are_counted() {
    let (keys, said) = chosen((0..8).map(|n| object(&format!("x{n}"))).collect());
    assert_eq!(keys.len(), MOST_INPUTS);
    assert_eq!(said, ["Not looked into: 2 more objects that the run was told to read."]);
}

#[test]
fn a_version_whose_records_are_not_known_is_judged_by_its_size() {
    let (read, before, whole) = (row("read", 0, 3_174), row("before", 2, 1_250_000), row("whole", 1, 1_258_291));
    let seen = Seen { row: &read, content: None, then: None, beside: Some(&before.fact) };
    assert!(seen.is_worth_a_look(&whole));
    assert!(!seen.is_worth_a_look(&row("small", 1, 9_000)), "as small as the one that was read");
    assert!(!seen.is_worth_a_look(&row("empty", 1, 0)));
    let mut copy = row("copy", 1, 3_174);
    copy.fact.etag.clone_from(&read.fact.etag);
    let alone = Seen { beside: None, ..seen };
    assert!(!alone.is_worth_a_look(&copy), "the same bytes");
    assert_eq!(seen.is_whole(&whole.fact, None), Some(true));
    assert_eq!(seen.is_whole(&whole.fact, Some(&content(None))), Some(true), "Parquet says nothing of its rows");
    assert_eq!(seen.is_whole(&whole.fact, Some(&content(Some(20_400)))), Some(false));
    let cut = Content { cut: Some("44,".into()), ..content(Some(20_400)) };
    assert_eq!(seen.is_whole(&whole.fact, Some(&cut)), None);
    assert_eq!(alone.is_whole(&whole.fact, None), Some(true), "larger than what was read");
    assert_eq!(alone.is_whole(&row("small", 1, 12).fact, None), None);
}

#[test]
fn what_came_late_is_better_than_what_the_last_success_read() {
    let at = |text: &str| -> Timestamp { text.parse().unwrap() };
    // Both are of 05:52:04.
    let (late, before) = (row("late", 0, 1_258_291), row("before", 1, 1_250_000));
    let rows = [late, before.clone()];
    let came = |rows: &[VersionRow], began| came_since(rows, at(began), Some(&before.fact)).map(|row| row.position);
    assert_eq!(came(&rows, "2026-11-21T05:40:00Z"), Some(0));
    assert_eq!(came(&rows, "2026-11-21T06:00:00Z"), None, "it stood there, and was taken away");
    assert_eq!(came(&[row("cut", 0, 3_174), before.clone()], "2026-11-21T05:40:00Z"), None, "it is cut as well");
    assert_eq!(came(&[row("empty", 0, 0), before.clone()], "2026-11-21T05:40:00Z"), None);
    let mut marker = row("gone", 0, 1);
    marker.fact.delete_marker = true;
    assert_eq!(came(&[marker, before.clone()], "2026-11-21T05:40:00Z"), None);
}

#[test]
fn what_could_not_be_read_is_said() {
    let said = |content: Option<Content>| unread(content.as_ref()).map(|notice| notice.text);
    assert_eq!(said(Some(content(Some(1)))), None);
    assert!(said(None).is_some_and(|text| text.contains("only its size and ETag are compared")));
    assert_eq!(said(Some(content(None))), said(None));
    let part = Content { whole: false, ..content(Some(1)) };
    assert!(said(Some(part)).is_some_and(|text| text.contains("in part")));
}

#[test]
fn lines_on_the_current_version_are_lines_on_what_was_read() {
    let told = |text: &str| in_place(text, "the version before");
    assert_eq!(
        told("The current version is 0.3 % of this one: 1.2 MB to 3.1 KB"),
        "It is 0.3 % of the version before: 1.2 MB to 3.1 KB"
    );
    assert_eq!(
        told("Same bytes as the current version, another upload"),
        "Same bytes as the version before, another upload"
    );
}

#[test]
fn what_a_pattern_names_is_chosen_as_of_a_folder_and_the_rest_is_said() {
    let some: Vec<(String, Standing)> =
        (0..8).map(|number| (format!("in/{number}/part-0.csv"), Standing::Changed)).collect();
    let some: Vec<(&str, Standing)> = some.iter().map(|(key, standing)| (key.as_str(), *standing)).collect();
    let Found::Folder(mut of) = folder("in/", &some) else { panic!("a folder") };
    of.pattern = Some("in/*/part-*.csv".into());
    let (keys, said) = chosen(vec![Found::Folder(of)]);
    assert_eq!(keys.len(), MOST_INPUTS);
    assert_eq!(said, ["2 objects that match s3://lake/in/*/part-*.csv were not looked into."]);
}

#[test]
fn patterns_are_inputs_as_they_stand() {
    let text = r#"{"source":"s3a://lake/raw/sales/*/part-[0-9].csv","also":"s3://lake/{a,b}/x"}"#;
    let wanted = [("lake", "raw/sales/*/part-[0-9].csv"), ("lake", "{a,b}/x")];
    assert_eq!(places(Some(text), None), wanted.map(|(bucket, key)| (bucket.to_owned(), key.to_owned())));
}

#[test]
fn places_that_are_not_listed_are_said() {
    assert_eq!([beyond(0), beyond(20)], [None, None]);
    let said = |places| beyond(places).map(|notice| notice.text);
    let one = "Not looked through: 1 more place that the run may have read, behind the first 20.";
    assert_eq!(said(21).as_deref(), Some(one));
    assert!(said(23).is_some_and(|text| text.contains("3 more places")));
}
