//! Searches that the person saved under a name.
//!
//! A row that cannot be read (another version wrote it, or the file was damaged) is counted and left as it is: the others
//! stay usable, and the version that wrote it finds it again.

use crate::{Store, StoreError, words};
use contract::searches::{MOST_SEARCHES, SavedSearch, SavedSearches, Search};
use rusqlite::{OptionalExtension, Transaction};

/// Why a search was not saved. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsaved {
    /// Another of its kind has the name.
    NameTaken,
    /// There are [`MOST_SEARCHES`] already.
    Full,
    /// It is not there (any more), or cannot be read.
    Gone,
}

impl Store {
    /// All that can be read, by name. Blocking.
    pub fn searches(&self) -> Result<SavedSearches, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached("SELECT number, name, search FROM searches ORDER BY number")?;
        let mut rows = statement.query([])?;
        let mut all = SavedSearches::default();
        while let Some(row) = rows.next()? {
            let text: String = row.get("search")?;
            match words::from_json(&text, "a saved search") {
                Ok(search) => {
                    let id = words::unsigned(row.get("number")?);
                    all.searches.push(SavedSearch { id, name: row.get("name")?, search });
                }
                Err(_) => all.unreadable += 1,
            }
        }
        all.searches.sort_by_cached_key(|saved| saved.name.to_lowercase());
        Ok(all)
    }

    /// Blocking.
    pub fn save_search(&self, name: &str, search: &Search) -> Result<Result<(), Unsaved>, StoreError> {
        let text = words::json(search, "the search")?;
        self.write(|tx| {
            let count: i64 = tx.query_row("SELECT count(*) FROM searches", [], |row| row.get(0))?;
            if count >= words::index(MOST_SEARCHES) {
                return Ok(Err(Unsaved::Full));
            }
            if is_taken(tx, name, search.is_insights(), None)? {
                return Ok(Err(Unsaved::NameTaken));
            }
            tx.execute("INSERT INTO searches (name, search) VALUES (?1, ?2)", (name, text))?;
            Ok(Ok(()))
        })
    }

    /// Blocking.
    pub fn rename_search(&self, id: u64, name: &str) -> Result<Result<(), Unsaved>, StoreError> {
        let number = words::count(id);
        self.write(|tx| {
            let text: Option<String> =
                tx.query_row("SELECT search FROM searches WHERE number = ?1", [number], |row| row.get(0)).optional()?;
            let search = text.and_then(|text| words::from_json::<Search>(&text, "a saved search").ok());
            let Some(search) = search else { return Ok(Err(Unsaved::Gone)) };
            if is_taken(tx, name, search.is_insights(), Some(number))? {
                return Ok(Err(Unsaved::NameTaken));
            }
            tx.execute("UPDATE searches SET name = ?1 WHERE number = ?2", (name, number))?;
            Ok(Ok(()))
        })
    }

    /// One that is gone already is deleted. Blocking.
    pub fn delete_search(&self, id: u64) -> Result<(), StoreError> {
        self.connection().execute("DELETE FROM searches WHERE number = ?1", [words::count(id)])?;
        Ok(())
    }
}

/// Whether another search of this kind has the name.
fn is_taken(tx: &Transaction<'_>, name: &str, insights: bool, own: Option<i64>) -> Result<bool, StoreError> {
    let mut statement = tx.prepare_cached("SELECT number, search FROM searches WHERE name = ?1")?;
    let mut rows = statement.query([name])?;
    while let Some(row) = rows.next()? {
        let (number, text): (i64, String) = (row.get("number")?, row.get("search")?);
        let search = words::from_json::<Search>(&text, "a saved search");
        if own != Some(number) && search.is_ok_and(|search| search.is_insights() == insights) {
            return Ok(true);
        }
    }
    Ok(false)
}
