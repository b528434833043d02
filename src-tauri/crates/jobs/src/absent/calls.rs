//! Which job a schedule starts that calls an engine's API by itself.
//!
//! "EventBridge Scheduler User Guide, Using universal targets": the target is the call, its input the parameters; names in
//! it may hold `<aws.scheduler.execution-id>` and the like.

use contract::jobs::{JobId, SageMakerKind, facts::RunFact};
use serde_json::Value;

/// Whether a call starts the job of a run. `target` is its ARN, `arn:aws:scheduler:::aws-sdk:glue:startJobRun`; `input` are
/// its parameters as JSON.
pub fn starts(target: &str, input: &str, run: &RunFact) -> bool {
    let Some((_, call)) = target.split_once(":scheduler:::aws-sdk:") else { return false };
    let Ok(asked) = serde_json::from_str::<Value>(input) else { return false };
    let is = |name: &str, own: &str| is_name(field(&asked, name), own);
    let named = run.name.as_deref().or(run.request.name.as_deref()).unwrap_or_default();
    match (&run.id, call.to_ascii_lowercase().as_str()) {
        (JobId::Glue { job, .. }, "glue:startjobrun") => is("JobName", job),
        (JobId::Serverless { application, .. }, "emrserverless:startjobrun") => {
            is("ApplicationId", application) && is("Name", named)
        }
        (JobId::Eks { virtual_cluster, .. }, "emrcontainers:startjobrun") => {
            is("VirtualClusterId", virtual_cluster) && is("Name", named)
        }
        (JobId::Step { .. }, "emr:addjobflowsteps" | "emr:runjobflow") => {
            let steps = field(&asked, "Steps").and_then(Value::as_array);
            steps.into_iter().flatten().any(|step| is_name(field(step, "Name"), named))
        }
        (JobId::SageMaker { kind: SageMakerKind::Training, name }, "sagemaker:createtrainingjob") => {
            is("TrainingJobName", name)
        }
        (JobId::SageMaker { kind: SageMakerKind::Processing, name }, "sagemaker:createprocessingjob") => {
            is("ProcessingJobName", name)
        }
        (JobId::SageMaker { kind: SageMakerKind::Transform, name }, "sagemaker:createtransformjob") => {
            is("TransformJobName", name)
        }
        (JobId::SageMaker { kind: SageMakerKind::Tuning, name }, "sagemaker:createhyperparametertuningjob") => {
            is("HyperParameterTuningJobName", name)
        }
        _ => false,
    }
}

/// Parameters are written in the case of the API or with a capital.
fn field<'a>(asked: &'a Value, name: &str) -> Option<&'a Value> {
    asked.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn is_name(told: Option<&Value>, own: &str) -> bool {
    let Some(told) = told.and_then(Value::as_str).filter(|_| !own.is_empty()) else { return false };
    match told.split_once("<aws.scheduler.") {
        Some((before, _)) => !before.is_empty() && own.starts_with(before),
        None => told == own,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn calls(call: &str, input: &str, run: &RunFact) -> bool {
        starts(&format!("arn:aws:scheduler:::aws-sdk:{call}"), input, run)
    }

    #[test]
    fn a_call_starts_the_job_that_its_input_names() {
        let glue = sample::glue();
        assert!(calls("glue:startJobRun", r#"{"JobName": "clean"}"#, &glue));
        assert!(!calls("glue:startJobRun", r#"{"JobName": "cleaner"}"#, &glue));
        assert!(!calls("glue:startTrigger", r#"{"JobName": "clean"}"#, &glue));
        assert!(!calls("glue:startJobRun", "no JSON", &glue) && !starts("glue:startJobRun", "{}", &glue));
        let serverless = sample::serverless();
        let input = r#"{"applicationId": "00f4k2m8p1q3r509", "name": "daily"}"#;
        assert!(calls("emrserverless:startJobRun", input, &serverless));
        assert!(!calls("emrserverless:startJobRun", r#"{"ApplicationId": "00f4k2m8p1q3r509"}"#, &serverless));
        let steps = r#"{"JobFlowId": "j-1", "Steps": [{"Name": "other"}, {"Name": "daily"}]}"#;
        assert!(calls("emr:addJobFlowSteps", steps, &sample::step()));
        assert!(!calls("emr:addJobFlowSteps", r#"{"Steps": [{"Name": "other"}]}"#, &sample::step()));
        let eks = r#"{"VirtualClusterId": "1f3k5m7p9r1t3v5x7z9b1d3f5", "Name": "daily"}"#;
        assert!(calls("emrcontainers:startJobRun", eks, &sample::eks()));
    }

    #[test]
    fn a_name_that_is_made_anew_for_each_run_is_known_by_its_beginning() {
        let named = |name: &str| format!(r#"{{"TrainingJobName": "{name}"}}"#);
        let training = sample::training();
        assert!(calls("sagemaker:createTrainingJob", &named("churn-<aws.scheduler.execution-id>"), &training));
        assert!(!calls("sagemaker:createTrainingJob", &named("<aws.scheduler.execution-id>"), &training));
        assert!(!calls("sagemaker:createProcessingJob", &named("churn-1"), &training));
    }
}
