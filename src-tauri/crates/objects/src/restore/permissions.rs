//! The IAM actions that a plan needs, with the ARNs that a least-privilege policy names ("Actions, resources, and condition
//! keys for Amazon S3", service authorization reference).

use super::{overwrites, written_key};
use crate::key;
use contract::{
    facts::{BucketFacts, Missing},
    objects::VersionDetail,
    plan::{Action, Permission, Step},
};
use std::collections::{BTreeMap, BTreeSet};

/// More objects than this are written as their common prefix and `*`.
const LISTED: usize = 10;

/// What the steps need. `details` are those of the copied versions that were read: they say whether tags and KMS keys are
/// involved (where one was not read, tags are assumed). `refused` are reads for the plan that failed beside those in
/// `facts`; what was denied is marked [`Permission::missing`].
///
/// A KMS key that `detail.encryption` names by alias or id stands as it is: IAM wants its ARN.
pub fn permissions(
    facts: &BucketFacts,
    steps: &[Step],
    details: &[VersionDetail],
    part_threshold: u64,
    refused: &[Missing],
) -> Vec<Permission> {
    let mut needs = Needs::default();
    for step in steps {
        let to = written_key(step);
        match &step.action {
            Action::Copy { source, .. } => {
                let detail = details.iter().find(|detail| {
                    detail.key == source.key && detail.version_id.as_deref() == Some(source.version_id.as_str())
                });
                needs.object("s3:GetObjectVersion", &source.key);
                needs.object("s3:PutObject", to);
                if to != source.key {
                    needs.object("s3:GetObjectVersion", to); // the check reads the copy back by its version id
                }
                if detail.is_none_or(|detail| detail.tags.as_ref().is_none_or(|tags| !tags.is_empty())) {
                    needs.object("s3:GetObjectVersionTagging", &source.key);
                    needs.object("s3:PutObjectTagging", to);
                }
                if source.size > part_threshold {
                    needs.object("s3:AbortMultipartUpload", to);
                }
                if overwrites(step) {
                    needs.object("s3:GetObject", to); // a conditional write on an existing object reads its ETag
                }
                let own_key = detail.and_then(|detail| kms_key(detail.encryption.as_deref()));
                if let Some(kms) = own_key {
                    needs.other("kms:Decrypt", kms);
                }
                let default = facts.encryption.as_ref().ok().and_then(|default| kms_key(default.as_deref()));
                if let Some(kms) = own_key.or(default) {
                    needs.other("kms:GenerateDataKey", kms);
                    if source.size > part_threshold {
                        needs.other("kms:Decrypt", kms); // completing a multipart upload reads its encrypted parts
                    }
                }
            }
            Action::RemoveMarker { .. } => needs.object("s3:DeleteObjectVersion", to),
            Action::AddMarker => needs.object("s3:DeleteObject", to),
            Action::Execution(_) | Action::Job(_) | Action::Model(_) | Action::Pipeline(_) | Action::Monitor(_) => {}
        }
    }
    let bucket = contract::arn::bucket(&facts.region, &facts.name);
    if !steps.is_empty() {
        needs.other("s3:ListBucketVersions", &bucket);
        needs.other("s3:GetBucketVersioning", &bucket);
    }
    let denied: BTreeSet<&str> = known_missing(facts)
        .chain(refused)
        .filter(|missing| missing.denied)
        .map(|missing| missing.action.as_str())
        .collect();
    let mut permissions = needs.permissions(&bucket, &denied);
    for action in denied {
        if !permissions.iter().any(|permission| permission.action == action) {
            permissions.push(Permission { action: action.to_owned(), resource: bucket.clone(), missing: true });
        }
    }
    permissions
}

fn known_missing(facts: &BucketFacts) -> impl Iterator<Item = &Missing> {
    [
        facts.versioning.as_ref().err(),
        facts.lifecycle.as_ref().err(),
        facts.notifications.as_ref().err(),
        facts.event_rules.as_ref().err(),
        facts.encryption.as_ref().err(),
        facts.object_lock.as_ref().err(),
        facts.acl_enabled.as_ref().err(),
        facts.replication.as_ref().err(),
    ]
    .into_iter()
    .flatten()
}

/// The key of `SSE-KMS <key>` or `DSSE-KMS <key>`; `None` for other encryption.
fn kms_key(encryption: Option<&str>) -> Option<&str> {
    let encryption = encryption.filter(|text| text.contains("KMS"))?;
    Some(encryption.split_once(' ').map_or("*", |(_, key)| key.trim()))
}

#[derive(Default)]
struct Needs<'a> {
    objects: BTreeMap<&'static str, BTreeSet<&'a str>>,
    others: BTreeSet<(&'static str, String)>,
}

impl<'a> Needs<'a> {
    fn object(&mut self, action: &'static str, key: &'a str) {
        self.objects.entry(action).or_default().insert(key);
    }
    fn other(&mut self, action: &'static str, resource: &str) {
        self.others.insert((action, resource.to_owned()));
    }
    fn permissions(self, bucket: &str, denied: &BTreeSet<&str>) -> Vec<Permission> {
        let mut all = Vec::new();
        for (action, keys) in self.objects {
            let resources: Vec<String> = if keys.len() > LISTED {
                vec![format!("{bucket}/{}*", escaped(common_prefix(&keys)))]
            } else {
                keys.into_iter().map(|key| format!("{bucket}/{}", escaped(key))).collect()
            };
            let missing = denied.contains(action);
            all.extend(resources.into_iter().map(|resource| Permission {
                action: action.to_owned(),
                resource,
                missing,
            }));
        }
        all.extend(self.others.into_iter().map(|(action, resource)| Permission {
            action: action.to_owned(),
            resource,
            missing: denied.contains(action),
        }));
        all
    }
}

/// The folder that all keys lie in.
fn common_prefix<'a>(keys: &BTreeSet<&'a str>) -> &'a str {
    let (Some(first), Some(last)) = (keys.first(), keys.last()) else { return "" };
    let shared = first.bytes().zip(last.bytes()).take_while(|(a, b)| a == b).count();
    let folder = first.as_bytes().get(..shared).unwrap_or_default().iter().rposition(|b| *b == b'/');
    folder.and_then(|slash| first.get(..=slash)).unwrap_or("")
}

/// `*`, `?` and `$` of a key, as IAM policies write them ("IAM JSON policy elements: Variables and tags").
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in key::shown(text).chars() {
        match c {
            '*' | '?' | '$' => out.extend(["${", c.to_string().as_str(), "}"]),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests;
