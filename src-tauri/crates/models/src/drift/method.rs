//! The methods by which drift is told, and on which side of a threshold it lies.

use serde::{Deserialize, Serialize};

/// How two distributions were compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Method {
    /// Model Monitor's default: [`LInfinitySimple`](Self::LInfinitySimple) less what so few rows may differ by chance.
    LInfinityRobust,
    /// The largest difference of two cumulative distributions, or of two shares of a category.
    LInfinitySimple,
    /// The p-value.
    ChiSquare,
    /// The statistic.
    ChiSquareStatistic,
    Psi,
    /// The distance, with natural logarithms.
    JensenShannon,
    /// The divergence in bits: the square of the distance with base 2.
    JensenShannonDivergence,
    /// In the units of the feature.
    Wasserstein,
    /// In standard deviations of the baseline.
    WassersteinNormed,
    Hellinger,
    /// The p-value.
    KolmogorovSmirnov,
    /// The p-value of two proportions.
    ZTest,
    KullbackLeibler,
    /// Of feature attributions: 1 is the same order.
    Ndcg,
    /// Difference of the parts of rows without a value: our own rule, where the constraints set no completeness.
    Missingness,
    /// The part of rows without a value, against what completeness in the constraints leaves.
    Completeness,
    /// By the name that its tool gives it.
    Named(String),
    /// The tool kept the value alone.
    Unknown,
}

/// On which side of the threshold drift lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Direction {
    Above,
    AtOrAbove,
    Below,
    AtOrBelow,
}

impl Direction {
    /// None for what is no number.
    pub fn is_drift(self, value: f64, threshold: f64) -> Option<bool> {
        if value.is_nan() || threshold.is_nan() {
            return None;
        }
        Some(match self {
            Self::Above => value > threshold,
            Self::AtOrAbove => value >= threshold,
            Self::Below => value < threshold,
            Self::AtOrBelow => value <= threshold,
        })
    }

    /// A large value means drift.
    pub fn is_upward(self) -> bool {
        matches!(self, Self::Above | Self::AtOrAbove)
    }

    /// A value right at the threshold means drift.
    pub fn is_inclusive(self) -> bool {
        matches!(self, Self::AtOrAbove | Self::AtOrBelow)
    }
}

impl Method {
    /// None for a method that we do not know: nothing is guessed from its numbers.
    pub fn direction(&self) -> Option<Direction> {
        match self {
            Self::LInfinityRobust
            | Self::LInfinitySimple
            | Self::ChiSquareStatistic
            | Self::Missingness
            | Self::Completeness => Some(Direction::Above),
            Self::Psi
            | Self::JensenShannon
            | Self::JensenShannonDivergence
            | Self::Wasserstein
            | Self::WassersteinNormed
            | Self::Hellinger
            | Self::KullbackLeibler => Some(Direction::AtOrAbove),
            Self::ChiSquare | Self::ZTest | Self::Ndcg => Some(Direction::Below),
            Self::KolmogorovSmirnov => Some(Direction::AtOrBelow),
            Self::Named(name) => named(name),
            Self::Unknown => None,
        }
    }

    /// Of the names that Evidently shows and of those that it takes.
    pub fn of_evidently(name: &str) -> Self {
        match name.trim().to_ascii_lowercase().as_str() {
            "" => Self::Unknown,
            "k-s p_value" | "ks" => Self::KolmogorovSmirnov,
            "chi-square p_value" | "chisquare" => Self::ChiSquare,
            "z-test p_value" | "z" => Self::ZTest,
            "psi" => Self::Psi,
            "jensen-shannon distance" | "jensenshannon" => Self::JensenShannon,
            "wasserstein distance (normed)" | "wasserstein" => Self::WassersteinNormed,
            "hellinger distance" | "hellinger" => Self::Hellinger,
            "kullback-leibler divergence" | "kl_div" => Self::KullbackLeibler,
            _ => Self::Named(name.trim().to_owned()),
        }
    }

    /// The threshold that the tool uses where nobody set one.
    pub fn default_threshold(&self) -> Option<f64> {
        match self {
            Self::ChiSquare | Self::KolmogorovSmirnov | Self::ZTest => Some(0.05),
            Self::Ndcg => Some(0.9),
            Self::LInfinityRobust
            | Self::LInfinitySimple
            | Self::Psi
            | Self::JensenShannon
            | Self::WassersteinNormed
            | Self::Hellinger
            | Self::KullbackLeibler => Some(0.1),
            Self::ChiSquareStatistic
            | Self::JensenShannonDivergence
            | Self::Wasserstein
            | Self::Missingness
            | Self::Completeness
            | Self::Named(_)
            | Self::Unknown => None,
        }
    }

    /// For people.
    pub fn name(&self) -> &str {
        match self {
            Self::LInfinityRobust => "L-infinity, robust",
            Self::LInfinitySimple => "L-infinity, simple",
            Self::ChiSquare => "chi-square p-value",
            Self::ChiSquareStatistic => "chi-square",
            Self::Psi => "PSI",
            Self::JensenShannon => "Jensen-Shannon distance",
            Self::JensenShannonDivergence => "Jensen-Shannon divergence",
            Self::Wasserstein => "Wasserstein distance",
            Self::WassersteinNormed => "Wasserstein distance, normed",
            Self::Hellinger => "Hellinger distance",
            Self::KolmogorovSmirnov => "Kolmogorov-Smirnov p-value",
            Self::ZTest => "z-test p-value",
            Self::KullbackLeibler => "Kullback-Leibler divergence",
            Self::Ndcg => "NDCG of attributions",
            Self::Missingness => "missing values",
            Self::Completeness => "missing share",
            Self::Named(name) => name,
            Self::Unknown => "unknown method",
        }
    }
}

/// Of methods that we do not compute: Evidently's other tests return p-values under names that do not say so.
fn named(name: &str) -> Option<Direction> {
    let lower = name.to_ascii_lowercase();
    if ["p_value", "p-value", "pvalue"].iter().any(|word| lower.contains(word)) {
        return Some(Direction::Below);
    }
    match lower.as_str() {
        "anderson-darling"
        | "anderson"
        | "epps-singleton"
        | "es"
        | "fisher's exact test"
        | "fisher_exact"
        | "g_test"
        | "mann-whitney u-rank test"
        | "mannw"
        | "t_test"
        | "empirical_mmd"
        | "total-variation-distance"
        | "tvd" => Some(Direction::Below),
        "cramer-von mises" | "cramer_von_mises" => Some(Direction::AtOrBelow),
        "energy-distance" | "ed" => Some(Direction::Above),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drift_lies_on_the_side_that_the_method_says() {
        let is = |name: &str, value: f64| Method::of_evidently(name).direction()?.is_drift(value, 0.05);
        assert_eq!(is("K-S p_value", 0.9), Some(false));
        assert_eq!(is("K-S p_value", 0.05), Some(true), "as SciPy's caller compares");
        assert_eq!(is("chi-square p_value", 0.05), Some(false));
        assert_eq!(is("ks", 0.01), Some(true));
        assert_eq!(is("PSI", 0.9), Some(true));
        assert_eq!(is("Jensen-Shannon distance", 0.05), Some(true));
        assert_eq!(is("my own p_value of something", 0.01), Some(true));
        assert_eq!(is("Total-Variation-Distance", 0.9), Some(false), "it is a p-value");
        assert_eq!(is("custom function 'mine'", 0.9), None);
        assert_eq!(is("PSI", f64::NAN), None);
    }
}
