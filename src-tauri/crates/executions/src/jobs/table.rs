//! One row for each service that starts jobs: ids, command, logs.

use super::{Call, Said, command, last_part, s3_uri, services::service_of};
use contract::executions::{ContainerEnd, JobLink, TaskEnd};

/// Containers of a task definition ("Amazon ECS service quotas").
const MOST_CONTAINERS: usize = 10;

pub(super) fn link(call: &Call, said: &Said<'_>, region: Option<String>) -> JobLink {
    let row = Row { call, said, region: region.as_deref() };
    let found = match (call.service.as_str(), call.action.as_str()) {
        ("glue", "startJobRun") => row.glue(),
        ("databrew", "startJobRun") => row.databrew(),
        ("emr-serverless", _) => row.emr_serverless(),
        ("elasticmapreduce", "addStep" | "addJobFlowSteps" | "cancelStep") => row.emr_step(),
        ("elasticmapreduce", _) => row.emr_cluster(),
        ("emr-containers", _) => row.emr_containers(),
        ("lambda", "invoke") => row.lambda(),
        ("sagemaker", _) => row.sage_maker(),
        ("batch", "submitJob") => row.batch(),
        ("ecs", "runTask") => row.ecs(),
        ("states", "startExecution" | "startSyncExecution") => row.execution(),
        ("athena", "startQueryExecution") => {
            row.simple("query", "QueryExecutionId", "athena get-query-execution", "query-execution-id")
        }
        ("redshift-data", "executeStatement" | "batchExecuteStatement") => {
            row.simple("statement", "Id", "redshift-data describe-statement", "id")
        }
        ("codebuild", "startBuild") => row.code_build(),
        ("activity", _) => Some(row.activity()),
        _ => None,
    };
    let mut found = found.unwrap_or_else(|| row.plain_call());
    found.region = found.region.or(region);
    found
}

struct Row<'a> {
    call: &'a Call,
    said: &'a Said<'a>,
    region: Option<&'a str>,
}

impl Row<'_> {
    fn link(&self, noun: &str, id: &str, ids: Vec<(&str, Option<String>)>) -> JobLink {
        JobLink {
            service: service_of(Some(&self.call.service)),
            noun: noun.to_owned(),
            id: id.to_owned(),
            ids: ids.into_iter().filter_map(|(name, id)| Some((name.to_owned(), id?))).collect(),
            region: None,
            command: None,
            logs: None,
            task: None,
        }
    }

    fn command(&self, words: &str, options: &[(&str, &str)]) -> String {
        command::line(words, options, self.region)
    }

    fn glue(&self) -> Option<JobLink> {
        let said = self.said;
        let id = said.answer(&["JobRunId"]).or_else(|| said.cause(&["Id"]));
        let job = said.any(&["JobName"])?;
        // Refused before it ran: the job is known, its run is not.
        let Some(id) = id else {
            let mut link = self.link("job", &job, vec![("JobName", Some(job.clone()))]);
            link.command = Some(self.command("glue get-job", &[("job-name", &job)]));
            return Some(link);
        };
        let mut link = self.link("job run", &id, vec![("JobName", Some(job.clone())), ("JobRunId", Some(id.clone()))]);
        link.command = Some(self.command("glue get-job-run", &[("job-name", &job), ("run-id", &id)]));
        let group = said.cause(&["LogGroupName"]).unwrap_or_else(|| "/aws-glue/jobs".into());
        link.logs = Some(format!("{}/error:{id}", group.trim_end_matches('/')));
        Some(link)
    }

    fn databrew(&self) -> Option<JobLink> {
        let (run, name) = (self.said.answer(&["RunId"])?, self.said.any(&["Name"])?);
        let ids = vec![("Name", Some(name.clone())), ("RunId", Some(run.clone()))];
        let mut link = self.link("job run", &run, ids);
        link.command = Some(self.command("databrew describe-job-run", &[("name", &name), ("run-id", &run)]));
        Some(link)
    }

    fn emr_serverless(&self) -> Option<JobLink> {
        let said = self.said;
        let application = said.any(&["ApplicationId"])?;
        let Some(run) = said.answer(&["JobRunId"]).filter(|_| self.call.action == "startJobRun") else {
            if self.call.action == "startJobRun" {
                return None;
            }
            let mut link = self.link("application", &application, vec![("ApplicationId", Some(application.clone()))]);
            link.command = Some(self.command("emr-serverless get-application", &[("application-id", &application)]));
            return Some(link);
        };
        let ids = vec![
            ("ApplicationId", Some(application.clone())),
            ("JobRunId", Some(run.clone())),
            ("Arn", said.answer(&["Arn"])),
            ("Name", said.any(&["Name"])),
        ];
        let mut link = self.link("job run", &run, ids);
        let options = [("application-id", application.as_str()), ("job-run-id", run.as_str())];
        link.command = Some(self.command("emr-serverless get-job-run", &options));
        link.logs = self.monitored(
            |uri| format!("{uri}/applications/{application}/jobs/{run}/"),
            |group, prefix| {
                // Streams are found by their prefix: how they end is not documented.
                let prefix =
                    if prefix.is_empty() { String::new() } else { format!("{}/", prefix.trim_end_matches('/')) };
                format!("{group}:{prefix}applications/{application}/jobs/{run}/")
            },
        );
        Some(link)
    }

    /// S3 or CloudWatch, as `ConfigurationOverrides.MonitoringConfiguration` says.
    fn monitored(&self, s3: impl Fn(&str) -> String, logs: impl Fn(&str, &str) -> String) -> Option<String> {
        let monitoring = ["ConfigurationOverrides", "MonitoringConfiguration"];
        let find = |last: [&str; 2]| self.said.any(&[monitoring[0], monitoring[1], last[0], last[1]]);
        if let Some(uri) = find(["S3MonitoringConfiguration", "LogUri"]) {
            return Some(s3(s3_uri(&uri).trim_end_matches('/')));
        }
        let group = find(["CloudWatchLoggingConfiguration", "LogGroupName"])
            .or_else(|| find(["CloudWatchMonitoringConfiguration", "LogGroupName"]))?;
        let prefix = find(["CloudWatchLoggingConfiguration", "LogStreamNamePrefix"])
            .or_else(|| find(["CloudWatchMonitoringConfiguration", "LogStreamNamePrefix"]))
            .unwrap_or_default();
        Some(logs(&group, &prefix))
    }

    fn emr_step(&self) -> Option<JobLink> {
        let said = self.said;
        let cluster = said.asked(&["ClusterId"]).or_else(|| said.asked(&["JobFlowId"]));
        let step = said
            .answer(&["StepId"])
            .or_else(|| said.answer(&["StepIds", "0"]))
            .or_else(|| said.cause(&["Id"]))
            .or_else(|| said.asked(&["StepId"]));
        let Some(step) = step else { return self.emr_cluster() };
        let ids = vec![
            ("ClusterId", cluster.clone()),
            ("StepId", Some(step.clone())),
            ("Name", said.asked(&["Step", "Name"]).or_else(|| said.cause(&["Name"]))),
        ];
        let mut link = self.link("step", &step, ids);
        link.command =
            cluster.map(|cluster| self.command("emr describe-step", &[("cluster-id", &cluster), ("step-id", &step)]));
        let file = said.cause(&["Status", "FailureDetails", "LogFile"]);
        let uri = said
            .cause(&["LogUri"])
            .or_else(|| said.asked(&["Step", "StepMonitoringConfiguration", "S3MonitoringConfiguration", "LogUri"]));
        link.logs = file.or(uri).map(|uri| s3_uri(&uri));
        Some(link)
    }

    fn emr_cluster(&self) -> Option<JobLink> {
        let said = self.said;
        let id = said
            .answer(&["ClusterId"])
            .or_else(|| said.answer(&["JobFlowId"]))
            .or_else(|| said.cause(&["Id"]))
            .or_else(|| said.asked(&["ClusterId"]))
            .or_else(|| said.asked(&["JobFlowIds", "0"]))?;
        let ids =
            vec![("ClusterId", Some(id.clone())), ("Name", said.asked(&["Name"]).or_else(|| said.cause(&["Name"])))];
        let mut link = self.link("cluster", &id, ids);
        link.command = Some(self.command("emr describe-cluster", &[("cluster-id", &id)]));
        let uri = said.asked(&["LogUri"]).or_else(|| said.cause(&["LogUri"]));
        link.logs = uri.map(|uri| format!("{}/{id}/", s3_uri(&uri).trim_end_matches('/')));
        Some(link)
    }

    fn emr_containers(&self) -> Option<JobLink> {
        let said = self.said;
        let id = said.answer(&["Id"])?;
        let Some(cluster) = said.any(&["VirtualClusterId"]).filter(|_| self.call.action == "startJobRun") else {
            let mut link = self.link("virtual cluster", &id, vec![("Id", Some(id.clone()))]);
            link.command = Some(self.command("emr-containers describe-virtual-cluster", &[("id", &id)]));
            return Some(link);
        };
        let ids = vec![
            ("VirtualClusterId", Some(cluster.clone())),
            ("Id", Some(id.clone())),
            ("Name", said.any(&["Name"])),
            ("Arn", said.answer(&["Arn"])),
        ];
        let mut link = self.link("job run", &id, ids);
        let options = [("virtual-cluster-id", cluster.as_str()), ("id", id.as_str())];
        link.command = Some(self.command("emr-containers describe-job-run", &options));
        link.logs = self.monitored(
            |uri| format!("{uri}/{cluster}/jobs/{id}/"),
            |group, prefix| format!("{group}:{}/{cluster}/jobs/{id}/", prefix.trim_end_matches('/')),
        );
        Some(link)
    }

    fn lambda(&self) -> Option<JobLink> {
        let said = self.said;
        let resource = said.resource();
        let named = if resource.starts_with("arn:") && resource.contains(":lambda:") {
            resource.to_owned()
        } else {
            said.asked(&["FunctionName"])?
        };
        let (name, qualifier) = function(&named);
        let qualifier = qualifier.or_else(|| said.asked(&["Qualifier"]));
        let request = said
            .cause(&["requestId"])
            .or_else(|| said.answer(&["SdkResponseMetadata", "RequestId"]))
            .or_else(|| said.answer(&["SdkHttpMetadata", "HttpHeaders", "x-amzn-RequestId"]));
        let ids = vec![("FunctionName", Some(name.clone())), ("Qualifier", qualifier), ("RequestId", request.clone())];
        let mut link = self.link("function", &name, ids);
        let group = format!("/aws/lambda/{name}");
        // A call of a function can be shown by its log lines alone.
        link.command = Some(match request {
            Some(request) => {
                let pattern = format!("\"{}\"", request.replace('"', ""));
                self.command("logs filter-log-events", &[("log-group-name", &group), ("filter-pattern", &pattern)])
            }
            None => self.command("lambda get-function", &[("function-name", &name)]),
        });
        link.region = super::region_of(&named);
        link.logs = Some(group);
        Some(link)
    }

    fn sage_maker(&self) -> Option<JobLink> {
        let kinds = [
            ("createTrainingJob", "TrainingJob", "training job", "training-job", Some("TrainingJobs")),
            ("createProcessingJob", "ProcessingJob", "processing job", "processing-job", Some("ProcessingJobs")),
            ("createTransformJob", "TransformJob", "transform job", "transform-job", Some("TransformJobs")),
            (
                "createHyperParameterTuningJob",
                "HyperParameterTuningJob",
                "tuning job",
                "hyper-parameter-tuning-job",
                Some("TrainingJobs"),
            ),
            ("createLabelingJob", "LabelingJob", "labeling job", "labeling-job", Some("LabelingJobs")),
            ("createEndpoint", "Endpoint", "endpoint", "endpoint", None),
            ("updateEndpoint", "Endpoint", "endpoint", "endpoint", None),
            ("createModel", "Model", "model", "model", None),
        ];
        if self.call.action == "startPipelineExecution" {
            let arn = self.said.any(&["PipelineExecutionArn"])?;
            let ids =
                vec![("PipelineExecutionArn", Some(arn.clone())), ("PipelineName", self.said.asked(&["PipelineName"]))];
            let mut link = self.link("pipeline execution", last_part(&arn), ids);
            let options = [("pipeline-execution-arn", arn.as_str())];
            link.command = Some(self.command("sagemaker describe-pipeline-execution", &options));
            return Some(link);
        }
        let (_, prefix, noun, verb, group) = kinds.into_iter().find(|kind| kind.0 == self.call.action)?;
        let (arn_key, name_key) = (format!("{prefix}Arn"), format!("{prefix}Name"));
        let arn = self.said.answer(&[&arn_key]);
        let name = arn.as_deref().map(last_part).map(str::to_owned).or_else(|| self.said.any(&[&name_key]))?;
        let mut link = self.link(noun, &name, vec![(&name_key, Some(name.clone())), (&arn_key, arn)]);
        let option = format!("{verb}-name");
        link.command = Some(self.command(&format!("sagemaker describe-{verb}"), &[(&option, &name)]));
        link.logs = group.map(|group| format!("/aws/sagemaker/{group}:{name}"));
        Some(link)
    }

    fn batch(&self) -> Option<JobLink> {
        let said = self.said;
        let id = said.answer(&["JobId"])?;
        let ids = vec![
            ("JobId", Some(id.clone())),
            ("JobName", said.any(&["JobName"])),
            ("JobQueue", said.any(&["JobQueue"])),
            ("JobArn", said.answer(&["JobArn"])),
        ];
        let mut link = self.link("job", &id, ids);
        link.command = Some(self.command("batch describe-jobs", &[("jobs", &id)]));
        let stream = (0..10)
            .rev()
            .find_map(|attempt: u32| said.cause(&["Attempts", &attempt.to_string(), "Container", "LogStreamName"]))
            .or_else(|| said.cause(&["Container", "LogStreamName"]));
        // A job definition may name a group of its own.
        let group = said
            .cause(&["Container", "LogConfiguration", "Options", "awslogs-group"])
            .unwrap_or_else(|| "/aws/batch/job".into());
        link.logs = stream.map(|stream| format!("{group}:{stream}"));
        Some(link)
    }

    fn ecs(&self) -> Option<JobLink> {
        let said = self.said;
        let arn = said
            .answer(&["Tasks", "0", "TaskArn"])
            .or_else(|| said.answer(&["TaskArn"]))
            .or_else(|| said.cause(&["Tasks", "0", "TaskArn"]))?;
        // `…:task/cluster/id`; of old accounts `…:task/id`.
        let mut parts = arn.rsplit('/');
        let id = parts.next().unwrap_or_default().to_owned();
        let from_arn = parts.next().filter(|part| !part.contains(':')).map(str::to_owned);
        // What was asked for may be a family alone: the answer names the revision that ran.
        let definition = said
            .answer(&["Tasks", "0", "TaskDefinitionArn"])
            .or_else(|| said.answer(&["TaskDefinitionArn"]))
            .or_else(|| said.asked(&["TaskDefinition"]));
        let cluster = from_arn.or_else(|| said.any(&["Cluster"]).map(|cluster| last_part(&cluster).to_owned()));
        let ids = vec![("TaskArn", Some(arn)), ("Cluster", cluster.clone()), ("TaskDefinition", definition)];
        let mut link = self.link("task", &id, ids);
        let mut options = Vec::new();
        if let Some(cluster) = cluster.as_deref() {
            options.push(("cluster", cluster));
        }
        options.push(("tasks", id.as_str()));
        link.command = Some(self.command("ecs describe-tasks", &options));
        link.task = self.task_end();
        Some(link)
    }

    /// How the task ended: of the cause, which is the task as ECS described it then.
    fn task_end(&self) -> Option<TaskEnd> {
        let said = |path: &[&str]| self.said.cause(path);
        let container = |number: usize| {
            let number = number.to_string();
            let of = |name: &str| said(&["Containers", &number, name]);
            Some(ContainerEnd {
                name: of("Name")?,
                exit_code: of("ExitCode").and_then(|code| code.parse().ok()),
                reason: of("Reason"),
                runtime_id: of("RuntimeId"),
            })
        };
        let end = TaskEnd {
            code: said(&["StopCode"]),
            reason: said(&["StoppedReason"]),
            containers: (0..MOST_CONTAINERS).map_while(container).collect(),
        };
        (end != TaskEnd::default()).then_some(end)
    }

    fn execution(&self) -> Option<JobLink> {
        let arn = self.said.answer(&["ExecutionArn"])?;
        let ids = vec![("ExecutionArn", Some(arn.clone())), ("StateMachineArn", self.said.asked(&["StateMachineArn"]))];
        let mut link = self.link("execution", last_part(&arn), ids);
        link.region = super::region_of(&arn);
        link.command = Some(command::line(
            "stepfunctions describe-execution",
            &[("execution-arn", &arn)],
            link.region.as_deref().or(self.region),
        ));
        Some(link)
    }

    fn simple(&self, noun: &str, key: &str, words: &str, option: &str) -> Option<JobLink> {
        let id = self.said.answer(&[key])?;
        let mut link = self.link(noun, &id, vec![(key, Some(id.clone()))]);
        link.command = Some(self.command(words, &[(option, &id)]));
        Some(link)
    }

    fn code_build(&self) -> Option<JobLink> {
        let id = self.said.answer(&["Build", "Id"]).or_else(|| self.said.cause(&["Id"]))?;
        let mut link =
            self.link("build", &id, vec![("Id", Some(id.clone())), ("ProjectName", self.said.any(&["ProjectName"]))]);
        link.command = Some(self.command("codebuild batch-get-builds", &[("ids", &id)]));
        let group = self.said.answer(&["Build", "Logs", "GroupName"]);
        let stream = self.said.answer(&["Build", "Logs", "StreamName"]);
        link.logs = group.zip(stream).map(|(group, stream)| format!("{group}:{stream}"));
        Some(link)
    }

    fn activity(&self) -> JobLink {
        let arn = self.said.resource();
        let mut link = self.link("activity", last_part(arn), vec![("ActivityArn", Some(arn.to_owned()))]);
        "Step Functions".clone_into(&mut link.service);
        link.command = Some(self.command("stepfunctions describe-activity", &[("activity-arn", arn)]));
        link
    }

    /// A message sent, a row written, an object read: nothing goes on after the answer.
    fn plain_call(&self) -> JobLink {
        let said = self.said;
        let names = ["TopicArn", "QueueUrl", "TableName", "Bucket", "Key", "MessageId", "EventBusName", "Name", "Id"];
        let ids =
            names.iter().map(|name| (*name, said.any(&[name]).map(|id| crate::cause::shorten(&id, 300)))).collect();
        self.link("call", &self.call.action, ids)
    }
}

/// Name and qualifier of `name`, `name:alias`, `123456789012:function:name` or an ARN.
pub(super) fn function(named: &str) -> (String, Option<String>) {
    let tail = named.split(":function:").nth(1).unwrap_or(named);
    let mut parts = tail.split(':');
    let name = parts.next().unwrap_or_default().to_owned();
    (name, parts.next().filter(|qualifier| !qualifier.is_empty()).map(str::to_owned))
}
