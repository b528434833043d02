use super::*;
use crate::wire::{Reply, Wire};

const VERSION: &str = r#"
  "ModelPackageGroupName": "churn", "ModelPackageVersion": 14,
  "ModelPackageArn": "arn:aws:sagemaker:eu-west-1:123456789012:model-package/churn/14",
  "ModelPackageDescription": "xgboost", "CreationTime": 1763510400.25, "LastModifiedTime": 1763514000,
  "ModelPackageStatus": "Completed", "ModelApprovalStatus": "Rejected", "ApprovalDescription": " recall fell ",
  "ModelPackageRegistrationType": "Registered",
  "ModelPackageStatusDetails": {
    "ValidationStatuses": [{"Name": "smoke", "Status": "Failed", "FailureReason": "no answer"}],
    "ImageScanStatuses": [{"Name": "scan", "Status": "Completed"}]
  },
  "InferenceSpecification": {
    "Containers": [
      {"Image": "xgb", "ImageDigest": "sha256:11", "ModelDataUrl": "s3://ml/churn/model.tar.gz", "ModelDataETag": "\"e1\"",
       "Environment": {"WORKERS": "2", "LOG": "warn"}, "Framework": "XGBOOST", "FrameworkVersion": "1.7-1"},
      {"Image": "llm", "ModelDataSource": {"S3DataSource": {"S3Uri": "s3://ml/llm/", "S3DataType": "S3Prefix",
       "CompressionType": "None", "ETag": "e2"}}}
    ],
    "SupportedContentTypes": ["text/csv"], "SupportedResponseMIMETypes": ["text/csv"]
  },
  "CreatedBy": {"UserProfileName": "maria", "IamIdentity": {
    "Arn": "arn:aws:sts::123456789012:assumed-role/ml/maria", "PrincipalId": "AROA1:maria", "SourceIdentity": "maria@example.com"}},
  "LastModifiedBy": {},
  "MetadataProperties": {"CommitId": "c0ffee", "Repository": "git@example.com:ml/churn", "GeneratedBy": "arn:run", "ProjectId": "p-1"},
  "ModelMetrics": {
    "ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": "s3://ml/churn/quality.json"}},
    "Bias": {"Report": {"S3Uri": "s3://ml/churn/bias.json"}, "PostTrainingReport": {"S3Uri": "s3://ml/churn/post.json"}},
    "Explainability": {"Report": {"S3Uri": "s3://ml/churn/shap.json"}}
  },
  "DriftCheckBaselines": {
    "ModelDataQuality": {
      "Statistics": {"ContentType": "application/json", "ContentDigest": "sha256:22", "S3Uri": "s3://ml/churn/statistics.json"},
      "Constraints": {"S3Uri": "s3://ml/churn/constraints.json"}},
    "Bias": {"ConfigFile": {"S3Uri": "s3://ml/churn/config.json"}, "PreTrainingConstraints": {"S3Uri": "s3://ml/churn/pre.json"}},
    "Explainability": {"Constraints": {"S3Uri": "s3://ml/churn/e.json"}}
  },
  "CustomerMetadataProperties": {"team": "growth", "ops:sig1": "maria"},
  "ModelCard": {"ModelCardContent": "{}", "ModelCardStatus": "PendingReview"},
  "ModelLifeCycle": {"Stage": "Production", "StageStatus": "PendingApproval", "StageDescription": ""},
  "Task": "OTHER", "SourceUri": "s3://ml/churn""#;

#[tokio::test]
async fn a_search_gives_whole_versions_and_leaves_out_packages_without_one() {
    let wire = Wire::start(|_, _| {
        let whole = format!(r#"{{"ModelPackage": {{{VERSION}, "Tags": [{{"Key": "cost", "Value": "ml"}}]}}}}"#);
        let unversioned = r#"{"ModelPackage": {"ModelPackageName": "market", "ModelPackageArn": "arn:x"}}"#;
        Reply::json(&format!(r#"{{"Results": [{whole}, {unversioned}], "NextToken": "next"}}"#))
    });
    let wanted = Wanted {
        accounts: Accounts::Others,
        group: Some("churn"),
        approval: Some(Approval::Pending),
        stage: Some("Production"),
    };
    let (versions, token) = versions_page(&wire.session, wanted, None).await.unwrap();
    let (_, asked) = wire.only();
    for part in [
        r#""Resource":"ModelPackage""#,
        r#""CrossAccountFilterOption":"CrossAccount""#,
        r#"{"Name":"ModelPackageGroupName","Operator":"Equals","Value":"churn"}"#,
        r#"{"Name":"ModelApprovalStatus","Operator":"Equals","Value":"PendingManualApproval"}"#,
        r#"{"Name":"ModelLifeCycle.Stage","Operator":"Equals","Value":"Production"}"#,
    ] {
        assert!(asked.contains(part), "{part} in {asked}");
    }
    assert_eq!(token.as_deref(), Some("next"));
    let [version] = versions.as_slice() else { panic!("{versions:?}") };
    assert_eq!((version.group.as_str(), version.version, version.approval), ("churn", 14, Approval::Rejected));
    assert_eq!(version.comment.as_deref(), Some(" recall fell "), "as it was written");
    assert_eq!(version.created, Some("2025-11-19T00:00:00.25Z".parse().unwrap()));
    let maria = version.created_by.as_ref().unwrap();
    assert_eq!(maria.principal.as_deref(), Some("AROA1:maria"));
    assert_eq!(maria.source_identity.as_deref(), Some("maria@example.com"));
    assert_eq!(version.modified_by, None, "a context that names nobody is none");
    assert_eq!(version.origin.commit.as_deref(), Some("c0ffee"));
    let [tree, language] = version.containers.as_slice() else { panic!("{version:?}") };
    assert_eq!((tree.model_data.as_deref(), tree.is_prefix), (Some("s3://ml/churn/model.tar.gz"), false));
    assert_eq!(tree.environment, [("LOG".to_owned(), "warn".to_owned()), ("WORKERS".to_owned(), "2".to_owned())]);
    assert_eq!((language.model_data.as_deref(), language.is_prefix), (Some("s3://ml/llm/"), true));
    assert_eq!(language.model_data_etag.as_deref(), Some("e2"));
    let checks: Vec<_> = version.checks.iter().map(|check| (check.kind, check.status.as_str())).collect();
    assert_eq!(checks, [(CheckKind::Validation, "Failed"), (CheckKind::ImageScan, "Completed")]);
    let part = |files: &[EvidenceFact]| files.iter().map(|file| (file.part, file.uri.clone())).collect::<Vec<_>>();
    assert_eq!(
        part(&version.metrics),
        [
            (EvidencePart::QualityStatistics, "s3://ml/churn/quality.json".to_owned()),
            (EvidencePart::BiasReport, "s3://ml/churn/bias.json".to_owned()),
            (EvidencePart::PostTrainingBias, "s3://ml/churn/post.json".to_owned()),
            (EvidencePart::Explainability, "s3://ml/churn/shap.json".to_owned()),
        ]
    );
    assert_eq!(
        part(&version.baselines),
        [
            (EvidencePart::DataStatistics, "s3://ml/churn/statistics.json".to_owned()),
            (EvidencePart::DataConstraints, "s3://ml/churn/constraints.json".to_owned()),
            (EvidencePart::PreTrainingBias, "s3://ml/churn/pre.json".to_owned()),
            (EvidencePart::BiasConfig, "s3://ml/churn/config.json".to_owned()),
            (EvidencePart::ExplainabilityConstraints, "s3://ml/churn/e.json".to_owned()),
        ]
    );
    assert_eq!(version.baselines[0].digest.as_deref(), Some("sha256:22"));
    let stage = Lifecycle { stage: "Production".into(), status: "PendingApproval".into(), description: None };
    assert_eq!(version.lifecycle, Some(stage));
    assert_eq!(version.card, Some(CardFact { status: "PendingReview".into(), content: Some("{}".into()) }));
    assert_eq!(version.metadata[0], ("ops:sig1".to_owned(), "maria".to_owned()));
    assert_eq!(version.tags, Some(vec![("cost".to_owned(), "ml".to_owned())]));
}

#[tokio::test]
async fn a_description_says_the_same_but_for_the_tags() {
    let wire = Wire::start(|call, _| match call {
        "SageMaker.DescribeModelPackage" => Reply::json(&format!("{{{VERSION}}}")),
        _ => Reply::json(&format!(r#"{{"Results": [{{"ModelPackage": {{{VERSION}, "Tags": []}}}}]}}"#)),
    });
    let arn = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/churn/14";
    let described = describe_version(&wire.session, arn, Included::Metadata).await.unwrap();
    assert!(wire.only().1.contains(r#""IncludedData":"MetadataOnly""#), "{:?}", wire.seen());
    let (found, _) = versions_page(&wire.session, Wanted::default(), None).await.unwrap();
    assert!(!wire.seen()[1].1.contains("SearchExpression"), "{:?}", wire.seen());
    assert_eq!(described.tags, None, "not read");
    assert_eq!(VersionFact { tags: Some(Vec::new()), ..described }, found[0]);
}

#[tokio::test]
async fn a_package_without_a_group_is_described_and_is_no_version() {
    let wire = Wire::start(|_, _| {
        Reply::json(
            r#"{"ModelPackageName": "sold", "ModelPackageArn": "arn:aws:sagemaker:eu-west-1:123456789012:model-package/sold",
                "CreationTime": 1763510400, "ModelPackageStatus": "Completed",
                "InferenceSpecification": {"Containers": [{"Image": "xgb", "ImageDigest": "sha256:11", "ModelDataUrl": "s3://ml/sold.tar.gz"}]},
                "ModelMetrics": {"ModelQuality": {"Statistics": {"S3Uri": "s3://ml/sold/quality.json"}}}}"#,
        )
    });
    let arn = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/sold";
    let told = describe_package(&wire.session, arn, Included::All).await.unwrap();
    assert_eq!((told.arn.as_str(), told.group.as_str(), told.version), (arn, "", 0));
    assert_eq!((told.status.as_str(), told.approval, &told.lifecycle), ("Completed", Approval::Unknown, &None));
    assert_eq!(told.containers[0].image_digest.as_deref(), Some("sha256:11"));
    assert_eq!(told.metrics.len(), 1);
    let error = describe_version(&wire.session, arn, Included::All).await.unwrap_err();
    assert!(error.to_string().contains("no version of a group"), "{error}");
    let whole = Wire::start(|_, _| Reply::json(&format!("{{{VERSION}}}")));
    let version = describe_package(&whole.session, arn, Included::All).await.unwrap();
    assert_eq!((version.group.as_str(), version.version), ("churn", 14), "a version stays one");
}

#[tokio::test]
async fn a_version_that_is_gone_is_absent() {
    let gone = "ModelPackage arn:aws:sagemaker:eu-west-1:123456789012:model-package/churn/99 does not exist.";
    let wire = Wire::start(move |_, _| Reply::fault("ValidationException", gone));
    let error = describe_version(&wire.session, "arn", Included::All).await.unwrap_err();
    assert!(error.is_absent(), "{error}");
}

#[tokio::test]
async fn groups_of_other_accounts_are_called_by_their_arn() {
    let wire = Wire::start(|_, _| {
        Reply::json(
            r#"{"Results": [{"ModelPackageGroup": {
              "ModelPackageGroupName": "churn", "ModelPackageGroupArn": "arn:aws:sagemaker:eu-west-1:210987654321:model-package-group/churn",
              "CreationTime": 1763510400, "ModelPackageGroupStatus": "Completed", "Tags": [{"Key": "team", "Value": "growth"}]}}]}"#,
        )
    });
    let (own, _) = groups_page(&wire.session, Accounts::Own, None).await.unwrap();
    let (others, _) = groups_page(&wire.session, Accounts::Others, None).await.unwrap();
    assert_eq!((own[0].id.as_str(), others[0].id.as_str()), ("churn", others[0].arn.as_str()));
    assert_eq!(own[0].tags, Some(vec![("team".to_owned(), "growth".to_owned())]));
}
