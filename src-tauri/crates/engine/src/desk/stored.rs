//! What is kept for a profile, or for this computer, and cannot be read: set aside under another key, never deleted.

use crate::{Desk, EngineError};
use contract::settings::Stored;

impl Desk {
    /// The key of the database that the text of the open profile, or of the general settings, has now; `None` where it can be read, and nothing was done.
    pub async fn set_aside(&self, stored: Stored) -> Result<Option<String>, EngineError> {
        let profile = match stored {
            Stored::Settings => String::new(),
            Stored::DriftSources | Stored::GatePolicy => self.session()?.profile().to_owned(),
        };
        let of = profile.clone();
        let aside = self.inner.store.run(move |store| store.set_aside(stored, &of)).await?;
        if let Some(key) = &aside {
            if stored == Stored::DriftSources {
                self.inner.drift.forget_sources(&profile);
            }
            // It is done: where the text is now is told in any case.
            if let Err(error) =
                self.audit(&profile, "settings.set_aside", stored.title(), &format!("kept as {key}")).await
            {
                tracing::error!(%error, "what was set aside is not in the audit log");
            }
        }
        Ok(aside)
    }
}
