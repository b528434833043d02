//! Who may not do what to which resource, out of IAM's sentence.

/// `User: arn:… is not authorized to perform: X on resource: Y because …`. Parts that are missing are `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Denied {
    pub who: Option<String>,
    pub action: Option<String>,
    pub resource: Option<String>,
}

pub(super) fn denied(text: &str) -> Option<Denied> {
    let action = after(text, "not authorized to perform: ").or_else(|| after(text, "not authorized to perform "));
    let assume = text.contains("unable to assume") || text.contains("not authorized to assume");
    let refused = text.contains("AccessDenied") || text.contains("not authorized") || text.contains("Access Denied");
    if action.is_none() && !assume && !refused {
        return None;
    }
    let role =
        ["role '", "role: ", "role "].iter().find_map(|word| after(text, word)).filter(|role| role.starts_with("arn:"));
    Some(Denied {
        who: after(text, "User: ").filter(|who| who.starts_with("arn:")).or(role),
        action: action.or_else(|| assume.then(|| "sts:AssumeRole".to_owned())),
        resource: after(text, "on resource: ").or_else(|| after(text, "on resource ")),
    })
}

/// The word behind some words, without what closes a sentence.
fn after(text: &str, words: &str) -> Option<String> {
    let rest = text.get(text.find(words)? + words.len()..)?;
    let word = rest.split(|sign: char| sign.is_whitespace() || sign == '"').next()?;
    let word = word
        .trim_matches(|sign: char| matches!(sign, '\'' | '`' | ',' | '(' | ')'))
        .trim_end_matches(['.', ',', ';', '\'']);
    (!word.is_empty()).then(|| word.chars().take(300).collect())
}

/// `arn:aws:sts::1:assumed-role/name/session` is a session of the role `name`.
pub(super) fn role_name(arn: &str) -> &str {
    let tail = arn.splitn(6, ':').nth(5).unwrap_or(arn);
    match tail.strip_prefix("assumed-role/") {
        Some(rest) => rest.split('/').next().unwrap_or(rest),
        None => tail.rsplit('/').next().unwrap_or(tail),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iam_s_sentence_is_taken_apart() {
        let said = "User: arn:aws:sts::123456789012:assumed-role/nightly-sfn/AbCd is not authorized to perform: \
                    glue:StartJobRun on resource: arn:aws:glue:eu-west-1:123456789012:job/clean because no \
                    identity-based policy allows the glue:StartJobRun action (Service: AWSGlue; Status Code: 400)";
        let denied = denied(said).unwrap();
        assert_eq!(denied.action.as_deref(), Some("glue:StartJobRun"));
        assert_eq!(denied.resource.as_deref(), Some("arn:aws:glue:eu-west-1:123456789012:job/clean"));
        assert_eq!(role_name(&denied.who.unwrap()), "nightly-sfn");
        assert_eq!(super::denied("S3: Access Denied"), Some(Denied::default()));
        assert_eq!(super::denied("no space left"), None);
        assert_eq!(role_name("arn:aws:iam::1:role/path/name"), "name");
    }
}
