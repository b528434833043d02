//! Job runs of EMR on EKS: one more, and the end of one.

use super::{Started, built, no_answer, no_program, tags};
use crate::{AwsError, Call, Session, WritePermit, pace::Api};
use aws_sdk_emrcontainers::{
    Client,
    types::{Configuration as SdkConfiguration, JobDriver, SparkSqlJobDriver, SparkSubmitJobDriver},
};
use aws_types::request_id::RequestId as _;
use contract::jobs::{
    JobId,
    facts::{Configuration, Driver, Request},
};

const DESCRIBE: Call = Call::new("DescribeJobRun", "emr-containers:DescribeJobRun");
const START: Call = Call::new("StartJobRun", "emr-containers:StartJobRun");
const CANCEL: Call = Call::new("CancelJobRun", "emr-containers:CancelJobRun");

pub(super) async fn start(
    permit: &WritePermit,
    session: &Session,
    cluster: &str,
    run: &str,
    request: &Request,
    token: &str,
) -> Result<Started, AwsError> {
    let client = Client::new(session.config());
    session.pace(Api::EmrEks).await;
    let reply = client
        .describe_job_run()
        .virtual_cluster_id(cluster)
        .id(run)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(DESCRIBE, error))?;
    let was = reply.job_run.ok_or_else(|| no_answer(DESCRIBE, "job run"))?;
    let mut overrides = was.configuration_overrides;
    if let Some(all) = overrides.as_mut().and_then(|overrides| overrides.application_configuration.as_mut()) {
        keep(all, &request.configurations);
    }
    session.pace(Api::EmrEks).await;
    permit.check()?;
    let reply = client
        .start_job_run()
        .virtual_cluster_id(cluster)
        .client_token(token)
        .set_name(request.name.clone())
        .set_execution_role_arn(request.role.clone())
        .set_release_label(request.release.clone())
        .job_driver(driver(&request.driver)?)
        .set_configuration_overrides(overrides)
        .set_tags(tags(was.tags.as_ref()))
        .set_retry_policy_configuration(was.retry_policy_configuration)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(START, error))?;
    let run = reply.id().ok_or_else(|| no_answer(START, "job run"))?.to_owned();
    Ok(Started {
        run: JobId::Eks { virtual_cluster: cluster.to_owned(), run },
        request_id: reply.request_id().map(str::to_owned),
    })
}

fn driver(driver: &Driver) -> Result<JobDriver, AwsError> {
    let all = JobDriver::builder();
    match driver {
        Driver::SparkSubmit { entry_point, arguments, parameters } => {
            let submit = SparkSubmitJobDriver::builder()
                .entry_point(entry_point)
                .set_entry_point_arguments((!arguments.is_empty()).then(|| arguments.clone()))
                .set_spark_submit_parameters(parameters.clone());
            Ok(all.spark_submit_job_driver(built(submit.build())?).build())
        }
        Driver::SparkSql { entry_point, parameters } => {
            let sql =
                SparkSqlJobDriver::builder().entry_point(entry_point).set_spark_sql_parameters(parameters.clone());
            Ok(all.spark_sql_job_driver(sql.build()).build())
        }
        _ => Err(no_program("EMR on EKS")),
    }
}

/// Takes away what an edit took away. What is nested stays nested, which the facts do not keep.
fn keep(all: &mut Vec<SdkConfiguration>, wanted: &[Configuration]) {
    for one in all.iter_mut() {
        let found: Vec<&Configuration> =
            wanted.iter().filter(|wanted| wanted.classification == one.classification).collect();
        let is_wanted = |key: &String| found.iter().any(|wanted| wanted.properties.iter().any(|(name, _)| name == key));
        if let Some(properties) = &mut one.properties {
            properties.retain(|key, _| is_wanted(key));
        }
        if let Some(nested) = &mut one.configurations {
            keep(nested, wanted);
        }
    }
    all.retain(|one| {
        one.properties.as_ref().is_some_and(|properties| !properties.is_empty())
            || one.configurations.as_ref().is_some_and(|nested| !nested.is_empty())
    });
}

pub(super) async fn cancel(session: &Session, cluster: &str, run: &str) -> Result<Option<String>, AwsError> {
    session.pace(Api::EmrEks).await;
    let reply = Client::new(session.config())
        .cancel_job_run()
        .virtual_cluster_id(cluster)
        .id(run)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(CANCEL, error))?;
    Ok(reply.request_id().map(str::to_owned))
}
