//! The event that SageMaker would send after a write, for `TestEventPattern`: which rules would match is asked before.

use contract::{
    Timestamp,
    models::{
        ModelWrite,
        facts::{CheckFact, CheckKind, EvidenceFact, EvidencePart, VersionFact},
    },
};
use serde_json::{Map, Value, json};

/// `UpdatedModelPackageFields`: by these a careful rule tells an approval from an edit of an approved version.
pub fn updated_fields(write: &ModelWrite) -> Vec<&'static str> {
    match write {
        ModelWrite::Stage(_) => vec!["ModelLifeCycle"],
        ModelWrite::Metadata { .. } => vec!["CustomerMetadataProperties"],
        ModelWrite::Approval { .. } => vec!["ModelApprovalStatus", "ApprovalDescription"],
    }
}

/// What the service sends after a write, in words.
pub fn sends(version: &VersionFact, write: &ModelWrite) -> String {
    let approval = match write {
        ModelWrite::Approval { status, .. } => status.as_str(),
        ModelWrite::Stage(_) | ModelWrite::Metadata { .. } => version.approval.code(),
    };
    format!(
        "SageMaker sends `SageMaker Model Package State Change` with ModelApprovalStatus {approval} and \
         UpdatedModelPackageFields {}: a rule that looks at the approval alone hears of it.",
        updated_fields(write).join(", ")
    )
}

/// The event as JSON, in its documented shape ("SageMaker model package state change"), with the fields of newer
/// payloads. `None` when the version's ARN is none.
pub fn event(version: &VersionFact, write: &ModelWrite, now: Timestamp) -> Option<String> {
    let mut arn = version.arn.split(':').skip(3);
    let (region, account) = (arn.next()?, arn.next()?);
    let now = Timestamp::from_second(now.as_second()).ok()?.to_string();
    let mut detail = detail(version, &now);
    apply(&mut detail, version, write);
    let event = json!({
        "version": "0",
        "id": "00000000-0000-0000-0000-000000000000",
        "detail-type": "SageMaker Model Package State Change",
        "source": "aws.sagemaker",
        "account": account,
        "time": now,
        "region": region,
        "resources": [version.arn],
        "detail": detail,
    });
    Some(event.to_string())
}

fn detail(version: &VersionFact, now: &str) -> Map<String, Value> {
    let containers: Vec<Value> = version
        .containers
        .iter()
        .map(|container| {
            let fields = [
                ("Image", Some(&container.image)),
                ("ImageDigest", container.image_digest.as_ref()),
                ("ModelDataUrl", container.model_data.as_ref()),
            ];
            given(fields)
        })
        .collect();
    let origin = &version.origin;
    let metadata = [
        ("CommitId", origin.commit.as_ref()),
        ("Repository", origin.repository.as_ref()),
        ("GeneratedBy", origin.generated_by.as_ref()),
        ("ProjectId", origin.project.as_ref()),
    ];
    let checks = |kind: CheckKind| -> Vec<Value> {
        let checks = version.checks.iter().filter(|check| check.kind == kind);
        checks.map(|CheckFact { name, status, .. }| json!({ "Name": name, "Status": status })).collect()
    };
    let mut detail = Map::new();
    let mut put = |name: &str, value: Value| {
        detail.insert(name.to_owned(), value);
    };
    put("ModelPackageGroupName", json!(version.group));
    put("ModelPackageVersion", json!(version.version));
    put("ModelPackageArn", json!(version.arn));
    put("CreationTime", json!(version.created.map(|at| at.to_string())));
    put("InferenceSpecification", json!({ "Containers": containers }));
    put("ModelPackageStatus", json!(version.status));
    put(
        "ModelPackageStatusDetails",
        json!({
            "ValidationStatuses": checks(CheckKind::Validation),
            "ImageScanStatuses": checks(CheckKind::ImageScan),
        }),
    );
    put("CertifyForMarketplace", json!(false));
    put("ModelApprovalStatus", json!(version.approval.code()));
    if let Some(comment) = &version.comment {
        put("ApprovalDescription", json!(comment));
    }
    if let Some(cycle) = &version.lifecycle {
        put("ModelLifeCycle", json!({ "Stage": cycle.stage, "StageStatus": cycle.status }));
    }
    if !version.metadata.is_empty() {
        put("CustomerMetadataProperties", pairs(&version.metadata));
    }
    put("MetadataProperties", given(metadata));
    put("ModelMetrics", metrics(&version.metrics));
    put("LastModifiedTime", json!(now));
    detail
}

/// The fields that have a value.
fn given<const N: usize>(fields: [(&str, Option<&String>); N]) -> Value {
    let fields = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value?))));
    Value::Object(fields.collect())
}

fn pairs(pairs: &[(String, String)]) -> Value {
    Value::Object(pairs.iter().map(|(name, value)| (name.clone(), json!(value))).collect())
}

/// `ModelMetrics` as the API nests it.
fn metrics(files: &[EvidenceFact]) -> Value {
    let mut all: Map<String, Value> = Map::new();
    for file in files {
        let (group, part) = match file.part {
            EvidencePart::QualityStatistics => ("ModelQuality", "Statistics"),
            EvidencePart::QualityConstraints => ("ModelQuality", "Constraints"),
            EvidencePart::DataStatistics => ("ModelDataQuality", "Statistics"),
            EvidencePart::DataConstraints => ("ModelDataQuality", "Constraints"),
            EvidencePart::BiasReport => ("Bias", "Report"),
            EvidencePart::PreTrainingBias => ("Bias", "PreTrainingReport"),
            EvidencePart::PostTrainingBias => ("Bias", "PostTrainingReport"),
            EvidencePart::Explainability => ("Explainability", "Report"),
            // Only baselines have these.
            EvidencePart::BiasConfig | EvidencePart::ExplainabilityConstraints | EvidencePart::ExplainabilityConfig => {
                continue;
            }
        };
        let fields = [
            ("S3Uri", Some(&file.uri)),
            ("ContentType", file.content_type.as_ref()),
            ("ContentDigest", file.digest.as_ref()),
        ];
        if let Value::Object(group) = all.entry(group).or_insert_with(|| json!({})) {
            group.insert(part.to_owned(), given(fields));
        }
    }
    Value::Object(all)
}

/// The version as it would be after the write.
fn apply(detail: &mut Map<String, Value>, version: &VersionFact, write: &ModelWrite) {
    match write {
        ModelWrite::Stage(cycle) => {
            detail.insert("ModelLifeCycle".into(), json!({ "Stage": cycle.stage, "StageStatus": cycle.status }));
        }
        ModelWrite::Metadata { key, value } => {
            let mut all = version.metadata.clone();
            all.retain(|(name, _)| name != key);
            all.push((key.clone(), value.clone()));
            detail.insert("CustomerMetadataProperties".into(), pairs(&all));
        }
        ModelWrite::Approval { status, comment } => {
            detail.insert("ModelApprovalStatus".into(), json!(status));
            detail.insert("ApprovalDescription".into(), json!(comment));
        }
    }
    detail.insert("UpdatedModelPackageFields".into(), json!(updated_fields(write)));
}
