//! All endpoints of the region, watched or not: the list says which there are, two searches what they serve, and how.

use super::{look::group_in, served::searched, trouble::listed};
use crate::{Desk, EngineError, Events, desk::load, ends::left_out, jobs::masked, sets::SetWriter};
use ::models::rows::version_of;
use aws::{AwsError, Session, models::endpoints::EndpointItem};
use contract::{
    Timestamp,
    drift::{EndpointRow, OpenEndpoints},
    models::facts::{DeployedModel, EndpointFact},
    sets::SetState,
};
use std::{collections::HashMap, sync::Arc, time::Duration};

/// How often the list is made again.
const AGAIN: Duration = Duration::from_mins(1);

impl Desk {
    pub fn open_endpoints(&self, _request: OpenEndpoints, events: Events) -> Result<SetState, EngineError> {
        let session = self.session()?;
        let (state, writer) = self.inner.sets.open::<EndpointRow>(session.now(), events);
        let desk = self.clone();
        load(writer, move |writer| async move { desk.load_endpoints(&session, &writer).await });
        Ok(state)
    }

    async fn load_endpoints(
        &self,
        session: &Session,
        writer: &Arc<SetWriter<EndpointRow>>,
    ) -> Result<Timestamp, EngineError> {
        let mut is_shown = false;
        loop {
            let mut notices = Vec::new();
            let (all, facts, models) =
                tokio::join!(listed(session), searched(session), self.dashboard(session, AGAIN / 2));
            let all = all.map(|(all, cut)| {
                notices.extend(cut);
                all
            });
            let (all, facts) = match (all, facts) {
                (Err(error @ AwsError::SignIn { .. }), _) | (_, Err(error @ AwsError::SignIn { .. })) => {
                    return Err(Self::failed(session)(error));
                }
                (Ok(all), Ok(facts)) => (all, facts),
                (Ok(all), Err(error)) => {
                    notices.push(left_out("How many variants and instances there are, and why one failed,", &error));
                    (all, Vec::new())
                }
                (Err(error), Ok(facts)) => {
                    notices.push(left_out("What a search does not find", &error));
                    (facts.iter().map(found).collect(), facts)
                }
                // What was shown before stays, with its time, and the reason why it is not newer.
                (Err(error), Err(_)) if is_shown => {
                    writer.notice(left_out("What is new", &error));
                    self.pause(AGAIN).await;
                    if writer.cancelled() {
                        return Ok(session.now());
                    }
                    continue;
                }
                (Err(error), Err(_)) => return Err(Self::failed(session)(error)),
            };
            let models = match models {
                Ok(models) => Some(models),
                Err(error) => {
                    notices.push(left_out("What each endpoint serves", &error));
                    None
                }
            };
            let facts: HashMap<&str, &EndpointFact> =
                facts.iter().map(|endpoint| (endpoint.name.as_str(), endpoint)).collect();
            let now = session.now();
            let models = models.as_deref().map(Vec::as_slice);
            let rows = all.iter().map(|item| row(item, facts.get(item.name.as_str()).copied(), models, now));
            writer.show(rows.collect(), notices);
            writer.finish(now);
            is_shown = true;
            self.pause(AGAIN).await;
            if writer.cancelled() {
                return Ok(session.now());
            }
        }
    }
}

/// As the list would have it.
fn found(endpoint: &EndpointFact) -> EndpointItem {
    EndpointItem {
        name: endpoint.name.clone(),
        arn: endpoint.arn.clone(),
        status: endpoint.status.clone(),
        created: endpoint.created,
        modified: endpoint.modified,
    }
}

fn row(
    item: &EndpointItem,
    fact: Option<&EndpointFact>,
    models: Option<&[DeployedModel]>,
    now: Timestamp,
) -> EndpointRow {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    EndpointRow {
        name: item.name.clone(),
        status: item.status.clone(),
        reason: fact.and_then(|fact| fact.reason.as_deref()).map(masked),
        serves: models.map(|models| served_at(&item.name, models)),
        variants: fact.map(|fact| count(fact.variants.len())),
        instances: fact.map(|fact| fact.variants.iter().filter_map(|variant| variant.instances).sum()),
        created: item.created,
        changed: item.modified,
        as_of: now,
    }
}

/// As it may be shown: why something failed is a stranger's text.
pub(super) fn covered(mut endpoint: EndpointFact) -> EndpointFact {
    endpoint.reason = endpoint.reason.as_deref().map(masked);
    for (_, message) in endpoint.variants.iter_mut().flat_map(|variant| &mut variant.statuses) {
        *message = message.as_deref().map(masked);
    }
    endpoint
}

/// What an endpoint serves, each once.
fn served_at(endpoint: &str, models: &[DeployedModel]) -> Vec<String> {
    let here = models.iter().filter(|model| model.endpoints.iter().any(|(name, _)| name == endpoint));
    let named = |model: &DeployedModel| {
        let version = model.package.as_deref().and_then(|package| Some((group_in(package)?, version_of(package)?)));
        version.map_or_else(|| model.name.clone(), |(group, version)| format!("{group} version {version}"))
    };
    let mut all: Vec<String> = here.map(named).collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sets::Record;
    use contract::models::facts::VariantFact;

    fn item(name: &str, status: &str) -> EndpointItem {
        EndpointItem {
            name: name.into(),
            arn: String::new(),
            status: status.into(),
            created: None,
            modified: Some(Timestamp::UNIX_EPOCH),
        }
    }

    fn model(name: &str, package: Option<&str>) -> DeployedModel {
        DeployedModel {
            name: name.into(),
            package: package.map(|package| format!("arn:aws:sagemaker:eu-west-1:1:model-package/{package}")),
            endpoints: vec![("churn-live".into(), "InService".into())],
            ..DeployedModel::default()
        }
    }

    fn failed(reason: &str, variants: Vec<VariantFact>) -> EndpointFact {
        EndpointFact {
            name: "churn-live".into(),
            arn: String::new(),
            status: "Failed".into(),
            reason: Some(reason.into()),
            config: None,
            config_created: None,
            created: None,
            modified: None,
            variants,
            capture: None,
            rollback_alarms: Vec::new(),
            is_async: false,
            pending_config: None,
        }
    }

    #[test]
    fn secrets_in_why_it_failed_are_covered() {
        let said = "the container ended: --password=hunter2 was refused";
        let status = ("Failed".to_owned(), Some(said.to_owned()));
        let variant = VariantFact { name: "blue".into(), statuses: vec![status], ..VariantFact::default() };
        let told = covered(failed(said, vec![variant]));
        assert!(!format!("{told:?}").contains("hunter2"), "{told:?}");
        assert!(told.reason.is_some_and(|reason| reason.starts_with("the container ended")));
        assert_eq!(covered(failed("no capacity", Vec::new())), failed("no capacity", Vec::new()));
    }

    #[test]
    fn a_row_says_what_serves_and_how() {
        let variants = vec![
            VariantFact { instances: Some(2), ..VariantFact::default() },
            VariantFact { instances: Some(1), ..VariantFact::default() },
            VariantFact { serverless: Some((2_048, 5)), ..VariantFact::default() },
        ];
        let fact = failed("the container did not answer", variants);
        let models = [model("b", Some("churn/14")), model("a", Some("churn/14")), model("by-hand", None)];
        let told = row(&item("churn-live", "Failed"), Some(&fact), Some(&models), Timestamp::UNIX_EPOCH);
        assert_eq!(told.serves, Some(vec!["by-hand".to_owned(), "churn version 14".to_owned()]));
        assert_eq!((told.variants, told.instances), (Some(3), Some(3)));
        assert_eq!(told.reason.as_deref(), Some("the container did not answer"));
        let bare = row(&item("churn-live", "InService"), None, None, Timestamp::UNIX_EPOCH);
        assert_eq!((bare.serves, bare.variants, bare.instances), (None, None, None), "not read is not none");
    }

    #[test]
    fn what_failed_stands_first() {
        let of = |name: &str, status: &str| row(&item(name, status), None, None, Timestamp::UNIX_EPOCH);
        let mut rows = [
            of("a", "InService"),
            of("b", "Updating"),
            of("d", "RollingBack"),
            of("c", "Failed"),
            of("e", "InService"),
        ];
        rows.sort_by(Record::natural);
        assert_eq!(rows.map(|row| row.name), ["c", "d", "b", "a", "e"]);
    }
}
