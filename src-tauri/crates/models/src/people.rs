//! Who somebody is, whether two are the same person, and the signature of the first of two.
//!
//! A role's ARN names no person: many come in through one role. What tells people apart is the source identity, the
//! Studio profile, and the session's part of the principal id where that is a person's name. A session name that a
//! program made up tells nothing, so the answer has three values.

use crate::evidence;
use contract::{
    Timestamp,
    models::{
        Seal, Signature, Stands,
        facts::{ActionFact, VersionFact, Who},
    },
};

/// Keys of signatures in `CustomerMetadataProperties` begin so.
pub const KEY: &str = "ops:sig";

/// Characters of a value of `CustomerMetadataProperties`.
const LONGEST: usize = 256;

/// Between the parts of a signature. The field takes letters, numbers, spaces and `_ . : / = + - @`; names of sessions
/// hold no slash.
const SEPARATOR: char = '/';

/// Between the digest and the marks of what was found. Signatures of older versions of this program have neither.
const BEFORE_MARKS: char = '.';
/// In the place of marks that have no room.
const NO_MARKS: &str = "-";

/// Seconds between the time in a signature and CloudTrail's record of its write.
const CLOCKS: i64 = 300;

/// Whether two identities are one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Apart {
    Same,
    Different,
    /// The identities do not say.
    Unknown,
}

/// What the person is called: source identity, session or user name, Studio profile.
pub fn name(who: &Who) -> Option<String> {
    let session = who.principal.as_deref().and_then(session).filter(|session| !is_made_up(session));
    let named = who.source_identity.as_deref().or(session).or(who.profile.as_deref().map(crate::wording::last));
    let named = named.or(who.arn.as_deref().map(crate::wording::last)).or(who.principal.as_deref());
    named.filter(|name| !name.is_empty()).map(str::to_owned)
}

/// What stands in a signature for this person: as exact as the identity allows.
fn mark(who: &Who) -> Option<String> {
    marked(who.source_identity.as_deref().or(who.principal.as_deref())?)
}

fn marked(name: &str) -> Option<String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_.:=+-@".contains(c);
    let mark: String = name.chars().map(|c| if allowed(c) { c } else { '-' }).collect();
    (!mark.trim().is_empty()).then_some(mark)
}

pub fn apart(one: &Who, other: &Who) -> Apart {
    if let (Some(one), Some(other)) = (&one.source_identity, &other.source_identity) {
        return if one == other { Apart::Same } else { Apart::Different };
    }
    // One call went through a tool that sets the source identity, the other did not.
    let named = |who: &Who, id: &str| who.principal.as_deref().and_then(session) == Some(id);
    let crossed = [(one, other), (other, one)];
    if crossed.iter().any(|(who, with)| with.source_identity.as_deref().is_some_and(|id| named(who, id))) {
        return Apart::Same;
    }
    let profiles = one.profile.as_deref().zip(other.profile.as_deref());
    let (Some(first), Some(second)) = (one.principal.as_deref(), other.principal.as_deref()) else {
        return match profiles {
            Some((one, other)) if one == other => Apart::Same,
            Some(_) => Apart::Different,
            None => Apart::Unknown,
        };
    };
    match (session(first), session(second)) {
        // Programs that Studio runs for people share a session name; the profile is the person.
        _ if profiles.is_some_and(|(one, other)| one != other) => Apart::Different,
        (Some(one), Some(other)) if is_made_up(one) || is_made_up(other) => match profiles {
            Some(_) => Apart::Same,
            None => Apart::Unknown,
        },
        _ if first == second => Apart::Same,
        // The same name in two roles is most likely the same person.
        (Some(one), Some(other)) if one == other => Apart::Same,
        _ => Apart::Different,
    }
}

/// Of `AROA…:session`; an IAM user has none.
fn session(principal: &str) -> Option<&str> {
    principal.split_once(':').map(|(_, session)| session).filter(|session| !session.is_empty())
}

/// Whether many people may stand behind what names somebody in a signature: the session name of a program.
pub(crate) fn is_shared(user: &str) -> bool {
    session(user).is_some_and(is_made_up)
}

/// Names that the SDKs and services give to sessions for themselves.
fn is_made_up(session: &str) -> bool {
    let prefixes = ["botocore-session-", "aws-sdk-", "aws-go-sdk-", "AWSCLI-Session", "i-0"];
    prefixes.iter().any(|prefix| session.starts_with(prefix))
        || session == "SageMaker"
        || session.bytes().all(|byte| byte.is_ascii_digit())
}

/// The value that a signature is written as; `None` when the identity names nobody, or the value would not fit.
pub fn signature(who: &Who, at: Timestamp, seal: &Seal) -> Option<String> {
    let at = Timestamp::from_second(at.as_second()).ok()?;
    let evidence = Some(seal.digest.as_str()).filter(|digest| is_digest(digest))?;
    let value = format!("{}{SEPARATOR}{at}{SEPARATOR}{evidence}{BEFORE_MARKS}", mark(who)?);
    let room = LONGEST.checked_sub(value.chars().count())?;
    let marks = evidence::marks(seal, room).unwrap_or_else(|| NO_MARKS.to_owned());
    (marks.len() <= room).then(|| value + &marks)
}

/// What of a value of the metadata says what was signed.
fn signed(signature: &Signature) -> String {
    if signature.marks.is_empty() {
        signature.evidence.clone()
    } else {
        format!("{}{BEFORE_MARKS}{}", signature.evidence, signature.marks)
    }
}

/// Whether what was signed is what is shown.
pub fn standing(signature: &Signature, seal: &Seal) -> Stands {
    if signature.marks.is_empty() {
        return Stands::Older;
    }
    evidence::against(&signature.marks, signature.evidence.eq_ignore_ascii_case(&seal.digest), seal)
}

/// The key under which the next signature goes.
pub fn next_key(version: &VersionFact) -> String {
    let taken = |key: &str| version.metadata.iter().any(|(name, _)| name == key);
    // Metadata has at most 50 entries.
    let free = (1..=50_u32).map(|number| format!("{KEY}{number}")).find(|key| !taken(key));
    free.unwrap_or_else(|| format!("{KEY}1"))
}

/// The signatures of a version, in the order of their time. Text that is none is passed over.
pub fn signatures(version: &VersionFact) -> Vec<Signature> {
    let read = |(key, value): &(String, String)| {
        key.strip_prefix(KEY)?.parse::<u32>().ok()?;
        let mut parts = value.rsplitn(3, [SEPARATOR, '|']);
        let (evidence, at, user) = (parts.next()?, parts.next()?, parts.next()?);
        let (evidence, marks) = evidence.split_once(BEFORE_MARKS).unwrap_or((evidence, ""));
        let whole = is_digest(evidence) && !user.is_empty();
        let signature = |at: Timestamp| Signature {
            key: key.clone(),
            user: user.to_owned(),
            at,
            evidence: evidence.to_ascii_lowercase(),
            marks: marks.to_owned(),
            stands: Stands::NotCompared,
        };
        at.parse::<Timestamp>().ok().filter(|_| whole).map(signature)
    };
    let mut found: Vec<Signature> = version.metadata.iter().filter_map(read).collect();
    found.sort_by(|one, other| one.at.cmp(&other.at).then(one.key.cmp(&other.key)));
    found
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The record of CloudTrail that wrote a signature. Anyone who may update a version can write any name into it: a
/// signature counts only if the person that it names made the call, at its time.
pub fn proof<'a>(signature: &Signature, trail: &'a [ActionFact]) -> Option<&'a ActionFact> {
    let signed = signed(signature);
    trail.iter().find(|action| {
        let near = action.at.as_second().abs_diff(signature.at.as_second()) <= CLOCKS.unsigned_abs();
        let wrote = action.properties.iter().any(|(name, value)| {
            (name == &signature.key || name.contains("customerMetadata") || name.contains("CustomerMetadata"))
                && value.contains(&signed)
        });
        // The writer may not have known its source identity, which CloudTrail does.
        let by = |who: &Who| {
            let mut names = [who.source_identity.as_deref(), who.principal.as_deref()].into_iter().flatten();
            names.any(|name| marked(name).is_some_and(|mark| mark == signature.user))
        };
        action.error.is_none() && near && wrote && action.by.as_ref().is_some_and(by)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{at, sealed, version, who};
    use proptest::prelude::*;

    fn digest() -> String {
        "0a".repeat(32)
    }

    fn seal() -> Seal {
        sealed("0a")
    }

    #[test]
    fn people_behind_one_role() {
        assert_eq!(apart(&who("ana"), &who("ben")), Apart::Different);
        assert_eq!(apart(&who("ana"), &who("ana")), Apart::Same);
        assert_eq!(apart(&who("botocore-session-17"), &who("botocore-session-18")), Apart::Unknown);
        assert_eq!(apart(&who("botocore-session-17"), &who("ben")), Apart::Unknown);
        assert_eq!(apart(&Who::default(), &who("ben")), Apart::Unknown);
        let source = |identity: &str| Who { source_identity: Some(identity.into()), ..who("botocore-session-17") };
        assert_eq!(apart(&source("ana"), &source("ben")), Apart::Different);
        assert_eq!(apart(&source("ana"), &source("ana")), Apart::Same);
        assert_eq!(apart(&source("ana"), &who("ana")), Apart::Same);
        assert_eq!(apart(&source("ana"), &who("ben")), Apart::Unknown);
        let studio = |profile: &str| Who { profile: Some(profile.into()), ..who("SageMaker") };
        assert_eq!(apart(&studio("ana"), &studio("ben")), Apart::Different);
        assert_eq!(apart(&studio("ana"), &studio("ana")), Apart::Same);
        assert_eq!(apart(&who("SageMaker"), &who("SageMaker")), Apart::Unknown);
        let user = |id: &str| Who { principal: Some(id.into()), ..Who::default() };
        assert_eq!(apart(&user("AIDA1"), &user("AIDA2")), Apart::Different);
        assert_eq!(apart(&user("AIDA1"), &user("AIDA1")), Apart::Same);
    }

    #[test]
    fn names() {
        assert_eq!(name(&who("ana")).as_deref(), Some("ana"));
        let studio = Who { profile: Some("arn:aws:sagemaker:r:1:user-profile/d-1/ben".into()), ..who("SageMaker") };
        assert_eq!(name(&studio).as_deref(), Some("ben"));
        assert_eq!(name(&Who::default()), None);
    }

    #[test]
    fn a_signature_is_read_back_and_proved_by_the_trail() {
        let time = at("2026-11-21T07:00:00.25Z");
        let value = signature(&who("ana"), time, &seal()).unwrap();
        assert_eq!(value, format!("AROAEXAMPLE:ana/2026-11-21T07:00:00Z/{}.CgoKCgoKCgoKCgoK", digest()));
        let mut signed = version(7);
        signed.metadata = vec![
            ("team".into(), "x".into()),
            ("ops:sig1".into(), value.clone()),
            ("ops:sig2".into(), "no signature".into()),
        ];
        assert_eq!(next_key(&signed), "ops:sig3");
        let found = signatures(&signed);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].user.as_str(), found[0].at), ("AROAEXAMPLE:ana", at("2026-11-21T07:00:00Z")));
        let record = |by: &str, time: &str| ActionFact {
            at: at(time),
            kind: "UpdateModelPackage".into(),
            status: None,
            description: None,
            by: Some(who(by)),
            properties: vec![("ops:sig1".into(), value.clone())],
            ..ActionFact::default()
        };
        assert!(proof(&found[0], &[record("ana", "2026-11-21T07:00:02Z")]).is_some());
        assert!(proof(&found[0], &[record("ben", "2026-11-21T07:00:02Z")]).is_none(), "written by somebody else");
        assert!(proof(&found[0], &[record("ana", "2026-11-21T09:00:02Z")]).is_none(), "written at another time");
        assert!(proof(&found[0], &[]).is_none());
        let refused = ActionFact { error: Some("AccessDenied".into()), ..record("ana", "2026-11-21T07:00:02Z") };
        assert!(proof(&found[0], &[refused]).is_none(), "it was not written by that");
        let named = Who { source_identity: Some("ana@example.com".into()), ..who("ana") };
        let named = ActionFact { by: Some(named), ..record("ana", "2026-11-21T07:00:02Z") };
        assert!(proof(&found[0], &[named]).is_some(), "CloudTrail knows the source identity too");
        assert_eq!(signature(&Who::default(), time, &seal()), None);
        assert_eq!(signature(&who(&"a".repeat(300)), time, &seal()), None, "it would not fit");
    }

    #[test]
    fn what_an_older_version_signed_is_read_and_counts_no_more() {
        let mut signed = version(7);
        signed.metadata = vec![("ops:sig1".into(), format!("AROAEXAMPLE:ana/2026-11-21T07:00:00Z/{}", digest()))];
        let found = signatures(&signed);
        assert_eq!((found[0].evidence.as_str(), found[0].marks.as_str()), (digest().as_str(), ""));
        assert_eq!(standing(&found[0], &seal()), Stands::Older, "its digest is of other things");
        signed.metadata[0].1.push_str(".-");
        assert_eq!(standing(&signatures(&signed)[0], &seal()), Stands::Same, "there was no room for marks");
        assert_eq!(standing(&signatures(&signed)[0], &sealed("0b")), Stands::Other(Vec::new()));
    }

    #[test]
    fn marks_that_nobody_wrote_are_not_proven() {
        let time = at("2026-11-21T07:00:00Z");
        let value = signature(&who("ana"), time, &seal()).unwrap();
        let record = ActionFact {
            at: time,
            kind: "UpdateModelPackage".into(),
            by: Some(who("ana")),
            properties: vec![("ops:sig1".into(), value.clone())],
            ..ActionFact::default()
        };
        let mut signed = version(7);
        signed.metadata = vec![("ops:sig1".into(), value.replace("CgoK", "----"))];
        assert!(proof(&signatures(&signed)[0], std::slice::from_ref(&record)).is_none());
        signed.metadata = vec![("ops:sig1".into(), value)];
        assert!(proof(&signatures(&signed)[0], &[record]).is_some());
    }

    proptest! {
        #[test]
        fn any_identity_signs_in_letters_that_the_field_takes(name in "\\PC{1,60}", second in 0_i64..4_000_000_000) {
            let who = Who { principal: Some(name), ..Who::default() };
            let time = Timestamp::from_second(second).unwrap();
            if let Some(value) = signature(&who, time, &seal()) {
                prop_assert!(value.chars().all(|c| c.is_ascii_alphanumeric() || "_.:/=+-@".contains(c)));
                prop_assert!(value.chars().count() <= LONGEST);
                let mut signed = version(7);
                signed.metadata = vec![("ops:sig1".into(), value)];
                let found = signatures(&signed);
                prop_assert_eq!(found.len(), 1);
                prop_assert_eq!(found[0].at, time);
            }
        }
    }
}
