//! What a pasted text leads to in the area Models.

use crate::Desk;
use ::models::paste::{has_page, no_page, pages, resolve};
use contract::{
    models::PastedModel,
    palette::{Target, TargetPlace},
};
use std::time::Duration;

/// What serves is not asked for again within so long: people paste one line of a message after the other.
const LATELY: Duration = Duration::from_mins(2);
/// Models of one text that are looked for: each may lead to several endpoints.
const LOOKED_FOR: usize = 12;

impl Desk {
    /// Everything that the text names, and of the first thing that leads nowhere the reason. A model is shown by its version
    /// and by what serves it; to know them takes one search, and none if the text names no model.
    pub(crate) async fn model_targets(&self, text: &str) -> (Vec<Target>, Option<String>) {
        // A link of our own names a page.
        if text.trim_start().to_ascii_lowercase().starts_with("quarterdeck:") {
            return (Vec::new(), None);
        }
        let (mut targets, mut problem) = (Vec::new(), None);
        let mut looked_for = 0_usize;
        for one in resolve(text) {
            if has_page(&one.target) {
                add(
                    &mut targets,
                    Target {
                        place: TargetPlace::Model(one.target),
                        title: one.title,
                        account: one.account,
                        region: one.region,
                    },
                );
                continue;
            }
            looked_for += 1;
            if looked_for > LOOKED_FOR {
                continue;
            }
            match Box::pin(self.shown_by(&one)).await {
                Ok(shown) => {
                    for target in shown {
                        add(&mut targets, target);
                    }
                }
                Err(words) => problem = problem.or(Some(words)),
            }
        }
        (targets, problem)
    }

    /// The pages that show what has none of its own, or why there is none.
    async fn shown_by(&self, one: &PastedModel) -> Result<Vec<Target>, String> {
        let session = self.session().map_err(|_| format!("Open a profile to see what serves the {}.", one.title))?;
        let here = session.region();
        if let Some(region) = one.region.as_deref().filter(|region| *region != here) {
            return Err(format!("The {} is in {region}. Change the region to see what serves it.", one.title));
        }
        let models = self
            .dashboard(&session, LATELY)
            .await
            .map_err(|error| format!("What serves the {} could not be read: {error}", one.title))?;
        let shown = pages(&one.target, &models);
        if shown.is_empty() {
            return Err(no_page(&one.target, &models, here));
        }
        let target = |(target, title)| Target {
            place: TargetPlace::Model(target),
            title,
            account: one.account.clone(),
            region: one.region.clone(),
        };
        Ok(shown.into_iter().map(target).collect())
    }
}

/// Two models may lead to one endpoint.
fn add(targets: &mut Vec<Target>, target: Target) {
    if targets.iter().all(|known| known.place != target.place) {
        targets.push(target);
    }
}
