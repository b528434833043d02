//! `aws` command lines: show what the area Models shows, and write what a decision writes. To be pasted into a POSIX
//! shell.

use crate::address::{Place, arn};
pub use contract::shell::Scope;
use contract::{
    models::{ModelTarget, ModelWrite},
    plan::{MonitorAction, PipelineAction},
    shell,
};
use serde_json::json;

fn line(words: &str, options: &[(&str, &str)], scope: Scope<'_>) -> String {
    shell::line(&format!("sagemaker {words}"), options, scope)
}

/// Shows it.
pub fn describe(target: &ModelTarget, place: &Place<'_>, scope: Scope<'_>) -> String {
    let full = arn(target, place);
    let (words, option, value) = match target {
        // A name is of the own account; an ARN of any.
        ModelTarget::Group(_) => ("describe-model-package-group", "model-package-group-name", full.as_str()),
        ModelTarget::Version { .. } | ModelTarget::Package(_) => {
            ("describe-model-package", "model-package-name", full.as_str())
        }
        ModelTarget::Model(name) => ("describe-model", "model-name", name.as_str()),
        ModelTarget::Endpoint(name) => ("describe-endpoint", "endpoint-name", name.as_str()),
        ModelTarget::Schedule(name) => ("describe-monitoring-schedule", "monitoring-schedule-name", name.as_str()),
        ModelTarget::Pipeline(name) => ("describe-pipeline", "pipeline-name", name.as_str()),
        ModelTarget::PipelineExecution { .. } => {
            ("describe-pipeline-execution", "pipeline-execution-arn", full.as_str())
        }
    };
    line(words, &[(option, value)], scope)
}

/// One call of a decision.
pub fn write(arn: &str, write: &ModelWrite, scope: Scope<'_>) -> String {
    let package = ("model-package-arn", arn);
    match write {
        ModelWrite::Stage(cycle) => {
            let mut value = json!({ "Stage": cycle.stage, "StageStatus": cycle.status });
            if let (Some(fields), Some(text)) = (value.as_object_mut(), &cycle.description) {
                fields.insert("StageDescription".to_owned(), json!(text));
            }
            let value = value.to_string();
            line("update-model-package", &[package, ("model-life-cycle", value.as_str())], scope)
        }
        ModelWrite::Metadata { key, value } => {
            let value = json!({ key.as_str(): value }).to_string();
            line("update-model-package", &[package, ("customer-metadata-properties", value.as_str())], scope)
        }
        ModelWrite::Approval { status, comment } => {
            let options =
                [package, ("model-approval-status", status.as_str()), ("approval-description", comment.as_str())];
            line("update-model-package", &options, scope)
        }
    }
}

/// One call on a pipeline or an execution of one. The token is left to the command.
pub fn pipeline(action: &PipelineAction, scope: Scope<'_>) -> String {
    match action {
        PipelineAction::Start { pipeline, title, parameters, .. } => {
            let named: Vec<_> =
                parameters.iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect();
            let named = json!(named).to_string();
            let mut options = vec![("pipeline-name", pipeline.as_str())];
            if let Some(title) = title {
                options.push(("pipeline-execution-display-name", title.as_str()));
            }
            if !parameters.is_empty() {
                options.push(("pipeline-parameters", named.as_str()));
            }
            line("start-pipeline-execution", &options, scope)
        }
        PipelineAction::Retry { execution, .. } => {
            line("retry-pipeline-execution", &[("pipeline-execution-arn", execution.as_str())], scope)
        }
        PipelineAction::Stop { execution, .. } => {
            line("stop-pipeline-execution", &[("pipeline-execution-arn", execution.as_str())], scope)
        }
    }
}

/// One call on a monitoring schedule or its alert.
pub fn monitor(action: &MonitorAction, scope: Scope<'_>) -> String {
    let named = |schedule: &str, words: &str| line(words, &[("monitoring-schedule-name", schedule)], scope);
    match action {
        MonitorAction::Start { schedule } => named(schedule, "start-monitoring-schedule"),
        MonitorAction::Stop { schedule } => named(schedule, "stop-monitoring-schedule"),
        MonitorAction::Alert { schedule, alert, failing, of } => {
            let (failing, of) = (failing.to_string(), of.to_string());
            let options = [
                ("monitoring-schedule-name", schedule.as_str()),
                ("monitoring-alert-name", alert.as_str()),
                ("datapoints-to-alert", failing.as_str()),
                ("evaluation-period", of.as_str()),
            ];
            line("update-monitoring-alert", &options, scope)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use contract::models::facts::Lifecycle;

    const PLACE: Place<'_> = Place { partition: "aws", region: "eu-west-1", account: "123456789012" };

    #[test]
    fn what_is_shown() {
        let version = ModelTarget::Version { group: "churn-eu".into(), version: 7 };
        assert_eq!(
            describe(&version, &PLACE, Scope { profile: Some("dev"), region: None }),
            "aws sagemaker describe-model-package --model-package-name \
             arn:aws:sagemaker:eu-west-1:123456789012:model-package/churn-eu/7 --profile dev"
        );
        assert_eq!(
            describe(&ModelTarget::Endpoint("churn".into()), &PLACE, Scope::default()),
            "aws sagemaker describe-endpoint --endpoint-name churn"
        );
    }

    #[test]
    fn what_is_written() {
        let arn = sample::arn(7);
        let of = |call: &ModelWrite| write(&arn, call, Scope::default()).replace(&arn, "ARN");
        let approve = ModelWrite::Approval { status: "Approved".into(), comment: "it's better".into() };
        insta::assert_snapshot!(
            of(&approve),
            @r"aws sagemaker update-model-package --model-package-arn ARN --model-approval-status Approved --approval-description 'it'\''s better'"
        );
        let stage =
            ModelWrite::Stage(Lifecycle { stage: "Production".into(), status: "Approved".into(), description: None });
        insta::assert_snapshot!(
            of(&stage),
            @r#"aws sagemaker update-model-package --model-package-arn ARN --model-life-cycle '{"Stage":"Production","StageStatus":"Approved"}'"#
        );
        let sign = ModelWrite::Metadata { key: "ops:sig1".into(), value: "a/b".into() };
        insta::assert_snapshot!(
            of(&sign),
            @r#"aws sagemaker update-model-package --model-package-arn ARN --customer-metadata-properties '{"ops:sig1":"a/b"}'"#
        );
    }

    #[test]
    fn pipelines_and_monitors() {
        let start = PipelineAction::Start {
            pipeline: "train-churn".into(),
            title: Some("again".into()),
            parameters: vec![("Rows".into(), "it's 10".into())],
            token: "t".into(),
        };
        insta::assert_snapshot!(
            pipeline(&start, Scope { profile: Some("dev"), region: None }),
            @r#"aws sagemaker start-pipeline-execution --pipeline-name train-churn --pipeline-execution-display-name again --pipeline-parameters '[{"Name":"Rows","Value":"it'\''s 10"}]' --profile dev"#
        );
        let stop = PipelineAction::Stop { execution: "arn:run".into(), token: "t".into() };
        assert_eq!(
            pipeline(&stop, Scope::default()),
            "aws sagemaker stop-pipeline-execution --pipeline-execution-arn arn:run"
        );
        let on = MonitorAction::Start { schedule: "churn-data".into() };
        assert_eq!(
            monitor(&on, Scope::default()),
            "aws sagemaker start-monitoring-schedule --monitoring-schedule-name churn-data"
        );
        let alert =
            MonitorAction::Alert { schedule: "churn-data".into(), alert: "churn-data-alert".into(), failing: 2, of: 6 };
        assert_eq!(
            monitor(&alert, Scope { profile: Some("dev"), region: None }),
            "aws sagemaker update-monitoring-alert --monitoring-schedule-name churn-data \
             --monitoring-alert-name churn-data-alert --datapoints-to-alert 2 --evaluation-period 6 --profile dev"
        );
    }
}
