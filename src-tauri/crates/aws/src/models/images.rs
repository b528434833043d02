//! Amazon ECR: which image a tag points at, and whether an image is still there.

use crate::{AwsError, Call, Session, jobs::text, pace::Api};
use aws_sdk_ecr::types::ImageIdentifier;

const DESCRIBE_IMAGES: Call = Call::new("DescribeImages", "ecr:DescribeImages");

/// A repository of a private registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repository<'a> {
    /// The account of the registry.
    pub registry: &'a str,
    /// The registry's own, which need not be the session's.
    pub region: &'a str,
    /// With its slashes.
    pub name: &'a str,
}

/// By what an image is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted<'a> {
    Tag(&'a str),
    /// `sha256:` and 64 hex digits.
    Digest(&'a str),
}

/// The digest of an image: `sha256:` and 64 hex digits. Absent if no image is called that, or the repository is not
/// there; denied also where a repository of another account does not name the caller in its policy.
pub async fn digest(session: &Session, repository: Repository<'_>, wanted: Wanted<'_>) -> Result<String, AwsError> {
    let id = match wanted {
        Wanted::Tag(tag) => ImageIdentifier::builder().image_tag(tag),
        Wanted::Digest(digest) => ImageIdentifier::builder().image_digest(digest),
    };
    session.pace(Api::Ecr).await;
    let reply = session
        .ecr_in(repository.region)
        .describe_images()
        .registry_id(repository.registry)
        .repository_name(repository.name)
        .image_ids(id.build())
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(DESCRIBE_IMAGES, error))?;
    let found = reply.image_details().iter().find_map(|image| text(image.image_digest()));
    found.ok_or_else(|| AwsError::Unreadable { call: DESCRIBE_IMAGES, message: "it names no digest".to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Reply, Wire};

    const REPOSITORY: Repository<'static> =
        Repository { registry: "210987654321", region: "eu-central-1", name: "ml/churn" };

    #[tokio::test]
    async fn a_tag_leads_to_a_digest() {
        let wire = Wire::start(|_, _| {
            Reply::json(
                r#"{"imageDetails": [{"registryId": "210987654321", "repositoryName": "ml/churn",
                  "imageDigest": "sha256:ab", "imageTags": ["1.7", "stable"], "imagePushedAt": 1763510400}]}"#,
            )
        });
        let found = digest(&wire.session, REPOSITORY, Wanted::Tag("stable")).await.unwrap();
        assert_eq!(found, "sha256:ab");
        let (call, asked) = wire.only();
        assert!(call.ends_with(".DescribeImages"), "{call}");
        for part in [
            r#""registryId":"210987654321""#,
            r#""repositoryName":"ml/churn""#,
            r#""imageIds":[{"imageTag":"stable"}]"#,
        ] {
            assert!(asked.contains(part), "{part} in {asked}");
        }
    }

    #[tokio::test]
    async fn an_image_is_asked_for_by_its_digest_too() {
        let wire = Wire::start(|_, _| Reply::json(r#"{"imageDetails": [{"imageDigest": "sha256:ab"}]}"#));
        digest(&wire.session, REPOSITORY, Wanted::Digest("sha256:ab")).await.unwrap();
        assert!(wire.only().1.contains(r#""imageIds":[{"imageDigest":"sha256:ab"}]"#), "{:?}", wire.seen());
    }

    #[tokio::test]
    async fn what_is_gone_and_what_is_refused_are_told_apart() {
        for (code, is_absent) in [
            ("ImageNotFoundException", true),
            ("RepositoryNotFoundException", true),
            ("AccessDeniedException", false),
            ("InvalidParameterException", false),
        ] {
            let wire = Wire::start(move |_, _| Reply::fault(code, "no"));
            let error = digest(&wire.session, REPOSITORY, Wanted::Tag("1.7")).await.unwrap_err();
            assert_eq!(error.is_absent(), is_absent, "{code}: {error:?}");
            let is_denied = matches!(&error, AwsError::Denied { call, .. } if call.action == "ecr:DescribeImages");
            assert_eq!(is_denied, code == "AccessDeniedException", "{error:?}");
        }
    }

    #[tokio::test]
    async fn an_answer_without_a_digest_says_nothing() {
        let wire = Wire::start(|_, _| Reply::json(r#"{"imageDetails": []}"#));
        let error = digest(&wire.session, REPOSITORY, Wanted::Tag("1.7")).await.unwrap_err();
        assert!(matches!(error, AwsError::Unreadable { .. }), "{error:?}");
    }
}
