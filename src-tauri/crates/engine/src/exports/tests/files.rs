//! Names of files, what is in each format, and files that are whole or not there.

use super::samples::{compared, stamp};
use crate::exports::{Told, document, exact, figure, file_name, write_whole};
use contract::{exports::FileFormat, models::requests::ModelComparison};

#[tokio::test]
async fn each_format_has_its_name_and_its_bytes() {
    let of = |told: ModelComparison, format| document(Told::Comparison(Box::new(told)), format, stamp());
    let made = |format| of(compared("plain"), format);
    let (page, table, picture) = (made(FileFormat::Html), made(FileFormat::Csv), made(FileFormat::Png));
    let (page, table, picture) = (page.await.unwrap(), table.await.unwrap(), picture.await.unwrap());
    assert_eq!(page.name, "cancellation-v14-against-v12-2026-11-22.html");
    assert_eq!(table.name, "cancellation-v14-against-v12-2026-11-22.csv");
    assert_eq!(picture.name, "cancellation-v14-against-v12-2026-11-22.png");
    assert!(page.bytes.starts_with(b"<!doctype html>") && table.bytes.starts_with(b"section,name,left,right,"));
    assert!(picture.bytes.starts_with(b"\x89PNG\r\n") && picture.bytes.len() > 5_000, "{}", picture.bytes.len());
    let mut bare = compared("plain");
    (bare.charts, bare.dependence) = (Vec::new(), Vec::new());
    let none = of(bare, FileFormat::Png).await;
    assert!(none.unwrap_err().to_string().contains("no chart"));
}

#[test]
fn names_are_safe_wherever_they_are_stored() {
    assert_eq!(file_name("Values of a/b", None, "png"), "Values-of-a-b.png");
    assert_eq!(file_name("../../x", Some("2026-11-22"), "csv"), "..-..-x-2026-11-22.csv");
    assert_eq!((figure(None), figure(Some(0.5)), exact(Some(f64::NAN))), ("–".into(), "0.5".into(), String::new()));
}

#[tokio::test]
async fn a_file_is_whole_or_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    write_whole(&path, b"first").await.unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"first");
    // Somebody else's file, which came to be after the place was looked for.
    let taken = write_whole(&path, b"another").await.unwrap_err();
    assert_eq!(taken.kind(), std::io::ErrorKind::AlreadyExists);
    assert_eq!(std::fs::read(&path).unwrap(), b"first");
    let long = folder.path().join("x".repeat(300));
    write_whole(&long, b"second").await.unwrap_err();
    write_whole(&folder.path().join("nowhere/a.csv"), b"third").await.unwrap_err();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no half of a file is left");
}
