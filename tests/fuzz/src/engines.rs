//! Targets of the crate `jobs` and of the ids in the contract: pasted texts, lines of Spark's options, logs of functions.

use crate::{now, text};
use contract::{
    drift::SourcePlace,
    ends::EndId,
    jobs::{HomeId, JobId, JobTarget},
    models::ModelTarget,
};
use jobs::{
    invocation::{LogLine, invocations},
    layout, paste,
    spark::SparkLine,
};

/// A setting that both a `--conf` and an option of its own may hold.
const MEMORY: &str = "spark.executor.memory";

pub(crate) fn pasted(bytes: &[u8]) {
    let text = text(bytes);
    for one in paste::resolve(text) {
        assert!(!one.title.is_empty(), "{one:?}");
        if let JobTarget::Job(id) = &one.target {
            // Whether a cluster is one is told by how its id begins, and no id has an empty part.
            let is_whole = !id.own().is_empty() && id.home().is_none_or(|home| !home.is_empty());
            if is_whole && !matches!(id, JobId::Cluster { .. }) {
                assert_eq!(id.to_string().parse::<JobId>().as_ref(), Ok(id), "as an address of ours writes it");
            }
        }
    }
    let yarn = layout::yarn_applications(text);
    assert!(yarn.iter().all(|id| text.contains(id.as_str())), "{yarn:?}");
}

pub(crate) fn ids(bytes: &[u8]) {
    let text = text(bytes);
    if let Ok(id) = text.parse::<JobId>() {
        assert_eq!(id.to_string().parse::<JobId>(), Ok(id));
    }
    if let Ok(target) = text.parse::<ModelTarget>() {
        assert_eq!(target.to_string().parse::<ModelTarget>(), Ok(target));
    }
    if let Some(home) = HomeId::parse(text) {
        assert_eq!(HomeId::parse(&home.to_string()), Some(home));
    }
    if let Some(end) = EndId::parse(text) {
        assert_eq!(EndId::parse(&end.to_string()), Some(end));
    }
    // Paths and addresses of servers are kept as they were typed, less what stands behind them.
    if let Ok(place @ (SourcePlace::Snapshots { .. } | SourcePlace::Managed { .. })) = SourcePlace::read(text) {
        assert_eq!(SourcePlace::read(&place.to_string()), Ok(place));
    }
}

pub(crate) fn spark_line(bytes: &[u8]) {
    let text = text(bytes);
    let mut line = SparkLine::parse(text);
    assert_eq!(line.to_string(), text, "what is not changed stays as it was written");
    assert!(line.settings().len() <= line.options().len());
    line.set(MEMORY, "12g");
    assert_eq!(line.get(MEMORY), Some("12g"), "{line}");
    line.remove(MEMORY);
    assert_eq!(line.get(MEMORY), None, "{line}");
}

/// One instance's stream.
pub(crate) fn function_log(bytes: &[u8]) {
    let line = |message: &str| LogLine { stream: "one".to_owned(), at: now(), message: message.to_owned() };
    let lines: Vec<LogLine> = text(bytes).lines().map(line).collect();
    let told = invocations(&lines);
    assert!(told.len() <= lines.len(), "each has a line of its own: {told:?}");
    for one in &told {
        assert_eq!(one.stream, "one");
        assert!(one.ended.is_none() || one.status.is_some(), "what is over ended somehow: {one:?}");
    }
}
