//! Models: groups of versions, what is known about each, where they serve, what watches them.
//!
//! "Green" always means measured: what could not be read or compared is a state of its own, and is never shown as good.

pub mod compare;
pub mod decide;
pub mod detail;
pub mod facts;
pub mod gates;
pub mod health;
pub mod lineage;
pub mod metric;
pub mod pipelines;
pub mod requests;
pub mod rows;
pub mod target;

pub use compare::{
    Basis, Better, ClassRow, ColumnChange, ColumnRow, ConfusionMatrix, FacetRow, Judged, Measured, MetricRow,
    MetricTrend, RankRow, TrendPoint, VersionComparison, VersionNumbers,
};
pub use decide::{
    Conflict, Decision, DecisionDraft, FollowPart, FollowPipeline, FollowRow, Found, LastRun, Look, ModelWrite,
    Outlook, RollBack, Seal, Signature, Stands,
};
pub use detail::{
    ContainerRow, DigestState, EvidenceLine, HistoryRow, HistorySource, Made, OriginLine, PinState, SeenFile,
    VersionDetail,
};
pub use gates::{EvidenceLink, Gate, GateId, GatePolicy, GateSummary, GateVerdict};
pub use health::{HealthState, MonitorHealth, RunFailure, Silence, SilenceKind};
pub use lineage::{LineageGraph, LineageNode};
pub use metric::metric_title;
pub use pipelines::{
    DescribePipeline, DescribePipelineExecution, GivenParameter, LinkKind, MOST_RUNS, OpenPipelineExecutions,
    OpenPipelines, ParameterKind, PipelineDetail, PipelineExecutionDetail, PipelineExecutionRow, PipelineMark,
    PipelineParameter, PipelineRow, PipelineStatus, PipelineStep, PlanAlertChange, PlanPipelineRetry,
    PlanPipelineStart, PlanPipelineStop, PlanScheduleStart, PlanScheduleStop, StepGraph, StepLink, StepRun,
    StepStanding,
};
pub use requests::{
    CompareModels, DescribeGroup, DescribeModel, DraftDecision, DraftReply, FollowModel, FollowReply, GroupDetail,
    ModelComparison, ModelNumbers, ModelReply, OpenGroups, OpenQueue, PlanDecision, PlanStaleRejection, ReadGatePolicy,
    ReadTrend, SaveGatePolicy, TrendReply,
};
pub use rows::{
    DeployedAt, Glance, GlanceState, GroupRow, QueueRow, StaleRow, VersionCell, VersionMark, VersionStrip, WaitsFor,
    version_words,
};
pub use target::{BadModelTarget, ModelTarget, PastedModel};
