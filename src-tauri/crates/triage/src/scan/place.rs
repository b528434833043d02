//! Who a line speaks of: executor, host, container. A driver names them in a few fixed ways.

use crate::input::{Role, Side, Source};
use regex::bytes::Regex;
use std::sync::LazyLock;

/// Where a failure was, as far as it is said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Whereabouts {
    pub side: Side,
    pub executor: Option<String>,
    pub host: Option<String>,
    pub container: Option<String>,
}

/// `(ip-10-0-0-1.ec2.internal executor 7)`, `(TID 3, ip-…, executor 7)`, `Lost executor 7 on ip-…:`, `executor 7 exited`.
static EXECUTOR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let all = r"[\(,] ?(?P<host>\[[0-9a-fA-F:]+\]|[A-Za-z0-9][\w.\-]+),? executor (?P<id>\d{1,6}|driver)\b|[Ee]xecutor (?P<id2>\d{1,6}) on (?:host )?(?P<host2>[A-Za-z0-9][\w.\-]*\w)|[Ee]xecutor (?P<id3>\d{1,6})\b";
    Regex::new(all).ok()
});
static CONTAINER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"container_(?:e\d+_)?\d{10,16}_\d{1,8}_\d{2,4}_\d{6,9}").ok());

/// What is looked at; the names stand early.
const LOOKED_AT: usize = 4096;

/// The first YARN container that `text` names.
pub(super) fn container(text: &[u8]) -> Option<String> {
    let text = text.get(..text.len().min(LOOKED_AT))?;
    let found = CONTAINER.as_ref()?.find(text)?;
    Some(String::from_utf8_lossy(found.as_bytes()).into_owned())
}

/// The application master is the first container of an attempt; in cluster mode the driver is in it.
pub(super) fn is_driver(container: &str) -> bool {
    container.ends_with("_000001")
}

pub(super) fn whereabouts(text: &[u8], source: &Source, side: Side) -> Whereabouts {
    let early = text.get(..text.len().min(LOOKED_AT)).unwrap_or_default();
    let own = match &source.role {
        Role::Executor { id } => id.clone(),
        _ => None,
    };
    let mut place = Whereabouts { side, executor: own, host: None, container: container(text) };
    if side == Side::Executor && place.executor.is_none() {
        let found = EXECUTOR.as_ref().and_then(|named| named.captures(early));
        if let Some(found) = found {
            let named = |names: [&str; 3]| {
                let part = names.into_iter().find_map(|name| found.name(name))?;
                Some(String::from_utf8_lossy(part.as_bytes()).into_owned())
            };
            place.executor = named(["id", "id2", "id3"]);
            place.host = named(["host", "host2", "host"]);
        }
    } else {
        place.host.clone_from(&source.host);
    }
    if place.container.is_none() && matches!(source.role, Role::Driver | Role::Executor { .. }) {
        place.container.clone_from(&source.container);
    }
    place
}

impl Whereabouts {
    /// `executor 7 on ip-10-0-0-1`, `the driver`.
    pub fn words(&self) -> String {
        let mut words = match (self.side, &self.executor) {
            (Side::Executor, Some(id)) => format!("executor {id}"),
            (Side::Executor, None) => "an executor".to_owned(),
            (Side::Driver, _) => "the driver".to_owned(),
            (Side::Node, _) => "a node".to_owned(),
            (Side::Service, _) => "the job".to_owned(),
            (Side::Fact, _) => "what the service says".to_owned(),
        };
        if let Some(host) = &self.host {
            words.push_str(" on ");
            words.push_str(host);
        }
        words
    }
}
