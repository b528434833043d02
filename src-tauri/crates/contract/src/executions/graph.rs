//! The picture of an execution: its definition laid out, and what became of each state.

use serde::{Deserialize, Serialize};

/// A definition, laid out. Positions are pixels at zoom 1, from the top left corner.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Graph {
    pub width: f32,
    pub height: f32,
    /// A group stands before what it holds.
    pub nodes: Vec<GraphNode>,
    pub edges: Vec<GraphEdge>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GraphNode {
    /// Its place in `nodes`.
    pub id: u32,
    /// Unique in the definition.
    pub name: String,
    pub kind: StateKind,
    /// The Parallel or Map that holds it.
    pub parent: Option<u32>,
    /// Branch of a Parallel, from 0.
    pub branch: u32,
    /// A Parallel or Map drawn around its states.
    pub group: bool,
    /// Reached only through a Catch.
    pub handler: bool,
    /// The execution can end here.
    pub end: bool,
    /// What it calls: `EMR Serverless startJobRun`, `Lambda`, `waits 300 s`.
    pub text: String,
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StateKind {
    Task,
    Pass,
    Choice,
    Wait,
    Succeed,
    Fail,
    Parallel,
    Map,
    DistributedMap,
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GraphEdge {
    pub from: u32,
    pub to: u32,
    pub kind: EdgeKind,
    /// `$.rows < 1000`, `Default`, `Catch States.TaskFailed`, `Retry 2 times`.
    pub label: String,
    /// Where the label stands.
    pub label_x: f32,
    pub label_y: f32,
    /// Start, then three points for each cubic curve.
    pub points: Vec<(f32, f32)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EdgeKind {
    Next,
    Choice,
    Catch,
    /// From a state to itself.
    Retry,
}

/// What an execution did on its graph.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GraphRun {
    /// One for each node that was entered.
    pub nodes: Vec<NodeRun>,
    /// Places in `edges` that were taken.
    pub taken: Vec<u32>,
    /// Nodes from the start to the state that failed first, and on to where the execution ended because of it.
    pub failed_path: Vec<u32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NodeRun {
    pub node: u32,
    pub status: StateStatus,
    /// Times entered.
    pub visits: u64,
    /// Attempts of the newest visit, 1 without a retry.
    pub attempts: u64,
    /// Of the newest visit; until now for a running one.
    pub millis: u64,
    /// Of a Map: its items.
    pub iterations: Option<Iterations>,
    /// The state of the newest visit, for [`ReadState`].
    pub state: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Iterations {
    pub total: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub running: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StateStatus {
    Running,
    Succeeded,
    /// Failed, and nothing caught it.
    Failed,
    /// Failed, and a Catch led on.
    Caught,
    /// Ended because something else failed or the execution was stopped.
    Aborted,
}

impl StateStatus {
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Caught => "caught",
            Self::Aborted => "aborted",
        }
    }
}
