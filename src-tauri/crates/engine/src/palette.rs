//! Where the palette can go: addresses that were pasted, and places visited before.

use crate::{Desk, EngineError};
use contract::palette::{Recent, RecentList, Resolved};

const RECENTS_SHOWN: usize = 12;

impl Desk {
    /// Reads an `s3://` URI, an ARN, a console URL or a deep link.
    pub fn resolve_target(&self, text: &str) -> Resolved {
        ::objects::address::resolve(text)
    }

    pub async fn list_recents(&self) -> Result<RecentList, EngineError> {
        let recents = self.inner.store.run(|store| store.recents(RECENTS_SHOWN)).await?;
        Ok(RecentList { recents })
    }

    pub async fn remember_recent(&self, recent: Recent) -> Result<(), EngineError> {
        Ok(self.inner.store.run(move |store| store.remember(&recent)).await?)
    }
}
