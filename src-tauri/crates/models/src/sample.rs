//! Facts for the tests: the group `churn-eu` with its versions, and what serves.

use contract::Timestamp;
use contract::models::Seal;
use contract::models::facts::{
    Approval, CheckFact, CheckKind, ContainerFact, DeployedModel, EvidenceFact, EvidencePart, GroupFact, Origin,
    VersionFact, Who,
};

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// 21 Nov 2026, 08:00.
pub fn now() -> Timestamp {
    at("2026-11-21T08:00:00Z")
}

pub fn arn(version: u32) -> String {
    format!("arn:aws:sagemaker:eu-west-1:123456789012:model-package/churn-eu/{version}")
}

/// Someone who came in through a shared role.
pub fn who(session: &str) -> Who {
    Who {
        arn: Some(format!("arn:aws:sts::123456789012:assumed-role/Scientist/{session}")),
        principal: Some(format!("AROAEXAMPLE:{session}")),
        ..Who::default()
    }
}

/// Registered by `ana` on the 10th of November plus `version` hours, pending, all parts there.
pub fn version(version: u32) -> VersionFact {
    let part = |part: EvidencePart| EvidenceFact {
        part,
        uri: format!("s3://models/churn-eu/{version}/{part:?}.json"),
        content_type: Some("application/json".into()),
        digest: Some(format!("sha256:{}", "a".repeat(64))),
    };
    VersionFact {
        arn: arn(version),
        group: "churn-eu".into(),
        version,
        description: None,
        status: "Completed".into(),
        approval: Approval::Pending,
        comment: None,
        lifecycle: None,
        registration: None,
        created: Some(at(&format!("2026-11-10T{:02}:00:00Z", version % 24))),
        created_by: Some(who("ana")),
        modified: Some(at(&format!("2026-11-10T{:02}:00:00Z", version % 24))),
        modified_by: Some(who("ana")),
        origin: Origin {
            commit: Some("4f0c9d1".into()),
            repository: Some("https://git.example.com/churn".into()),
            generated_by: Some(
                "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/train-churn/execution/a1b2c3d4e5f6".into(),
            ),
            project: None,
        },
        containers: vec![ContainerFact {
            image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/xgb:1.7".into(),
            image_digest: Some(format!("sha256:{}", "1".repeat(64))),
            model_data: Some(format!("s3://models/churn-eu/{version}/model.tar.gz")),
            model_data_etag: Some(format!("e{version}")),
            environment: vec![("THRESHOLD".into(), "0.5".into())],
            framework: Some("XGBOOST".into()),
            framework_version: Some("1.7".into()),
            ..ContainerFact::default()
        }],
        checks: vec![CheckFact {
            kind: CheckKind::ImageScan,
            name: "scan".into(),
            status: "Completed".into(),
            reason: None,
        }],
        metrics: vec![
            part(EvidencePart::QualityStatistics),
            part(EvidencePart::PostTrainingBias),
            part(EvidencePart::Explainability),
        ],
        baselines: vec![part(EvidencePart::DataStatistics), part(EvidencePart::DataConstraints)],
        card: None,
        metadata: Vec::new(),
        tags: None,
        task: None,
        source_uri: None,
    }
}

pub fn decided(number: u32, approval: Approval) -> VersionFact {
    VersionFact { approval, ..version(number) }
}

pub fn group() -> GroupFact {
    GroupFact {
        id: "churn-eu".into(),
        name: "churn-eu".into(),
        arn: "arn:aws:sagemaker:eu-west-1:123456789012:model-package-group/churn-eu".into(),
        description: None,
        created: None,
        status: "Completed".into(),
        tags: Some(vec![("Team".into(), "loyalty".into())]),
    }
}

/// What is shown, by the two hex digits that its digest repeats.
pub fn sealed(digits: &str) -> Seal {
    Seal { digest: digits.repeat(32), base: digits.repeat(32), looks: Vec::new() }
}

/// The SageMaker model that serves this version at endpoint `churn`.
pub fn served(version: u32) -> DeployedModel {
    DeployedModel {
        name: format!("churn-{version}"),
        package: Some(arn(version)),
        endpoints: vec![("churn".into(), "InService".into())],
        ..DeployedModel::default()
    }
}

/// A definition: a condition that holds steps, a reference into another step, parameters of each kind.
pub const PIPELINE: &str = r#"{"Version": "2020-12-01", "Metadata": {},
      "Parameters": [
        {"Name": "InputData", "Type": "String", "DefaultValue": "s3://lake/features/"},
        {"Name": "Instance", "Type": "String", "DefaultValue": "ml.m5.xlarge", "EnumValues": ["ml.m5.xlarge", "ml.m5.2xlarge"]},
        {"Name": "Depth", "Type": "Integer", "DefaultValue": 6},
        {"Name": "Rate", "Type": "Float", "DefaultValue": 0.1},
        {"Name": "Dry", "Type": "Boolean", "DefaultValue": false},
        {"Name": "Owner", "Type": "String"},
        {"Name": "Group", "Type": "String", "DefaultValue": "churn-eu"}],
      "Steps": [
        {"Name": "Prepare", "Type": "Processing", "DisplayName": "Prepare the data", "CacheConfig": {"Enabled": true, "ExpireAfter": "P7D"},
         "Arguments": {"ProcessingInputs": [{"S3Uri": {"Get": "Parameters.InputData"}}]}},
        {"Name": "Train", "Type": "Training", "Arguments": {"InputDataConfig": [{"S3Uri":
          {"Std:Join": {"On": "/", "Values": [{"Get": "Steps.Prepare.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri"}, "x"]}}}]}},
        {"Name": "Evaluate", "Type": "Processing", "DependsOn": ["Train"],
         "PropertyFiles": [{"PropertyFileName": "report", "OutputName": "evaluation", "FilePath": "evaluation.json"}]},
        {"Name": "Good", "Type": "Condition", "Arguments": {
          "Conditions": [{"Type": "LessThanOrEqualTo", "RightValue": 2.9, "LeftValue":
            {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.Evaluate.PropertyFiles.report"}, "Path": "mae.value"}}}],
          "IfSteps": [{"Name": "Create", "Type": "Model", "Arguments": {"ModelPackageGroupName": "churn-dach", "Data": {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}}},
                      {"Name": "Register", "Type": "RegisterModel", "DependsOn": ["Create"], "Arguments": {"ModelPackageGroupName": {"Get": "Parameters.Group"}}}],
          "ElseSteps": [{"Name": "GiveUp", "Type": "Fail", "Arguments": {"ErrorMessage": "mae above 2.9"}}]}}]}"#;
