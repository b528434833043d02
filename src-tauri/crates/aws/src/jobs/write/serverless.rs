//! Job runs of EMR Serverless: one more, and the end of one.

use super::{Started, built, no_answer, no_program, tags};
use crate::{AwsError, Call, Session, WritePermit, pace::Api};
use aws_sdk_emrserverless::{
    Client,
    types::{Configuration as SdkConfiguration, Hive, JobDriver, SparkSubmit},
};
use aws_types::request_id::RequestId as _;
use contract::jobs::{
    JobId,
    facts::{Configuration, Driver, Request},
};

const GET: Call = Call::new("GetJobRun", "emr-serverless:GetJobRun");
const START: Call = Call::new("StartJobRun", "emr-serverless:StartJobRun");
const CANCEL: Call = Call::new("CancelJobRun", "emr-serverless:CancelJobRun");

pub(super) async fn start(
    permit: &WritePermit,
    session: &Session,
    application: &str,
    run: &str,
    request: &Request,
    token: &str,
) -> Result<Started, AwsError> {
    let client = Client::new(session.config());
    session.pace(Api::EmrServerless).await;
    let reply = client
        .get_job_run()
        .application_id(application)
        .job_run_id(run)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(GET, error))?;
    let was = reply.job_run.ok_or_else(|| no_answer(GET, "job run"))?;
    let mut overrides = was.configuration_overrides;
    if let Some(all) = overrides.as_mut().and_then(|overrides| overrides.application_configuration.as_mut()) {
        keep(all, &request.configurations);
    }
    session.pace(Api::EmrServerless).await;
    permit.check()?;
    let reply = client
        .start_job_run()
        .application_id(application)
        .client_token(token)
        .execution_role_arn(was.execution_role)
        .set_execution_iam_policy(was.execution_iam_policy)
        .job_driver(driver(&request.driver)?)
        .set_configuration_overrides(overrides)
        .set_tags(tags(was.tags.as_ref()))
        .set_execution_timeout_minutes(request.timeout_minutes.and_then(|minutes| i64::try_from(minutes).ok()))
        .set_name(request.name.clone())
        .set_mode(was.mode)
        .set_retry_policy(was.retry_policy)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(START, error))?;
    Ok(Started {
        run: JobId::Serverless {
            application: application.to_owned(),
            run: reply.job_run_id().to_owned(),
            attempt: None,
        },
        request_id: reply.request_id().map(str::to_owned),
    })
}

fn driver(driver: &Driver) -> Result<JobDriver, AwsError> {
    match driver {
        Driver::SparkSubmit { entry_point, arguments, parameters } => {
            let submit = SparkSubmit::builder()
                .entry_point(entry_point)
                .set_entry_point_arguments((!arguments.is_empty()).then(|| arguments.clone()))
                .set_spark_submit_parameters(parameters.clone());
            Ok(JobDriver::SparkSubmit(built(submit.build())?))
        }
        Driver::Hive { query, init, parameters } => {
            let hive =
                Hive::builder().query(query).set_init_query_file(init.clone()).set_parameters(parameters.clone());
            Ok(JobDriver::Hive(built(hive.build())?))
        }
        _ => Err(no_program("EMR Serverless")),
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

pub(super) async fn cancel(session: &Session, application: &str, run: &str) -> Result<Option<String>, AwsError> {
    session.pace(Api::EmrServerless).await;
    let reply = Client::new(session.config())
        .cancel_job_run()
        .application_id(application)
        .job_run_id(run)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(CANCEL, error))?;
    Ok(reply.request_id().map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(classification: &str, keys: &[&str], nested: Vec<SdkConfiguration>) -> SdkConfiguration {
        let properties = keys.iter().map(|key| ((*key).to_owned(), "1".to_owned())).collect();
        SdkConfiguration::builder()
            .classification(classification)
            .set_properties(Some(properties))
            .set_configurations(Some(nested))
            .build()
            .unwrap()
    }

    #[test]
    fn what_an_edit_took_away_is_gone_and_the_rest_is_nested_as_it_was() {
        let export = one("export", &["A"], Vec::new());
        let mut all =
            vec![one("spark-defaults", &["spark.a", "spark.b"], Vec::new()), one("spark-env", &[], vec![export])];
        let fact = |classification: &str, key: &str| Configuration {
            classification: classification.into(),
            properties: vec![(key.into(), "1".into())],
        };
        keep(&mut all, &[fact("spark-defaults", "spark.b"), fact("export", "A")]);
        assert_eq!(all[0].properties.as_ref().unwrap().len(), 1);
        assert_eq!(all[1].configurations.as_ref().unwrap()[0].classification, "export");
        keep(&mut all, &[fact("export", "A")]);
        assert_eq!(all.len(), 1);
    }
}
