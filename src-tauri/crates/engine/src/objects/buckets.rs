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
    facts::{BucketFacts, Missing},
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
    let lifecycle = match &facts.lifecycle {
        Ok(rules) => rules.iter().map(lifecycle::describe).collect(),
        Err(missing) => {
            note("Lifecycle rules", missing);
            Vec::new()
        }
    };
    let mut notifications = Vec::new();
    match &facts.notifications {
        Ok(found) => {
            notifications.extend(effects::listeners(&found.targets));
            if found.event_bridge {
                notifications.push(match &facts.event_rules {
                    Ok(rules) if rules.is_empty() => {
                        "EventBridge, where no rule on the default bus looks for S3 events".to_owned()
                    }
                    Ok(rules) => {
                        let names: Vec<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
                        format!("EventBridge: {}", names.join(", "))
                    }
                    Err(missing) => format!("EventBridge, whose rules could not be read: {}", reason(missing)),
                });
            }
        }
        Err(missing) => note("Notifications", missing),
    }
    let versioning = facts.versioning.unwrap_or_else(|missing| {
        note("Versioning", &missing);
        Versioning::Never
    });
    let encryption = facts.encryption.unwrap_or_else(|missing| {
        note("Encryption", &missing);
        None
    });
    let object_lock = facts.object_lock.map_or_else(
        |missing| {
            note("Object Lock", &missing);
            false
        },
        |lock| lock.is_some(),
    );
    let replication = facts.replication.unwrap_or_else(|missing| {
        note("Replication", &missing);
        false
    });
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
