//! Somebody else at work in the estate's SageMaker and ECR.

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

    /// Lets the tag of an image point at another one, pushed from another computer.
    pub fn move_tag(&self, repository: &str, tag: &str) -> Result<()> {
        let kind = "application/vnd.docker.distribution.manifest.v2+json";
        let digest = format!("sha256:{}", "7".repeat(64));
        let layer =
            json!({ "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "size": 1, "digest": digest });
        let manifest = json!({ "schemaVersion": 2, "mediaType": kind, "layers": [layer] }).to_string();
        self.ecr("PutImage", &json!({ "repositoryName": repository, "imageTag": tag, "imageManifest": manifest }))
    }

    /// Takes a tag from an image, which goes with its last one.
    pub fn remove_tag(&self, repository: &str, tag: &str) -> Result<()> {
        self.ecr("BatchDeleteImage", &json!({ "repositoryName": repository, "imageIds": [{ "imageTag": tag }] }))
    }

    fn ecr(&self, action: &str, asked: &Value) -> Result<()> {
        self.json("ecr", &format!("AmazonEC2ContainerRegistry_V20150921.{action}"), asked)
    }

    fn sagemaker(&self, action: &str, asked: &Value) -> Result<()> {
        self.json("sagemaker", &format!("SageMaker.{action}"), asked)
    }

    fn json(&self, service: &str, target: &str, asked: &Value) -> Result<()> {
        let headers =
            [("x-service", service), ("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target)];
        let answered = send(self.endpoint("aws")?, "POST", "", "", "", &headers, asked.to_string().as_bytes())?;
        if answered.status != 200 {
            bail!("{target} of {asked}: {}", answered.text());
        }
        Ok(())
    }
}
