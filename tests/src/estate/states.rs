//! Somebody else at work in the estate's Step Functions.

use super::{Estate, send};
use anyhow::{Result, bail};
use serde_json::json;

impl Estate {
    /// A start by somebody else, with a name that nobody used.
    pub fn start_execution(&self, machine: &str, name: &str) -> Result<()> {
        let asked = json!({
            "stateMachineArn": format!("arn:aws:states:eu-west-1:123456789012:stateMachine:{machine}"),
            "name": name,
        });
        let headers =
            [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", "AWSStepFunctions.StartExecution")];
        let answered = send(self.endpoint("aws")?, "POST", "", "", "", &headers, asked.to_string().as_bytes())?;
        if answered.status != 200 {
            bail!("{machine} was not started: {}", answered.text());
        }
        Ok(())
    }
}
