//! Where drift is told for a profile besides Model Monitor: kept, checked, tried.

use super::{Drift, followed::FollowError, small};
use crate::{Desk, EngineError};
use aws::{Session, mlflow::Server};
use contract::{
    Notice, Timestamp,
    drift::{
        DriftSource, DriftSources, MOST_NAMES, MOST_SOURCES, MonitorRow, Origin, RemoveDriftSource, SaveDriftSource,
        SourceDraft, SourceError, SourceFound, SourcePlace, SourceTrial, TryDriftSource, UNENCRYPTED,
    },
};
use secrecy::SecretString;
use std::{collections::HashSet, sync::Arc};

/// What a trial lists by name.
const MOST_FOUND: usize = 20;
/// Characters of a name.
const LONGEST_NAME: usize = 250;

/// A source with its address taken apart.
#[derive(Debug)]
pub(super) struct Source {
    pub known: DriftSource,
    pub place: SourcePlace,
}

/// A source as it was typed, with the token that was typed with it.
struct Checked {
    source: Source,
    token: Option<SecretString>,
}

fn bad(message: impl Into<String>) -> EngineError {
    EngineError::BadInput(message.into())
}

fn checked(draft: SourceDraft, has_token: bool) -> Result<Checked, EngineError> {
    let SourceDraft { address, names, token, typed } = draft;
    let place = SourcePlace::read(&address).map_err(|error| bad(error.to_string()))?;
    let unencrypted = place.is_unencrypted();
    if unencrypted && typed.as_deref().map(str::trim) != Some(UNENCRYPTED) {
        return Err(bad(SourceError::Unencrypted.to_string()));
    }
    let token = token.map(|token| token.trim().to_owned()).filter(|token| !token.is_empty());
    if token.is_some() && !place.takes_token() {
        return Err(bad(format!("A token is for an MLflow server; this is: {}.", place.word())));
    }
    let mut seen = HashSet::new();
    for one in &names {
        let fits = |text: &str| !text.trim().is_empty() && text.chars().count() <= LONGEST_NAME;
        if !fits(&one.name) || !fits(&one.endpoint) {
            return Err(bad("Each line of names is NAME = ENDPOINT, with up to 250 characters on each side."));
        }
        if !seen.insert(&one.name) {
            return Err(bad(format!("{} is named twice.", one.name)));
        }
    }
    if names.len() > MOST_NAMES {
        return Err(bad(format!("At most {MOST_NAMES} names can be given.")));
    }
    let has_token = place.takes_token() && (token.is_some() || has_token);
    let known = DriftSource { address: place.to_string(), names, unencrypted, token: has_token };
    Ok(Checked { source: Source { known, place }, token: token.map(SecretString::from) })
}

impl Drift {
    /// What was read of the sources of a profile. They are the same in each of its regions.
    pub fn forget_sources(&self, profile: &str) {
        let below = format!("{profile}/");
        self.follows.forget_below(&below);
        self.failures.forget_below(&below);
        self.elsewhere.forget_below(&below);
        let is_of_schedule = |row: &&MonitorRow| row.source == Origin::ModelMonitor;
        self.listed.change_below(&below, |rows| Arc::new(rows.iter().filter(is_of_schedule).cloned().collect()));
    }
}

impl Desk {
    /// The sources of the open profile.
    pub async fn drift_sources(&self) -> Result<DriftSources, EngineError> {
        let profile = self.session()?.profile().to_owned();
        let sources = self.kept_sources(&profile).await?;
        Ok(DriftSources { profile, sources })
    }

    async fn kept_sources(&self, profile: &str) -> Result<Vec<DriftSource>, EngineError> {
        let profile = profile.to_owned();
        Ok(self.inner.store.run(move |store| store.drift_sources(&profile)).await?)
    }

    /// Those whose address can still be read; one that another version kept is left alone.
    pub(super) async fn sources_of(&self, session: &Session) -> Result<Vec<Arc<Source>>, EngineError> {
        let kept = self.kept_sources(session.profile()).await?;
        let read = |known: DriftSource| {
            let place = SourcePlace::read(&known.address).ok()?;
            Some(Arc::new(Source { known, place }))
        };
        Ok(kept.into_iter().filter_map(read).collect())
    }

    pub async fn save_drift_source(&self, request: SaveDriftSource) -> Result<DriftSources, EngineError> {
        let profile = self.session()?.profile().to_owned();
        let _saving = self.inner.drift.saving.lock().await;
        let mut sources = self.kept_sources(&profile).await?;
        let has_token = has_token(&sources, &request.draft.address);
        let Checked { source: Source { known, .. }, token } = checked(request.draft, has_token)?;
        let place = sources.iter().position(|one| one.address == known.address);
        if place.is_none() && sources.len() >= MOST_SOURCES {
            return Err(bad(format!("A profile has at most {MOST_SOURCES} sources. Remove one first.")));
        }
        if let Some(token) = token {
            self.keep_source_token(&profile, &known.address, token).await?;
        }
        let address = known.address.clone();
        match place.and_then(|place| sources.get_mut(place)) {
            Some(one) => *one = known,
            None => sources.push(known),
        }
        self.keep_sources(profile, sources, ("drift.source.save", "kept"), &address).await
    }

    pub async fn remove_drift_source(&self, request: &RemoveDriftSource) -> Result<DriftSources, EngineError> {
        let profile = self.session()?.profile().to_owned();
        let _saving = self.inner.drift.saving.lock().await;
        let mut sources = self.kept_sources(&profile).await?;
        let place = sources.iter().position(|one| one.address == request.address);
        let Some(place) = place else { return Err(EngineError::Gone("this source")) };
        let gone = sources.remove(place);
        let of = profile.clone();
        let told = ("drift.source.remove", "removed");
        let left = self.keep_sources(profile, sources, told, &gone.address).await?;
        // A source without its token would be worse than a token without its source.
        if gone.token {
            self.forget_source_token(&of, &gone.address).await?;
        }
        Ok(left)
    }

    async fn keep_sources(
        &self,
        profile: String,
        sources: Vec<DriftSource>,
        (action, result): (&str, &str),
        address: &str,
    ) -> Result<DriftSources, EngineError> {
        let (of, copy) = (profile.clone(), sources.clone());
        self.inner.store.run(move |store| store.save_drift_sources(&of, &copy)).await?;
        self.inner.drift.forget_sources(&profile);
        self.audit(&profile, action, address, result).await?;
        Ok(DriftSources { profile, sources })
    }

    /// Reads a first page of a source and one of its files. Of the source nothing is kept.
    pub async fn try_drift_source(&self, request: TryDriftSource) -> Result<SourceTrial, EngineError> {
        let session = self.session()?;
        let kept = self.kept_sources(session.profile()).await?;
        let has_token = has_token(&kept, &request.draft.address);
        let Checked { source, token } = checked(request.draft, has_token)?;
        let source = Arc::new(source);
        let found = Box::pin(self.follow_source(&session, &source, token, 1)).await;
        let found = found.map_err(|error| error.into_engine(&session))?;
        let what = match &source.place {
            SourcePlace::Snapshots { .. } => ("folder of snapshots", "folders of snapshots"),
            _ => ("experiment with drift", "experiments with drift"),
        };
        let mut words = match found.all.len() {
            0 => format!("It answers, and has no {}.", what.0),
            1 => format!("1 {} was found.", what.0),
            more => format!("{more} {} were found.", what.1),
        };
        let mut notices = found.notices;
        let mut told = Vec::new();
        for one in found.all.iter().take(MOST_FOUND) {
            told.push(SourceFound { name: one.name.clone(), endpoint: one.endpoint.clone(), newest: one.newest() });
        }
        // One file is read, so that what lies there is known to be what is looked for.
        if let Some(first) = found.all.iter().find(|one| one.newest().is_none()) {
            match Box::pin(self.reports_followed(&session, first, &[], Timestamp::MIN, 1)).await {
                Ok(trail) => {
                    let newest = trail.reports.first();
                    if let Some(shown) = told.iter_mut().find(|shown| shown.name == first.name) {
                        shown.newest = newest.map(|report| report.at);
                    }
                    match newest.map(|report| (&report.place, &report.read)) {
                        None => notices.push(Notice::warning(format!("{} holds no file .json.", first.place))),
                        Some((place, Err(why))) => notices.push(Notice::warning(format!("{place}: {why}."))),
                        Some((_, Ok(read))) => {
                            let many = small(read.run.features.len());
                            words = format!("{words} The newest of {} tells of {many} features.", first.name);
                        }
                    }
                }
                Err(error) => notices.push(Notice::warning(format!("{}: {error}.", first.place))),
            }
        }
        Ok(SourceTrial { words, found: told, notices })
    }

    /// The MLflow of a source, with the token that was typed or the one of the keychain.
    pub(super) async fn tracking(
        &self,
        session: &Session,
        source: &Source,
        typed: Option<SecretString>,
    ) -> Result<Option<Server>, FollowError> {
        match &source.place {
            SourcePlace::Server { url } => {
                let token = match typed {
                    Some(token) => Some(token),
                    None if source.known.token => {
                        let token = self.source_token(session.profile(), &source.known.address).await;
                        Some(token.map_err(|error| FollowError::Read(error.to_string()))?)
                    }
                    None => None,
                };
                Ok(Some(Server::at(url, token)?))
            }
            SourcePlace::Managed { arn, region, is_app } => Ok(Some(Server::managed(session, arn, region, *is_app)?)),
            SourcePlace::Snapshots { .. } | SourcePlace::Folder { .. } => Ok(None),
        }
    }
}

/// Whether the keychain has a token for an address as it was typed.
fn has_token(kept: &[DriftSource], typed: &str) -> bool {
    SourcePlace::read(typed).is_ok_and(|place| {
        let address = place.to_string();
        kept.iter().any(|one| one.address == address && one.token)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::drift::SourceName;

    fn draft(address: &str) -> SourceDraft {
        SourceDraft { address: address.to_owned(), ..SourceDraft::default() }
    }

    fn refused(draft: SourceDraft) -> String {
        match checked(draft, false) {
            Err(EngineError::BadInput(words)) => words,
            Err(other) => panic!("{other:?}"),
            Ok(_) => panic!("it was taken"),
        }
    }

    #[test]
    fn an_address_without_encryption_is_meant_in_words() {
        let plain = draft("http://ml.example.com:5000");
        assert!(refused(plain.clone()).contains("not encrypted"));
        assert!(refused(SourceDraft { typed: Some("yes".into()), ..plain.clone() }).contains("not encrypted"));
        let meant = checked(SourceDraft { typed: Some(" unencrypted ".into()), ..plain }, false).unwrap();
        assert!(meant.source.known.unencrypted);
        assert!(!checked(draft("http://localhost:5000"), false).unwrap().source.known.unencrypted);
    }

    #[test]
    fn a_token_is_for_a_server_and_stays_where_it_is() {
        let with = |address: &str| SourceDraft { token: Some(" t ".into()), ..draft(address) };
        assert!(refused(with("s3://ml-monitoring/evidently/")).contains("snapshots of Evidently"));
        let server = checked(with("https://ml.example.com"), false).unwrap();
        assert!(server.source.known.token && server.token.is_some());
        let kept = checked(draft("https://ml.example.com/#/x"), true).unwrap();
        assert!(kept.source.known.token && kept.token.is_none(), "the keychain's is used");
        assert!(has_token(&[server.source.known], "https://ml.example.com/"));
    }

    #[test]
    fn names_are_pairs_and_each_is_given_once() {
        let name = |name: &str, endpoint: &str| SourceName { name: name.into(), endpoint: endpoint.into() };
        let with = |names| SourceDraft { names, ..draft("s3://ml-monitoring/evidently/") };
        assert!(refused(with(vec![name("a", "")])).contains("NAME = ENDPOINT"));
        assert!(refused(with(vec![name("a", "b"), name("a", "c")])).contains("twice"));
        assert!(checked(with(vec![name("a", "b"), name("c", "b")]), false).is_ok());
    }
}
