//! The core through the bridge, on the practice estate: `cargo xtask test --only bridge`.
#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::similar_names,
    reason = "a test fails by panicking, wherever it notices"
)]

mod buckets;
mod changed;
mod cut_off;
mod diagnosis;
mod drift;
mod drift_alerts;
mod drift_endpoints;
mod drift_series;
mod drift_sources;
mod elsewhere;
mod ends;
mod entries;
mod evidence_bundles;
mod executions;
mod exports;
mod found_lines;
mod guard;
mod hello;
mod incident;
mod insights;
mod interrupted;
mod job_attempts;
mod job_comparisons;
mod job_homes;
mod job_ids;
mod job_logs;
mod job_writes;
mod jobs;
mod log_limits;
mod log_times;
mod logs;
mod model_addresses;
mod model_comparisons;
mod model_decisions;
mod model_faults;
mod model_follow;
mod model_gates;
mod model_images;
mod models;
mod now;
mod now_late;
mod now_models;
mod own_signatures;
mod parts;
mod pipelines;
mod ranges;
mod reload;
mod rerun;
mod restore;
mod secrets;
mod session;
mod stages;
mod stored;
mod undelete;
mod unversioned;
mod versions;
mod watching;
mod wire;

/// The keys of `lake-raw/data/odd/`, as `estate/seed/odd_keys.py` plants them.
fn odd_keys() -> Vec<String> {
    let long = format!("data/odd/long/{}", "a-very-long-name-".repeat(80));
    let names = [
        "with space.csv",
        "two  spaces and trailing .csv",
        "100%.csv",
        "100%25 already encoded.csv",
        "a+b.csv",
        "a&b=c.csv",
        "question?versionId=null.csv",
        "hash#tag.csv",
        "caf\u{e9}-nfc.csv",
        "cafe\u{301}-nfd.csv",
        "\u{6f22}\u{5821}\u{5305}.csv",
        "\u{1f354} burger.csv",
        "\u{202e}gnp.txt.exe",
        "line\nbreak.csv",
        "carriage\rreturn.csv",
        "tab\tbed.csv",
        "folder-marker/",
        "/leading-slash.csv",
        "double//slash.csv",
        "../../escape.csv",
        "./here.csv",
        ".",
        "..",
        "quote\"double.csv",
        "quote'single.csv",
        "back\\slash.csv",
        "<script>alert(1)<\u{2215}script>.csv",
        "<script>alert(1)</script>.csv",
        "CON",
        "nul.txt",
        "Case.csv",
        "case.csv",
        "semi;colon,comma.csv",
        "*star?.csv",
        "\u{a0}nbsp.csv",
        "zero\u{200b}width.csv",
        "$(touch pwned).csv",
        "{\"json\":true}.csv",
    ];
    names.iter().map(|name| format!("data/odd/{name}")).chain([long[..1_000].to_owned()]).collect()
}
