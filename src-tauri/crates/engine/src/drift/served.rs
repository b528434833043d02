//! All endpoints of the region in a few calls: a list of monitors needs of each what it captures and which version it serves.

use super::{key, look::MOST_PAGES};
use crate::Desk;
use aws::{
    AwsError, Session,
    models::endpoints::{self, Described},
    pages::up_to,
};
use contract::models::facts::{DeployedModel, EndpointFact};
use std::{collections::HashMap, sync::Arc, time::Duration};

/// Endpoints by their names.
pub(super) type Served = HashMap<String, Arc<Described>>;

impl Desk {
    /// Every endpoint with what it captures and the version that it serves, in a call for a hundred of them. One that serves
    /// several models is left out: which variant serves which, its configuration says alone.
    pub(super) async fn served(
        &self,
        session: &Session,
        models: &[DeployedModel],
        age: Duration,
    ) -> Result<Arc<Served>, AwsError> {
        let key = key(session, "");
        if let Some(known) = self.inner.drift.served.get(&key, age) {
            return Ok(known);
        }
        let found = searched(session).await?;
        let all: Arc<Served> = Arc::new(found.into_iter().filter_map(|endpoint| serving(endpoint, models)).collect());
        self.inner.drift.served.put(key, Arc::clone(&all));
        Ok(all)
    }
}

/// Every endpoint as a search tells of it.
pub(super) async fn searched(session: &Session) -> Result<Vec<EndpointFact>, AwsError> {
    let (all, _) = up_to(MOST_PAGES, |token| endpoints::served_page(session, token)).await?;
    Ok(all)
}

/// An endpoint whose one model is known by what the dashboard says.
fn serving(mut endpoint: EndpointFact, models: &[DeployedModel]) -> Option<(String, Arc<Described>)> {
    let mut here = models.iter().filter(|model| model.endpoints.iter().any(|(name, _)| *name == endpoint.name));
    let (Some(model), None) = (here.next(), here.next()) else { return None };
    for variant in &mut endpoint.variants {
        variant.model = Some(model.name.clone());
        variant.package.clone_from(&model.package);
    }
    Some((endpoint.name.clone(), Arc::new(Described { endpoint, missing: Vec::new() })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::models::facts::VariantFact;

    #[test]
    fn an_endpoint_of_several_models_is_described_by_itself() {
        let model = |name: &str| DeployedModel {
            name: name.into(),
            package: Some(format!("arn:aws:sagemaker:eu-west-1:1:model-package/churn/{name}")),
            endpoints: vec![("churn-live".into(), "InService".into())],
            ..DeployedModel::default()
        };
        let endpoint = EndpointFact {
            name: "churn-live".into(),
            arn: String::new(),
            status: "InService".into(),
            reason: None,
            config: None,
            config_created: None,
            created: None,
            modified: None,
            variants: vec![VariantFact::default()],
            capture: None,
            rollback_alarms: Vec::new(),
            is_async: false,
            pending_config: None,
        };
        let (name, one) = serving(endpoint.clone(), &[model("7")]).unwrap();
        assert_eq!((name.as_str(), one.endpoint.variants[0].model.as_deref()), ("churn-live", Some("7")));
        assert!(one.endpoint.variants[0].package.as_deref().is_some_and(|package| package.ends_with("churn/7")));
        assert!(serving(endpoint.clone(), &[model("7"), model("8")]).is_none());
        assert!(serving(endpoint, &[]).is_none());
    }
}
