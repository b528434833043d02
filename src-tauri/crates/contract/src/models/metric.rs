//! Names of metrics as the field writes them. Files have their own spelling, which stays the identity.

use std::borrow::Cow;

/// As Model Monitor, scikit-learn and MLflow spell them, and as people write them.
const TITLES: &[(&str, &str)] = &[
    ("mae", "MAE"),
    ("mse", "MSE"),
    ("rmse", "RMSE"),
    ("mape", "MAPE"),
    ("smape", "sMAPE"),
    ("wape", "WAPE"),
    ("r2", "R²"),
    ("auc", "AUC"),
    ("roc_auc", "AUC"),
    ("au_prc", "AUPRC"),
    ("auprc", "AUPRC"),
    ("f0_5", "F0.5"),
    ("f1", "F1"),
    ("f1_score", "F1"),
    ("f2", "F2"),
    ("log_loss", "log loss"),
    ("mcc", "MCC"),
    ("ndcg", "NDCG"),
    ("true_positive_rate", "true positive rate"),
    ("true_negative_rate", "true negative rate"),
    ("false_positive_rate", "false positive rate"),
    ("false_negative_rate", "false negative rate"),
];

/// `RMSE` for `rmse`, `weighted F1` for `weighted_f1`; a name of a team's own stays as it is.
pub fn metric_title(name: &str) -> Cow<'_, str> {
    let known = |name: &str| TITLES.iter().find(|(file, _)| file.eq_ignore_ascii_case(name)).map(|(_, title)| *title);
    if let Some(title) = known(name) {
        return Cow::Borrowed(title);
    }
    match name.split_once('_') {
        Some(("weighted", rest)) => Cow::Owned(format!("weighted {}", known(rest).unwrap_or(rest))),
        _ => Cow::Borrowed(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_called_as_the_field_calls_them() {
        for (name, title) in [
            ("mae", "MAE"),
            ("RMSE", "RMSE"),
            ("au_prc", "AUPRC"),
            ("weighted_f1", "weighted F1"),
            ("weighted_precision", "weighted precision"),
            ("accuracy", "accuracy"),
            ("bookings_kept", "bookings_kept"),
        ] {
            assert_eq!(metric_title(name), title, "{name}");
        }
    }
}
