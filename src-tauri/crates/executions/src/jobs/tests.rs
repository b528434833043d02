//! Every row of the table from history event to job.

use super::*;
use proptest::prelude::*;

fn task(service: &str, resource: &str, parameters: &str) -> EventDetail {
    EventDetail {
        resource_type: Some(service.into()),
        resource: Some(resource.into()),
        region: Some("eu-west-1".into()),
        parameters: Some(parameters.into()),
        ..EventDetail::default()
    }
}

fn output(text: &str) -> EventDetail {
    EventDetail { output: Some(text.into()), ..EventDetail::default() }
}

fn failed(cause: &str) -> EventDetail {
    EventDetail { error: Some("States.TaskFailed".into()), cause: Some(cause.into()), ..EventDetail::default() }
}

struct Row {
    scheduled: EventDetail,
    submitted: &'static str,
    cause: &'static str,
    words: &'static str,
    ids: &'static [(&'static str, &'static str)],
    command: &'static str,
    logs: Option<&'static str>,
}

fn rows() -> Vec<Row> {
    let monitored = r#"{"ApplicationId":"00fapp","ConfigurationOverrides":{"MonitoringConfiguration":{"S3MonitoringConfiguration":{"LogUri":"s3a://logs/spark"}}}}"#;
    let on_eks = r#"{"VirtualClusterId":"vc1","ConfigurationOverrides":{"MonitoringConfiguration":{"CloudWatchMonitoringConfiguration":{"LogGroupName":"/emr/eks","LogStreamNamePrefix":"nightly"}}}}"#;
    vec![
        Row {
            scheduled: task("glue", "startJobRun.sync", r#"{"JobName":"clean"}"#),
            submitted: r#"{"JobRunId":"jr_c7279ffd","SdkHttpMetadata":{},"JobName":"clean"}"#,
            cause: "",
            words: "Glue job run jr_c7279ffd",
            ids: &[("JobName", "clean"), ("JobRunId", "jr_c7279ffd")],
            command: "aws glue get-job-run --job-name clean --run-id jr_c7279ffd --region eu-west-1",
            logs: Some("/aws-glue/jobs/error:jr_c7279ffd"),
        },
        Row {
            scheduled: task("glue", "startJobRun.sync", r#"{"JobName":"clean"}"#),
            submitted: "",
            cause: r#"{"Id":"jr_1","JobName":"clean","JobRunState":"FAILED","LogGroupName":"/aws-glue/jobs-role-conf"}"#,
            words: "Glue job run jr_1",
            ids: &[("JobName", "clean"), ("JobRunId", "jr_1")],
            command: "aws glue get-job-run --job-name clean --run-id jr_1 --region eu-west-1",
            logs: Some("/aws-glue/jobs-role-conf/error:jr_1"),
        },
        Row {
            scheduled: task("emr-serverless", "startJobRun.sync", monitored),
            submitted: r#"{"ApplicationId":"00fapp","JobRunId":"00frun","Arn":"arn:x"}"#,
            cause: "",
            words: "EMR Serverless job run 00frun",
            ids: &[("ApplicationId", "00fapp"), ("JobRunId", "00frun"), ("Arn", "arn:x")],
            command: "aws emr-serverless get-job-run --application-id 00fapp --job-run-id 00frun --region eu-west-1",
            logs: Some("s3://logs/spark/applications/00fapp/jobs/00frun/"),
        },
        Row {
            scheduled: task("elasticmapreduce", "addStep.sync", r#"{"ClusterId":"j-1K48","Step":{"Name":"load"}}"#),
            submitted: r#"{"StepId":"s-3QM0"}"#,
            cause: r#"{"Step":{"Id":"s-3QM0","Status":{"State":"FAILED","FailureDetails":{"LogFile":"s3n://b/logs/j-1K48/steps/s-3QM0/stderr.gz"}}}}"#,
            words: "EMR step s-3QM0",
            ids: &[("ClusterId", "j-1K48"), ("StepId", "s-3QM0"), ("Name", "load")],
            command: "aws emr describe-step --cluster-id j-1K48 --step-id s-3QM0 --region eu-west-1",
            logs: Some("s3://b/logs/j-1K48/steps/s-3QM0/stderr.gz"),
        },
        Row {
            scheduled: task("elasticmapreduce", "createCluster.sync", r#"{"Name":"nightly","LogUri":"s3n://b/logs/"}"#),
            submitted: r#"{"ClusterId":"j-2"}"#,
            cause: "",
            words: "EMR cluster j-2",
            ids: &[("ClusterId", "j-2"), ("Name", "nightly")],
            command: "aws emr describe-cluster --cluster-id j-2 --region eu-west-1",
            logs: Some("s3://b/logs/j-2/"),
        },
        Row {
            scheduled: task("emr-containers", "startJobRun.sync", on_eks),
            submitted: r#"{"Id":"000","VirtualClusterId":"vc1","Name":"n"}"#,
            cause: "",
            words: "EMR on EKS job run 000",
            ids: &[("VirtualClusterId", "vc1"), ("Id", "000"), ("Name", "n")],
            command: "aws emr-containers describe-job-run --virtual-cluster-id vc1 --id 000 --region eu-west-1",
            logs: Some("/emr/eks:nightly/vc1/jobs/000/"),
        },
        Row {
            scheduled: task(
                "lambda",
                "invoke",
                r#"{"FunctionName":"arn:aws:lambda:eu-west-1:1:function:load:live","Payload":{}}"#,
            ),
            submitted: "",
            cause: r#"{"errorMessage":"x","errorType":"E","requestId":"8b1f","stackTrace":[]}"#,
            words: "Lambda function load",
            ids: &[("FunctionName", "load"), ("Qualifier", "live"), ("RequestId", "8b1f")],
            command: "aws logs filter-log-events --log-group-name /aws/lambda/load --filter-pattern '\"8b1f\"' --region eu-west-1",
            logs: Some("/aws/lambda/load"),
        },
        Row {
            scheduled: EventDetail {
                resource: Some("arn:aws:lambda:us-east-1:1:function:load-redshift".into()),
                ..EventDetail::default()
            },
            submitted: "",
            cause: "Task timed out",
            words: "Lambda function load-redshift",
            ids: &[("FunctionName", "load-redshift")],
            command: "aws lambda get-function --function-name load-redshift --region us-east-1",
            logs: Some("/aws/lambda/load-redshift"),
        },
        Row {
            scheduled: task("sagemaker", "createTrainingJob.sync", r#"{"TrainingJobName":"churn-1"}"#),
            submitted: r#"{"TrainingJobArn":"arn:aws:sagemaker:eu-west-1:1:training-job/churn-1"}"#,
            cause: "",
            words: "SageMaker training job churn-1",
            ids: &[
                ("TrainingJobName", "churn-1"),
                ("TrainingJobArn", "arn:aws:sagemaker:eu-west-1:1:training-job/churn-1"),
            ],
            command: "aws sagemaker describe-training-job --training-job-name churn-1 --region eu-west-1",
            logs: Some("/aws/sagemaker/TrainingJobs:churn-1"),
        },
        Row {
            scheduled: task("sagemaker", "createProcessingJob.sync", r#"{"ProcessingJobName":"prep"}"#),
            submitted: "",
            cause: "",
            words: "SageMaker processing job prep",
            ids: &[("ProcessingJobName", "prep")],
            command: "aws sagemaker describe-processing-job --processing-job-name prep --region eu-west-1",
            logs: Some("/aws/sagemaker/ProcessingJobs:prep"),
        },
        Row {
            scheduled: task("sagemaker", "createTransformJob.sync", r#"{"TransformJobName":"score"}"#),
            submitted: "",
            cause: "",
            words: "SageMaker transform job score",
            ids: &[("TransformJobName", "score")],
            command: "aws sagemaker describe-transform-job --transform-job-name score --region eu-west-1",
            logs: Some("/aws/sagemaker/TransformJobs:score"),
        },
        Row {
            scheduled: task("sagemaker", "createHyperParameterTuningJob.sync", "{}"),
            submitted: r#"{"HyperParameterTuningJobArn":"arn:aws:sagemaker:eu-west-1:1:hyper-parameter-tuning-job/tune"}"#,
            cause: "",
            words: "SageMaker tuning job tune",
            ids: &[
                ("HyperParameterTuningJobName", "tune"),
                ("HyperParameterTuningJobArn", "arn:aws:sagemaker:eu-west-1:1:hyper-parameter-tuning-job/tune"),
            ],
            command: "aws sagemaker describe-hyper-parameter-tuning-job --hyper-parameter-tuning-job-name tune --region eu-west-1",
            logs: Some("/aws/sagemaker/TrainingJobs:tune"),
        },
        Row {
            scheduled: task("batch", "submitJob.sync", r#"{"JobName":"b","JobQueue":"q"}"#),
            submitted: r#"{"JobId":"77-88","JobName":"b","JobArn":"arn:b"}"#,
            cause: r#"{"JobId":"77-88","Attempts":[{"Container":{"LogStreamName":"b/default/one"}},{"Container":{"LogStreamName":"b/default/two"}}]}"#,
            words: "Batch job 77-88",
            ids: &[("JobId", "77-88"), ("JobName", "b"), ("JobQueue", "q"), ("JobArn", "arn:b")],
            command: "aws batch describe-jobs --jobs 77-88 --region eu-west-1",
            logs: Some("/aws/batch/job:b/default/two"),
        },
        Row {
            scheduled: task("batch", "submitJob.sync", r#"{"JobName":"b","JobQueue":"q"}"#),
            submitted: r#"{"JobId":"77-89","JobName":"b","JobArn":"arn:b"}"#,
            cause: r#"{"JobId":"77-89","Container":{"LogStreamName":"b/default/one","LogConfiguration":{"LogDriver":"awslogs","Options":{"awslogs-group":"/prices/batch"}}}}"#,
            words: "Batch job 77-89",
            ids: &[("JobId", "77-89"), ("JobName", "b"), ("JobQueue", "q"), ("JobArn", "arn:b")],
            command: "aws batch describe-jobs --jobs 77-89 --region eu-west-1",
            logs: Some("/prices/batch:b/default/one"),
        },
        Row {
            scheduled: task(
                "ecs",
                "runTask.sync",
                r#"{"Cluster":"arn:aws:ecs:eu-west-1:1:cluster/main","TaskDefinition":"t:3"}"#,
            ),
            submitted: r#"{"Tasks":[{"TaskArn":"arn:aws:ecs:eu-west-1:1:task/main/abc"}],"Failures":[]}"#,
            cause: "",
            words: "ECS task abc",
            ids: &[
                ("TaskArn", "arn:aws:ecs:eu-west-1:1:task/main/abc"),
                ("Cluster", "main"),
                ("TaskDefinition", "t:3"),
            ],
            command: "aws ecs describe-tasks --cluster main --tasks abc --region eu-west-1",
            logs: None,
        },
        Row {
            scheduled: task("states", "startExecution.sync:2", r#"{"StateMachineArn":"arn:m"}"#),
            submitted: r#"{"ExecutionArn":"arn:aws:states:eu-west-1:1:execution:child:4f2","StartDate":1}"#,
            cause: "",
            words: "Step Functions execution 4f2",
            ids: &[("ExecutionArn", "arn:aws:states:eu-west-1:1:execution:child:4f2"), ("StateMachineArn", "arn:m")],
            command: "aws stepfunctions describe-execution --execution-arn arn:aws:states:eu-west-1:1:execution:child:4f2 --region eu-west-1",
            logs: None,
        },
        Row {
            scheduled: task("athena", "startQueryExecution.sync", r#"{"QueryString":"select 1"}"#),
            submitted: r#"{"QueryExecutionId":"q-1"}"#,
            cause: "",
            words: "Athena query q-1",
            ids: &[("QueryExecutionId", "q-1")],
            command: "aws athena get-query-execution --query-execution-id q-1 --region eu-west-1",
            logs: None,
        },
        Row {
            scheduled: task("codebuild", "startBuild.sync", r#"{"ProjectName":"p"}"#),
            submitted: r#"{"Build":{"Id":"p:1","Logs":{"GroupName":"/aws/codebuild/p","StreamName":"1"}}}"#,
            cause: "",
            words: "CodeBuild build p:1",
            ids: &[("Id", "p:1"), ("ProjectName", "p")],
            command: "aws codebuild batch-get-builds --ids p:1 --region eu-west-1",
            logs: Some("/aws/codebuild/p:1"),
        },
        Row {
            scheduled: EventDetail {
                resource: Some("arn:aws:states:eu-west-1:1:activity:approve".into()),
                ..EventDetail::default()
            },
            submitted: "",
            cause: "",
            words: "Step Functions activity approve",
            ids: &[("ActivityArn", "arn:aws:states:eu-west-1:1:activity:approve")],
            command: "aws stepfunctions describe-activity --activity-arn arn:aws:states:eu-west-1:1:activity:approve",
            logs: None,
        },
    ]
}

#[test]
fn every_service_that_starts_jobs() {
    for row in rows() {
        let submitted = Some(output(row.submitted)).filter(|_| !row.submitted.is_empty());
        let ended = Some(failed(row.cause)).filter(|_| !row.cause.is_empty());
        let link = job_link(&row.scheduled, submitted.as_ref(), ended.as_ref()).unwrap();
        assert_eq!(words(&link), row.words);
        let ids: Vec<(&str, &str)> = link.ids.iter().map(|(name, id)| (name.as_str(), id.as_str())).collect();
        assert_eq!(ids, row.ids, "{}", row.words);
        let command = link.command.clone().unwrap();
        assert!(command == row.command || command == format!("{} --region eu-west-1", row.command), "{command}");
        assert_eq!(link.logs.as_deref(), row.logs, "{}", row.words);
        assert!(is_job(&link));
        assert_eq!(short(&row.scheduled, submitted.as_ref(), ended.as_ref()).as_deref(), Some(row.words));
    }
}

#[test]
fn a_task_of_ecs_tells_its_revision_and_how_it_ended() {
    let scheduled = task("ecs", "runTask.sync", r#"{"Cluster":"main","TaskDefinition":"prices"}"#);
    let submitted = output(
        r#"{"Tasks":[{"TaskArn":"arn:aws:ecs:eu-west-1:1:task/main/abc","TaskDefinitionArn":"arn:aws:ecs:eu-west-1:1:task-definition/prices:3"}],"Failures":[]}"#,
    );
    let cause = failed(
        r#"{"TaskArn":"arn:aws:ecs:eu-west-1:1:task/main/abc","StopCode":"EssentialContainerExited","StoppedReason":"Essential container in task exited","Containers":[{"Name":"app","ExitCode":137,"Reason":"OutOfMemoryError","RuntimeId":"77ab"},{"Name":"side","ExitCode":0}]}"#,
    );
    let link = job_link(&scheduled, Some(&submitted), Some(&cause)).unwrap();
    assert!(link.is_task());
    let definition = link.ids.iter().find(|(name, _)| name == "TaskDefinition").unwrap();
    assert_eq!(definition.1, "arn:aws:ecs:eu-west-1:1:task-definition/prices:3");
    let end = link.task.unwrap();
    assert_eq!(end.code.as_deref(), Some("EssentialContainerExited"));
    assert_eq!(end.reason.as_deref(), Some("Essential container in task exited"));
    let told: Vec<_> = end.containers.iter().map(|one| (one.name.as_str(), one.words(), one.failed())).collect();
    let killed = Some("OutOfMemoryError, exit code 137".to_owned());
    assert_eq!(told, [("app", killed, true), ("side", Some("exit code 0".to_owned()), false)]);
    assert_eq!(end.containers[0].runtime_id.as_deref(), Some("77ab"));
    let running = job_link(&scheduled, Some(&submitted), None).unwrap();
    assert_eq!(running.task, None);
}

#[test]
fn calls_through_the_sdk_are_the_same_jobs() {
    let scheduled = task("aws-sdk:emrserverless", "startJobRun", r#"{"ApplicationId":"a"}"#);
    let link = job_link(&scheduled, None, Some(&output(r#"{"ApplicationId":"a","JobRunId":"r"}"#))).unwrap();
    assert_eq!(words(&link), "EMR Serverless job run r");
    let scheduled = task("aws-sdk:emr", "addJobFlowSteps", r#"{"JobFlowId":"j-1","Steps":[]}"#);
    let link = job_link(&scheduled, None, Some(&output(r#"{"StepIds":["s-1"]}"#))).unwrap();
    assert_eq!((words(&link).as_str(), link.ids[0].1.as_str()), ("EMR step s-1", "j-1"));
    let scheduled = task("aws-sdk:redshiftdata", "executeStatement", r#"{"Database":"d"}"#);
    let link = job_link(&scheduled, None, Some(&output(r#"{"Id":"st-1"}"#))).unwrap();
    assert_eq!(words(&link), "Redshift Data statement st-1");
}

#[test]
fn a_call_that_is_over_when_it_is_answered_is_no_job() {
    let known = [
        ("sns", "publish", r#"{"TopicArn":"arn:t"}"#, "TopicArn"),
        ("sqs", "sendMessage", r#"{"QueueUrl":"https://q"}"#, "QueueUrl"),
        ("dynamodb", "putItem", r#"{"TableName":"t"}"#, "TableName"),
        ("events", "putEvents", "{}", ""),
        ("aws-sdk:s3", "getObject", r#"{"Bucket":"b","Key":"k"}"#, "Bucket"),
        ("aws-sdk:quantum", "entangle", "no json", ""),
    ];
    for (service, action, parameters, id) in known {
        let scheduled = task(service, action, parameters);
        let link = job_link(&scheduled, None, None).unwrap();
        assert!(!is_job(&link), "{service}");
        assert_eq!((link.noun.as_str(), link.id.as_str(), link.command), ("call", action, None));
        assert_eq!(link.ids.first().map(|(name, _)| name.as_str()).unwrap_or_default(), id);
        assert_eq!(short(&scheduled, None, None), None);
    }
    assert_eq!(job_link(&EventDetail::default(), None, None), None);
}

#[test]
fn refused_before_it_ran_there_is_no_run() {
    let scheduled = task("glue", "startJobRun.sync", r#"{"JobName":"clean"}"#);
    let ended = EventDetail {
        error: Some("Glue.ConcurrentRunsExceededException".into()),
        cause: Some("exceeded".into()),
        ..EventDetail::default()
    };
    let link = job_link(&scheduled, None, Some(&ended)).unwrap();
    assert_eq!(words(&link), "Glue job clean");
    assert_eq!(link.logs, None);
    let scheduled = task("emr-serverless", "startJobRun.sync", r#"{"ApplicationId":"a"}"#);
    assert!(!is_job(&job_link(&scheduled, None, None).unwrap()));
}

#[test]
fn an_id_that_was_cut_is_not_shown_as_one() {
    let scheduled = task("glue", "startJobRun.sync", r#"{"JobName":"clean"}"#);
    let link = job_link(&scheduled, Some(&output(r#"{"JobName":"clean","JobRunId":"jr_c727"#)), None).unwrap();
    assert_eq!(words(&link), "Glue job clean");
}

proptest! {
    #[test]
    fn nothing_panics_on_cut_events(row in 0_usize..18, parameters in 0_usize..200, answer in 0_usize..200, cause in 0_usize..200) {
        let rows = rows();
        let row = &rows[row];
        let cut = |text: &str, most: usize| text.chars().take(most).collect::<String>();
        let mut scheduled = row.scheduled.clone();
        scheduled.parameters = scheduled.parameters.map(|text| cut(&text, parameters));
        let submitted = output(&cut(row.submitted, answer));
        let ended = failed(&cut(row.cause, cause));
        let link = job_link(&scheduled, Some(&submitted), Some(&ended));
        prop_assert!(link.is_some_and(|link| !link.id.contains('…') && !link.service.is_empty()));
        let _ = short(&scheduled, Some(&submitted), Some(&ended));
    }
}
