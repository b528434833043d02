//! Somebody else at work in the estate's CloudWatch Logs.

use super::{Estate, send};
use anyhow::Result;
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

impl Estate {
    /// A line that a program writes now, into a stream of a group that is there.
    pub fn write_log(&self, group: &str, stream: &str, line: &str) -> Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
        // The second line finds its stream made.
        let _ = self.logs("CreateLogStream", &json!({ "logGroupName": group, "logStreamName": stream }));
        let events = json!([{ "timestamp": u64::try_from(now)?, "message": line }]);
        let body = json!({ "logGroupName": group, "logStreamName": stream, "logEvents": events });
        self.logs("PutLogEvents", &body)
    }

    fn logs(&self, call: &str, body: &Value) -> Result<()> {
        let target = format!("Logs_20140328.{call}");
        let headers =
            [("x-service", "logs"), ("x-amz-target", target.as_str()), ("content-type", "application/x-amz-json-1.1")];
        send(self.endpoint("aws")?, "POST", "", "", "", &headers, body.to_string().as_bytes()).map(drop)
    }
}
