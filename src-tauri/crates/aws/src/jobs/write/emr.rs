//! Steps of EMR: one more on a cluster, and the end of one.

use super::{Started, no_answer, no_program};
use crate::{AwsError, Call, Session, WritePermit, pace::Api};
use aws_sdk_emr::{
    Client,
    config::Builder,
    types::{
        ActionOnFailure, HadoopJarStepConfig, KeyValue, S3MonitoringConfiguration, StepCancellationOption, StepConfig,
        StepMonitoringConfiguration,
    },
};
use aws_smithy_types::retry::RetryConfig;
use aws_types::request_id::RequestId as _;
use contract::jobs::{
    JobId,
    facts::{Driver, Request},
};

const ADD: Call = Call::new("AddJobFlowSteps", "elasticmapreduce:AddJobFlowSteps");
const CANCEL: Call = Call::new("CancelSteps", "elasticmapreduce:CancelSteps");

/// Sent once: a repeated call would add the step twice.
pub(super) async fn start(
    permit: &WritePermit,
    session: &Session,
    cluster: &str,
    request: &Request,
) -> Result<Started, AwsError> {
    let Driver::Jar { jar, main_class, arguments, properties, on_failure } = &request.driver else {
        return Err(no_program("a step"));
    };
    let properties: Vec<KeyValue> =
        properties.iter().map(|(key, value)| KeyValue::builder().key(key).value(value).build()).collect();
    let program = HadoopJarStepConfig::builder()
        .jar(jar)
        .set_main_class(main_class.clone())
        .set_args(Some(arguments.clone()))
        .set_properties(Some(properties))
        .build();
    let logs = request.logs.step_s3.as_ref().map(|uri| {
        let place = S3MonitoringConfiguration::builder().log_uri(uri).build();
        StepMonitoringConfiguration::builder().s3_monitoring_configuration(place).build()
    });
    let step = StepConfig::builder()
        .name(request.name.as_deref().unwrap_or("step"))
        // Whatever an earlier one did to its cluster: one that is asked for again takes nothing down.
        .action_on_failure(ActionOnFailure::from(on_failure.unwrap_or_default().code()))
        .hadoop_jar_step(program)
        .set_step_monitoring_configuration(logs)
        .build();
    session.pace(Api::Emr).await;
    permit.check()?;
    let once = Builder::from(session.config()).retry_config(RetryConfig::disabled()).build();
    let reply = Client::from_conf(once)
        .add_job_flow_steps()
        .job_flow_id(cluster)
        .steps(step)
        .set_execution_role_arn(request.role.clone())
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(ADD, error))?;
    let step = reply.step_ids().first().cloned().ok_or_else(|| no_answer(ADD, "step"))?;
    Ok(Started {
        run: JobId::Step { cluster: cluster.to_owned(), step },
        request_id: reply.request_id().map(str::to_owned),
    })
}

pub(super) async fn cancel(
    session: &Session,
    cluster: &str,
    step: &str,
    force: bool,
) -> Result<Option<String>, AwsError> {
    let how = if force { StepCancellationOption::TerminateProcess } else { StepCancellationOption::SendInterrupt };
    session.pace(Api::Emr).await;
    let reply = Client::new(session.config())
        .cancel_steps()
        .cluster_id(cluster)
        .step_ids(step)
        .step_cancellation_option(how)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(CANCEL, error))?;
    let request_id = reply.request_id().map(str::to_owned);
    let refused = reply
        .cancel_steps_info_list()
        .iter()
        .find(|info| info.status().is_some_and(|status| status.as_str() != "SUBMITTED"));
    match refused {
        Some(info) => {
            let message = info.reason().unwrap_or("EMR does not say why").to_owned();
            Err(AwsError::Changed { call: CANCEL, message, request_id })
        }
        None => Ok(request_id),
    }
}
