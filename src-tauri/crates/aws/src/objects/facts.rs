//! What a bucket is set up to do: versioning, lifecycle, notifications, encryption, locks.
//!
//! Each fact is a call with a permission of its own, so each may be missing on its own.

use super::buckets;
use crate::{AwsError, Call, Session, events};
use aws_sdk_s3::types::{self, ExpirationStatus};
use contract::{
    facts::{BucketFacts, Known, LifecycleRule, NotificationTarget, Notifications, ObjectLockDefault},
    objects::Versioning,
};
use quick_xml::{Reader, events::Event};

pub const GET_VERSIONING: Call = Call::new("GetBucketVersioning", "s3:GetBucketVersioning");
const GET_LIFECYCLE: Call = Call::new("GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration");
const GET_NOTIFICATIONS: Call = Call::new("GetBucketNotificationConfiguration", "s3:GetBucketNotification");
const GET_ENCRYPTION: Call = Call::new("GetBucketEncryption", "s3:GetEncryptionConfiguration");
const GET_LOCK: Call = Call::new("GetObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration");
const GET_OWNERSHIP: Call = Call::new("GetBucketOwnershipControls", "s3:GetBucketOwnershipControls");
const GET_REPLICATION: Call = Call::new("GetBucketReplication", "s3:GetReplicationConfiguration");

/// Reads all facts of a bucket side by side. Fails only when the bucket itself cannot be reached.
pub async fn bucket(session: &Session, name: &str) -> Result<BucketFacts, AwsError> {
    let region = buckets::region(session, name).await?;
    let client = session.s3_in(&region);
    let (versioning, lifecycle, notifications, encryption, object_lock, acl_enabled, replication) = tokio::join!(
        versioning(&client, name),
        lifecycle(&client, name),
        notifications(&client, name),
        encryption(&client, name),
        object_lock(&client, name),
        acl_enabled(&client, name),
        replication(&client, name),
    );
    let sends_events = notifications.as_ref().is_ok_and(|notifications| notifications.event_bridge);
    let event_rules = if sends_events { events::rules(session, &region).await } else { Ok(Vec::new()) };
    let (versioning, mfa_delete) = match versioning {
        Ok((versioning, mfa_delete)) => (Ok(versioning), mfa_delete),
        Err(missing) => (Err(missing), false),
    };
    Ok(BucketFacts {
        name: name.to_owned(),
        region,
        versioning,
        mfa_delete,
        lifecycle,
        notifications,
        event_rules,
        encryption,
        object_lock,
        acl_enabled,
        replication,
    })
}

/// The two facts of the bucket list: versioning and lifecycle.
pub async fn summary(
    session: &Session,
    name: &str,
) -> Result<(String, Known<Versioning>, Known<Vec<LifecycleRule>>), AwsError> {
    let region = buckets::region(session, name).await?;
    let client = session.s3_in(&region);
    let (versioning, lifecycle) = tokio::join!(versioning(&client, name), lifecycle(&client, name));
    Ok((region, versioning.map(|(versioning, _)| versioning), lifecycle))
}

/// Versioning alone, read again right before a write.
pub async fn versioning_now(session: &Session, name: &str) -> Result<Versioning, AwsError> {
    let (versioning, _) = get_versioning(&buckets::client(session, name).await?, name).await?;
    Ok(versioning)
}

/// The lifecycle rules alone.
pub async fn lifecycle_of(session: &Session, name: &str) -> Result<Known<Vec<LifecycleRule>>, AwsError> {
    Ok(lifecycle(&buckets::client(session, name).await?, name).await)
}

fn state(status: Option<&str>) -> Versioning {
    match status {
        Some("Enabled") => Versioning::Enabled,
        Some("Suspended") => Versioning::Suspended,
        _ => Versioning::Never,
    }
}

async fn versioning(client: &aws_sdk_s3::Client, name: &str) -> Known<(Versioning, bool)> {
    get_versioning(client, name).await.map_err(|error| error.missing(GET_VERSIONING))
}

/// Versioning, and whether a delete asks for a second factor.
///
/// Some S3 servers name the root of this answer otherwise (moto `GetBucketVersioningResponse`, roto
/// `GetBucketVersioning`), which the SDK refuses. What it holds is the same everywhere, so it is then read from the body.
async fn get_versioning(client: &aws_sdk_s3::Client, name: &str) -> Result<(Versioning, bool), AwsError> {
    match client.get_bucket_versioning().bucket(name).send().await {
        Ok(reply) => {
            let mfa = reply.mfa_delete().is_some_and(|status| status.as_str() == "Enabled");
            Ok((state(reply.status().map(types::BucketVersioningStatus::as_str)), mfa))
        }
        Err(error) => error
            .raw_response()
            .filter(|answer| answer.status().is_success())
            .and_then(|answer| read_versioning(answer.body().bytes()?))
            .ok_or_else(|| AwsError::from_sdk(GET_VERSIONING, error)),
    }
}

/// `None` for a body that is not about versioning: then nothing may be concluded from a status that it lacks.
fn read_versioning(body: &[u8]) -> Option<(Versioning, bool)> {
    let mut reader = Reader::from_str(std::str::from_utf8(body).ok()?);
    let (mut path, mut text) = (Vec::<String>::new(), String::new());
    let (mut about, mut status, mut mfa) = (false, None, false);
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                path.push(start.local_name().as_ref().to_owned());
                text.clear();
                about |= path.len() == 1 && path.iter().any(|root| root.contains("Versioning"));
            }
            Event::Empty(start) => about |= path.is_empty() && start.local_name().as_ref().contains("Versioning"),
            Event::Text(part) => text.push_str(&part.xml10_content()),
            Event::End(_) => {
                match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                    [_, "Status"] => status = Some(text.trim().to_owned()),
                    [_, "MfaDelete"] => mfa = text.trim() == "Enabled",
                    _ => {}
                }
                path.pop();
            }
            Event::Eof => return (about && path.is_empty()).then(|| (state(status.as_deref()), mfa)),
            _ => {}
        }
    }
}

/// Turns "there is no such configuration" into a value.
fn or_absent<T>(call: Call, result: Result<T, AwsError>, absent: T) -> Known<T> {
    match result {
        Ok(value) => Ok(value),
        Err(error) if error.is_absent() => Ok(absent),
        Err(error) => Err(error.missing(call)),
    }
}

async fn lifecycle(client: &aws_sdk_s3::Client, name: &str) -> Known<Vec<LifecycleRule>> {
    let reply = client.get_bucket_lifecycle_configuration().bucket(name).send().await;
    let rules = reply
        .map(|reply| reply.rules().iter().map(rule).collect())
        .map_err(|error| AwsError::from_sdk(GET_LIFECYCLE, error));
    or_absent(GET_LIFECYCLE, rules, Vec::new())
}

fn days(value: Option<i32>) -> Option<u32> {
    value.and_then(|days| u32::try_from(days).ok())
}

fn bytes(value: Option<i64>) -> Option<u64> {
    value.and_then(|bytes| u64::try_from(bytes).ok())
}

fn rule(rule: &types::LifecycleRule) -> LifecycleRule {
    let filter = rule.filter();
    let and = filter.and_then(|filter| filter.and());
    // The prefix of the rule itself is the old form of the filter.
    #[allow(deprecated)]
    let prefix = filter
        .and_then(|filter| filter.prefix())
        .or_else(|| and.and_then(|and| and.prefix()))
        .or_else(|| rule.prefix())
        .unwrap_or_default();
    let tags = filter
        .and_then(|filter| filter.tag())
        .into_iter()
        .chain(and.map(|and| and.tags()).unwrap_or_default())
        .map(|tag| (tag.key().to_owned(), tag.value().to_owned()))
        .collect();
    let noncurrent = rule.noncurrent_version_expiration();
    let expiration = rule.expiration();
    LifecycleRule {
        id: rule.id().unwrap_or_default().to_owned(),
        enabled: *rule.status() == ExpirationStatus::Enabled,
        prefix: prefix.to_owned(),
        tags,
        size_greater_than: bytes(
            filter
                .and_then(|filter| filter.object_size_greater_than())
                .or_else(|| and.and_then(|and| and.object_size_greater_than())),
        ),
        size_less_than: bytes(
            filter
                .and_then(|filter| filter.object_size_less_than())
                .or_else(|| and.and_then(|and| and.object_size_less_than())),
        ),
        noncurrent_days: days(noncurrent.and_then(|expiration| expiration.noncurrent_days())),
        newer_noncurrent: days(noncurrent.and_then(|expiration| expiration.newer_noncurrent_versions())),
        expire_days: days(expiration.and_then(|expiration| expiration.days())),
        expire_date: expiration
            .and_then(|expiration| expiration.date())
            .map(|date| crate::time::timestamp(date).strftime("%Y-%m-%d").to_string()),
        expired_marker: expiration.and_then(|expiration| expiration.expired_object_delete_marker()).unwrap_or(false),
        abort_multipart_days: days(
            rule.abort_incomplete_multipart_upload().and_then(|abort| abort.days_after_initiation()),
        ),
        transitions: rule
            .transitions()
            .iter()
            .filter_map(|transition| Some((transition.storage_class()?.as_str().to_owned(), days(transition.days())?)))
            .collect(),
        noncurrent_transitions: rule
            .noncurrent_version_transitions()
            .iter()
            .filter_map(|transition| {
                Some((transition.storage_class()?.as_str().to_owned(), days(transition.noncurrent_days())?))
            })
            .collect(),
    }
}

async fn notifications(client: &aws_sdk_s3::Client, name: &str) -> Known<Notifications> {
    let reply = client
        .get_bucket_notification_configuration()
        .bucket(name)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(GET_NOTIFICATIONS, error).missing(GET_NOTIFICATIONS))?;
    let mut targets = Vec::new();
    for one in reply.lambda_function_configurations() {
        targets.push(target(one.lambda_function_arn(), one.events(), one.filter()));
    }
    for one in reply.queue_configurations() {
        targets.push(target(one.queue_arn(), one.events(), one.filter()));
    }
    for one in reply.topic_configurations() {
        targets.push(target(one.topic_arn(), one.events(), one.filter()));
    }
    Ok(Notifications { event_bridge: reply.event_bridge_configuration().is_some(), targets })
}

fn target(
    arn: &str,
    events: &[types::Event],
    filter: Option<&types::NotificationConfigurationFilter>,
) -> NotificationTarget {
    let rules = filter.and_then(|filter| filter.key()).map(|key| key.filter_rules()).unwrap_or_default();
    let value = |wanted: &str| {
        rules
            .iter()
            .find(|rule| rule.name().is_some_and(|name| name.as_str().eq_ignore_ascii_case(wanted)))
            .and_then(|rule| rule.value())
            .unwrap_or_default()
            .to_owned()
    };
    NotificationTarget {
        arn: arn.to_owned(),
        events: events.iter().map(|event| event.as_str().to_owned()).collect(),
        prefix: value("prefix"),
        suffix: value("suffix"),
    }
}

async fn encryption(client: &aws_sdk_s3::Client, name: &str) -> Known<Option<String>> {
    let reply = client.get_bucket_encryption().bucket(name).send().await;
    let default = reply
        .map(|reply| {
            let rule = reply.server_side_encryption_configuration()?.rules().first()?;
            let default = rule.apply_server_side_encryption_by_default()?;
            Some(match (default.sse_algorithm().as_str(), default.kms_master_key_id()) {
                ("AES256", _) => "SSE-S3".to_owned(),
                ("aws:kms", Some(key)) => format!("SSE-KMS {key}"),
                ("aws:kms", None) => "SSE-KMS".to_owned(),
                (other, _) => other.to_owned(),
            })
        })
        .map_err(|error| AwsError::from_sdk(GET_ENCRYPTION, error));
    or_absent(GET_ENCRYPTION, default, None)
}

async fn object_lock(client: &aws_sdk_s3::Client, name: &str) -> Known<Option<ObjectLockDefault>> {
    let reply = client.get_object_lock_configuration().bucket(name).send().await;
    let default = reply
        .map(|reply| {
            let configuration = reply.object_lock_configuration()?;
            configuration.object_lock_enabled()?;
            let retention = configuration.rule().and_then(|rule| rule.default_retention()).map(|retention| {
                let mode = retention.mode().map(|mode| mode.as_str()).unwrap_or_default();
                match (retention.days(), retention.years()) {
                    (Some(days), _) => format!("{mode}, {days} days"),
                    (_, Some(years)) => format!("{mode}, {years} years"),
                    _ => mode.to_owned(),
                }
            });
            Some(ObjectLockDefault { retention })
        })
        .map_err(|error| AwsError::from_sdk(GET_LOCK, error));
    or_absent(GET_LOCK, default, None)
}

async fn acl_enabled(client: &aws_sdk_s3::Client, name: &str) -> Known<bool> {
    let reply = client.get_bucket_ownership_controls().bucket(name).send().await;
    let enabled = reply
        .map(|reply| {
            reply
                .ownership_controls()
                .and_then(|controls| {
                    controls.rules().first().map(|rule| rule.object_ownership().as_str() != "BucketOwnerEnforced")
                })
                .unwrap_or(true)
        })
        .map_err(|error| AwsError::from_sdk(GET_OWNERSHIP, error));
    // A bucket without controls is from before 2023 and still has ACLs.
    or_absent(GET_OWNERSHIP, enabled, true)
}

async fn replication(client: &aws_sdk_s3::Client, name: &str) -> Known<bool> {
    let reply = client.get_bucket_replication().bucket(name).send().await;
    let enabled = reply
        .map(|reply| {
            reply.replication_configuration().is_some_and(|configuration| {
                configuration.rules().iter().any(|rule| rule.status().as_str() == "Enabled")
            })
        })
        .map_err(|error| AwsError::from_sdk(GET_REPLICATION, error));
    or_absent(GET_REPLICATION, enabled, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versioning_is_read_whatever_its_root_is_called() {
        let read = |body: &str| read_versioning(body.as_bytes());
        let xmlns = "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";
        for root in ["VersioningConfiguration", "GetBucketVersioning", "GetBucketVersioningResponse"] {
            let answer = |inner: &str| read(&format!("<?xml version=\"1.0\"?>\n<{root} {xmlns}>{inner}</{root}>"));
            assert_eq!(answer("<Status>Enabled</Status>"), Some((Versioning::Enabled, false)));
            let both = answer(" <Status> Suspended </Status><MfaDelete>Enabled</MfaDelete>");
            assert_eq!(both, Some((Versioning::Suspended, true)));
            assert_eq!(answer(""), Some((Versioning::Never, false)));
            assert_eq!(read(&format!("<{root} {xmlns}/>")), Some((Versioning::Never, false)));
        }
    }

    #[test]
    fn nothing_is_concluded_from_another_answer() {
        for body in [
            "",
            "<html><body>sign in</body></html>",
            "<Error><Code>InternalError</Code></Error>",
            "<VersioningConfiguration><Status>Enabled</Status>",
            "<ListBucketResult/>",
            "\u{feff}",
        ] {
            assert_eq!(read_versioning(body.as_bytes()), None, "{body}");
        }
        assert_eq!(read_versioning(&[0xff, 0xfe]), None);
    }
}
