//! A file's name: which stream, which part, compressed or not.

use contract::jobs::LogStreamKind;

pub(super) struct FileName {
    pub stream: LogStreamKind,
    pub part: Option<String>,
    pub compressed: bool,
}

const PACKED: [&str; 8] = [".gz", ".gzip", ".zst", ".zstd", ".bz2", ".lz4", ".snappy", ".xz"];

impl FileName {
    /// `stderr.gz`, `stderr_12.gz`, `syslog.2016-02-26-23.gz`, `console.log-2026-11-21-05-30.gz`.
    pub fn read(name: &str) -> Self {
        let plain = PACKED.iter().find_map(|ending| name.strip_suffix(ending));
        let compressed = plain.is_some();
        let name = plain.unwrap_or(name);
        let known = [
            ("stdout", LogStreamKind::Stdout),
            ("stderr", LogStreamKind::Stderr),
            ("controller", LogStreamKind::Controller),
            ("syslog", LogStreamKind::Syslog),
        ];
        for (word, stream) in known {
            if let Some(rest) = name.strip_prefix(word) {
                if rest.is_empty() || rest == ".log" {
                    return Self { stream, part: None, compressed };
                }
                if let Some(part) = rest.strip_prefix(['.', '_', '-']).filter(|part| !part.is_empty()) {
                    return Self { stream, part: Some(part.to_owned()), compressed };
                }
            }
        }
        if let Some((word, part)) = name.rsplit_once(".log-").or_else(|| name.rsplit_once(".log.")) {
            let stream = LogStreamKind::Other(format!("{word}.log"));
            return Self { stream, part: Some(part.to_owned()), compressed };
        }
        Self { stream: LogStreamKind::Other(name.to_owned()), part: None, compressed }
    }
}
