//! What evidence is, apart from what could be found out of it.
//!
//! Two persons with different rights look at one version, and a service throttles one look of three: neither makes other
//! evidence of it. So the digest covers what the evidence is, and beside it stands what each look-up found. Only what is
//! known on both sides, and is another, is a change; what is unknown on one side is said.

use super::{Evidence, FileRead, ReadOutcome, pins};
use contract::models::{Found, Look, PinState, Seal, Stands, facts::VersionFact};

/// The letters of a mark; [`UNKNOWN`] is none of them, nor is what parts a signature.
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+_";
const UNKNOWN: u8 = b'-';
/// Letters of a mark, 6 bits each: 96 bits where there is room, and no marks at all below 30.
const WIDEST: usize = 16;
const NARROWEST: usize = 5;
/// What is another where the version itself is.
const BASE: &str = "what is registered, or the environment";

/// Seals what is shown. `version` has its secrets covered, and `secrets` are those, to be hashed and kept nowhere; `hash`
/// is SHA-256 in hex. Without secrets the digest is that of the ledger.
pub fn seal(version: &VersionFact, evidence: &Evidence, secrets: &str, hash: impl Fn(&[u8]) -> String) -> Seal {
    let Evidence { files, artefacts, images, .. } = evidence;
    let whole = |mut text: String| {
        if !secrets.is_empty() {
            text.push_str("secrets\n");
            text.push_str(secrets);
        }
        hash(text.as_bytes())
    };
    let unread = |file: &FileRead| FileRead { outcome: ReadOutcome::Failed(String::new()), ..file.clone() };
    let named: Vec<FileRead> = files.iter().map(unread).collect();
    let look = |(what, found): (String, Found)| {
        let mark = match &found {
            Found::Known(text) => hash(text.as_bytes()),
            Found::Unknown(_) => String::new(),
        };
        Look { what, found, mark }
    };
    Seal {
        digest: whole(pins::ledger(version, files, artefacts, images)),
        base: whole(pins::ledger(version, &named, &[], &[])),
        looks: asked(version, evidence).into_iter().map(look).collect(),
    }
}

/// What had to be asked for, by name.
fn asked(version: &VersionFact, evidence: &Evidence) -> Vec<(String, Found)> {
    let file = |file: &FileRead| {
        let found = match &file.outcome {
            ReadOutcome::Read(seen) => Found::Known(format!("sha256 {}", pins::hex(&seen.sha256).to_ascii_lowercase())),
            ReadOutcome::Gone => Found::Known("gone".to_owned()),
            ReadOutcome::Failed(why) => Found::Unknown(why.clone()),
        };
        (format!("{} ({})", file.part.word(), file.uri), found)
    };
    let mut all: Vec<(String, Found)> = evidence.files.iter().map(file).collect();
    let several = version.containers.len() > 1;
    for (at, container) in version.containers.iter().enumerate() {
        let of = if several { format!(" of container {}", at + 1) } else { String::new() };
        all.push((format!("image{of} {}", container.image), pinned(evidence.images.get(at))));
        if let Some(data) = &container.model_data {
            all.push((format!("artefact{of} {data}"), pinned(evidence.artefacts.get(at))));
        }
    }
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    // Metrics and baselines may name one object for the same part.
    all.dedup_by(|(one, _), (other, _)| one == other);
    all
}

fn pinned(state: Option<&PinState>) -> Found {
    let known = |text: &str| Found::Known(text.to_owned());
    match state {
        Some(PinState::Unchanged) => known("as registered"),
        Some(PinState::Changed(now) | PinState::TagMoved(now)) => known(now),
        Some(PinState::TagGone) => known("without its tag"),
        Some(PinState::NotPinned) => known("not pinned"),
        Some(PinState::Gone) => known("gone"),
        Some(PinState::Unknown(why)) => Found::Unknown(why.clone()),
        None => Found::Unknown("not looked at".to_owned()),
    }
}

/// What one look at evidence knows of another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compared {
    /// Known both times, and another: `image xgb:1.7 was as registered and is gone`.
    pub changed: Vec<String>,
    /// Known once only: `image xgb:1.7: it could not be checked now (ecr:DescribeImages is missing)`.
    pub unseen: Vec<String>,
}

/// What one person saw, and sees now.
pub fn compare(then: &Seal, now: &Seal) -> Compared {
    let mut compared = Compared::default();
    if then.base != now.base {
        compared.changed.push(format!("{BASE}, is another"));
    }
    let pairs = now.looks.iter().filter_map(|look| {
        let before = then.looks.iter().find(|before| before.what == look.what)?;
        Some((&look.what, &before.found, &look.found))
    });
    for (what, before, found) in pairs {
        match (before, found) {
            (Found::Known(was), Found::Known(is)) if was != is => {
                compared.changed.push(format!("{what} was {} and is {}", short(was), short(is)));
            }
            (Found::Known(_), Found::Known(_)) | (Found::Unknown(_), Found::Unknown(_)) => {}
            (Found::Known(_), Found::Unknown(why)) => {
                compared.unseen.push(format!("{what}: it could not be checked now ({why})"));
            }
            (Found::Unknown(why), Found::Known(_)) => {
                compared.unseen.push(format!("{what}: it could not be checked before ({why})"));
            }
        }
    }
    compared
}

/// A digest is told from another by its beginning.
fn short(found: &str) -> &str {
    if found.starts_with("sha256 ") { found.get(..19).unwrap_or(found) } else { found }
}

/// What was found, in at most so many letters, for a signature: the base first, then each look in its order. `None`:
/// there is no room to tell it apart.
pub fn marks(seal: &Seal, room: usize) -> Option<String> {
    let width = (room / (seal.looks.len() + 1)).min(WIDEST);
    (width >= NARROWEST).then(|| own(seal).map(|mark| letters(mark, width)).collect())
}

fn own(seal: &Seal) -> impl Iterator<Item = &str> {
    std::iter::once(seal.base.as_str()).chain(seal.looks.iter().map(|look| look.mark.as_str()))
}

/// Hex as letters of 6 bits.
fn letters(hex: &str, width: usize) -> String {
    let twelve = hex.as_bytes().chunks_exact(3).filter_map(|three| {
        let text = std::str::from_utf8(three).ok()?;
        u16::from_str_radix(text, 16).ok()
    });
    let letter = |six: u16| LETTERS.get(usize::from(six)).map(|letter| char::from(*letter));
    let all = twelve.flat_map(|value| [value >> 6, value & 0x3f]).filter_map(letter);
    all.chain(std::iter::repeat(char::from(UNKNOWN))).take(width).collect()
}

/// What somebody signed, by its marks, against what is shown. `is_same` is whether the digests are equal.
pub fn against(signed: &str, is_same: bool, seal: &Seal) -> Stands {
    let parts = seal.looks.len() + 1;
    let width = signed.len() / parts;
    if width < NARROWEST || signed.len() != width * parts {
        return if is_same { Stands::Same } else { Stands::Other(Vec::new()) };
    }
    let is_unknown = |mark: &[u8]| mark.iter().all(|letter| *letter == UNKNOWN);
    let (mut other, mut unseen) = (Vec::new(), Vec::new());
    let looks = std::iter::once(None).chain(seal.looks.iter().map(Some));
    for ((look, theirs), ours) in looks.zip(signed.as_bytes().chunks_exact(width)).zip(own(seal)) {
        let ours = letters(ours, width);
        let what = look.map_or(BASE, |look| look.what.as_str());
        match (look.map(|look| &look.found), is_unknown(theirs)) {
            (Some(Found::Unknown(why)), false) => {
                unseen.push(format!("{what}: it could not be checked by you ({why})"));
            }
            (Some(Found::Known(_)), true) => {
                unseen.push(format!("{what}: it could not be checked by who signed"));
            }
            (Some(Found::Known(_)) | None, _) if theirs != ours.as_bytes() => other.push(what.to_owned()),
            _ => {}
        }
    }
    match (other.is_empty(), unseen.is_empty()) {
        (false, _) => Stands::Other(other),
        (true, false) => Stands::Partly(unseen),
        (true, true) if is_same => Stands::Same,
        // All marks are alike, and the whole is not: marks are short.
        (true, true) => Stands::Other(Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use contract::models::{SeenFile, facts::EvidencePart};

    /// Stands in for SHA-256: other texts have other digests, in hex.
    fn hash(bytes: &[u8]) -> String {
        let mut state: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
        for byte in bytes {
            state = (state ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
        format!("{state:032x}{:032x}", state.rotate_left(61))
    }

    fn file(outcome: ReadOutcome) -> FileRead {
        let part = EvidencePart::BiasReport;
        FileRead { part, is_baseline: false, uri: "s3://b/bias.json".into(), outcome }
    }

    fn read(digit: &str) -> ReadOutcome {
        let sha256 = digit.repeat(64);
        ReadOutcome::Read(SeenFile { sha256, etag: None, version_id: None, size: 1, modified: None })
    }

    fn denied() -> ReadOutcome {
        ReadOutcome::Failed("s3:GetObject is missing".into())
    }

    fn untold() -> PinState {
        PinState::Unknown("ecr:DescribeImages is missing".into())
    }

    /// A report whose digest was not registered, an image, an artefact that is as it was.
    fn sealed(report: ReadOutcome, image: PinState, secrets: &str) -> Seal {
        let evidence = Evidence {
            files: vec![file(report)],
            artefacts: vec![PinState::Unchanged],
            images: vec![image],
            ..Evidence::default()
        };
        seal(&sample::version(7), &evidence, secrets, hash)
    }

    #[test]
    fn who_may_look_at_less_sees_no_other_evidence() {
        let whole = sealed(read("a"), PinState::Unchanged, "");
        let poor = sealed(read("a"), untold(), "");
        assert_eq!(whole.digest, poor.digest, "the image is as it was registered, as far as anybody knows");
        let told = compare(&whole, &poor);
        assert!(told.changed.is_empty(), "{told:?}");
        assert!(told.unseen[0].contains("could not be checked now (ecr:DescribeImages is missing)"), "{told:?}");
        assert!(compare(&poor, &whole).unseen[0].contains("could not be checked before"));
        let slow = sealed(read("a"), PinState::Unknown("slow down".into()), "");
        assert_eq!(compare(&poor, &slow), Compared::default(), "unknown both times");
        assert!(compare(&whole, &sealed(denied(), PinState::Unchanged, "")).changed.is_empty());
    }

    #[test]
    fn what_is_known_to_be_another_is_a_change() {
        let whole = sealed(read("a"), PinState::Unchanged, "");
        for other in [
            sealed(read("b"), PinState::Unchanged, ""),
            sealed(ReadOutcome::Gone, PinState::Unchanged, ""),
            sealed(read("a"), PinState::TagMoved("sha256:2".into()), ""),
            sealed(read("a"), PinState::TagGone, ""),
        ] {
            assert_ne!(other.digest, whole.digest);
            assert_eq!(other.base, whole.base);
            let told = compare(&whole, &other);
            assert_eq!((told.changed.len(), told.unseen.len()), (1, 0), "{told:?}");
        }
        let told = compare(&whole, &sealed(read("b"), PinState::Unchanged, "")).changed;
        assert_eq!(told, ["bias report (s3://b/bias.json) was sha256 aaaaaaaaaaaa and is sha256 bbbbbbbbbbbb"]);
    }

    #[test]
    fn a_secret_that_is_another_is_noticed_and_kept_nowhere() {
        let of = |secrets: &str| sealed(read("a"), PinState::Unchanged, secrets);
        let (one, other) = (of("DB_PASSWORD hunter2"), of("DB_PASSWORD hunter3"));
        assert_ne!(one.digest, other.digest);
        assert_ne!(one.digest, of("").digest);
        assert_eq!(compare(&one, &other).changed, ["what is registered, or the environment, is another"]);
        assert!(matches!(against(&marks(&one, 120).unwrap(), false, &other), Stands::Other(_)));
        assert!(!format!("{one:?}{}", serde_json::to_string(&one).unwrap()).contains("hunter"));
    }

    #[test]
    fn a_signature_is_compared_by_what_both_know() {
        let stands = |then: &Seal, now: &Seal, room: usize| {
            against(&marks(then, room).unwrap_or_else(|| "-".into()), then.digest == now.digest, now)
        };
        let whole = sealed(read("a"), PinState::Unchanged, "");
        let blind = sealed(denied(), untold(), "");
        let moved = sealed(read("a"), PinState::TagMoved("sha256:2".into()), "");
        let other = sealed(read("b"), untold(), "");
        for room in [20, 21, 40, 120] {
            assert_eq!(stands(&whole, &whole, room), Stands::Same, "{room}");
            assert_eq!(stands(&blind, &blind, room), Stands::Same, "{room}");
            let Stands::Partly(unseen) = stands(&whole, &blind, room) else { panic!("{room}") };
            assert_eq!(unseen.len(), 2, "{unseen:?}");
            assert!(unseen.iter().all(|words| words.contains("by you (")), "{unseen:?}");
            let Stands::Partly(unseen) = stands(&blind, &moved, room) else { panic!("{room}") };
            assert!(unseen.iter().all(|words| words.contains("by who signed")), "{unseen:?}");
            let Stands::Other(named) = stands(&whole, &other, room) else { panic!("{room}") };
            assert_eq!(named, ["bias report (s3://b/bias.json)"], "the report is known to both");
            assert!(matches!(stands(&whole, &moved, room), Stands::Other(_)), "{room}");
        }
        assert_eq!(marks(&whole, 19), None);
        assert_eq!(stands(&whole, &whole, 19), Stands::Same, "by the digest alone");
        assert_eq!(stands(&whole, &moved, 19), Stands::Other(Vec::new()));
        assert!(marks(&blind, 120).unwrap().bytes().all(|byte| byte == UNKNOWN || LETTERS.contains(&byte)));
    }
}
