//! Where a log is, as the window names it: `s3://bucket/key`, or group and stream with `:` between.

use crate::EngineError;
use contract::{
    Timestamp,
    jobs::{
        JobId, LogFileRow,
        facts::{ListedLog, LogStore},
    },
};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Address {
    Object {
        bucket: String,
        key: String,
    },
    Stream {
        group: String,
        stream: String,
    },
    /// All streams of a group: what this pattern lets through.
    Group {
        group: String,
        pattern: Option<String>,
    },
}

impl Address {
    /// `group:` alone is all of the group; of an invocation only the lines that name it, for a group holds those of all.
    pub fn read(text: &str, job: Option<&JobId>) -> Result<Self, EngineError> {
        let bad = || EngineError::BadInput(format!("{text} is not the address of a log."));
        if let Some(rest) = text.strip_prefix("s3://") {
            let (bucket, key) = rest.split_once('/').ok_or_else(bad)?;
            if bucket.is_empty() || key.is_empty() {
                return Err(bad());
            }
            return Ok(Self::Object { bucket: bucket.to_owned(), key: key.to_owned() });
        }
        // Neither names of groups nor of streams may hold a colon.
        let (group, stream) = text.split_once(':').ok_or_else(bad)?;
        if group.is_empty() {
            return Err(bad());
        }
        let group = group.to_owned();
        if !stream.is_empty() {
            return Ok(Self::Stream { group, stream: stream.to_owned() });
        }
        let pattern = match job {
            Some(JobId::Lambda { request, .. }) => Some(format!("\"{}\"", request.replace('"', ""))),
            _ => None,
        };
        Ok(Self::Group { group, pattern })
    }

    /// What its name says of it.
    pub fn row(&self, size: Option<u64>, last_write: Option<Timestamp>) -> LogFileRow {
        let (store, path) = match self {
            Self::Object { bucket, key } => (LogStore::Bucket(bucket.clone()), key.clone()),
            Self::Stream { group, stream } => (LogStore::Group(group.clone()), stream.clone()),
            Self::Group { group, .. } => (LogStore::Group(group.clone()), String::new()),
        };
        ::jobs::classify::classify(&ListedLog { store, path, size, last_write })
    }

    /// Unlike any other, within one profile and region.
    pub fn key(&self) -> String {
        match self {
            Self::Object { bucket, key } => format!("s3://{bucket}/{key}"),
            Self::Stream { group, stream } => format!("{group}:{stream}"),
            Self::Group { group, pattern } => format!("{group}:\n{}", pattern.as_deref().unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        let read = |text: &str| Address::read(text, None);
        let object = read("s3://lake-logs/emr/a:b.gz").unwrap();
        assert_eq!(object, Address::Object { bucket: "lake-logs".into(), key: "emr/a:b.gz".into() });
        let stream = read("/aws/lambda/load:2026/11/21/[$LATEST]ab").unwrap();
        assert_eq!(stream.row(None, None).address, "/aws/lambda/load:2026/11/21/[$LATEST]ab");
        for text in ["", "s3://", "s3://bucket", "s3://bucket/", ":stream", "nothing"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_group_of_a_function_is_cut_to_the_invocation() {
        let job = JobId::Lambda { function: "load".into(), request: "8b\"1f".into() };
        let Ok(Address::Group { pattern, .. }) = Address::read("/aws/lambda/load:", Some(&job)) else {
            panic!("a group")
        };
        assert_eq!(pattern.as_deref(), Some("\"8b1f\""));
    }
}
