//! Opening, migrating, refusing and setting aside.

use crate::sample::{self, folder};
use contract::settings::{Settings, Theme};
use rusqlite::Connection;
use store::{DATABASE_NAME, SeenFinding, Store, StoreError};

#[test]
fn an_empty_folder_gets_every_table() {
    let dir = folder();
    let store = sample::open(&dir);
    let raw = sample::raw(&store);
    let version: i64 = raw.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, 6);
    let mode: String = raw.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    let tables: i64 = raw
        .query_row(
            "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('preferences', 'profiles',
             'key_profiles', 'recents', 'instances', 'operations', 'steps', 'audit', 'audit_head', 'outcomes', 'marks',
             'searches', 'findings', 'reports', 'pipeline_runs')",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(tables, 15);
}

#[test]
fn operations_of_the_first_version_are_still_there() {
    let dir = folder();
    let raw = Connection::open(dir.path().join(DATABASE_NAME)).unwrap();
    raw.execute_batch(include_str!("../../src/schema/1.sql")).unwrap();
    raw.execute_batch(
        "INSERT INTO instances VALUES ('i', 1, '2026-11-21T06:00:00Z');
         INSERT INTO operations (id, instance, title, state, profile, account, region, bucket, who, started, bytes, note, plan)
         VALUES ('op', 'i', 'Restore a', 'Succeeded', 'p', '1', 'r', 'lake-raw', 'me', '2026-11-21T06:00:00Z', 0, '', '{}');
         PRAGMA user_version = 1",
    )
    .unwrap();
    drop(raw);
    let store = sample::open(&dir);
    let row = store.operation_row(&sample::id("op")).unwrap();
    assert_eq!((row.title.as_str(), row.scope.as_str()), ("Restore a", "lake-raw"));
}

#[test]
fn findings_of_the_fourth_version_are_still_there_and_reports_have_room() {
    let dir = folder();
    let raw = Connection::open(dir.path().join(DATABASE_NAME)).unwrap();
    for sql in [
        include_str!("../../src/schema/1.sql"),
        include_str!("../../src/schema/2.sql"),
        include_str!("../../src/schema/3.sql"),
        include_str!("../../src/schema/4.sql"),
    ] {
        raw.execute_batch(sql).unwrap();
    }
    let found = SeenFinding { run: "glue:load/jr_1".into(), at: sample::at(1), request: "[]".into(), after: None };
    let text = serde_json::to_string(&found).unwrap();
    raw.execute("INSERT INTO findings (job, signature, run, finding) VALUES ('a', 'b', ?1, ?2)", (&found.run, text))
        .unwrap();
    raw.execute_batch("PRAGMA user_version = 4").unwrap();
    drop(raw);
    let store = sample::open(&dir);
    assert_eq!(store.findings_of("a", "b").unwrap(), [found]);
    assert_eq!((store.reports_size().unwrap(), store.runs_size().unwrap()), (0, 0));
}

#[test]
fn what_was_written_is_there_after_opening_again() {
    let dir = folder();
    let settings = Settings { theme: Theme::Dark, ..Settings::default() };
    sample::open(&dir).save_settings(&settings).unwrap();
    assert_eq!(sample::open(&dir).settings().unwrap(), settings);
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let dir = folder();
    let inside = dir.path().join("deep/data");
    let store = Store::open(&inside).unwrap().store;
    store.save_settings(&Settings::default()).unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&inside), 0o700);
    for file in [DATABASE_NAME, "quarterdeck.db-wal", "quarterdeck.db-shm"] {
        assert_eq!(mode(&inside.join(file)), 0o600, "{file}");
    }
}

#[test]
fn a_newer_database_is_refused_and_left_alone() {
    let dir = folder();
    let path = dir.path().join(DATABASE_NAME);
    let raw = Connection::open(&path).unwrap();
    raw.execute_batch("CREATE TABLE future (x); INSERT INTO future VALUES (1); PRAGMA user_version = 99").unwrap();
    drop(raw);
    let error = Store::open(dir.path()).unwrap_err();
    assert!(matches!(error, StoreError::Newer { found: 99, known: 6, .. }), "{error}");
    assert!(error.to_string().contains("newer"), "{error}");
    assert!(error.hint().is_some());
    let raw = Connection::open(&path).unwrap();
    let kept: i64 = raw.query_row("SELECT x FROM future", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, 1);
}

#[test]
fn what_is_no_database_is_set_aside_whole() {
    for content in [b"hello".to_vec(), b"x".repeat(10_000), vec![0; 5000]] {
        let dir = folder();
        std::fs::write(dir.path().join(DATABASE_NAME), &content).unwrap();
        std::fs::write(dir.path().join("quarterdeck.db-wal"), b"old log").unwrap();
        let opened = Store::open(dir.path()).unwrap();
        let aside = opened.set_aside.expect("must be told");
        assert_eq!(std::fs::read(&aside).unwrap(), content);
        assert!(aside.file_name().unwrap().to_string_lossy().starts_with("quarterdeck.db.not-a-database-2"));
        opened.store.save_settings(&Settings::default()).unwrap();
        drop(opened.store);
        assert_eq!(Store::open(dir.path()).unwrap().set_aside, None, "only once");
    }
}

#[test]
fn a_damaged_database_is_refused_and_left_alone() {
    let dir = folder();
    let path = dir.path().join(DATABASE_NAME);
    let store = sample::open(&dir);
    store.begin_operation(&sample::operation("op", 50)).unwrap();
    drop(store);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4096..].fill(0xAA);
    std::fs::write(&path, &bytes).unwrap();
    let error = Store::open(dir.path()).unwrap_err();
    assert!(matches!(error, StoreError::Damaged(_)), "{error:?}");
    assert!(error.hint().unwrap().contains("recover"));
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_folder_that_cannot_be_says_so() {
    let dir = folder();
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = Store::open(&file).unwrap_err();
    assert!(matches!(error, StoreError::Folder { .. }), "{error:?}");
    assert!(error.hint().unwrap().contains("QUARTERDECK_DATA_DIR"));
}

#[test]
fn many_may_open_at_once() {
    let dir = folder();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| sample::open(&dir).save_settings(&Settings::default()).unwrap());
        }
    });
}

#[tokio::test]
async fn async_code_runs_it_elsewhere() {
    let dir = folder();
    let store = sample::open(&dir);
    let count = store.run(|store| store.audit_count()).await.unwrap();
    assert_eq!(count, 0);
    let cut_off = store.run(|_| -> Result<(), StoreError> { panic!("on purpose") }).await;
    assert!(matches!(cut_off, Err(StoreError::Stopped)));
    store.run(|store| store.save_settings(&Settings::default())).await.unwrap();
}
