//! Where the palette can go: addresses that were pasted, and places visited before.

use crate::{Desk, EngineError, executions::machine_name};
use ::executions::address::{Found, FoundKind};
use contract::{
    jobs::JobTarget,
    palette::{Recent, RecentList, Resolved, Target, TargetPlace},
};

const RECENTS_SHOWN: usize = 12;
/// Targets of one text: an alert names a few, a log file thousands.
const TARGETS: usize = 12;
/// Words of a message that are read as addresses of objects.
const WORDS: usize = 200;

impl Desk {
    /// Reads an `s3://` URI, an ARN, a console URL, a deep link, the id of a job or of what it runs on, or the whole text
    /// of an alert.
    pub async fn resolve_target(&self, text: &str) -> Resolved {
        let executions = ::executions::address::resolve(text);
        let mut jobs = self.job_targets(text);
        let (models, without_page) = Box::pin(self.model_targets(text)).await;
        if executions.is_empty() && jobs.is_empty() && models.is_empty() && without_page.is_none() {
            return ::objects::address::resolve(text);
        }
        jobs.retain(|job| !is_part(&job.place, &executions));
        let is_alert = !executions.is_empty();
        let mut named = Vec::new();
        for one in executions.into_iter().take(TARGETS) {
            named.extend(self.target(one).await);
        }
        // A log file is an object too, and can be gone to as one.
        let targets = joined([named, jobs, models, objects(text)]);
        let nowhere = || "What this names has no page: an activity, or an alarm of something else.".to_owned();
        let problem = if targets.is_empty() { without_page.or_else(|| is_alert.then(nowhere)) } else { None };
        Resolved { targets, problem }
    }

    async fn target(&self, found: Found) -> Option<Target> {
        let (place, title) = match found.kind {
            FoundKind::Execution { arn } => (TargetPlace::Execution(arn), found.title),
            FoundKind::Machine { arn } => (TargetPlace::Machine(base(&arn)), found.title),
            FoundKind::MapRun { arn } => (TargetPlace::MapRun(arn), found.title),
            FoundKind::Alarm { name, .. } => {
                let machine = self.machine_of_alarm(&name, found.region.as_deref()).await?;
                let title = format!("{}, which alarm {name} watches", machine_name(&machine));
                (TargetPlace::Machine(machine), title)
            }
            FoundKind::Activity { .. } => return None,
        };
        Some(Target { place, title, account: found.account, region: found.region })
    }

    /// The machine that an alarm of the current account watches.
    async fn machine_of_alarm(&self, name: &str, region: Option<&str>) -> Option<String> {
        let session = self.session().ok()?;
        let region = region.unwrap_or_else(|| session.region()).to_owned();
        match aws::executions::metrics::machine_of_alarm(&session, &region, name).await {
            Ok(machine) => machine,
            Err(error) => {
                tracing::debug!(%error, "the alarm could not be looked up");
                None
            }
        }
    }

    pub async fn list_recents(&self) -> Result<RecentList, EngineError> {
        let recents = self.inner.store.run(|store| store.recents(RECENTS_SHOWN)).await?;
        Ok(RecentList { recents })
    }

    pub async fn remember_recent(&self, recent: Recent) -> Result<(), EngineError> {
        Ok(self.inner.store.run(move |store| store.remember(&recent)).await?)
    }
}

/// Whether an id without a home is the name of an execution, or stands in it: such names often are ids, and their ARNs are
/// broken over lines in mails.
fn is_part(place: &TargetPlace, executions: &[Found]) -> bool {
    let TargetPlace::Job(JobTarget::RequestId(id)) = place else { return false };
    executions.iter().any(|found| match &found.kind {
        FoundKind::Execution { arn } | FoundKind::MapRun { arn } => arn.contains(id.as_str()),
        FoundKind::Machine { .. } | FoundKind::Activity { .. } | FoundKind::Alarm { .. } => false,
    })
}

/// The objects that stand among other words. Here a blank ends a key: where a text is one address, it is read as a whole.
fn objects(text: &str) -> Vec<Target> {
    let text = text.trim();
    if !text.contains(char::is_whitespace) {
        return ::objects::address::resolve(text).targets;
    }
    let ends = |sign: char| sign.is_whitespace() || "\"'`<>“”|".contains(sign);
    let addresses = ["s3://", "s3a://", "s3n://", "arn:aws", "https://", "http://"];
    text.split(ends)
        .map(|word| word.trim_start_matches(['(', '[', '{', ',', ';', '*']))
        .map(|word| word.trim_end_matches(['.', ',', ';', '!', '?', ')', ']', '}', '*', '’', ':']))
        .filter(|word| addresses.iter().any(|start| word.starts_with(start)))
        .take(WORDS)
        .flat_map(|word| ::objects::address::resolve(word).targets)
        .collect()
}

/// All of them in this order, each place once, and no more than a text is shown with: what it names many of leaves room for
/// the rest.
fn joined(lists: [Vec<Target>; 4]) -> Vec<Target> {
    let mut places: Vec<TargetPlace> = Vec::new();
    let lists = lists.map(|mut list| {
        list.retain(|target| {
            let is_new = !places.contains(&target.place);
            if is_new {
                places.push(target.place.clone());
            }
            is_new
        });
        list
    });
    let (mut room, mut left) = ([0_usize; 4], TARGETS);
    while left > 0 {
        let before = left;
        for (share, list) in room.iter_mut().zip(&lists) {
            if left > 0 && *share < list.len() {
                *share += 1;
                left -= 1;
            }
        }
        if left == before {
            break;
        }
    }
    lists.into_iter().zip(room).flat_map(|(list, share)| list.into_iter().take(share)).collect()
}

/// A machine's ARN without version or alias.
fn base(arn: &str) -> String {
    arn.split(':').take(7).collect::<Vec<_>>().join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(name: &str) -> Target {
        let arn = format!("arn:aws:states:eu-west-1:123456789012:stateMachine:{name}");
        Target { place: TargetPlace::Machine(arn), title: name.into(), account: None, region: None }
    }

    fn bucket(name: &str) -> Target {
        Target { place: TargetPlace::Bucket { bucket: name.into() }, title: name.into(), account: None, region: None }
    }

    #[test]
    fn what_a_text_names_many_of_leaves_room_for_the_rest() {
        let many: Vec<Target> = (0..40).map(|number| machine(&format!("m{number}"))).collect();
        let all = joined([many, Vec::new(), vec![bucket("lake-raw"), bucket("lake-raw")], vec![bucket("lake-raw")]]);
        let titles: Vec<&str> = all.iter().map(|target| target.title.as_str()).collect();
        assert_eq!(titles.len(), TARGETS);
        assert_eq!((titles[0], titles[10], titles[11]), ("m0", "m10", "lake-raw"), "in order, each once");
        assert_eq!(joined([Vec::new(), Vec::new(), Vec::new(), vec![bucket("lake-raw")]]).len(), 1);
    }

    #[test]
    fn objects_are_found_among_words() {
        let places =
            |text: &str| -> Vec<TargetPlace> { objects(text).into_iter().map(|target| target.place).collect() };
        let object = |key: &str| TargetPlace::Object { bucket: "lake-raw".into(), key: key.into(), version_id: None };
        assert_eq!(
            places("The load of (s3://lake-raw/in/a.csv), then <arn:aws:s3:::lake-raw/in/b.csv> failed."),
            [object("in/a.csv"), object("in/b.csv")]
        );
        assert_eq!(places("s3://lake-raw/in/a.csv."), [object("in/a.csv.")], "a point may end a key");
        assert!(places("see arn:aws:sagemaker:eu-west-1:123456789012:endpoint/churn, please").is_empty());
    }

    #[test]
    fn the_name_of_an_execution_is_no_request() {
        let id = "0a1b2c3d-0000-4000-8000-00000000000f";
        let text = format!("arn:aws:states:eu-west-1:123456789012:execution:nightly-sales:{id}");
        let found = ::executions::address::resolve(&text);
        let request = |id: &str| TargetPlace::Job(JobTarget::RequestId(id.into()));
        assert!(is_part(&request(id), &found));
        assert!(!is_part(&request("8b1f0d0a-1111-2222-3333-444455556666"), &found));
    }
}
