//! Has the data that a model sees moved away from the data that it was made with?
//!
//! Three tools answer that in files of their own: Model Monitor, Evidently, MLflow. A [`Run`] is what all of them come to: for
//! each feature a value, a threshold, the method, and whether that is drift. On which side of a threshold drift lies follows from
//! the method alone ([`Method::direction`]): a p-value is drift when it is *below*.
//!
//! Statistics are computed from what a monitor keeps. [`Distribution`] is one weighted cumulative distribution of raw values, of
//! a KLL sketch, or, approximately, of ten buckets; [`Categories`] are counts. [`compare`](compare::compare) puts two
//! `statistics.json` side by side, with the number that Model Monitor itself would give where that number is wrong.

pub mod agreement;
pub mod attribution;
pub mod bins;
pub mod categories;
pub mod compare;
pub mod distribution;
pub mod history;
pub mod method;
pub mod run;
pub mod significance;
pub mod worklist;

pub use attribution::{importances, ndcg};
pub use bins::Bins;
pub use categories::Categories;
pub use compare::{Comparison, compare};
pub use distribution::Distribution;
pub use method::{Direction, Method};
pub use run::{FeatureDrift, Rows, Run, Source};

/// Length of a list as a number for formulas.
#[expect(clippy::cast_precision_loss, reason = "lists that fit into memory are shorter than 2^53")]
pub(crate) fn count(length: usize) -> f64 {
    length as f64
}
