//! Saved searches: kept, bounded, and readable beside what is not.

use crate::sample::{self, folder};
use contract::{
    logs::{LogLevel, LogQuery},
    searches::{MOST_SEARCHES, SavedSearches, Search},
};
use store::{Store, Unsaved};

fn lost() -> Search {
    Search::Log(LogQuery {
        text: "Lost executor \\d+".into(),
        regex: true,
        level: Some(LogLevel::Warn),
        from: Some(sample::at(1)),
        ..LogQuery::default()
    })
}

fn insights() -> Search {
    Search::Insights { text: "fields @message\n| limit 1".into(), groups: vec!["/aws/lambda/load".into()] }
}

fn names(saved: &SavedSearches) -> Vec<&str> {
    saved.searches.iter().map(|saved| saved.name.as_str()).collect()
}

fn id(store: &Store, name: &str) -> u64 {
    store.searches().unwrap().searches.iter().find(|saved| saved.name == name).unwrap().id
}

#[test]
fn a_search_stays_is_renamed_and_deleted() {
    let dir = folder();
    let store = sample::open(&dir);
    assert_eq!(store.searches().unwrap(), SavedSearches::default());
    store.save_search("lost", &lost()).unwrap().unwrap();
    store.save_search("Errors", &insights()).unwrap().unwrap();
    drop(store);
    let store = sample::open(&dir);
    let saved = store.searches().unwrap();
    assert_eq!(names(&saved), ["Errors", "lost"], "by name, whatever its case");
    assert_eq!((&saved.searches[0].search, &saved.searches[1].search), (&insights(), &lost()));
    store.rename_search(id(&store, "lost"), "executors").unwrap().unwrap();
    assert_eq!(names(&store.searches().unwrap()), ["Errors", "executors"]);
    let gone = id(&store, "Errors");
    store.delete_search(gone).unwrap();
    store.delete_search(gone).unwrap();
    assert_eq!(names(&store.searches().unwrap()), ["executors"]);
    assert_eq!(store.rename_search(gone, "x").unwrap(), Err(Unsaved::Gone));
}

#[test]
fn a_name_is_given_once_to_each_kind() {
    let dir = folder();
    let store = sample::open(&dir);
    store.save_search("errors", &lost()).unwrap().unwrap();
    assert_eq!(store.save_search("errors", &lost()).unwrap(), Err(Unsaved::NameTaken));
    store.save_search("errors", &insights()).unwrap().unwrap();
    store.save_search("others", &lost()).unwrap().unwrap();
    assert_eq!(store.rename_search(id(&store, "others"), "errors").unwrap(), Err(Unsaved::NameTaken));
    store.rename_search(id(&store, "others"), "others").unwrap().unwrap();
    assert_eq!(store.searches().unwrap().searches.len(), 3);
}

#[test]
fn there_are_not_any_number_of_them() {
    let dir = folder();
    let store = sample::open(&dir);
    for number in 0..MOST_SEARCHES {
        store.save_search(&number.to_string(), &lost()).unwrap().unwrap();
    }
    assert_eq!(store.save_search("one more", &lost()).unwrap(), Err(Unsaved::Full));
    store.delete_search(id(&store, "7")).unwrap();
    store.save_search("one more", &lost()).unwrap().unwrap();
}

#[test]
fn a_damaged_row_is_counted_and_left_alone() {
    let dir = folder();
    let store = sample::open(&dir);
    store.save_search("good", &lost()).unwrap().unwrap();
    let raw = sample::raw(&store);
    for text in ["", "rubbish", r#"{"Later":{}}"#, r#"{"Log":{"text":7}}"#] {
        raw.execute("INSERT INTO searches (name, search) VALUES ('bad', ?1)", [text]).unwrap();
    }
    let saved = store.searches().unwrap();
    assert_eq!((names(&saved), saved.unreadable), (vec!["good"], 4));
    store.save_search("bad", &lost()).unwrap().unwrap();
    let bad: i64 = raw.query_row("SELECT min(number) FROM searches WHERE name = 'bad'", [], |row| row.get(0)).unwrap();
    assert_eq!(store.rename_search(u64::try_from(bad).unwrap(), "x").unwrap(), Err(Unsaved::Gone));
    let rows: i64 = raw.query_row("SELECT count(*) FROM searches", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 6);
}
