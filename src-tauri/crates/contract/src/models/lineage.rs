//! What led to a version, and what it led to, as a graph.

use super::Made;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineageGraph {
    /// By column, then by row.
    pub nodes: Vec<LineageNode>,
    /// Places in `nodes`, cause first, with the association in the service's word.
    pub edges: Vec<(u32, u32, Option<String>)>,
    /// The service told of a part only.
    pub is_cut: bool,
    /// Why some artifacts are called by their ARNs: what they stand for was not read.
    #[serde(default)]
    pub unnamed: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineageNode {
    pub arn: String,
    pub title: String,
    /// `DataSet`, `TrainingJob`, `Model` and so on.
    pub kind: String,
    /// 0 is the version; causes stand before it (-1, -2), results behind it.
    pub column: i32,
    /// From 0 in its column.
    pub row: u32,
    pub made: Option<Made>,
}
