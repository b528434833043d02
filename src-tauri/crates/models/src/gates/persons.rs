//! Two people: one signs, another approves, and neither registered what they decide about.

use super::{Candidate, Finding, Looker};
use crate::{
    people::{self, Apart},
    trail,
    wording::list,
};
use contract::models::{EvidenceLink, GatePolicy, GateVerdict, Signature, Stands, facts::Who};

/// What the person at this window may do under the rule of two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Approver {
    /// One other person has signed what is shown now.
    MayApprove,
    /// Nobody has signed yet.
    MaySign,
    /// Why neither.
    Neither(String),
}

/// Who may do what. A signature counts only for the evidence that it names, and, where CloudTrail could be read,
/// only when it has its writer. That of who registered the version is none of the two.
pub fn approver(candidate: &Candidate<'_>, policy: &GatePolicy) -> Approver {
    let version = candidate.version;
    if !policy.two_persons {
        return Approver::MayApprove;
    }
    if people::name(candidate.who).is_none() {
        return Approver::Neither("it is not known who you are".to_owned());
    }
    let changer = version.modified_by.as_ref().map(|who| (who, "last changed"));
    for (who, did) in makers(candidate).into_iter().map(|who| (who, "registered")).chain(changer) {
        // A signature changes the version too: its writer is looked at below.
        let signed = people::signatures(version).iter().any(|signature| is_by(signature, Some(who)));
        if (did == "registered" || !signed) && people::apart(who, candidate.who) == Apart::Same {
            return Approver::Neither(format!("{did} by you; someone else has to approve"));
        }
    }
    let signatures = people::signatures(version);
    let proven = |signature: &Signature| candidate.trail.is_none_or(|trail| people::proof(signature, trail).is_some());
    let standing: Vec<&Signature> = signatures
        .iter()
        .filter(|signature| people::standing(signature, candidate.seal).counts() && proven(signature))
        .filter(|signature| !is_of_maker(candidate, signature))
        .collect();
    if standing.iter().any(|signature| is_by(signature, Some(candidate.who))) {
        return Approver::Neither("you have signed; a second person has to approve".to_owned());
    }
    match standing.first() {
        Some(_) => Approver::MayApprove,
        None => Approver::MaySign,
    }
}

/// Whether a signature names this person for what is shown now, proven or not.
pub fn has_signed(candidate: &Candidate<'_>) -> bool {
    let signatures = people::signatures(candidate.version);
    let mut standing = signatures.iter().filter(|one| people::standing(one, candidate.seal).counts());
    standing.any(|signature| is_by(signature, Some(candidate.who)))
}

/// Why a signature does not count for what is shown.
fn other_words(user: &str, stands: &Stands) -> String {
    match stands {
        Stands::Older => {
            format!("{user} signed with an older version of Quarterdeck, whose digest covered other things: sign again")
        }
        Stands::Other(what) if !what.is_empty() => {
            format!("{user} signed other evidence than is shown now: {}", list(what, 3))
        }
        _ => format!("{user} signed other evidence than is shown now"),
    }
}

/// Who registered it, as the version says and as CloudTrail does.
fn makers<'a>(candidate: &Candidate<'a>) -> Vec<&'a Who> {
    let told = candidate.trail.and_then(trail::maker);
    candidate.version.created_by.as_ref().into_iter().chain(told).collect()
}

/// Whether who registered the version wrote this signature, maybe with another tool. CloudTrail may know its writer better than
/// it says itself; a name that many share, as people in Studio do, proves nothing.
fn is_of_maker(candidate: &Candidate<'_>, signature: &Signature) -> bool {
    let record = candidate.trail.and_then(|trail| people::proof(signature, trail));
    let writer = record.and_then(|record| record.by.as_ref());
    makers(candidate).into_iter().any(|maker| {
        let is_named = !people::is_shared(&signature.user) && is_by(signature, Some(maker));
        is_named || writer.is_some_and(|writer| people::apart(writer, maker) == Apart::Same)
    })
}

fn is_by(signature: &Signature, who: Option<&Who>) -> bool {
    who.is_some_and(|who| apart(signature, who) == Apart::Same)
}

/// Whether a signature is of this person. It names a principal or a source identity.
fn apart(signature: &Signature, who: &Who) -> Apart {
    let user = signature.user.as_str();
    let person = user.rsplit(':').next().unwrap_or(user);
    let named = [who.source_identity.as_deref(), who.principal.as_deref()];
    if named.contains(&Some(user)) || people::name(who).as_deref() == Some(person) {
        return Apart::Same;
    }
    let written = if user.contains(':') || who.source_identity.is_none() {
        Who { principal: Some(user.to_owned()), ..Who::default() }
    } else {
        Who { source_identity: Some(user.to_owned()), ..Who::default() }
    };
    people::apart(&written, who)
}

pub(super) fn look(candidate: &Candidate<'_>, policy: &GatePolicy) -> Finding {
    let mut looker = Looker::default();
    looker.link(EvidenceLink::History);
    if !policy.two_persons {
        return looker.done("one person is enough, by the policy");
    }
    let version = candidate.version;
    let may = approver(candidate, policy);
    if let Approver::Neither(why) = &may {
        looker.say(GateVerdict::Fail, why.clone());
        return looker.done("");
    }
    let makers: Vec<Apart> = makers(candidate).into_iter().map(|maker| people::apart(maker, candidate.who)).collect();
    if makers.is_empty() {
        looker.say(GateVerdict::Unknown, "nothing says who registered it");
    } else if makers.iter().all(|apart| *apart == Apart::Unknown) {
        looker.say(GateVerdict::Unknown, "a shared session hides who registered it: it may have been you");
    }
    let signatures = people::signatures(version);
    let (standing, other): (Vec<&Signature>, Vec<&Signature>) =
        signatures.iter().partition(|signature| people::standing(signature, candidate.seal).counts());
    let (own, standing): (Vec<&Signature>, Vec<&Signature>) =
        standing.into_iter().partition(|signature| is_of_maker(candidate, signature));
    let Some(first) = standing.first() else {
        match other.last() {
            _ if !own.is_empty() => {
                let words = "the one who signed also registered it; the first of two is somebody else";
                looker.say(GateVerdict::Fail, words);
            }
            Some(old) => looker.say(GateVerdict::Fail, other_words(&old.user, &people::standing(old, candidate.seal))),
            None => looker.say(GateVerdict::Fail, "nobody has signed yet; the first of two people signs"),
        }
        return looker.done("");
    };
    if standing.iter().all(|signature| people::standing(signature, candidate.seal) != Stands::Same)
        && let Stands::Partly(unseen) = people::standing(first, candidate.seal)
    {
        let words = format!("not all that {} signed could be compared: {}", first.user, list(&unseen, 3));
        looker.say(GateVerdict::Warn, words);
    }
    if standing.iter().any(|signature| apart(signature, candidate.who) == Apart::Unknown) {
        looker.say(GateVerdict::Unknown, "a shared session hides who signed: it may have been you");
    }
    match candidate.trail {
        None => looker.say(GateVerdict::Unknown, format!("{} signed; CloudTrail was not read to prove it", first.user)),
        Some(trail) => {
            let proven = standing.iter().any(|signature| people::proof(signature, trail).is_some());
            if !proven {
                let words = format!(
                    "CloudTrail has no record of {} writing the signature; records arrive within a quarter of an hour",
                    first.user
                );
                looker.say(GateVerdict::Fail, words);
            }
        }
    }
    // CloudTrail has the name behind the id that a signature is written with.
    let record = candidate.trail.and_then(|trail| standing.iter().find_map(|one| people::proof(one, trail)));
    let name = record.and_then(|record| record.by.as_ref()).and_then(people::name);
    let name = name.unwrap_or_else(|| first.user.clone());
    looker.done(format!("{name} signed what is shown, proven by CloudTrail; you are somebody else"))
}
