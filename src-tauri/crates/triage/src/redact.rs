//! Secrets out of quoted lines: a driver prints its arguments in clear, passwords and all.

use regex::Regex;
use std::borrow::Cow;
use std::sync::LazyLock;

/// What stands in a secret's place.
const MASK: &str = "****";

/// Key ids (`AKIA…`), `password=`, `spark.….secret`, tokens, `user:password@` in addresses, bearer and JSON web tokens.
static SECRETS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let name = r"[\w.\-]*(?:password|passwd|pwd|secret|token|credential|api[_\-]?key|access[_\-]?key|private[_\-]?key)[\w.\-]*";
    let value = r#"(?:"[^"]*"|'[^']*'|[^\s"',;&]+)"#;
    let all = [
        format!(r#"(?P<key>(?i:{name})["']?\s*(?:=>|[=:])\s*)(?P<value>{value})"#),
        format!(r"(?P<flag>--(?i:{name})\s+)(?P<flagged>{value})"),
        r"\b(?P<id>(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,})\b".to_owned(),
        r"(?P<scheme>[a-z][a-z0-9+.:\-]*://[^\s:/@]+:)(?P<pass>[^\s/@]+)@".to_owned(),
        r"(?P<bearer>(?i:bearer|basic)\s+)(?P<auth>[A-Za-z0-9+/=_.\-]{12,})".to_owned(),
        r"(?P<jwt>\beyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]*)".to_owned(),
    ];
    Regex::new(&all.join("|")).ok()
});

/// `text` with secrets masked. Borrowed when there were none.
pub fn redact(text: &str) -> Cow<'_, str> {
    let Some(secrets) = SECRETS.as_ref() else { return Cow::Borrowed(text) };
    secrets.replace_all(text, |found: &regex::Captures<'_>| {
        let kept = ["key", "flag", "scheme", "bearer"].into_iter().find_map(|name| found.name(name));
        // An expired token is a message, not a token: "ExpiredToken: The provided token has expired".
        if let (Some(key), Some(value)) = (found.name("key"), found.name("value"))
            && says_no_secret(key.as_str(), value.as_str())
        {
            return found.get(0).map_or("", |all| all.as_str()).to_owned();
        }
        let end = if found.name("pass").is_some() { "@" } else { "" };
        format!("{}{MASK}{end}", kept.map_or("", |kept| kept.as_str()))
    })
}

/// `InvalidToken: The ...` and `token: com.example...` name a fault in words; secrets are not followed by English.
fn says_no_secret(key: &str, value: &str) -> bool {
    let spoken = matches!(value, "The" | "the" | "Your" | "A" | "An" | "No" | "Invalid" | "null" | "None" | "N/A");
    key.trim_end().ends_with(':') && spoken
}

#[cfg(test)]
mod tests {
    use super::redact;

    #[test]
    fn secrets_are_masked_and_words_are_not() {
        for (text, masked) in [
            ("--conf spark.db.password=hunter2 --class A", "--conf spark.db.password=**** --class A"),
            ("aws_secret_access_key: 'abc/def'", "aws_secret_access_key: ****"),
            ("key AKIAIOSFODNN7EXAMPLE used", "key **** used"),
            ("jdbc:postgresql://etl:s3cret@db:5432/x", "jdbc:postgresql://etl:****@db:5432/x"),
            ("Authorization: Bearer abcdefghijklmnop", "Authorization: Bearer ****"),
            ("--db-password hunter2 next", "--db-password **** next"),
            ("ExpiredToken: The provided token has expired", "ExpiredToken: The provided token has expired"),
            ("client token: N/A", "client token: N/A"),
            ("nothing here", "nothing here"),
        ] {
            assert_eq!(redact(text), masked);
        }
    }
}
