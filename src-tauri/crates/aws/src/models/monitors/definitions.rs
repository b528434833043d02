//! What a monitor was told to do: a job definition of one of the four kinds, or the one that stands inside a schedule.

use crate::{
    AwsError, Call, Session,
    jobs::{pairs, text},
    models::{client, word},
    pace::Api,
};
use aws_sdk_sagemaker::types::{
    BatchTransformInput, EndpointInput, MonitoringJobDefinition, MonitoringOutputConfig, MonitoringResources,
};
use contract::models::facts::{BaselineFact, JobDefinitionFact, MonitorInput, MonitorKind};

const DATA_QUALITY: Call = Call::new("DescribeDataQualityJobDefinition", "sagemaker:DescribeDataQualityJobDefinition");
const MODEL_QUALITY: Call =
    Call::new("DescribeModelQualityJobDefinition", "sagemaker:DescribeModelQualityJobDefinition");
const BIAS: Call = Call::new("DescribeModelBiasJobDefinition", "sagemaker:DescribeModelBiasJobDefinition");
const EXPLAINABILITY: Call =
    Call::new("DescribeModelExplainabilityJobDefinition", "sagemaker:DescribeModelExplainabilityJobDefinition");

/// A job definition by its name.
pub async fn describe(session: &Session, kind: MonitorKind, name: &str) -> Result<JobDefinitionFact, AwsError> {
    let client = client(session);
    // Four calls of one shape, each with types of its own; the answer comes along for what only some of them say.
    macro_rules! read {
        ($describe:ident, $call:expr, $baseline:ident, $app:ident, $input:ident, $output:ident) => {{
            session.pace(Api::SageMaker($call.name)).await;
            let found = client
                .$describe()
                .job_definition_name(name)
                .send()
                .await
                .map_err(|error| AwsError::from_sdk($call, error).or_absent())?;
            let (baseline, app, input) = (found.$baseline(), found.$app(), found.$input());
            let constraints = baseline.and_then(|it| it.constraints_resource()).and_then(|it| it.s3_uri());
            let definition = JobDefinitionFact {
                name: Some(name.to_owned()),
                baseline: BaselineFact {
                    job: text(baseline.and_then(|it| it.baselining_job_name())),
                    constraints: text(constraints),
                    statistics: None,
                },
                input: captured(
                    input.and_then(|it| it.endpoint_input()),
                    input.and_then(|it| it.batch_transform_input()),
                ),
                problem: None,
                ground_truth: None,
                output: output(found.$output()),
                image: text(app.and_then(|it| it.image_uri())),
                instance_type: instance_type(found.job_resources()),
                environment: pairs(app.and_then(|it| it.environment())),
            };
            (definition, found)
        }};
    }
    Ok(match kind {
        MonitorKind::DataQuality => {
            let (mut definition, found) = read!(
                describe_data_quality_job_definition,
                DATA_QUALITY,
                data_quality_baseline_config,
                data_quality_app_specification,
                data_quality_job_input,
                data_quality_job_output_config
            );
            let statistics = found.data_quality_baseline_config().and_then(|it| it.statistics_resource());
            definition.baseline.statistics = text(statistics.and_then(|it| it.s3_uri()));
            definition
        }
        MonitorKind::ModelQuality => {
            let (mut definition, found) = read!(
                describe_model_quality_job_definition,
                MODEL_QUALITY,
                model_quality_baseline_config,
                model_quality_app_specification,
                model_quality_job_input,
                model_quality_job_output_config
            );
            let truth = found.model_quality_job_input().and_then(|it| it.ground_truth_s3_input());
            definition.ground_truth = text(truth.and_then(|it| it.s3_uri()));
            definition.problem = word(found.model_quality_app_specification().and_then(|it| it.problem_type()));
            definition
        }
        MonitorKind::Bias => {
            let (mut definition, found) = read!(
                describe_model_bias_job_definition,
                BIAS,
                model_bias_baseline_config,
                model_bias_app_specification,
                model_bias_job_input,
                model_bias_job_output_config
            );
            let truth = found.model_bias_job_input().and_then(|it| it.ground_truth_s3_input());
            definition.ground_truth = text(truth.and_then(|it| it.s3_uri()));
            definition
        }
        MonitorKind::Explainability => {
            let (definition, _) = read!(
                describe_model_explainability_job_definition,
                EXPLAINABILITY,
                model_explainability_baseline_config,
                model_explainability_app_specification,
                model_explainability_job_input,
                model_explainability_job_output_config
            );
            definition
        }
    })
}

/// The definition inside a schedule.
pub(super) fn inline(item: &MonitoringJobDefinition) -> JobDefinitionFact {
    let baseline = item.baseline_config();
    let constraints = baseline.and_then(|it| it.constraints_resource()).and_then(|it| it.s3_uri());
    let statistics = baseline.and_then(|it| it.statistics_resource()).and_then(|it| it.s3_uri());
    let input = item.monitoring_inputs().first();
    JobDefinitionFact {
        name: None,
        baseline: BaselineFact {
            job: text(baseline.and_then(|it| it.baselining_job_name())),
            constraints: text(constraints),
            statistics: text(statistics),
        },
        input: captured(input.and_then(|it| it.endpoint_input()), input.and_then(|it| it.batch_transform_input())),
        problem: None,
        ground_truth: None,
        output: output(item.monitoring_output_config()),
        image: text(item.monitoring_app_specification().and_then(|it| it.image_uri())),
        instance_type: instance_type(item.monitoring_resources()),
        environment: pairs(item.environment()),
    }
}

fn captured(endpoint: Option<&EndpointInput>, batch: Option<&BatchTransformInput>) -> MonitorInput {
    // Two inputs of one shape, each with a type of its own.
    macro_rules! input {
        ($item:expr, $endpoint:expr, $captured:expr) => {
            MonitorInput {
                endpoint: $endpoint,
                captured: $captured,
                start_offset: text($item.start_time_offset()),
                end_offset: text($item.end_time_offset()),
                excluded: text($item.exclude_features_attribute()),
                inference_attribute: text($item.inference_attribute()),
                probability_attribute: text($item.probability_attribute()),
            }
        };
    }
    match (endpoint, batch) {
        (Some(endpoint), _) => input!(endpoint, text(endpoint.endpoint_name()), None),
        (None, Some(batch)) => input!(batch, None, text(batch.data_captured_destination_s3_uri())),
        (None, None) => MonitorInput::default(),
    }
}

fn output(config: Option<&MonitoringOutputConfig>) -> Option<String> {
    text(config?.monitoring_outputs().first()?.s3_output()?.s3_uri())
}

fn instance_type(resources: Option<&MonitoringResources>) -> Option<String> {
    word(resources?.cluster_config()?.instance_type())
}
