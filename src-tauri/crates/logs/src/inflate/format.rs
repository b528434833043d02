//! Which format, by the first bytes.

/// RFC 1952, RFC 8878 (with its skippable frames), and the layout of bzip2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Gzip,
    Zstd,
    Bzip2,
    Plain,
}

impl Format {
    /// Bytes that are enough to tell.
    pub const MAGIC: usize = 10;

    pub fn of(start: &[u8]) -> Self {
        match start {
            // A method other than deflate was never used.
            [0x1f, 0x8b] | [0x1f, 0x8b, 8, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            // A line may begin with "BZh1"; not with the digits of pi, or of its root, after it.
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..]
            | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, ..] => Self::Bzip2,
            _ => Self::Plain,
        }
    }
}
