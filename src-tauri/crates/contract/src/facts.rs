//! What the service said of a bucket, before any conclusion is drawn.
//!
//! These facts do not cross the bridge themselves. They stand here because `aws` reads them and the pure crates reason
//! about them, and neither of the two may know the other.

use crate::objects::Versioning;
use serde::{Deserialize, Serialize};

/// A fact, or why it could not be read.
pub type Known<T> = Result<T, Missing>;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// The IAM action of the call, such as `s3:GetLifecycleConfiguration`.
    pub action: String,
    /// True when the service refused for lack of that permission.
    pub denied: bool,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketFacts {
    pub name: String,
    pub region: String,
    pub versioning: Known<Versioning>,
    pub mfa_delete: bool,
    /// Empty when the bucket has no lifecycle configuration.
    pub lifecycle: Known<Vec<LifecycleRule>>,
    pub notifications: Known<Notifications>,
    /// EventBridge rules on the default bus; read only when the bucket sends its events there.
    pub event_rules: Known<Vec<EventRule>>,
    /// The bucket's default encryption, `SSE-S3` or `SSE-KMS <key>`.
    pub encryption: Known<Option<String>>,
    /// True when Object Lock is on; with it the default retention in words, if any.
    pub object_lock: Known<Option<ObjectLockDefault>>,
    /// True when objects may carry ACLs (object ownership is not `BucketOwnerEnforced`).
    pub acl_enabled: Known<bool>,
    pub replication: Known<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectLockDefault {
    /// `GOVERNANCE, 30 days`; `None` is locked without a default.
    pub retention: Option<String>,
}

/// One lifecycle rule. A filter's conditions all have to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LifecycleRule {
    pub id: String,
    pub enabled: bool,
    pub prefix: String,
    pub tags: Vec<(String, String)>,
    pub size_greater_than: Option<u64>,
    pub size_less_than: Option<u64>,
    /// `NoncurrentVersionExpiration`.
    pub noncurrent_days: Option<u32>,
    pub newer_noncurrent: Option<u32>,
    /// `Expiration` of current versions.
    pub expire_days: Option<u32>,
    /// ISO 8601 date.
    pub expire_date: Option<String>,
    pub expired_marker: bool,
    pub abort_multipart_days: Option<u32>,
    /// Storage class and days.
    pub transitions: Vec<(String, u32)>,
    pub noncurrent_transitions: Vec<(String, u32)>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notifications {
    pub event_bridge: bool,
    pub targets: Vec<NotificationTarget>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationTarget {
    /// ARN of a Lambda function, SQS queue or SNS topic.
    pub arn: String,
    /// `s3:ObjectCreated:*` and the like.
    pub events: Vec<String>,
    pub prefix: String,
    pub suffix: String,
}

/// An enabled EventBridge rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRule {
    pub name: String,
    /// The event pattern, JSON.
    pub pattern: String,
    /// ARNs.
    pub targets: Vec<String>,
}
