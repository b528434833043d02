//! Somebody else at work in the estate's SageMaker.

use super::{Estate, send};
use anyhow::{Result, bail};
use serde_json::json;

impl Estate {
    /// Stops a monitoring schedule.
    pub fn stop_monitor(&self, schedule: &str) -> Result<()> {
        let asked = json!({ "MonitoringScheduleName": schedule });
        let headers = [
            ("x-service", "sagemaker"),
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", "SageMaker.StopMonitoringSchedule"),
        ];
        let answered = send(self.endpoint("aws")?, "POST", "", "", "", &headers, asked.to_string().as_bytes())?;
        if answered.status != 200 {
            bail!("{schedule} was not stopped: {}", answered.text());
        }
        Ok(())
    }
}
