use super::*;
use crate::wire::{Reply, Wire};
use contract::models::facts::{BaselineFact, JobDefinitionFact, MonitorInput};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

#[tokio::test]
async fn a_schedule_tells_of_the_definition_inside_it() {
    let wire = Wire::start(|_, _| {
        Reply::json(
            r#"{
              "MonitoringScheduleArn": "arn:s", "MonitoringScheduleName": "churn-data", "MonitoringScheduleStatus": "Failed",
              "FailureReason": "no role", "CreationTime": 1763510400, "LastModifiedTime": 1763514000,
              "MonitoringScheduleConfig": {
                "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"},
                "MonitoringType": "DataQuality",
                "MonitoringJobDefinition": {
                  "BaselineConfig": {"ConstraintsResource": {"S3Uri": "s3://ml/c.json"}, "StatisticsResource": {"S3Uri": "s3://ml/s.json"}},
                  "MonitoringInputs": [{"EndpointInput": {"EndpointName": "churn", "LocalPath": "/opt/ml", "StartTimeOffset": "-PT1H",
                    "EndTimeOffset": "-PT0H", "ExcludeFeaturesAttribute": "id"}}],
                  "MonitoringOutputConfig": {"MonitoringOutputs": [{"S3Output": {"S3Uri": "s3://ml/reports", "LocalPath": "/opt"}}]},
                  "MonitoringResources": {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m99.large", "VolumeSizeInGB": 20}},
                  "MonitoringAppSpecification": {"ImageUri": "analyzer"},
                  "Environment": {"publish_cloudwatch_metrics": "Enabled"}, "RoleArn": "arn:r"
                }
              }
            }"#,
        )
    });
    let found = schedule(&wire.session, "churn-data").await.unwrap();
    assert_eq!(found.summary.kind, Some(MonitorKind::DataQuality));
    assert_eq!((found.summary.endpoint.as_deref(), found.summary.status.as_str()), (Some("churn"), "Failed"));
    assert_eq!((found.expression.as_deref(), found.reason.as_deref()), (Some("cron(0 * ? * * *)"), Some("no role")));
    let inline = JobDefinitionFact {
        baseline: BaselineFact {
            job: None,
            constraints: Some("s3://ml/c.json".into()),
            statistics: Some("s3://ml/s.json".into()),
        },
        input: MonitorInput {
            endpoint: Some("churn".into()),
            start_offset: Some("-PT1H".into()),
            end_offset: Some("-PT0H".into()),
            excluded: Some("id".into()),
            ..MonitorInput::default()
        },
        output: Some("s3://ml/reports".into()),
        image: Some("analyzer".into()),
        instance_type: Some("ml.m99.large".into()),
        environment: vec![("publish_cloudwatch_metrics".into(), "Enabled".into())],
        ..JobDefinitionFact::default()
    };
    assert_eq!(found.inline, Some(inline));
}

#[tokio::test]
async fn each_kind_of_definition_is_read_by_its_own_call() {
    let wire = Wire::start(|call, _| {
        let (prefix, more) = match call {
            "SageMaker.DescribeDataQualityJobDefinition" => ("DataQuality", ""),
            "SageMaker.DescribeModelQualityJobDefinition" => {
                ("ModelQuality", r#", "ProblemType": "BinaryClassification""#)
            }
            "SageMaker.DescribeModelBiasJobDefinition" => ("ModelBias", r#", "ConfigUri": "s3://ml/analysis.json""#),
            "SageMaker.DescribeModelExplainabilityJobDefinition" => {
                ("ModelExplainability", r#", "ConfigUri": "s3://ml/shap.json""#)
            }
            other => return Reply::fault("UnknownOperationException", other),
        };
        Reply::json(&format!(
            r#"{{
              "JobDefinitionArn": "arn:d", "JobDefinitionName": "d", "CreationTime": 1763510400, "RoleArn": "arn:r",
              "{prefix}BaselineConfig": {{"BaseliningJobName": "base", "ConstraintsResource": {{"S3Uri": "s3://ml/{prefix}.json"}},
                "StatisticsResource": {{"S3Uri": "s3://ml/statistics.json"}}}},
              "{prefix}AppSpecification": {{"ImageUri": "analyzer", "Environment": {{"b": "2", "a": "1"}}{more}}},
              "{prefix}JobInput": {{
                "BatchTransformInput": {{"DataCapturedDestinationS3Uri": "s3://ml/captured", "LocalPath": "/opt", "InferenceAttribute": "0"}},
                "GroundTruthS3Input": {{"S3Uri": "s3://ml/truth"}}}},
              "{prefix}JobOutputConfig": {{"MonitoringOutputs": [{{"S3Output": {{"S3Uri": "s3://ml/out", "LocalPath": "/opt"}}}}]}},
              "JobResources": {{"ClusterConfig": {{"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 20}}}}
            }}"#
        ))
    });
    for kind in MonitorKind::ALL {
        let found = definitions::describe(&wire.session, kind, "d").await.unwrap();
        assert_eq!(found.name.as_deref(), Some("d"));
        assert_eq!(found.baseline.constraints, Some(format!("s3://ml/{}.json", kind.code())));
        assert_eq!(found.baseline.statistics.is_some(), kind == MonitorKind::DataQuality, "{kind:?}");
        assert_eq!(
            (found.input.endpoint.as_deref(), found.input.captured.as_deref()),
            (None, Some("s3://ml/captured"))
        );
        assert_eq!(found.input.inference_attribute.as_deref(), Some("0"));
        let has_truth = matches!(kind, MonitorKind::ModelQuality | MonitorKind::Bias);
        assert_eq!(found.ground_truth.is_some(), has_truth, "{kind:?}");
        assert_eq!(found.problem.is_some(), kind == MonitorKind::ModelQuality, "{kind:?}");
        assert_eq!(found.environment[0], ("a".to_owned(), "1".to_owned()));
        assert_eq!(
            (found.output.as_deref(), found.instance_type.as_deref()),
            (Some("s3://ml/out"), Some("ml.m5.large"))
        );
    }
}

#[tokio::test]
async fn runs_are_asked_for_by_the_time_of_their_schedule() {
    let wire = Wire::start(|_, _| {
        Reply::json(
            r#"{"MonitoringExecutionSummaries": [
              {"MonitoringScheduleName": "churn-data", "ScheduledTime": 1763517600, "CreationTime": 1763518000,
               "LastModifiedTime": 1763518300, "MonitoringExecutionStatus": "Failed", "FailureReason": "Job inputs had no data",
               "MonitoringType": "DataQuality", "EndpointName": "churn"},
              {"MonitoringScheduleName": "churn-data", "ScheduledTime": 1763514000, "CreationTime": 1763514300,
               "LastModifiedTime": 1763514600, "MonitoringExecutionStatus": "Dreaming", "ProcessingJobArn": "arn:j"}
            ]}"#,
        )
    });
    let wanted = Wanted {
        schedule: Some("churn-data"),
        from: Some(at(1_763_510_400)),
        until: Some(at(1_763_520_000)),
        ..Wanted::default()
    };
    let (runs, token) = runs_page(&wire.session, wanted, None).await.unwrap();
    let (_, asked) = wire.only();
    for part in [
        r#""ScheduledTimeAfter":1763510400"#,
        r#""ScheduledTimeBefore":1763520000"#,
        r#""SortBy":"ScheduledTime""#,
        r#""MonitoringScheduleName":"churn-data""#,
    ] {
        assert!(asked.contains(part), "{part} in {asked}");
    }
    assert_eq!(token, None);
    assert_eq!((runs[0].scheduled, runs[0].kind), (at(1_763_517_600), Some(MonitorKind::DataQuality)));
    assert_eq!((runs[0].job.as_deref(), runs[0].reason.as_deref()), (None, Some("Job inputs had no data")));
    assert_eq!((runs[1].status.as_str(), runs[1].kind), ("Dreaming", None));
}

#[tokio::test]
async fn a_processing_job_is_found_by_its_arn_and_says_where_its_report_is() {
    let wire = Wire::start(|_, _| {
        Reply::json(
            r#"{
              "ProcessingJobName": "model-monitoring-1", "ProcessingJobArn": "arn:j", "ProcessingJobStatus": "Completed",
              "ExitMessage": "CompletedWithViolations: Job completed successfully with 3 violations.",
              "CreationTime": 1763518000, "ProcessingStartTime": 1763518100, "ProcessingEndTime": 1763518300,
              "Environment": {"start_time": "2025-11-19T01:00:00Z", "baseline_constraints": "/opt/ml/constraints.json"},
              "ProcessingInputs": [{"InputName": "baseline", "S3Input": {"S3Uri": "s3://ml/c.json", "S3DataType": "S3Prefix"}}, {"InputName": "x"}],
              "ProcessingOutputConfig": {"Outputs": [{"OutputName": "result", "S3Output": {"S3Uri": "s3://ml/reports/1", "LocalPath": "/opt", "S3UploadMode": "Continuous"}}]},
              "ProcessingResources": {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 20}},
              "AppSpecification": {"ImageUri": "analyzer"}
            }"#,
        )
    });
    let arn = "arn:aws:sagemaker:eu-west-1:123456789012:processing-job/model-monitoring-1";
    let job = processing(&wire.session, arn).await.unwrap();
    assert!(wire.only().1.contains(r#""ProcessingJobName":"model-monitoring-1""#), "{:?}", wire.seen());
    assert_eq!((job.inputs, job.outputs), (vec!["s3://ml/c.json".to_owned()], vec!["s3://ml/reports/1".to_owned()]));
    assert!(job.exit_message.unwrap().contains("3 violations"));
    assert_eq!(job.environment[1], ("start_time".to_owned(), "2025-11-19T01:00:00Z".to_owned()));
    assert_eq!((job.instance_type.as_deref(), job.instances), (Some("ml.m5.xlarge"), Some(1)));
}

#[tokio::test]
async fn alerts_come_from_all_pages_and_their_changes_by_page() {
    let wire = Wire::start(|call, body| match call {
        "SageMaker.ListMonitoringAlerts" => {
            let (name, token) = if body.contains("NextToken") { ("b", "") } else { ("a", r#", "NextToken": "2""#) };
            Reply::json(&format!(
                r#"{{"MonitoringAlertSummaries": [{{"MonitoringAlertName": "{name}", "CreationTime": 1, "LastModifiedTime": 2,
                  "AlertStatus": "OK", "DatapointsToAlert": 1, "EvaluationPeriod": 4, "Actions": {{}}}}]{token}}}"#
            ))
        }
        _ => Reply::json(
            r#"{"MonitoringAlertHistory": [{"MonitoringScheduleName": "churn-data", "MonitoringAlertName": "a",
              "CreationTime": 1763517600, "AlertStatus": "InAlert"}], "NextToken": "more"}"#,
        ),
    });
    let all = alerts(&wire.session, "churn-data").await.unwrap();
    let named: Vec<_> =
        all.iter().map(|alert| (alert.name.as_str(), alert.is_raised, alert.failing, alert.of)).collect();
    assert_eq!(named, [("a", false, 1, 4), ("b", false, 1, 4)]);
    let (changes, token) = alert_history_page(&wire.session, Wanted::default(), None).await.unwrap();
    let change =
        AlertChangeFact { schedule: "churn-data".into(), alert: "a".into(), at: at(1_763_517_600), is_raised: true };
    assert_eq!((changes, token.as_deref()), (vec![change], Some("more")));
}

#[tokio::test]
async fn a_schedule_that_is_gone_is_absent() {
    let wire = Wire::start(|_, _| Reply::fault("ResourceNotFound", "Monitoring schedule x was not there"));
    assert!(alerts(&wire.session, "x").await.unwrap_err().is_absent());
}
