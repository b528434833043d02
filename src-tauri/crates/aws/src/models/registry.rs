//! The registry: groups of models and their versions.
//!
//! Searches give whole versions, a hundred a page, where lists give little more than names and states.

use super::{Accounts, client, search, state, who, word};
use crate::{
    AwsError, Call, Session,
    jobs::{pairs, small, text},
    pace::Api,
    time::timestamp,
};
use aws_sdk_sagemaker::{
    operation::describe_model_package::DescribeModelPackageOutput,
    types::{
        DriftCheckBaselines, FileSource, Filter, IncludedData, InferenceSpecification, MetadataProperties,
        MetricsSource, ModelLifeCycle, ModelMetrics, ModelPackageContainerDefinition, ModelPackageModelCard,
        ModelPackageStatusDetails, ModelPackageStatusItem, Operator, ResourceType, SearchExpression, Tag,
    },
};
use contract::models::facts::{
    Approval, CardFact, CheckFact, CheckKind, ContainerFact, EvidenceFact, EvidencePart, GroupFact, Lifecycle, Origin,
    VersionFact,
};

const DESCRIBE_GROUP: Call = Call::new("DescribeModelPackageGroup", "sagemaker:DescribeModelPackageGroup");
const DESCRIBE: Call = Call::new("DescribeModelPackage", "sagemaker:DescribeModelPackage");

/// Which versions a search is for. All conditions have to hold.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    pub accounts: Accounts,
    /// Name of the group.
    pub group: Option<&'a str>,
    pub approval: Option<Approval>,
    /// `ModelLifeCycle.Stage`.
    pub stage: Option<&'a str>,
}

/// How much of a version is described.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Included {
    /// With the content of the model card, which may need the permission to decrypt it.
    All,
    Metadata,
}

// Answers of one shape, each with a type of its own.
macro_rules! group {
    ($item:expr, $id:expr, $tags:expr) => {{
        let item = $item;
        match (text(item.model_package_group_name()), text(item.model_package_group_arn())) {
            (Some(name), Some(arn)) => Some(GroupFact {
                id: $id(&name, &arn),
                name,
                arn,
                description: text(item.model_package_group_description()),
                created: item.creation_time().map(timestamp),
                status: state(item.model_package_group_status()),
                tags: $tags,
            }),
            _ => None,
        }
    }};
}

macro_rules! package {
    ($item:expr, $arn:expr, $group:expr, $version:expr, $tags:expr) => {{
        let item = $item;
        VersionFact {
            arn: $arn.to_owned(),
            group: $group.to_owned(),
            version: $version,
            description: text(item.model_package_description()),
            status: state(item.model_package_status()),
            approval: item.model_approval_status().map_or(Approval::Unknown, |word| Approval::of(word.as_str())),
            comment: item.approval_description().filter(|text| !text.is_empty()).map(str::to_owned),
            lifecycle: lifecycle(item.model_life_cycle()),
            registration: word(item.model_package_registration_type()),
            created: item.creation_time().map(timestamp),
            created_by: who(item.created_by()),
            modified: item.last_modified_time().map(timestamp),
            modified_by: who(item.last_modified_by()),
            origin: item.metadata_properties().map(origin).unwrap_or_default(),
            containers: containers(item.inference_specification()),
            checks: item.model_package_status_details().map(checks).unwrap_or_default(),
            metrics: item.model_metrics().map(metrics).unwrap_or_default(),
            baselines: item.drift_check_baselines().map(baselines).unwrap_or_default(),
            card: item.model_card().map(card),
            metadata: pairs(item.customer_metadata_properties()),
            tags: $tags,
            task: text(item.task()),
            source_uri: text(item.source_uri()),
        }
    }};
}

macro_rules! version {
    ($item:expr, $tags:expr) => {{
        let item = $item;
        let named = (item.model_package_arn(), item.model_package_group_name(), item.model_package_version());
        match named {
            (Some(arn), Some(group), Some(version)) => {
                small(version).map(|version| package!(item, arn, group, version, $tags))
            }
            _ => None,
        }
    }};
}

/// One page of the groups, with their tags, and the token of the next.
pub async fn groups_page(
    session: &Session,
    accounts: Accounts,
    token: Option<String>,
) -> Result<(Vec<GroupFact>, Option<String>), AwsError> {
    let reply = search(session, ResourceType::ModelPackageGroup, accounts, None, token).await?;
    let id = |name: &str, arn: &str| if accounts == Accounts::Own { name.to_owned() } else { arn.to_owned() };
    let found = reply.results().iter().filter_map(|record| record.model_package_group());
    let groups = found.filter_map(|item| group!(item, id, Some(tags(item.tags())))).collect();
    Ok((groups, text(reply.next_token())))
}

/// One page of the versions, whole but for the content of cards that need decryption, and the token of the next.
pub async fn versions_page(
    session: &Session,
    wanted: Wanted<'_>,
    token: Option<String>,
) -> Result<(Vec<VersionFact>, Option<String>), AwsError> {
    let reply = search(session, ResourceType::ModelPackage, wanted.accounts, conditions(wanted), token).await?;
    // Packages without a version stand among them.
    let found = reply.results().iter().filter_map(|record| record.model_package());
    let versions = found.filter_map(|item| version!(item, Some(tags(item.tags())))).collect();
    Ok((versions, text(reply.next_token())))
}

fn conditions(wanted: Wanted<'_>) -> Option<SearchExpression> {
    let asked = [
        ("ModelPackageGroupName", wanted.group),
        ("ModelApprovalStatus", wanted.approval.map(Approval::code)),
        ("ModelLifeCycle.Stage", wanted.stage),
    ];
    let equals = |(name, value): (&str, Option<&str>)| {
        Some(Filter::builder().name(name).operator(Operator::Equals).value(value?).build())
    };
    let filters: Vec<Filter> = asked.into_iter().filter_map(equals).collect();
    (!filters.is_empty()).then(|| SearchExpression::builder().set_filters(Some(filters)).build())
}

/// A group by its name, or by its ARN if another account shares it. Its tags are not read.
pub async fn describe_group(session: &Session, id: &str) -> Result<GroupFact, AwsError> {
    session.pace(Api::SageMaker(DESCRIBE_GROUP.name)).await;
    let found = client(session)
        .describe_model_package_group()
        .model_package_group_name(id)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(DESCRIBE_GROUP, error).or_absent())?;
    let same = |_: &str, _: &str| id.to_owned();
    group!(&found, same, None)
        .ok_or_else(|| AwsError::Unreadable { call: DESCRIBE_GROUP, message: "the answer holds no group".into() })
}

/// A version as it is now. Its tags are not read.
pub async fn describe_version(session: &Session, arn: &str, included: Included) -> Result<VersionFact, AwsError> {
    let found = described(session, arn, included).await?;
    version!(&found, None).ok_or_else(|| AwsError::Unreadable {
        call: DESCRIBE,
        message: "the answer holds no version of a group".into(),
    })
}

/// The same, or a package without a group: nothing that decides or compares may come here.
pub async fn describe_package(session: &Session, arn: &str, included: Included) -> Result<VersionFact, AwsError> {
    let found = described(session, arn, included).await?;
    let found = &found;
    if let Some(version) = version!(found, None) {
        return Ok(version);
    }
    match (found.model_package_arn(), text(found.model_package_group_name())) {
        (Some(arn), None) => Ok(package!(found, arn, "", 0, None)),
        _ => Err(AwsError::Unreadable { call: DESCRIBE, message: "the answer holds no model package".into() }),
    }
}

async fn described(session: &Session, arn: &str, included: Included) -> Result<DescribeModelPackageOutput, AwsError> {
    session.pace(Api::SageMaker(DESCRIBE.name)).await;
    let included = match included {
        Included::All => IncludedData::AllData,
        Included::Metadata => IncludedData::MetadataOnly,
    };
    client(session)
        .describe_model_package()
        .model_package_name(arn)
        .included_data(included)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(DESCRIBE, error).or_absent())
}

fn tags(all: &[Tag]) -> Vec<(String, String)> {
    all.iter().filter_map(|tag| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned()))).collect()
}

fn lifecycle(item: Option<&ModelLifeCycle>) -> Option<Lifecycle> {
    let item = item?;
    Some(Lifecycle {
        stage: text(item.stage())?,
        status: item.stage_status().unwrap_or_default().to_owned(),
        description: text(item.stage_description()),
    })
}

fn origin(item: &MetadataProperties) -> Origin {
    Origin {
        commit: text(item.commit_id()),
        repository: text(item.repository()),
        generated_by: text(item.generated_by()),
        project: text(item.project_id()),
    }
}

fn containers(specification: Option<&InferenceSpecification>) -> Vec<ContainerFact> {
    specification.map(|all| all.containers().iter().map(container).collect()).unwrap_or_default()
}

fn container(item: &ModelPackageContainerDefinition) -> ContainerFact {
    let s3 = item.model_data_source().and_then(|source| source.s3_data_source());
    ContainerFact {
        image: item.image().unwrap_or_default().to_owned(),
        image_digest: text(item.image_digest()),
        model_data: text(item.model_data_url()).or_else(|| text(s3.and_then(|s3| s3.s3_uri()))),
        is_prefix: s3.and_then(|s3| s3.s3_data_type()).is_some_and(|kind| kind.as_str() == "S3Prefix"),
        model_data_etag: text(item.model_data_e_tag()).or_else(|| text(s3.and_then(|s3| s3.e_tag()))),
        environment: pairs(item.environment()),
        framework: text(item.framework()),
        framework_version: text(item.framework_version()),
    }
}

fn checks(details: &ModelPackageStatusDetails) -> Vec<CheckFact> {
    let check = |kind: CheckKind| {
        move |item: &ModelPackageStatusItem| CheckFact {
            kind,
            name: item.name().unwrap_or_default().to_owned(),
            status: state(item.status()),
            reason: text(item.failure_reason()),
        }
    };
    let validations = details.validation_statuses().iter().map(check(CheckKind::Validation));
    validations.chain(details.image_scan_statuses().iter().map(check(CheckKind::ImageScan))).collect()
}

fn card(item: &ModelPackageModelCard) -> CardFact {
    CardFact {
        status: state(item.model_card_status()),
        content: item.model_card_content().filter(|text| !text.is_empty()).map(str::to_owned),
    }
}

fn source(part: EvidencePart, item: Option<&MetricsSource>) -> Option<EvidenceFact> {
    let item = item?;
    let uri = text(item.s3_uri())?;
    Some(EvidenceFact { part, uri, content_type: text(item.content_type()), digest: text(item.content_digest()) })
}

fn file(part: EvidencePart, item: Option<&FileSource>) -> Option<EvidenceFact> {
    let item = item?;
    let uri = text(item.s3_uri())?;
    Some(EvidenceFact { part, uri, content_type: text(item.content_type()), digest: text(item.content_digest()) })
}

fn metrics(all: &ModelMetrics) -> Vec<EvidenceFact> {
    let (quality, data, bias) = (all.model_quality(), all.model_data_quality(), all.bias());
    let files = [
        source(EvidencePart::QualityStatistics, quality.and_then(|it| it.statistics())),
        source(EvidencePart::QualityConstraints, quality.and_then(|it| it.constraints())),
        source(EvidencePart::DataStatistics, data.and_then(|it| it.statistics())),
        source(EvidencePart::DataConstraints, data.and_then(|it| it.constraints())),
        source(EvidencePart::BiasReport, bias.and_then(|it| it.report())),
        source(EvidencePart::PreTrainingBias, bias.and_then(|it| it.pre_training_report())),
        source(EvidencePart::PostTrainingBias, bias.and_then(|it| it.post_training_report())),
        source(EvidencePart::Explainability, all.explainability().and_then(|it| it.report())),
    ];
    files.into_iter().flatten().collect()
}

fn baselines(all: &DriftCheckBaselines) -> Vec<EvidenceFact> {
    let (quality, data) = (all.model_quality(), all.model_data_quality());
    let (bias, explainability) = (all.bias(), all.explainability());
    let files = [
        source(EvidencePart::QualityStatistics, quality.and_then(|it| it.statistics())),
        source(EvidencePart::QualityConstraints, quality.and_then(|it| it.constraints())),
        source(EvidencePart::DataStatistics, data.and_then(|it| it.statistics())),
        source(EvidencePart::DataConstraints, data.and_then(|it| it.constraints())),
        source(EvidencePart::PreTrainingBias, bias.and_then(|it| it.pre_training_constraints())),
        source(EvidencePart::PostTrainingBias, bias.and_then(|it| it.post_training_constraints())),
        file(EvidencePart::BiasConfig, bias.and_then(|it| it.config_file())),
        source(EvidencePart::ExplainabilityConstraints, explainability.and_then(|it| it.constraints())),
        file(EvidencePart::ExplainabilityConfig, explainability.and_then(|it| it.config_file())),
    ];
    files.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests;
