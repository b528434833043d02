//! Everything that the registry and the model dashboard say, in a few searches.

use super::key;
use crate::{Desk, ends::left_out};
use aws::{
    AwsError, Session,
    models::{
        Accounts, deployed,
        registry::{self, Wanted},
    },
    pages::up_to,
};
use contract::{
    Notice, Timestamp,
    drift::MonitorRow,
    models::{
        GroupRow, QueueRow,
        facts::{Approval, DeployedModel, GroupFact, VersionFact},
    },
};
use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

/// What was read so lately is not asked for again by whoever only looks what waits.
const LATELY: Duration = Duration::from_mins(2);
/// Pages of a hundred that are read of each kind.
const MOST_PAGES: usize = 40;
/// Lists that open within so long of each other show one reading.
pub(super) const TOGETHER: Duration = Duration::from_secs(3);

/// What was read together.
#[derive(Debug, Default)]
pub(super) struct Registry {
    pub groups: Vec<GroupFact>,
    pub versions: Vec<VersionFact>,
    pub models: Vec<DeployedModel>,
    /// What could not be read.
    pub notices: Vec<Notice>,
    pub as_of: Timestamp,
}

impl Registry {
    /// The versions of a group: its name may be taken in several accounts.
    pub fn versions_of(&self, group: &GroupFact) -> Vec<VersionFact> {
        of_group(&self.versions, group)
    }

    /// All versions of a version's group, with that one as it was read.
    pub fn beside(&self, version: &VersionFact) -> Vec<VersionFact> {
        let group = |arn: &str| arn.rsplit_once('/').map(|(group, _)| group.to_ascii_lowercase());
        let own = group(&version.arn);
        let others = self.versions.iter().filter(|one| one.arn != version.arn && group(&one.arn) == own);
        others.chain([version]).cloned().collect()
    }

    /// `looked` is what the list of monitors knows.
    pub fn row(&self, group: &GroupFact, looked: &[MonitorRow]) -> GroupRow {
        ::models::rows::group(group, &self.versions_of(group), &self.models, looked, self.as_of)
    }
}

/// Those of this group: a name may be taken in several accounts.
pub(super) fn of_group(versions: &[VersionFact], group: &GroupFact) -> Vec<VersionFact> {
    let account = |arn: &str| arn.split(':').nth(4).map(str::to_owned);
    let own = account(&group.arn);
    versions.iter().filter(|one| one.group == group.name && account(&one.arn) == own).cloned().collect()
}

/// What there is of one kind, and whether there are more than were read.
type Pages<T> = Result<(Vec<T>, bool), AwsError>;

async fn groups(session: &Session, accounts: Accounts) -> Pages<GroupFact> {
    up_to(MOST_PAGES, |token| registry::groups_page(session, accounts, token)).await
}

async fn versions(session: &Session, wanted: Wanted<'_>) -> Pages<VersionFact> {
    up_to(MOST_PAGES, |token| registry::versions_page(session, wanted, token)).await
}

async fn models(session: &Session) -> Pages<DeployedModel> {
    up_to(MOST_PAGES, |token| deployed::page(session, token)).await
}

/// The versions of a group as a search gives them now.
pub(super) async fn versions_of(session: &Session, group: &GroupFact) -> Result<Vec<VersionFact>, AwsError> {
    let accounts = if group.id == group.name { Accounts::Own } else { Accounts::Others };
    let wanted = Wanted { accounts, group: Some(&group.name), ..Wanted::default() };
    let (found, _) = Box::pin(versions(session, wanted)).await?;
    Ok(of_group(&found, group))
}

impl Desk {
    /// Reads all of it. Fails only if the groups or versions of the own account cannot be read.
    pub(super) async fn read_registry(&self, session: &Session) -> Result<Arc<Registry>, AwsError> {
        let own = Wanted::default();
        let shared = async {
            let groups = groups(session, Accounts::Others).await;
            // Most accounts are shared nothing with.
            let versions = match &groups {
                Ok((found, _)) if found.is_empty() => Ok((Vec::new(), false)),
                _ => versions(session, Wanted { accounts: Accounts::Others, ..own }).await,
            };
            (groups, versions)
        };
        let (groups_own, (groups_others, versions_others), versions_own, deployed) = tokio::join!(
            Box::pin(groups(session, Accounts::Own)),
            Box::pin(shared),
            Box::pin(versions(session, own)),
            Box::pin(models(session)),
        );
        let mut registry = Registry { as_of: session.now(), ..Registry::default() };
        let (mut own_groups, cut_groups) = groups_own?;
        let (mut own_versions, cut_versions) = versions_own?;
        if cut_groups || cut_versions {
            registry.notices.push(Notice::warning("Only the first 4,000 groups and versions were read."));
        }
        let mut take = |what: &str, error: AwsError| registry.notices.push(left_out(what, &error));
        let (mut cut_others, mut cut_models) = (false, false);
        match groups_others {
            Ok((some, is_cut)) => {
                own_groups.extend(some);
                cut_others |= is_cut;
            }
            Err(error) => take("What other accounts share", error),
        }
        match versions_others {
            Ok((some, is_cut)) => {
                own_versions.extend(some);
                cut_others |= is_cut;
            }
            Err(error) => take("Versions of groups that other accounts share", error),
        }
        match deployed {
            Ok((some, is_cut)) => {
                registry.models = some;
                cut_models = is_cut;
            }
            Err(error) => take("What serves", error),
        }
        if cut_others {
            let text = "Only the first 4,000 groups and versions that other accounts share were read.";
            registry.notices.push(Notice::warning(text));
        }
        if cut_models {
            let text = "Only the first 4,000 models were read: where the others serve is not known.";
            registry.notices.push(Notice::warning(text));
        }
        registry.groups = own_groups;
        registry.versions = own_versions;
        let registry = Arc::new(registry);
        self.inner.models.registries.put(key(session, "all"), Arc::clone(&registry));
        Ok(registry)
    }

    /// The same, if it is not older. Of several that ask at once one reads.
    pub(super) async fn registry(&self, session: &Session, age: Duration) -> Result<Arc<Registry>, AwsError> {
        let key = key(session, "all");
        let models = &self.inner.models;
        if let Some(known) = models.registries.get(&key, age) {
            return Ok(known);
        }
        let reading = {
            let mut all = models.reading.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(key.clone()).or_default())
        };
        let _held = reading.lock().await;
        match models.registries.get(&key, age) {
            Some(known) => Ok(known),
            None => Box::pin(self.read_registry(session)).await,
        }
    }

    /// What was read of the registry and of a version's records is older than a write to it.
    pub(crate) fn version_changed(&self, session: &Session, arn: &str) {
        self.inner.models.registries.forget(&key(session, "all"));
        self.inner.models.trails.forget(&key(session, arn));
    }

    /// What waits for a decision, oldest first, without its gates: two searches at the most. What other accounts share may
    /// be left out, with a notice.
    pub(crate) async fn waiting_versions(&self, session: &Session) -> Result<(Vec<QueueRow>, Vec<Notice>), AwsError> {
        if let Some(known) = self.inner.models.registries.get(&key(session, "all"), LATELY) {
            let rows = ::models::rows::queue(&known.versions, &[], session.now());
            return Ok((rows, known.notices.clone()));
        }
        let own = Wanted { approval: Some(Approval::Pending), ..Wanted::default() };
        let others = Wanted { accounts: Accounts::Others, ..own };
        let (own, others) = tokio::join!(versions(session, own), versions(session, others));
        let ((mut waiting, cut), mut notices) = (own?, Vec::new());
        if cut {
            notices.push(Notice::warning("Only the first 4,000 versions that wait were read."));
        }
        match others {
            Ok((some, is_cut)) => {
                waiting.extend(some);
                if is_cut {
                    let text = "Only the first 4,000 versions that wait in other accounts were read.";
                    notices.push(Notice::warning(text));
                }
            }
            Err(error) => notices.push(left_out("Versions of groups that other accounts share", &error)),
        }
        Ok((::models::rows::queue(&waiting, &[], session.now()), notices))
    }
}
