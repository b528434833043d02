//! Endpoints: what they serve, how, and from which version.
//!
//! An endpoint names its configuration, the configuration names the model of each variant, and the model names the
//! version. Each step is a call with a permission of its own, so what follows from it may be missing on its own.

use super::{Accounts, PAGE, client, package, search, state, word};
use crate::{
    AwsError, Call, Session,
    jobs::{small, text},
    pace::Api,
    time::timestamp,
};
use aws_sdk_sagemaker::{
    operation::{describe_endpoint::DescribeEndpointOutput, describe_endpoint_config::DescribeEndpointConfigOutput},
    types::{
        DataCaptureConfigSummary, Endpoint, ProductionVariant, ProductionVariantServerlessConfig,
        ProductionVariantSummary, ResourceType,
    },
};
use contract::{
    Timestamp,
    facts::Missing,
    models::facts::{CaptureFact, EndpointFact, VariantFact},
};
use std::collections::BTreeMap;

const LIST: Call = Call::new("ListEndpoints", "sagemaker:ListEndpoints");
const DESCRIBE: Call = Call::new("DescribeEndpoint", "sagemaker:DescribeEndpoint");
const DESCRIBE_CONFIG: Call = Call::new("DescribeEndpointConfig", "sagemaker:DescribeEndpointConfig");
const DESCRIBE_MODEL: Call = Call::new("DescribeModel", "sagemaker:DescribeModel");

/// An endpoint as the list gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointItem {
    pub name: String,
    pub arn: String,
    /// `InService`, `Updating`, `Failed`, `RollingBack` and so on.
    pub status: String,
    pub created: Option<Timestamp>,
    pub modified: Option<Timestamp>,
}

/// An endpoint with what could not be read of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Described {
    pub endpoint: EndpointFact,
    /// Without the configuration no variant has a model; without a model its variants have no version.
    pub missing: Vec<Missing>,
}

/// One page of the region's endpoints, newest first, and the token of the next.
pub async fn page(session: &Session, token: Option<String>) -> Result<(Vec<EndpointItem>, Option<String>), AwsError> {
    session.pace(Api::SageMaker(LIST.name)).await;
    let reply = client(session)
        .list_endpoints()
        .max_results(PAGE)
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(LIST, error))?;
    let endpoints = reply.endpoints().iter().filter_map(|item| {
        Some(EndpointItem {
            name: text(item.endpoint_name())?,
            arn: item.endpoint_arn().unwrap_or_default().to_owned(),
            status: state(item.endpoint_status()),
            created: item.creation_time().map(timestamp),
            modified: item.last_modified_time().map(timestamp),
        })
    });
    Ok((endpoints.collect(), text(reply.next_token())))
}

/// One page of the region's endpoints, each with its variants and what it captures, and the token of the next. A search does
/// not say which model a variant serves, how the last deployment went, nor whether requests wait.
pub async fn served_page(
    session: &Session,
    token: Option<String>,
) -> Result<(Vec<EndpointFact>, Option<String>), AwsError> {
    let reply = search(session, ResourceType::Endpoint, Accounts::Own, None, token).await?;
    let endpoints = reply.results().iter().filter_map(|record| record.endpoint()).filter_map(served).collect();
    Ok((endpoints, text(reply.next_token())))
}

fn served(item: &Endpoint) -> Option<EndpointFact> {
    Some(EndpointFact {
        name: text(item.endpoint_name())?,
        arn: item.endpoint_arn().unwrap_or_default().to_owned(),
        status: state(item.endpoint_status()),
        reason: text(item.failure_reason()),
        config: text(item.endpoint_config_name()),
        config_created: None,
        created: item.creation_time().map(timestamp),
        modified: item.last_modified_time().map(timestamp),
        variants: item.production_variants().iter().map(variant).collect(),
        capture: item.data_capture_config().map(capture),
        rollback_alarms: Vec::new(),
        is_async: false,
        pending_config: None,
    })
}

/// An endpoint, its configuration and the models of its variants.
pub async fn describe(session: &Session, name: &str) -> Result<Described, AwsError> {
    session.pace(Api::SageMaker(DESCRIBE.name)).await;
    let found = client(session)
        .describe_endpoint()
        .endpoint_name(name)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(DESCRIBE, error).or_absent())?;
    let mut endpoint = endpoint(name, &found);
    let mut missing = Vec::new();
    let Some(config) = endpoint.config.clone() else {
        return Ok(Described { endpoint, missing });
    };
    match configuration(session, &config).await {
        Ok(config) => configured(&mut endpoint, &config),
        Err(error) => missing.push(error.missing(DESCRIBE_CONFIG)),
    }
    // Several variants may serve one model.
    let mut packages: BTreeMap<String, Option<String>> = BTreeMap::new();
    for variant in &mut endpoint.variants {
        let Some(name) = variant.model.clone() else { continue };
        let package = match packages.get(&name) {
            Some(known) => known.clone(),
            None => match package_of(session, &name).await {
                Ok(package) => package,
                Err(error) => {
                    missing.push(error.missing(DESCRIBE_MODEL));
                    None
                }
            },
        };
        variant.package.clone_from(&package);
        packages.insert(name, package);
    }
    Ok(Described { endpoint, missing })
}

/// The version that a SageMaker model was made from, if it was made from one.
pub async fn package_of(session: &Session, name: &str) -> Result<Option<String>, AwsError> {
    session.pace(Api::SageMaker(DESCRIBE_MODEL.name)).await;
    let sent = client(session).describe_model().model_name(name).send().await;
    let model = sent.map_err(|error| AwsError::from_sdk(DESCRIBE_MODEL, error).or_absent())?;
    Ok(package(model.primary_container(), model.containers()))
}

async fn configuration(session: &Session, name: &str) -> Result<DescribeEndpointConfigOutput, AwsError> {
    session.pace(Api::SageMaker(DESCRIBE_CONFIG.name)).await;
    let sent = client(session).describe_endpoint_config().endpoint_config_name(name).send().await;
    sent.map_err(|error| AwsError::from_sdk(DESCRIBE_CONFIG, error).or_absent())
}

fn endpoint(name: &str, found: &DescribeEndpointOutput) -> EndpointFact {
    let rollback = found.last_deployment_config().and_then(|config| config.auto_rollback_configuration());
    EndpointFact {
        name: name.to_owned(),
        arn: found.endpoint_arn().unwrap_or_default().to_owned(),
        status: state(found.endpoint_status()),
        reason: text(found.failure_reason()),
        config: text(found.endpoint_config_name()),
        config_created: None,
        created: found.creation_time().map(timestamp),
        modified: found.last_modified_time().map(timestamp),
        variants: found.production_variants().iter().map(variant).collect(),
        capture: found.data_capture_config().map(capture),
        rollback_alarms: rollback
            .map(|rollback| rollback.alarms().iter().filter_map(|alarm| text(alarm.alarm_name())).collect())
            .unwrap_or_default(),
        is_async: found.async_inference_config().is_some(),
        pending_config: text(found.pending_deployment_summary().and_then(|pending| pending.endpoint_config_name())),
    }
}

fn variant(item: &ProductionVariantSummary) -> VariantFact {
    let serverless = item.current_serverless_config().or(item.desired_serverless_config());
    VariantFact {
        name: item.variant_name().unwrap_or_default().to_owned(),
        model: None,
        package: None,
        weight: item.current_weight(),
        desired_weight: item.desired_weight(),
        instances: item.current_instance_count().and_then(small),
        desired_instances: item.desired_instance_count().and_then(small),
        instance_type: None,
        statuses: item
            .variant_status()
            .iter()
            .map(|status| (state(status.status()), text(status.status_message())))
            .collect(),
        images: item
            .deployed_images()
            .iter()
            .filter_map(|image| text(image.resolved_image().or(image.specified_image())))
            .collect(),
        serverless: serverless.and_then(limits),
    }
}

fn limits(config: &ProductionVariantServerlessConfig) -> Option<(u32, u32)> {
    Some((config.memory_size_in_mb().and_then(small)?, config.max_concurrency().and_then(small)?))
}

fn capture(item: &DataCaptureConfigSummary) -> CaptureFact {
    CaptureFact {
        is_on: item.enable_capture() == Some(true),
        status: state(item.capture_status()),
        sampling: item.current_sampling_percentage().and_then(small),
        destination: item.destination_s3_uri().unwrap_or_default().to_owned(),
    }
}

/// What the configuration says of the variants. An endpoint that fails on its first start has none of its own.
fn configured(endpoint: &mut EndpointFact, config: &DescribeEndpointConfigOutput) {
    endpoint.config_created = config.creation_time().map(timestamp);
    endpoint.is_async |= config.async_inference_config().is_some();
    let planned = config.production_variants();
    if endpoint.variants.is_empty() {
        let bare = |item: &ProductionVariant| VariantFact {
            name: item.variant_name().unwrap_or_default().to_owned(),
            ..VariantFact::default()
        };
        endpoint.variants = planned.iter().map(bare).collect();
    }
    for variant in &mut endpoint.variants {
        let Some(item) = planned.iter().find(|item| item.variant_name() == Some(variant.name.as_str())) else {
            continue;
        };
        variant.model = text(item.model_name());
        variant.instance_type = word(item.instance_type());
        variant.serverless = variant.serverless.or_else(|| item.serverless_config().and_then(limits));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Reply, Wire};

    const ENDPOINT: &str = r#"{
      "EndpointName": "churn", "EndpointArn": "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/churn",
      "EndpointConfigName": "churn-7", "EndpointStatus": "Updating", "CreationTime": 1763510400, "LastModifiedTime": 1763514000,
      "ProductionVariants": [
        {"VariantName": "blue", "CurrentWeight": 0.5, "DesiredWeight": 1.0, "CurrentInstanceCount": 2, "DesiredInstanceCount": 3,
         "DeployedImages": [{"SpecifiedImage": "xgb:1", "ResolvedImage": "xgb@sha256:aa", "ResolutionTime": 1763510400}],
         "VariantStatus": [{"Status": "Baking", "StatusMessage": "for 10 minutes", "StartTime": 1763510400}]},
        {"VariantName": "green", "CurrentServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5}},
        {"VariantName": "red"}
      ],
      "DataCaptureConfig": {"EnableCapture": true, "CaptureStatus": "Stopped", "CurrentSamplingPercentage": 0,
        "DestinationS3Uri": "s3://ml/capture", "KmsKeyId": "k"},
      "LastDeploymentConfig": {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "churn-5xx"}]}},
      "PendingDeploymentSummary": {"EndpointConfigName": "churn-8"}
    }"#;
    const CONFIG: &str = r#"{
      "EndpointConfigName": "churn-7", "EndpointConfigArn": "arn:c", "CreationTime": 1763512200,
      "ProductionVariants": [
        {"VariantName": "green", "ModelName": "churn-14", "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 1}},
        {"VariantName": "blue", "ModelName": "churn-14", "InstanceType": "ml.m7i.large"},
        {"VariantName": "red", "ModelName": "churn-old"}
      ]
    }"#;
    const MODEL: &str = r#"{"ModelName": "churn-14", "PrimaryContainer": {"ModelPackageName": "arn:package"},
      "CreationTime": 1763510400, "ModelArn": "arn:m"}"#;

    #[tokio::test]
    async fn a_page_of_a_search_says_what_each_endpoint_captures() {
        let page = format!(r#"{{"Results": [{{"Endpoint": {ENDPOINT}}}, {{"Endpoint": {{}}}}], "NextToken": "more"}}"#);
        let wire = Wire::start(move |_, _| Reply::json(&page));
        let (found, token) = served_page(&wire.session, None).await.unwrap();
        let (call, body) = wire.only();
        assert_eq!((call.as_str(), token.as_deref()), ("SageMaker.Search", Some("more")));
        assert!(body.contains(r#""Resource":"Endpoint""#), "{body}");
        let [endpoint] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((endpoint.name.as_str(), endpoint.variants.len()), ("churn", 3));
        let capture = endpoint.capture.as_ref().unwrap();
        assert_eq!((capture.status.as_str(), capture.sampling), ("Stopped", Some(0)));
        assert_eq!(endpoint.variants[0].model, None, "a search does not say");
    }

    #[tokio::test]
    async fn variants_are_joined_with_their_models_and_versions() {
        let wire = Wire::start(|call, body| match call {
            "SageMaker.DescribeEndpoint" => Reply::json(ENDPOINT),
            "SageMaker.DescribeEndpointConfig" => Reply::json(CONFIG),
            _ if body.contains("churn-old") => {
                Reply::fault("ValidationException", "Could not find model \"churn-old\".")
            }
            _ => Reply::json(MODEL),
        });
        let Described { endpoint, missing } = describe(&wire.session, "churn").await.unwrap();
        let [blue, green, red] = endpoint.variants.as_slice() else { panic!("{endpoint:?}") };
        assert_eq!((blue.model.as_deref(), blue.package.as_deref()), (Some("churn-14"), Some("arn:package")));
        assert_eq!(
            (blue.weight, blue.desired_weight, blue.instances, blue.desired_instances),
            (Some(0.5), Some(1.0), Some(2), Some(3))
        );
        assert_eq!(
            (blue.instance_type.as_deref(), blue.images.as_slice()),
            (Some("ml.m7i.large"), &["xgb@sha256:aa".to_owned()][..])
        );
        assert_eq!(blue.statuses, [("Baking".to_owned(), Some("for 10 minutes".to_owned()))]);
        assert_eq!(green.package.as_deref(), Some("arn:package"));
        assert_eq!(green.serverless, Some((2_048, 5)), "as it is now, not as it was configured");
        assert_eq!((red.model.as_deref(), red.package.as_deref()), (Some("churn-old"), None));
        assert_eq!(endpoint.pending_config.as_deref(), Some("churn-8"));
        let made = endpoint.config_created.map(Timestamp::as_second);
        assert_eq!(made, Some(1_763_512_200), "not when its weights last changed");
        assert_eq!(endpoint.rollback_alarms, ["churn-5xx"]);
        let capture = endpoint.capture.unwrap();
        assert_eq!((capture.is_on, capture.status.as_str(), capture.sampling), (true, "Stopped", Some(0)));
        let [missing] = missing.as_slice() else { panic!("{missing:?}") };
        assert_eq!((missing.action.as_str(), missing.denied), ("sagemaker:DescribeModel", false));
        let models = wire.seen().iter().filter(|(call, _)| call == "SageMaker.DescribeModel").count();
        assert_eq!(models, 2, "a model of two variants is described once");
    }

    #[tokio::test]
    async fn an_endpoint_without_a_readable_configuration_is_shown_as_far_as_it_is_known() {
        let wire = Wire::start(|call, _| match call {
            "SageMaker.DescribeEndpoint" => Reply::json(ENDPOINT),
            _ => Reply::fault("AccessDeniedException", "no"),
        });
        let Described { endpoint, missing } = describe(&wire.session, "churn").await.unwrap();
        assert_eq!((endpoint.variants.len(), endpoint.config_created), (3, None));
        assert!(endpoint.variants.iter().all(|variant| variant.model.is_none()));
        assert!(missing.len() == 1 && missing[0].denied, "{missing:?}");
    }

    #[tokio::test]
    async fn an_unknown_endpoint_is_absent() {
        let wire = Wire::start(|_, _| Reply::fault("ValidationException", "Could not find endpoint \"x\"."));
        assert!(describe(&wire.session, "x").await.unwrap_err().is_absent());
    }
}
