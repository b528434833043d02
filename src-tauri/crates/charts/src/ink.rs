//! What a line or a shape means. plotters knows colours alone, so each ink travels through it as one, and comes out as a
//! class: the window decides what it looks like in each theme.

use plotters::style::RGBColor;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ink(u8);

pub const CLASSES: [&str; 23] = [
    "axis", "grid", "label", "note", "base", "current", "s1", "s2", "s3", "s4", "s5", "s6", "limit", "alarm", "deploy",
    "gap", "chance", "h0", "h1", "h2", "h3", "h4", "breach",
];

impl Ink {
    pub const AXIS: Self = Self(0);
    pub const GRID: Self = Self(1);
    /// Names and numbers at the axes.
    pub const LABEL: Self = Self(2);
    /// Words inside the plot area.
    pub const NOTE: Self = Self(3);
    pub const BASE: Self = Self(4);
    pub const CURRENT: Self = Self(5);
    pub const LIMIT: Self = Self(12);
    pub const ALARM: Self = Self(13);
    pub const DEPLOYMENT: Self = Self(14);
    /// The distance between two curves.
    pub const GAP: Self = Self(15);
    /// What guessing would give.
    pub const CHANCE: Self = Self(16);
    pub const BREACH: Self = Self(22);

    /// Lines and dashes of series; the seventh is drawn as the first again.
    pub const SERIES: usize = 6;
    /// Steps of a heat map.
    pub const HEATS: usize = 5;

    pub fn series(at: usize) -> Self {
        Self(6 + u8::try_from(at % Self::SERIES).unwrap_or_default())
    }

    pub fn heat(step: usize) -> Self {
        Self(17 + u8::try_from(step.min(Self::HEATS - 1)).unwrap_or_default())
    }

    /// Without the prefix that it has in the picture.
    pub fn class(self) -> &'static str {
        CLASSES.get(usize::from(self.0)).copied().unwrap_or("axis")
    }

    pub fn colour(self) -> RGBColor {
        RGBColor(0, 0, self.0)
    }

    /// From a colour as plotters writes it: `#00000C`.
    pub fn of_colour(colour: &str) -> Option<Self> {
        let code = u8::from_str_radix(colour.strip_prefix("#0000")?, 16).ok()?;
        (usize::from(code) < CLASSES.len()).then_some(Self(code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inks_come_back_from_their_colours() {
        for code in 0..23_u8 {
            assert_eq!(Ink::of_colour(&format!("#0000{code:02X}")), Some(Ink(code)));
        }
        assert_eq!(Ink::of_colour("#FF0000"), None);
        assert_eq!(Ink::of_colour("#0000FF"), None);
    }

    #[test]
    fn each_name_is_at_its_place() {
        let inks = [Ink::LIMIT, Ink::CHANCE, Ink::series(0), Ink::series(7), Ink::heat(0), Ink::heat(9), Ink::BREACH];
        assert_eq!(inks.map(Ink::class), ["limit", "chance", "s1", "s2", "h0", "h4", "breach"]);
    }
}
