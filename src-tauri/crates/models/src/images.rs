//! Where the image of a container is, and by what it is named there.

/// Where an image is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In a private registry of Amazon ECR.
    Ecr(EcrImage),
    /// In a registry of this host.
    Elsewhere(String),
    /// The text names no image.
    Unreadable,
}

/// An image in a private registry of Amazon ECR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EcrImage {
    /// The account of the registry: twelve digits.
    pub registry: String,
    pub region: String,
    /// With its slashes.
    pub repository: String,
    pub name: ImageName,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageName {
    Tag(String),
    /// `sha256:` and 64 hex digits.
    Digest(String),
}

/// What a name without tag and digest means.
const LATEST: &str = "latest";
/// The registry of names without a host.
const DOCKER_HUB: &str = "docker.io";
/// Services in the host names of registries: IPv4, FIPS, and both with IPv6 ("Amazon ECR endpoints").
const SERVICES: [&str; 4] = ["dkr.ecr.", "dkr.ecr-fips.", "dkr-ecr.", "dkr-ecr-fips."];
const DOMAINS: [&str; 5] =
    ["amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "on.aws", "on.amazonwebservices.com.cn"];

/// Where the image of this URI is: `HOST/REPOSITORY`, then `:TAG`, `@DIGEST`, both or neither. With both, the digest
/// counts and the tag is a remark.
pub fn place(uri: &str) -> Place {
    let (named, digest) = match uri.split_once('@') {
        Some((named, digest)) => (named, Some(digest)),
        None => (uri, None),
    };
    if named.is_empty() {
        return Place::Unreadable;
    }
    let (host, path) = match named.split_once('/') {
        Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => (host, path),
        _ => return Place::Elsewhere(DOCKER_HUB.to_owned()),
    };
    let Some((registry, region)) = registry(host) else { return Place::Elsewhere(host.to_owned()) };
    let (repository, tag) = match path.split_once(':') {
        Some((repository, tag)) => (repository, Some(tag)),
        None => (path, None),
    };
    let reads = is_repository(repository) && tag.is_none_or(is_tag) && digest.is_none_or(is_digest);
    if !reads {
        return Place::Unreadable;
    }
    let name = match digest {
        Some(digest) => ImageName::Digest(digest.to_owned()),
        None => ImageName::Tag(tag.unwrap_or(LATEST).to_owned()),
    };
    Place::Ecr(EcrImage {
        registry: registry.to_owned(),
        region: region.to_owned(),
        repository: repository.to_owned(),
        name,
    })
}

/// Account and region of the host of a private registry: `123456789012.dkr.ecr.eu-west-1.amazonaws.com`.
fn registry(host: &str) -> Option<(&str, &str)> {
    let (account, rest) = host.split_once('.')?;
    let rest = SERVICES.iter().find_map(|service| rest.strip_prefix(service))?;
    let (region, domain) = rest.split_once('.')?;
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let is_region = region.starts_with(|first: char| first.is_ascii_lowercase())
        && region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    (is_account && is_region && DOMAINS.contains(&domain)).then_some((account, region))
}

/// Lower-case words, joined by `.`, `_`, `-` and `/` ("CreateRepository", `repositoryName`).
fn is_repository(name: &str) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_part = |part: &str| {
        let bytes = part.as_bytes();
        bytes.first().is_some_and(is_word)
            && bytes.last().is_some_and(is_word)
            && bytes.iter().all(|byte| is_word(byte) || b"._-".contains(byte))
    };
    (2..=256).contains(&name.len()) && name.split('/').all(is_part)
}

fn is_tag(tag: &str) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let bytes = tag.as_bytes();
    bytes.len() <= 128
        && bytes.first().is_some_and(is_word)
        && bytes.iter().all(|byte| is_word(byte) || b".-".contains(byte))
}

fn is_digest(digest: &str) -> bool {
    let hex = digest.strip_prefix("sha256:").unwrap_or_default();
    hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOST: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";

    fn ecr(uri: &str) -> EcrImage {
        match place(uri) {
            Place::Ecr(image) => image,
            other => panic!("{uri}: {other:?}"),
        }
    }

    #[test]
    fn an_image_is_named_by_a_tag_a_digest_both_or_neither() {
        let digest = format!("sha256:{}", "0af9".repeat(16));
        let named = |rest: &str| ecr(&format!("{HOST}/ml/churn/xgb{rest}"));
        let tag = |tag: &str| ImageName::Tag(tag.to_owned());
        assert_eq!(
            named(":1.7-1"),
            EcrImage {
                registry: "123456789012".into(),
                region: "eu-west-1".into(),
                repository: "ml/churn/xgb".into(),
                name: tag("1.7-1"),
            }
        );
        assert_eq!(named("").name, tag("latest"));
        assert_eq!(named(&format!("@{digest}")).name, ImageName::Digest(digest.clone()));
        assert_eq!(named(&format!(":1.7@{digest}")).name, ImageName::Digest(digest));
    }

    #[test]
    fn registries_of_ecr_have_several_hosts() {
        for (host, region) in [
            ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            ("123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
            ("123456789012.dkr-ecr.eu-central-1.on.aws", "eu-central-1"),
        ] {
            assert_eq!(ecr(&format!("{host}/xgb:1")).region, region);
        }
    }

    #[test]
    fn what_is_not_in_ecr_is_not_taken_for_it() {
        for (uri, host) in [
            ("public.ecr.aws/lambda/python:3.12", "public.ecr.aws"),
            ("registry.example.com:5000/ml/xgb:1", "registry.example.com:5000"),
            ("localhost/xgb", "localhost"),
            ("xgboost:1.7", DOCKER_HUB),
            ("library/xgboost", DOCKER_HUB),
            ("1234.dkr.ecr.eu-west-1.amazonaws.com/xgb:1", "1234.dkr.ecr.eu-west-1.amazonaws.com"),
            (
                "123456789012.dkr.ecr.eu-west-1.amazonaws.com.example.com/xgb:1",
                "123456789012.dkr.ecr.eu-west-1.amazonaws.com.example.com",
            ),
            ("123456789012.dkr.ecr..amazonaws.com/xgb", "123456789012.dkr.ecr..amazonaws.com"),
        ] {
            assert_eq!(place(uri), Place::Elsewhere(host.to_owned()), "{uri}");
        }
    }

    #[test]
    fn what_names_no_image_is_said_to() {
        let after = |rest: &str| format!("{HOST}/{rest}");
        let texts = [
            String::new(),
            "@sha256:1".to_owned(),
            after(""),
            after("xgb:"),
            after("xgb:a:b"),
            after("xgb:1/more"),
            after("Xgb:1"),
            after("ml//xgb:1"),
            after("xgb@sha256:12"),
            after(&format!("xgb@sha256:{}", "A".repeat(64))),
            after(&format!("xgb@{}", "a".repeat(64))),
            after(&format!("xgb:{}", "a".repeat(129))),
        ];
        for text in texts {
            assert_eq!(place(&text), Place::Unreadable, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_put_together_is_taken_apart(
            registry in "[0-9]{12}",
            region in "[a-z]{2}-[a-z]{4,9}-[1-9]",
            repository in "[a-z0-9]{1,8}([._-][a-z0-9]{1,8}){0,2}(/[a-z0-9]{1,8}){1,3}",
            tag in proptest::option::of("[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}"),
            digest in proptest::option::of("sha256:[0-9a-f]{64}"),
        ) {
            let mut uri = format!("{registry}.dkr.ecr.{region}.amazonaws.com/{repository}");
            if let Some(tag) = &tag {
                uri.push(':');
                uri.push_str(tag);
            }
            if let Some(digest) = &digest {
                uri.push('@');
                uri.push_str(digest);
            }
            let name = match (digest, tag) {
                (Some(digest), _) => ImageName::Digest(digest),
                (None, tag) => ImageName::Tag(tag.unwrap_or_else(|| LATEST.to_owned())),
            };
            prop_assert_eq!(place(&uri), Place::Ecr(EcrImage { registry, region, repository, name }));
        }

        /// Whatever was registered, what is asked for is what ECR takes for a name.
        #[test]
        fn any_text_is_read(uri in "(123456789012\\.dkr\\.ecr\\.eu-west-1\\.amazonaws\\.com/)?[ -~é]{0,60}") {
            if let Place::Ecr(EcrImage { registry, repository, name, .. }) = place(&uri) {
                let (ImageName::Tag(name) | ImageName::Digest(name)) = name;
                prop_assert!(registry.len() == 12 && !name.is_empty());
                prop_assert!(!repository.starts_with('/') && !repository.contains([':', '@', ' ']));
            }
        }
    }
}
