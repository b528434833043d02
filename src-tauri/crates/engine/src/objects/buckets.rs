//! Buckets: the list, which fills after the names are there, and what one is set up to do.

use super::reason;
use crate::{Desk, EngineError, Events, desk::load};
use ::objects::{effects, lifecycle};
use aws::{
    Session,
    objects::{buckets, facts},
};
use contract::{
    Notice,
    facts::{BucketFacts, EventRule, Known, Missing},
    objects::{BucketDetail, BucketRow, Versioning},
    sets::SetState,
};
use futures_util::{StreamExt, stream};

/// Calls under way at once while the bucket list fills.
const BUCKETS_AT_ONCE: usize = 8;

impl Desk {
    /// All buckets; region, versioning and lifecycle arrive after the names.
    pub fn open_buckets(&self, events: Events) -> Result<SetState, EngineError> {
        let session = self.session()?;
        let (state, writer) = self.inner.sets.open::<BucketRow>(session.now(), events);
        load(writer, |writer| async move {
            let failed = Desk::failed(&session);
            let mut names = Vec::new();
            let mut token = None;
            loop {
                let (page, next) = buckets::list_page(&session, token).await.map_err(&failed)?;
                names.extend(page.iter().map(|bucket| bucket.name.clone()));
                writer.append(page.into_iter().map(new_bucket_row).collect());
                if next.is_none() || writer.cancelled() {
                    break;
                }
                token = next;
            }
            let created = writer.rows_by_id();
            let mut filling = Vec::with_capacity(names.len());
            for row in names.iter().filter_map(|name| created.get(name).cloned()) {
                filling.push(fill_bucket_row(&session, row));
            }
            let mut reading = stream::iter(filling).buffer_unordered(BUCKETS_AT_ONCE);
            while let Some(row) = reading.next().await {
                if writer.cancelled() {
                    break;
                }
                writer.replace(row);
            }
            Ok(session.now())
        });
        Ok(state)
    }

    /// What a bucket is set up to do, in words.
    pub async fn describe_bucket(&self, bucket: &str) -> Result<BucketDetail, EngineError> {
        let session = self.session()?;
        let facts = facts::bucket(&session, bucket).await.map_err(Self::failed(&session))?;
        Ok(bucket_detail(facts))
    }
}

fn new_bucket_row(bucket: buckets::Bucket) -> BucketRow {
    BucketRow {
        name: bucket.name,
        region: bucket.region,
        created: bucket.created,
        versioning: None,
        old_versions: None,
        problem: None,
    }
}

async fn fill_bucket_row(session: &Session, mut row: BucketRow) -> BucketRow {
    match facts::summary(session, &row.name).await {
        Ok((region, versioning, rules)) => {
            row.region = Some(region);
            row.problem = [versioning.as_ref().err(), rules.as_ref().err()].into_iter().flatten().next().map(reason);
            row.versioning = versioning.ok();
            row.old_versions = rules.ok().map(|rules| match row.versioning {
                Some(Versioning::Never) => "no old versions".to_owned(),
                _ => lifecycle::summary(&rules),
            });
        }
        Err(error) => row.problem = Some(error.to_string()),
    }
    row
}

fn bucket_detail(facts: BucketFacts) -> BucketDetail {
    let mut notices = Vec::new();
    let mut note = |what: &str, missing: &Missing| {
        notices.push(Notice::warning(format!("{what} could not be read: {}.", reason(missing))));
    };
    let lifecycle = told(&mut note, "Lifecycle rules", facts.lifecycle)
        .map(|rules| rules.iter().map(lifecycle::describe).collect());
    let event_rules = facts.event_rules;
    let notifications = told(&mut note, "Notifications", facts.notifications).map(|found| {
        let mut heard = effects::listeners(&found.targets);
        heard.extend(found.event_bridge.then(|| through_event_bridge(&event_rules)));
        heard
    });
    let versioning = told(&mut note, "Versioning", facts.versioning);
    let encryption =
        told(&mut note, "Encryption", facts.encryption).map(|default| default.unwrap_or_else(|| "none".to_owned()));
    let object_lock = told(&mut note, "Object Lock", facts.object_lock).map(|lock| lock.is_some());
    let replication = told(&mut note, "Replication", facts.replication);
    BucketDetail {
        name: facts.name,
        region: facts.region,
        versioning,
        mfa_delete: facts.mfa_delete,
        object_lock,
        encryption,
        lifecycle,
        notifications,
        replication,
        notices,
    }
}

/// `None`, with a note, for what could not be read: it is not what is not set up.
fn told<T>(note: &mut impl FnMut(&str, &Missing), what: &str, known: Known<T>) -> Option<T> {
    known.map_err(|missing| note(what, &missing)).ok()
}

fn through_event_bridge(rules: &Known<Vec<EventRule>>) -> String {
    match rules {
        Ok(rules) if rules.is_empty() => "EventBridge, where no rule on the default bus looks for S3 events".to_owned(),
        Ok(rules) => {
            let names: Vec<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
            format!("EventBridge: {}", names.join(", "))
        }
        Err(missing) => format!("EventBridge, whose rules could not be read: {}", reason(missing)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::facts::Notifications;

    #[test]
    fn what_could_not_be_read_is_not_told_as_not_set_up() {
        let denied = |action: &str| Missing { action: action.into(), denied: true, reason: "no".into() };
        let plain = BucketFacts {
            name: "lake-raw".into(),
            region: "eu-west-1".into(),
            versioning: Ok(Versioning::Never),
            mfa_delete: false,
            lifecycle: Ok(Vec::new()),
            notifications: Ok(Notifications { event_bridge: true, targets: Vec::new() }),
            event_rules: Ok(Vec::new()),
            encryption: Ok(None),
            object_lock: Ok(None),
            acl_enabled: Ok(false),
            replication: Ok(false),
        };
        let detail = bucket_detail(plain.clone());
        assert!(detail.notices.is_empty(), "{:?}", detail.notices);
        assert_eq!((detail.versioning, detail.lifecycle), (Some(Versioning::Never), Some(Vec::new())));
        assert_eq!((detail.object_lock, detail.replication), (Some(false), Some(false)));
        assert_eq!(detail.encryption.as_deref(), Some("none"));
        assert_eq!(detail.notifications.map(|heard| heard.len()), Some(1));
        let detail = bucket_detail(BucketFacts {
            versioning: Err(denied("s3:GetBucketVersioning")),
            lifecycle: Err(denied("s3:GetLifecycleConfiguration")),
            notifications: Err(denied("s3:GetBucketNotification")),
            encryption: Err(denied("s3:GetEncryptionConfiguration")),
            object_lock: Err(denied("s3:GetBucketObjectLockConfiguration")),
            replication: Err(denied("s3:GetReplicationConfiguration")),
            ..plain
        });
        assert_eq!((detail.versioning, detail.lifecycle, detail.notifications), (None, None, None));
        assert_eq!((detail.encryption, detail.object_lock, detail.replication), (None, None, None));
        assert_eq!(detail.notices.len(), 6);
        let text = &detail.notices[0].text;
        assert_eq!(text, "Lifecycle rules could not be read: the permission s3:GetLifecycleConfiguration is missing.");
    }
}
