//! Saved searches: listed, saved, renamed, deleted. Each change answers with all of them.

use crate::{Desk, EngineError};
use contract::searches::{DeleteSearch, MOST_NAME, MOST_SEARCHES, RenameSearch, SaveSearch, SavedSearches, Search};
use store::{Store, Unsaved};

/// Characters of a search: those of a query of Logs Insights at most.
const MOST_TEXT: usize = contract::insights::MOST_TEXT;

impl Desk {
    pub async fn list_searches(&self) -> Result<SavedSearches, EngineError> {
        Ok(self.inner.store.run(Store::searches).await?)
    }

    pub async fn save_search(&self, request: SaveSearch) -> Result<SavedSearches, EngineError> {
        let name = named(&request.name)?;
        check(&request.search)?;
        let search = request.search;
        let told = name.clone();
        let saved = self.inner.store.run(move |store| store.save_search(&name, &search)).await?;
        saved.map_err(|why| unsaved(why, &told))?;
        self.list_searches().await
    }

    pub async fn rename_search(&self, request: RenameSearch) -> Result<SavedSearches, EngineError> {
        let name = named(&request.name)?;
        let told = name.clone();
        let renamed = self.inner.store.run(move |store| store.rename_search(request.id, &name)).await?;
        renamed.map_err(|why| unsaved(why, &told))?;
        self.list_searches().await
    }

    pub async fn delete_search(&self, request: DeleteSearch) -> Result<SavedSearches, EngineError> {
        self.inner.store.run(move |store| store.delete_search(request.id)).await?;
        self.list_searches().await
    }
}

fn named(name: &str) -> Result<String, EngineError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(EngineError::BadInput("Give the search a name.".to_owned()));
    }
    if name.chars().count() > MOST_NAME {
        return Err(EngineError::BadInput(format!("A name has at most {MOST_NAME} characters.")));
    }
    Ok(name.to_owned())
}

/// What is kept is bounded, whoever sends it.
fn check(search: &Search) -> Result<(), EngineError> {
    let (text, groups) = match search {
        Search::Log(query) => (&query.text, 0),
        Search::Insights { text, groups } => (text, groups.len()),
    };
    if text.chars().count() > MOST_TEXT || groups > contract::insights::MOST_GROUPS {
        return Err(EngineError::BadInput("The search is too long to be saved.".to_owned()));
    }
    let nothing = match search {
        Search::Log(query) => *query == contract::logs::LogQuery::default(),
        Search::Insights { text, .. } => text.trim().is_empty(),
    };
    if nothing {
        return Err(EngineError::BadInput("There is nothing to save: search for something first.".to_owned()));
    }
    Ok(())
}

fn unsaved(why: Unsaved, name: &str) -> EngineError {
    match why {
        Unsaved::NameTaken => EngineError::BadInput(format!("Another search is called {name}.")),
        Unsaved::Full => {
            EngineError::BadInput(format!("{MOST_SEARCHES} searches are saved, which is the most: delete one first."))
        }
        Unsaved::Gone => EngineError::NotFound("The search is not there any more.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::logs::LogQuery;

    #[test]
    fn names_and_searches_are_bounded() {
        assert_eq!(named("  errors ").unwrap(), "errors");
        assert!(named(" \t").is_err() && named(&"é".repeat(MOST_NAME + 1)).is_err());
        assert!(named(&"é".repeat(MOST_NAME)).is_ok());
        let log = |text: &str| Search::Log(LogQuery { text: text.into(), ..LogQuery::default() });
        assert!(check(&log("x")).is_ok());
        assert!(check(&log("")).is_err() && check(&log(&"x".repeat(MOST_TEXT + 1))).is_err());
        let query =
            |text: &str, groups: usize| Search::Insights { text: text.into(), groups: vec!["/g".into(); groups] };
        assert!(check(&query("fields @message", 50)).is_ok());
        assert!(check(&query("fields @message", 51)).is_err() && check(&query(" ", 1)).is_err());
    }
}
