//! Sizes as logs and settings write them. Units are powers of 1024, as in Spark and YARN, however they are spelled.

pub(super) const MIB: f64 = 1024.0 * 1024.0;
pub(super) const GIB: f64 = 1024.0 * MIB;

/// In bytes.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Size(pub f64);

/// `9.1 GB`, `1024.0 MiB`, `8g`, `512m`, `123B`. A bare number is bytes.
pub fn parse_size(text: &str) -> Option<Size> {
    let text = text.trim();
    let end =
        text.find(|letter: char| !letter.is_ascii_digit() && letter != '.' && letter != ',').unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    let number: f64 = number.replace(',', "").parse().ok()?;
    let scale = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" | "bytes" => 1.0,
        "k" | "kb" | "kib" => 1024.0,
        "m" | "mb" | "mib" => MIB,
        "g" | "gb" | "gib" => GIB,
        "t" | "tb" | "tib" => 1024.0 * GIB,
        _ => return None,
    };
    let bytes = number * scale;
    (bytes.is_finite() && bytes >= 0.0).then_some(Size(bytes))
}

/// A setting of Spark for memory: a bare number is MiB ("Spark Configuration", `spark.executor.memoryOverhead`: "in MiB
/// unless otherwise specified").
pub fn parse_memory(text: &str) -> Option<Size> {
    let bare = text.trim().bytes().all(|byte| byte.is_ascii_digit());
    parse_size(text).map(|size| if bare { Size(size.0 * MIB) } else { size })
}

impl Size {
    /// Rounded up to a multiple of `step`.
    pub(super) fn up_to(self, step: f64) -> Self {
        Self((self.0 / step).ceil() * step)
    }

    pub(super) fn at_least(self, least: f64) -> Self {
        Self(self.0.max(least))
    }

    pub(super) fn at_most(self, most: f64) -> Self {
        Self(self.0.min(most))
    }

    pub(super) fn next_power(self) -> Self {
        Self(2_f64.powf(self.0.log2().ceil()))
    }

    /// As Spark's settings write it: `2g`, `1536m`.
    pub fn spark(self) -> String {
        let gib = self.0 / GIB;
        if gib >= 1.0 && gib.fract() == 0.0 { format!("{gib:.0}g") } else { format!("{:.0}m", self.0 / MIB) }
    }

    pub fn words(self) -> String {
        if self.0 >= GIB { format!("{:.1} GiB", self.0 / GIB) } else { format!("{:.0} MiB", self.0 / MIB) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_they_are_written() {
        assert_eq!(parse_size("9.1 GB"), Some(Size(9.1 * GIB)));
        assert_eq!(parse_size("1024.0 MiB"), Some(Size(GIB)));
        assert_eq!(parse_size("512m"), Some(Size(512.0 * MIB)));
        assert_eq!(parse_size("1,024"), Some(Size(1024.0)));
        assert_eq!((parse_memory("4096"), parse_memory(" 4g ")), (Some(Size(4.0 * GIB)), Some(Size(4.0 * GIB))));
        assert_eq!((parse_memory("4096b"), parse_memory("")), (Some(Size(4096.0)), None));
        for text in ["", "GB", "-3g", "9 apples", "1e999999", "é"] {
            assert_eq!(parse_size(text), None, "{text}");
        }
    }
}
