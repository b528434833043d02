//! The one list of commands.
//!
//! [`with_commands!`](crate::with_commands) hands the list to any macro: here it declares the trait implementations and
//! [`COMMANDS`], in the shell it becomes the handlers, in `build.rs` the app manifest. A test holds the capability
//! files to it. Nothing else may name a command by its text.

use serde::{Serialize, de::DeserializeOwned};

/// What a command may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Changes nothing but what the core remembers.
    Read,
    /// Changes something outside this computer. Runs only through an operation and its permit.
    Write,
    /// Changes something on this computer: settings, keychain, clipboard, journal.
    System,
}

/// A request of the window, bound to its name on the wire and to what comes back.
pub trait Command: Serialize + DeserializeOwned {
    const NAME: &'static str;
    const KIND: Kind;
    type Reply: Serialize + DeserializeOwned;
}

/// A command that also takes a channel (argument `events`) on which the core keeps reporting.
pub trait Streaming: Command {
    type Event: Serialize + DeserializeOwned + 'static;
}

/// One line of [`COMMANDS`].
#[derive(Debug, Clone, Copy)]
pub struct CommandInfo {
    pub area: &'static str,
    pub name: &'static str,
    pub kind: Kind,
}

/// Calls the macro `$then` with the list of all commands: `Kind area::name(Request) -> Reply;`, where a request that
/// streams adds `, Event` behind its name.
#[macro_export]
macro_rules! with_commands {
    ($then:ident) => {
        $then! {
            Read session::hello(Hello) -> Greeting;
            Read session::identify(Identify) -> Identity;
            System session::open_profile(OpenProfile) -> Greeting;
            System session::reload_profiles(ReloadProfiles) -> Greeting;
            System session::set_region(SetRegion) -> Greeting;
            System session::set_environment(SetEnvironment) -> Greeting;
            System session::set_mode(SetMode) -> Greeting;
            System session::unlock(Unlock) -> Greeting;
            System session::add_keys(AddKeys) -> Greeting;
            System session::remove_keys(RemoveKeys) -> Greeting;

            System settings::save_settings(SaveSettings) -> Settings;
            System settings::set_aside(SetAside) -> Option<String>;
            System settings::copy_text(CopyText) -> ();
            System settings::window_ready(WindowReady) -> ();

            Read sets::view_set(ViewSet) -> SetState;
            Read sets::read_rows(ReadRows) -> RowWindow;
            Read sets::find_row(FindRow) -> Option<u64>;
            Read sets::close_set(CloseSet) -> ();
            System sets::copy_rows(CopyRows) -> u64;

            Read objects::open_buckets(OpenBuckets, SetEvent) -> SetState;
            Read objects::open_entries(OpenEntries, SetEvent) -> SetState;
            Read objects::open_versions(OpenVersions, SetEvent) -> SetState;
            Read objects::describe_bucket(DescribeBucket) -> BucketDetail;
            Read objects::describe_version(DescribeVersion) -> VersionDetail;
            Read objects::preview_version(PreviewVersion) -> RawBytes;
            Read objects::find_version_at(FindVersionAt) -> VersionAt;
            System objects::download_version(DownloadVersion) -> Downloaded;

            Read restore::plan_restore(PlanRestore) -> Plan;
            Read restore::plan_undo(PlanUndo) -> Plan;

            Read executions::open_machines(OpenMachines, SetEvent) -> SetState;
            Read executions::describe_machine(DescribeMachine) -> MachineDetail;
            Read executions::open_executions(OpenExecutions, SetEvent) -> SetState;
            Read executions::group_errors(GroupErrors) -> ErrorGroups;
            Read executions::watch_execution(WatchExecution, ExecutionEvent) -> ExecutionView;
            Read executions::unwatch_execution(UnwatchExecution) -> ();
            Read executions::open_states(OpenStates, SetEvent) -> SetState;
            Read executions::open_history_events(OpenHistoryEvents, SetEvent) -> SetState;
            Read executions::read_event(ReadEvent) -> EventReply;
            Read executions::read_state(ReadState) -> StateDetail;
            Read executions::read_payload(ReadPayload) -> Payload;
            Read executions::find_task_logs(FindTaskLogs) -> TaskLogs;
            Read executions::compare_execution(CompareExecution) -> Comparison;
            Read executions::compare_state(CompareState) -> StateComparison;
            Read executions::check_rerun(CheckRerun) -> Rerun;
            Read executions::check_input(CheckInput) -> InputCheck;
            Read executions::plan_redrive(PlanRedrive) -> Plan;
            Read executions::plan_start(PlanStart) -> Plan;
            Read executions::plan_stop(PlanStop) -> Plan;

            Read jobs::open_jobs(OpenJobs, SetEvent) -> SetState;
            Read jobs::open_homes(OpenHomes, SetEvent) -> SetState;
            Read jobs::describe_cluster(DescribeCluster) -> ClusterDetail;
            Read jobs::describe_job(DescribeJob) -> JobDetail;
            Read jobs::read_attempts(ReadAttempts) -> Attempts;
            Read jobs::read_capacity(ReadCapacity) -> Capacity;
            Read jobs::find_run(FindRun, FindEvent) -> FoundRun;
            Read jobs::stop_find(StopFind) -> ();
            Read jobs::read_recurrence(ReadRecurrence) -> Recurrence;
            Read jobs::compare_job(CompareJob) -> JobComparison;
            Read jobs::open_log_files(OpenLogFiles, SetEvent) -> SetState;
            Read jobs::judge_logs(JudgeLogs) -> Badge;
            Read jobs::diagnose_job(DiagnoseJob, DiagnosisEvent) -> Diagnosis;
            Read jobs::edit_job(EditJob) -> JobEdit;
            Read jobs::plan_job_run(PlanJobRun) -> Plan;
            Read jobs::plan_job_stop(PlanJobStop) -> Plan;
            Read jobs::read_stages(ReadStages, StagesEvent) -> Stages;
            Read jobs::close_stages(CloseStages) -> ();
            Read ends::open_ends(OpenEnds, SetEvent) -> SetState;
            Read ends::describe_task(DescribeTask) -> TaskDetail;
            Read ends::open_task_tables(OpenTaskTables, SetEvent) -> SetState;
            Read ends::describe_statement(DescribeStatement) -> StatementDetail;
            Read ends::read_load_errors(ReadLoadErrors) -> LoadErrors;
            Read models::open_groups(OpenGroups, SetEvent) -> SetState;
            Read models::open_queue(OpenQueue, SetEvent) -> SetState;
            Read models::describe_group(DescribeGroup) -> GroupDetail;
            Read models::describe_model(DescribeModel) -> ModelReply;
            Read models::compare_models(CompareModels) -> ModelComparison;
            Read models::read_trend(ReadTrend) -> TrendReply;
            Read models::draft_decision(DraftDecision) -> DraftReply;
            Read models::plan_decision(PlanDecision) -> Plan;
            Read models::plan_stale_rejection(PlanStaleRejection) -> Plan;
            Read models::follow_model(FollowModel) -> FollowReply;
            Read models::read_gate_policy(ReadGatePolicy) -> GatePolicy;
            System models::save_gate_policy(SaveGatePolicy) -> GatePolicy;

            Read pipelines::open_pipelines(OpenPipelines, SetEvent) -> SetState;
            Read pipelines::open_pipeline_executions(OpenPipelineExecutions, SetEvent) -> SetState;
            Read pipelines::describe_pipeline(DescribePipeline) -> PipelineDetail;
            Read pipelines::describe_pipeline_execution(DescribePipelineExecution) -> PipelineExecutionDetail;
            Read pipelines::plan_pipeline_start(PlanPipelineStart) -> Plan;
            Read pipelines::plan_pipeline_retry(PlanPipelineRetry) -> Plan;
            Read pipelines::plan_pipeline_stop(PlanPipelineStop) -> Plan;
            Read pipelines::plan_schedule_start(PlanScheduleStart) -> Plan;
            Read pipelines::plan_schedule_stop(PlanScheduleStop) -> Plan;
            Read pipelines::plan_alert_change(PlanAlertChange) -> Plan;

            Read drift::open_monitors(OpenMonitors, SetEvent) -> SetState;
            Read drift::open_monitor_runs(OpenMonitorRuns, SetEvent) -> SetState;
            Read drift::describe_monitor(DescribeMonitor) -> MonitorDetail;
            Read drift::read_drift(ReadDrift, DriftEvent) -> DriftView;
            Read drift::read_feature(ReadFeature) -> FeatureDetail;
            Read drift::read_monitor_metrics(ReadMonitorMetrics) -> MonitorMetrics;
            Read drift::read_monitor_metric(ReadMonitorMetric) -> MonitorMetric;
            Read drift::try_threshold(TryThreshold, TrialEvent) -> ThresholdTrial;
            Read drift::open_worklist(OpenWorklist, SetEvent) -> SetState;
            Read drift::open_endpoints(OpenEndpoints, SetEvent) -> SetState;
            Read drift::explain_monitor_run(ExplainMonitorRun) -> MonitorRunReply;
            Read drift::read_endpoint_health(ReadEndpointHealth) -> EndpointHealth;
            Read drift::read_drift_sources(ReadDriftSources) -> DriftSources;
            Read drift::try_drift_source(TryDriftSource) -> SourceTrial;
            System drift::save_drift_source(SaveDriftSource) -> DriftSources;
            System drift::remove_drift_source(RemoveDriftSource) -> DriftSources;
            System drift::pick_run_folder(PickRunFolder) -> Option<String>;
            Read drift::read_followed(ReadFollowed) -> FollowedView;
            Read drift::read_agreement(ReadAgreement) -> AgreementView;

            System exports::export_report(ExportReport) -> Exported;
            System exports::save_chart(SaveChart) -> Exported;
            System exports::save_evidence(SaveEvidence) -> Exported;
            System exports::save_constraints(SaveConstraints) -> Exported;

            Read incident::open_incident(OpenIncident, IncidentEvent) -> Incident;
            System incident::export_incident(ExportIncident) -> Exported;
            System incident::copy_incident(CopyIncident) -> ();

            Read logs::open_log(OpenLog, LogEvent) -> LogState;
            Read logs::read_log(ReadLog) -> LogWindow;
            Read logs::read_record(ReadRecord) -> RecordText;
            Read logs::step_in_log(StepInLog) -> Option<u64>;
            Read logs::fold_in_log(FoldInLog) -> Option<u64>;
            Read logs::set_log_clock(SetLogClock) -> ();
            Read logs::set_log_zone(SetLogZone) -> ();
            Read logs::open_found_lines(OpenFoundLines, SetEvent) -> SetState;
            Read logs::read_unread_files(ReadUnreadFiles) -> UnreadFiles;
            Read logs::retry_unread_files(RetryUnreadFiles) -> u64;
            Read logs::search_log(SearchLog, SearchEvent) -> SearchState;
            Read logs::close_search(CloseSearch) -> ();
            Read logs::follow_log(FollowLog) -> ();
            Read logs::close_log(CloseLog) -> ();
            Read logs::read_log_cache(ReadLogCache) -> LogCache;
            System logs::clear_log_cache(ClearLogCache) -> LogCache;

            Read insights::prepare_insights(PrepareInsights) -> InsightsStart;
            Read insights::list_log_groups(ListLogGroups) -> LogGroups;
            Read insights::estimate_insights(EstimateInsights) -> InsightsEstimate;
            Read insights::start_insights(StartInsights, InsightsEvent) -> InsightsReply;
            Read insights::show_insights(ShowInsights) -> InsightsState;
            Read insights::stop_insights(StopInsights) -> ();
            Read insights::open_insights_rows(OpenInsightsRows, SetEvent) -> SetState;
            Read insights::find_insights_line(FindInsightsLine) -> InsightsLine;

            Read searches::list_searches(ListSearches) -> SavedSearches;
            System searches::save_search(SaveSearch) -> SavedSearches;
            System searches::rename_search(RenameSearch) -> SavedSearches;
            System searches::delete_search(DeleteSearch) -> SavedSearches;

            Read signatures::draft_signature(DraftSignature) -> SignatureDraft;
            Read signatures::try_signature(TrySignature) -> SignatureTrial;
            Read signatures::list_signatures(ListSignatures) -> OwnSignatures;
            System signatures::save_signature(SaveSignature) -> OwnSignatures;
            System signatures::delete_signatures(DeleteSignatures) -> OwnSignatures;

            Read now::open_now(OpenNow, SetEvent) -> SetState;
            Read now::read_now_models(ReadNowModels) -> NowModels;
            Read now::check_late_job(CheckLateJob) -> Absence;
            System now::mark_incident(MarkIncident) -> ();
            System now::window_visible(WindowVisible) -> ();
            Read now::follow_alerts(FollowAlerts, AlertEvent) -> ();

            Write operations::run_operation(RunOperation) -> OperationId;
            Write operations::resume_operation(ResumeOperation) -> OperationId;
            System operations::discard_operation(DiscardOperation) -> ();
            System operations::cancel_operation(CancelOperation) -> ();
            Read operations::watch_operations(WatchOperations, OperationEvent) -> OperationList;
            Read operations::open_history(OpenHistory, SetEvent) -> SetState;
            Read operations::open_audit(OpenAudit, SetEvent) -> SetState;
            Read operations::read_receipt(ReadReceipt) -> Receipt;
            Read operations::check_audit(CheckAudit) -> AuditCheck;

            Read palette::resolve_target(ResolveTarget) -> Resolved;
            Read palette::list_recents(ListRecents) -> RecentList;
            System palette::remember_recent(RememberRecent) -> ();
        }
    };
}

macro_rules! declare {
    ($($kind:ident $area:ident::$name:ident($request:ident $(, $event:ident)?) -> $reply:ty;)*) => {
        /// Every command that the window may call, in the order of the list.
        pub const COMMANDS: &[CommandInfo] = &[
            $(CommandInfo { area: stringify!($area), name: stringify!($name), kind: Kind::$kind },)*
        ];
        $(
            impl Command for $request {
                const NAME: &'static str = stringify!($name);
                const KIND: Kind = Kind::$kind;
                type Reply = $reply;
            }
            $(impl Streaming for $request { type Event = $event; })?
        )*
    };
}

// The list names the types of every area.
#[allow(clippy::wildcard_imports)]
use crate::{
    drift::*,
    ends::*,
    executions::*,
    exports::{ExportReport, SaveChart, SaveConstraints, SaveEvidence},
    ids::*,
    incident::{CopyIncident, ExportIncident, Exported, Incident, IncidentEvent, OpenIncident},
    insights::*,
    jobs::*,
    logs::*,
    models::{GatePolicy, pipelines::*, requests::*},
    now::*,
    objects::*,
    operations::*,
    palette::*,
    plan::*,
    restore::*,
    searches::*,
    session::*,
    sets::*,
    settings::*,
    signatures::*,
};

with_commands!(declare);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_say_a_verb() {
        let mut names: Vec<_> = COMMANDS.iter().map(|command| command.name).collect();
        names.sort_unstable();
        let listed = names.len();
        names.dedup();
        assert_eq!(names.len(), listed, "two commands share a name");
        assert!(COMMANDS.iter().any(|command| command.kind == Kind::Write), "the list lost its writes");
    }
}
