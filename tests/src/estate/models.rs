//! Somebody else at work in the estate's SageMaker.

use super::{Estate, send};
use anyhow::{Result, bail};
use serde_json::{Value, json};

impl Estate {
    /// Stops a monitoring schedule.
    pub fn stop_monitor(&self, schedule: &str) -> Result<()> {
        self.sagemaker("StopMonitoringSchedule", &json!({ "MonitoringScheduleName": schedule }))
    }

    /// Approves a version as the on-call person, from another window.
    pub fn approve_version(&self, arn: &str, comment: &str) -> Result<()> {
        let asked =
            json!({ "ModelPackageArn": arn, "ModelApprovalStatus": "Approved", "ApprovalDescription": comment });
        self.sagemaker("UpdateModelPackage", &asked)
    }

    fn sagemaker(&self, action: &str, asked: &Value) -> Result<()> {
        let target = format!("SageMaker.{action}");
        let headers = [
            ("x-service", "sagemaker"),
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", target.as_str()),
        ];
        let answered = send(self.endpoint("aws")?, "POST", "", "", "", &headers, asked.to_string().as_bytes())?;
        if answered.status != 200 {
            bail!("{action} of {asked}: {}", answered.text());
        }
        Ok(())
    }
}
