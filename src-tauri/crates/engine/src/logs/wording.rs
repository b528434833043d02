//! What is wrong with a file, in words for the person who wants to read it.

use aws::AwsError;
use logs::{Damage, End, Inflated, LogFault, inflate::Format};

/// Digits in groups of three.
pub(crate) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn after(lines: u64) -> String {
    match lines {
        0 => "before its first line".to_owned(),
        lines => format!("after line {}", number(lines)),
    }
}

/// Of a file whose bytes could all be read; `lines` is how many came of them.
pub(super) fn damage(inflated: &Inflated, lines: u64) -> Option<String> {
    let End::Damaged { damage, .. } = inflated.end else { return None };
    let format = match inflated.format {
        Format::Gzip => "gzip",
        Format::Zstd => "zstd",
        Format::Bzip2 => "bzip2",
        Format::Plain => "plain",
    };
    let what = match damage {
        Damage::Truncated => format!("the {format} data is cut off"),
        Damage::Corrupt => format!("the {format} data is not what was written"),
        Damage::TrailingGarbage => format!("what follows the {format} data is of another kind and is left out"),
    };
    Some(format!("damaged {}: {what}", after(lines)))
}

/// Of a file that could not be read to its end.
pub(super) fn fault(fault: &LogFault, lines: u64) -> String {
    match fault {
        LogFault::Ratio { limit } => {
            format!("stopped {}: more than {} bytes come out of each byte of it", after(lines), number(*limit))
        }
        LogFault::TooLarge { limit } => {
            format!("stopped {}: it is larger than {} GB", after(lines), limit >> 30)
        }
        LogFault::Cache { doing, source } => {
            format!("stopped {}: the copy on this computer cannot be {doing}: {source}", after(lines))
        }
        LogFault::Source { source, .. } => {
            let call = source.get_ref().and_then(|source| source.downcast_ref::<AwsError>());
            let why = call.map_or_else(|| source.to_string(), refusal);
            if lines == 0 { why } else { format!("cut off {}: {why}", after(lines)) }
        }
        other => format!("stopped {}: {other}", after(lines)),
    }
}

const GONE: &str = "it is not there (any more)";

/// Of a file that the service does not give.
pub(super) fn refusal(error: &AwsError) -> String {
    match error {
        // S3 answers for the key's policy with a refusal of its own, in which KMS is named.
        AwsError::Denied { message, .. } if message.to_ascii_lowercase().contains("kms") => {
            format!("access denied by its encryption key: {message}")
        }
        AwsError::Denied { call, .. } => format!("access denied: {} is missing", call.action),
        AwsError::NotFound { .. } => GONE.to_owned(),
        // CloudWatch Logs answers so with a 400.
        AwsError::Service { code, .. } if code == "ResourceNotFoundException" => GONE.to_owned(),
        AwsError::Changed { .. } => "it was replaced again and again while it was read".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws::Call;
    use logs::Progress;

    #[test]
    fn damage_says_where_and_what() {
        assert_eq!([0, 999, 1_000, 12_004_123].map(number), ["0", "999", "1,000", "12,004,123"]);
        let at = Progress::default();
        let end = End::Damaged { damage: Damage::Truncated, at };
        let inflated = Inflated { format: Format::Gzip, total: at, members: 0, end };
        assert_eq!(damage(&inflated, 12_004).as_deref(), Some("damaged after line 12,004: the gzip data is cut off"));
        assert_eq!(damage(&Inflated { end: End::Whole, ..inflated }, 1), None);
        assert_eq!(
            fault(&LogFault::Ratio { limit: 1_000 }, 7),
            "stopped after line 7: more than 1,000 bytes come out of each byte of it"
        );
    }

    #[test]
    fn a_refusal_tells_a_key_from_a_missing_permission() {
        let call = Call::new("GetObject", "s3:GetObject");
        let denied = |message: &str| AwsError::Denied { call, message: message.to_owned(), request_id: None };
        assert_eq!(refusal(&denied("Access Denied")), "access denied: s3:GetObject is missing");
        assert!(
            refusal(&denied("not authorized to perform: kms:Decrypt"))
                .starts_with("access denied by its encryption key")
        );
        let (code, message) = ("ResourceNotFoundException".to_owned(), String::new());
        let missing = AwsError::Service { call, status: 400, code, message, request_id: None };
        assert_eq!(refusal(&missing), GONE, "a log group or stream");
        let cut = LogFault::Source { read: 9, source: std::io::Error::other(denied("x")) };
        assert_eq!(fault(&cut, 3), "cut off after line 3: access denied: s3:GetObject is missing");
    }
}
