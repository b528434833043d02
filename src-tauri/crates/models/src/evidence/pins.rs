//! Whether files, artefacts and images are still what was registered.

use super::{FileRead, ReadOutcome};
use contract::{
    Timestamp,
    models::{
        DigestState, EvidenceLine, PinState,
        facts::{ContainerFact, EvidenceFact, EvidencePart, VersionFact},
    },
};

/// A file against what was registered. `registered` is when the version was made: a file that was written after it is
/// not what the registration meant, whatever it holds.
pub fn state(fact: &EvidenceFact, read: Option<&ReadOutcome>, registered: Option<Timestamp>) -> DigestState {
    let seen = match read {
        None => return DigestState::Unreadable("not read yet".to_owned()),
        Some(ReadOutcome::Gone) => return DigestState::Gone,
        Some(ReadOutcome::Failed(why)) => return DigestState::Unreadable(why.clone()),
        Some(ReadOutcome::Read(seen)) => seen,
    };
    let written_since = seen.modified.zip(registered).is_some_and(|(modified, registered)| modified > registered);
    match fact.digest.as_deref().map(hex) {
        Some(digest) if digest.eq_ignore_ascii_case(hex(&seen.sha256)) => DigestState::Unchanged,
        Some(_) => DigestState::Changed,
        None if written_since => DigestState::Changed,
        None => DigestState::NotPinned,
    }
}

pub(super) fn hex(digest: &str) -> &str {
    digest.strip_prefix("sha256:").unwrap_or(digest)
}

/// The files of a version, metrics first, each with its state.
pub fn lines(version: &VersionFact, files: &[FileRead]) -> Vec<EvidenceLine> {
    let line = |fact: &EvidenceFact, is_baseline: bool| {
        let same = |file: &&FileRead| file.part == fact.part && file.is_baseline == is_baseline && file.uri == fact.uri;
        let read = files.iter().find(same).map(|file| &file.outcome);
        let seen = match read {
            Some(ReadOutcome::Read(seen)) => Some(seen.clone()),
            _ => None,
        };
        EvidenceLine {
            part: fact.part,
            is_baseline,
            uri: fact.uri.clone(),
            digest: fact.digest.clone(),
            seen,
            state: state(fact, read, version.created),
        }
    };
    let metrics = version.metrics.iter().map(|fact| line(fact, false));
    metrics.chain(version.baselines.iter().map(|fact| line(fact, true))).collect()
}

/// An artefact, by the ETag that it has now; `Ok(None)` is "no such object", `Err` says why it was not looked at.
pub fn artefact(container: &ContainerFact, now: Result<Option<&str>, &str>) -> PinState {
    if container.model_data.is_none() {
        return PinState::Unknown("the container has no artefact".to_owned());
    }
    pin(container.model_data_etag.as_deref(), now)
}

/// An image now, as its registry told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageNow {
    /// The digest that its tag or digest leads to.
    At(String),
    /// Its tag leads nowhere; the registered image is still there.
    Untagged,
    Gone,
    /// Nobody tells of it here: why.
    Untold(String),
    /// It was asked for, and no answer came: why.
    Failed(String),
}

/// An image against what was registered. SageMaker deploys what the URI names: a tag that was moved is another model.
pub fn image(container: &ContainerFact, now: &ImageNow) -> PinState {
    let named = container.image.split_once('@').map(|(_, digest)| digest);
    let is = match (now, named) {
        (ImageNow::At(digest), _) => digest.as_str(),
        // A digest names what it names, also where nobody tells whether it is still there.
        (ImageNow::Untold(_), Some(digest)) => digest,
        (ImageNow::Untold(why) | ImageNow::Failed(why), _) => return PinState::Unknown(why.clone()),
        (ImageNow::Untagged, _) => return PinState::TagGone,
        (ImageNow::Gone, _) => return PinState::Gone,
    };
    match container.image_digest.as_deref().or(named) {
        None => PinState::NotPinned,
        Some(was) if hex(was).eq_ignore_ascii_case(hex(is)) => PinState::Unchanged,
        Some(_) if named.is_some() => PinState::Changed(is.to_owned()),
        Some(_) => PinState::TagMoved(is.to_owned()),
    }
}

fn pin(registered: Option<&str>, now: Result<Option<&str>, &str>) -> PinState {
    let plain = |text: &str| text.trim_matches('"').to_owned();
    match (registered, now) {
        (_, Err(why)) => PinState::Unknown(why.to_owned()),
        (_, Ok(None)) => PinState::Gone,
        (None, Ok(Some(_))) => PinState::NotPinned,
        (Some(was), Ok(Some(is))) if plain(was) == plain(is) => PinState::Unchanged,
        (Some(_), Ok(Some(is))) => PinState::Changed(plain(is)),
    }
}

/// The way the ledger is written. A digest of another way says nothing about one of this way.
const WAY: &str = "evidence 2";

/// What the evidence is, one line a thing, in an order that does not depend on how it was read. What could not be found
/// out stands in it as it was registered: who may look at less does not see other evidence for that. What was found to be
/// another stands in it as that. See [`super::seal`] for the digest.
pub fn ledger(version: &VersionFact, files: &[FileRead], artefacts: &[PinState], images: &[PinState]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for file in files {
        let kind = if file.is_baseline { "baseline" } else { "metrics" };
        let value = match &file.outcome {
            ReadOutcome::Read(seen) => hex(&seen.sha256).to_ascii_lowercase(),
            ReadOutcome::Gone => "gone".to_owned(),
            ReadOutcome::Failed(_) => registered(version, file).unwrap_or_else(|| "not read".to_owned()),
        };
        lines.push(format!("{kind}\t{}\t{}\t{value}", code(file.part), file.uri));
    }
    for (at, container) in version.containers.iter().enumerate() {
        let pins = [("image", container.image.as_str(), container.image_digest.as_deref(), images.get(at))];
        let data = container.model_data.as_deref().unwrap_or_default();
        let pins =
            pins.into_iter().chain([("artefact", data, container.model_data_etag.as_deref(), artefacts.get(at))]);
        for (kind, name, registered, state) in pins {
            let now = match state {
                Some(PinState::Changed(now) | PinState::TagMoved(now)) => now,
                Some(PinState::TagGone) => "tag gone",
                Some(PinState::Gone) => "gone",
                Some(PinState::Unchanged | PinState::NotPinned | PinState::Unknown(_)) | None => "as registered",
            };
            lines.push(format!("{kind} {at}\t{name}\t{}\t{now}", registered.unwrap_or_default()));
        }
        for (name, value) in &container.environment {
            lines.push(format!("environment {at}\t{name}\t{value}"));
        }
    }
    lines.sort_unstable();
    format!("{WAY}\n{}\n{}\n", version.arn, lines.join("\n"))
}

/// The digest that a file was registered with.
fn registered(version: &VersionFact, file: &FileRead) -> Option<String> {
    let facts = if file.is_baseline { &version.baselines } else { &version.metrics };
    let fact = facts.iter().find(|fact| fact.part == file.part && fact.uri == file.uri)?;
    fact.digest.as_deref().map(|digest| hex(digest).to_ascii_lowercase())
}

/// A word that stays the same whatever the words for people become: it is hashed.
fn code(part: EvidencePart) -> String {
    format!("{part:?}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use contract::models::SeenFile;
    use proptest::prelude::*;

    fn seen(digit: char, modified: &str) -> ReadOutcome {
        ReadOutcome::Read(SeenFile {
            sha256: digit.to_string().repeat(64),
            etag: None,
            version_id: None,
            size: 10,
            modified: modified.parse().ok(),
        })
    }

    fn fact(digest: Option<&str>) -> EvidenceFact {
        EvidenceFact {
            part: EvidencePart::BiasReport,
            uri: "s3://b/bias.json".into(),
            content_type: None,
            digest: digest.map(str::to_owned),
        }
    }

    #[test]
    fn a_file_is_what_was_registered_or_is_not() {
        let made = "2026-11-20T00:00:00Z".parse().ok();
        let pinned = fact(Some(&format!("sha256:{}", "A".repeat(64))));
        let (before, after) = ("2026-11-19T00:00:00Z", "2026-11-21T00:00:00Z");
        let of = |fact: &EvidenceFact, read: &ReadOutcome| state(fact, Some(read), made);
        assert_eq!(of(&pinned, &seen('a', before)), DigestState::Unchanged);
        assert_eq!(of(&pinned, &seen('a', after)), DigestState::Unchanged, "written again with the same bytes");
        assert_eq!(of(&pinned, &seen('b', before)), DigestState::Changed);
        assert_eq!(of(&fact(None), &seen('a', before)), DigestState::NotPinned);
        assert_eq!(of(&fact(None), &seen('a', after)), DigestState::Changed);
        assert_eq!(of(&fact(None), &ReadOutcome::Gone), DigestState::Gone);
        assert_eq!(of(&pinned, &ReadOutcome::Failed("denied".into())), DigestState::Unreadable("denied".into()));
        assert_eq!(state(&pinned, None, made).word(), "not readable");
    }

    #[test]
    fn artefacts() {
        let container = &sample::version(7).containers[0];
        assert_eq!(artefact(container, Ok(Some("\"e7\""))), PinState::Unchanged);
        assert_eq!(artefact(container, Ok(Some("e8"))), PinState::Changed("e8".into()));
        assert_eq!(artefact(container, Ok(None)), PinState::Gone);
        assert_eq!(artefact(container, Err("access denied")), PinState::Unknown("access denied".into()));
    }

    #[test]
    fn images() {
        let at = |digest: &str| ImageNow::At(digest.to_owned());
        let (untold, failed) = (ImageNow::Untold("denied".into()), ImageNow::Failed("slow down".into()));
        let unknown = |why: &str| PinState::Unknown(why.to_owned());
        let of = |image: &str, digest: Option<&str>| ContainerFact {
            image: image.into(),
            image_digest: digest.map(str::to_owned),
            ..ContainerFact::default()
        };

        let tagged = of("repo:1.7", Some("sha256:1"));
        assert_eq!(image(&tagged, &at("sha256:1")), PinState::Unchanged);
        assert_eq!(image(&tagged, &at("sha256:2")), PinState::TagMoved("sha256:2".into()));
        assert_eq!(image(&tagged, &ImageNow::Untagged), PinState::TagGone);
        assert_eq!(image(&tagged, &ImageNow::Gone), PinState::Gone);
        assert_eq!((image(&tagged, &untold), image(&tagged, &failed)), (unknown("denied"), unknown("slow down")));

        let loose = of("repo:latest", None);
        assert_eq!(image(&loose, &at("sha256:1")), PinState::NotPinned);
        assert_eq!(image(&loose, &ImageNow::Gone), PinState::Gone);
        assert_eq!(image(&loose, &untold), unknown("denied"));

        for digest in [None, Some("sha256:1")] {
            let fixed = of("repo:1.7@sha256:1", digest);
            assert_eq!(image(&fixed, &at("sha256:1")), PinState::Unchanged);
            assert_eq!(image(&fixed, &ImageNow::Gone), PinState::Gone);
            assert_eq!(image(&fixed, &untold), PinState::Unchanged, "it is what its digest says");
            assert_eq!(image(&fixed, &failed), unknown("slow down"));
        }
        let other = of("repo@sha256:2", Some("sha256:1"));
        assert_eq!(image(&other, &at("sha256:2")), PinState::Changed("sha256:2".into()));
        assert_eq!(image(&other, &untold), PinState::Changed("sha256:2".into()));
    }

    #[test]
    fn the_ledger_holds_what_became_of_an_image() {
        let version = sample::version(7);
        let states = [
            PinState::Unchanged,
            PinState::TagMoved("sha256:2".into()),
            PinState::TagGone,
            PinState::Gone,
            PinState::Unknown("denied".into()),
        ];
        let mut texts: Vec<String> =
            states.into_iter().map(|state| ledger(&version, &[], &[PinState::Unchanged], &[state])).collect();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), 4, "what was not told is as it was registered: {texts:?}");
    }

    #[test]
    fn a_file_that_could_not_be_read_is_in_the_ledger_as_it_was_registered() {
        let version = sample::version(7);
        let registered = &version.metrics[0];
        let of = |outcome: ReadOutcome| {
            let file = FileRead { part: registered.part, is_baseline: false, uri: registered.uri.clone(), outcome };
            ledger(&version, &[file], &[], &[])
        };
        let denied = of(ReadOutcome::Failed("s3:GetObject is missing".into()));
        assert_eq!(denied, of(seen('a', "2026-11-19T00:00:00Z")), "it has the registered digest");
        assert_eq!(denied, of(ReadOutcome::Failed("slow down".into())));
        assert_ne!(denied, of(seen('b', "2026-11-19T00:00:00Z")));
        assert_ne!(denied, of(ReadOutcome::Gone));
    }

    fn file(part: EvidencePart, outcome: ReadOutcome) -> FileRead {
        FileRead { part, is_baseline: false, uri: format!("s3://b/{part:?}"), outcome }
    }

    proptest! {
        #[test]
        fn the_ledger_does_not_depend_on_the_order_of_reading(from in 0_usize..11, digits in "[0-9a-f]{11}") {
            let mut files: Vec<FileRead> = EvidencePart::ALL
                .into_iter()
                .zip(digits.chars())
                .map(|(part, digit)| file(part, seen(digit, "2026-11-19T00:00:00Z")))
                .collect();
            let version = sample::version(7);
            let one = ledger(&version, &files, &[], &[]);
            files.rotate_left(from);
            prop_assert_eq!(&one, &ledger(&version, &files, &[], &[]));
            files[0].outcome = ReadOutcome::Gone;
            prop_assert_ne!(one, ledger(&version, &files, &[], &[]));
        }
    }
}
