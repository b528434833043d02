//! How much may come out.

/// What comes out of a compressed file is a stranger's word; disk and patience are ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Inflated bytes at most.
    pub bytes: u64,
    /// Inflated bytes for each compressed one at most. Deflate cannot exceed 1,032; logs of one repeated line reach some
    /// hundreds; zstd and bzip2 have no bound of their own.
    pub ratio: u64,
    /// Inflated bytes before which the ratio is not asked: a small file harms nobody.
    pub ratio_after: u64,
}

impl Default for Limits {
    /// 64 GiB; 1,000 to 1 beyond 256 MiB.
    fn default() -> Self {
        Self { bytes: 64 << 30, ratio: 1_000, ratio_after: 256 << 20 }
    }
}
