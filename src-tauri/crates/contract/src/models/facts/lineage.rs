//! Lineage: what led to what.

use super::Who;
use crate::{OperationId, Timestamp};
use serde::{Deserialize, Serialize};

/// Replies of `QueryLineage` together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineageFact {
    pub vertices: Vec<LineageVertex>,
    pub edges: Vec<LineageEdge>,
    /// There is more than was asked for: the service gives 10 levels and 50 vertices a page.
    pub is_cut: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineageVertex {
    pub arn: String,
    /// `DataSet`, `Model`, `Image`, `ModelPackage`, `Endpoint`, `TrainingJob` and so on, or a team's own word.
    pub kind: String,
    /// `Artifact`, `Action`, `Context`, `TrialComponent`.
    pub lineage: String,
}

/// `DescribeArtifact`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtifactFact {
    pub arn: String,
    /// `SourceUri`: an S3 URI, an image, the ARN of a version.
    pub source: Option<String>,
    /// Of the object that the artifact stands for, where whoever made it recorded them: `S3Version`, `S3ETag`.
    pub version_id: Option<String>,
    pub etag: Option<String>,
    /// By name.
    pub properties: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineageEdge {
    pub from: String,
    pub to: String,
    /// `ContributedTo`, `AssociatedWith`, `DerivedFrom`, `Produced`, `SameAs`.
    pub association: Option<String>,
}

/// Something that was done to a version: an action of lineage, an `UpdateModelPackage` of CloudTrail, or a write of our
/// own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionFact {
    pub at: Timestamp,
    /// `ModelLifeCycle`, `Approval`, `UpdateModelPackage`.
    pub kind: String,
    pub status: Option<String>,
    pub description: Option<String>,
    pub by: Option<Who>,
    /// What was set, by name.
    pub properties: Vec<(String, String)>,
    /// The address that the call came from, or the service that made it.
    pub from: Option<String>,
    /// The service's code for why nothing was done.
    pub error: Option<String>,
    /// Of our own journal.
    pub operation: Option<OperationId>,
}

/// A record of CloudTrail as `LookupEvents` gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailFact {
    pub at: Timestamp,
    /// `UpdateModelPackage`.
    pub name: String,
    /// `Username`: a user, or the session of a role.
    pub user: Option<String>,
    /// `CloudTrailEvent`: the whole record as JSON.
    pub record: Option<String>,
}
