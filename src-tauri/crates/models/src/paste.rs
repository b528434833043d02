//! What a pasted text leads to in the area Models: ARNs, pages of the console and of Studio, what this program copies.
//!
//! A text may be one address or a whole message. Each thing is found once, in the order of the text. Whether it exists
//! is for the service to say.

use crate::wording::cut;
use contract::models::{ModelTarget, PastedModel, facts::DeployedModel, target::is_name};

/// Characters that are looked at; no message is longer.
const MOST: usize = 100_000;

/// Things of one text that are kept.
const KEPT: usize = 50;

/// Everything that the text names.
pub fn resolve(text: &str) -> Vec<PastedModel> {
    if let Ok(target) = text.trim().parse::<ModelTarget>() {
        return vec![pasted(target, None, None)];
    }
    let end = text.char_indices().nth(MOST).map_or(text.len(), |(at, _)| at);
    let ends = |c: char| c.is_whitespace() || c.is_control() || "\"'`<>“”|".contains(c);
    let mut found: Vec<PastedModel> = Vec::new();
    for token in text.get(..end).unwrap_or_default().split(ends) {
        let Some(one) = read(trimmed(token)) else { continue };
        let is_full = found.len() >= KEPT;
        match found.iter_mut().find(|known| known.target == one.target) {
            Some(known) => {
                known.account = known.account.take().or(one.account);
                known.region = known.region.take().or(one.region);
            }
            None if !is_full => found.push(one),
            None => {}
        }
    }
    found
}

fn pasted(target: ModelTarget, account: Option<String>, region: Option<String>) -> PastedModel {
    PastedModel { title: title(&target), target, account, region }
}

/// In words, for the palette.
pub fn title(target: &ModelTarget) -> String {
    let text = match target {
        ModelTarget::Group(name)
        | ModelTarget::Package(name)
        | ModelTarget::Model(name)
        | ModelTarget::Endpoint(name)
        | ModelTarget::Schedule(name)
        | ModelTarget::Pipeline(name) => format!("{} {name}", target.noun()),
        ModelTarget::Version { group, version } => format!("version {version} of {group}"),
        ModelTarget::PipelineExecution { pipeline, execution } => {
            format!("execution {execution} of pipeline {pipeline}")
        }
    };
    cut(&text, 200)
}

/// Whether it has a page of its own: SageMaker models have none.
pub fn has_page(target: &ModelTarget) -> bool {
    !matches!(target, ModelTarget::Model(_))
}

/// Where something without a page is shown, each with its title: a model with the version or package that it was made
/// from, then at the endpoints that serve it.
pub fn pages(target: &ModelTarget, models: &[DeployedModel]) -> Vec<(ModelTarget, String)> {
    let mut pages: Vec<(ModelTarget, String)> = Vec::new();
    for model in models {
        let made_from = model.package.as_deref().and_then(arn);
        if !matches!(target, ModelTarget::Model(name) if model.name == *name) {
            continue;
        }
        // A version of another account is found by its ARN alone, which a target does not hold.
        let own = model.arn.as_deref().and_then(arn).and_then(|own| own.account);
        if let Some(from) = made_from
            && matches!(from.target, ModelTarget::Version { .. } | ModelTarget::Package(_))
            && (own.is_none() || from.account == own)
        {
            let words = format!("{}, which {} was made from", title(&from.target), title(target));
            pages.push((from.target, cut(&words, 300)));
        }
        for (name, _) in model.endpoints.iter().filter(|(name, _)| is_name(name)) {
            let endpoint = ModelTarget::Endpoint(name.clone());
            let words = format!("{}, which serves {}", title(&endpoint), title(target));
            if pages.iter().all(|(known, _)| *known != endpoint) {
                pages.push((endpoint, cut(&words, 300)));
            }
        }
    }
    pages
}

/// Why there is no page, after [`pages`] found none among the models of the region.
pub fn no_page(target: &ModelTarget, models: &[DeployedModel], region: &str) -> String {
    let what = title(target);
    match target {
        ModelTarget::Model(name) if models.iter().all(|model| model.name != *name) => {
            format!("SageMaker's search finds no {what} in {region}.")
        }
        _ => {
            format!("No endpoint serves the {what}, and it was made from no version of this account: no page shows it.")
        }
    }
}

/// Without the punctuation of the sentence around it.
fn trimmed(token: &str) -> &str {
    let token = token.trim_start_matches(['(', '[', '{', ',', ';', '*']);
    token.trim_end_matches(['.', ',', ';', '!', '?', ')', ']', '}', '*', '’', ':'])
}

fn read(token: &str) -> Option<PastedModel> {
    if token.starts_with("https://") || token.starts_with("http://") {
        return url(token);
    }
    arn(token.get(token.find("arn:aws")?..)?)
}

/// `arn:aws:sagemaker:eu-west-1:123456789012:model-package/churn/7`.
fn arn(text: &str) -> Option<PastedModel> {
    let mut parts = text.splitn(6, ':');
    let (_, _, service) = (parts.next()?, parts.next()?, parts.next()?);
    let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
    if service != "sagemaker" {
        return None;
    }
    let names: Vec<&str> = resource.split('/').map(plain).collect();
    let owned = |name: &str| is_name(name).then(|| name.to_owned());
    let target = match names.as_slice() {
        ["model-package-group", name, ..] => ModelTarget::Group(owned(name)?),
        ["model-package", group, version, ..] => ModelTarget::Version {
            group: owned(group)?,
            version: version.parse::<u32>().ok().filter(|version| *version > 0)?,
        },
        ["model-package", name] => ModelTarget::Package(owned(name)?),
        ["model", name, ..] => ModelTarget::Model(owned(name)?),
        ["endpoint", name, ..] => ModelTarget::Endpoint(owned(name)?),
        ["monitoring-schedule", name, ..] => ModelTarget::Schedule(owned(name)?),
        ["pipeline", pipeline, "execution", execution, ..] => {
            ModelTarget::PipelineExecution { pipeline: owned(pipeline)?, execution: owned(execution)? }
        }
        ["pipeline", name, ..] => ModelTarget::Pipeline(owned(name)?),
        _ => return None,
    };
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Some(pasted(target, some(account), some(region)))
}

/// A name up to what cannot be part of one.
fn plain(text: &str) -> &str {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).next().unwrap_or_default()
}

/// Pages of the console and of Studio: both change them; what is looked for is the part that names.
fn url(text: &str) -> Option<PastedModel> {
    let (host, rest) = text.split_once("://")?.1.split_once('/')?;
    let aws = ["aws.amazon.com", "amazonaws.cn", "amazonaws-us-gov.com", "sagemaker.aws"];
    if !aws.iter().any(|end| host == *end || host.ends_with(&format!(".{end}"))) {
        return None;
    }
    let rest = decoded(&decoded(rest));
    let region = region(host, &rest);
    if let Some(at) = rest.find("arn:aws")
        && let Some(named) = rest.get(at..).and_then(arn)
    {
        return Some(named);
    }
    let parts: Vec<&str> =
        rest.split(['/', '?', '#', '&', ';', '=']).map(plain).filter(|part| !part.is_empty()).collect();
    let is_sagemaker = host.ends_with("sagemaker.aws") || parts.first() == Some(&"sagemaker");
    let target = is_sagemaker.then(|| page(&parts)).flatten()?;
    let label = host.split(['.', '-']).next().unwrap_or_default();
    let is_account = label.len() == 12 && label.bytes().all(|byte| byte.is_ascii_digit());
    Some(pasted(target, is_account.then(|| label.to_owned()), region))
}

/// Words of pages that stand where names stand.
const PAGES: [&str; 5] = ["create", "view", "list", "registered-models", "home"];

fn page(parts: &[&str]) -> Option<ModelTarget> {
    let behind = |list: &str| {
        let at = parts.iter().position(|part| *part == list)?;
        let name = parts.iter().skip(at + 1).find(|part| **part != "view");
        name.filter(|name| is_name(name) && !PAGES.contains(name)).map(|name| (*name).to_owned())
    };
    let group = ["registered-models", "model-groups", "model-package-groups"].into_iter().find_map(behind);
    if let Some(group) = group {
        let version = behind("versions").and_then(|text| text.trim_start_matches("version-").parse::<u32>().ok());
        return Some(match version.filter(|version| *version > 0) {
            Some(version) => ModelTarget::Version { group, version },
            None => ModelTarget::Group(group),
        });
    }
    if let Some(pipeline) = behind("pipelines") {
        return Some(match behind("executions") {
            Some(execution) => ModelTarget::PipelineExecution { pipeline, execution },
            None => ModelTarget::Pipeline(pipeline),
        });
    }
    behind("monitoring-schedules")
        .map(ModelTarget::Schedule)
        .or_else(|| behind("endpoints").map(ModelTarget::Endpoint))
        .or_else(|| behind("models").map(ModelTarget::Model))
}

/// `region=eu-west-1`, or a part of the host.
fn region(host: &str, rest: &str) -> Option<String> {
    let fits = |text: &&str| {
        text.matches('-').count() >= 2
            && text.rsplit_once('-').is_some_and(|(_, number)| number.parse::<u8>().is_ok())
            && text.len() <= 20
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let given = rest.split(['?', '&', '#']).find_map(|part| part.strip_prefix("region=")).filter(fits);
    given.or_else(|| host.split('.').find(fits)).map(str::to_owned)
}

/// Percent-encoding undone; what is none stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, more)) = rest.split_first() {
        let digit = |at: usize| {
            let digit = char::from(*more.get(at)?).to_digit(16)?;
            u8::try_from(digit).ok()
        };
        if byte == b'%'
            && let (Some(high), Some(low)) = (digit(0), digit(1))
        {
            bytes.push(high * 16 + low);
            rest = more.get(2..).unwrap_or_default();
        } else {
            bytes.push(byte);
            rest = more;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::{Place, arn as arn_of, console};
    use proptest::prelude::*;

    fn titles(text: &str) -> Vec<String> {
        resolve(text).into_iter().map(|one| one.title).collect()
    }

    #[test]
    fn arns() {
        let cases = [
            ("model-package-group/churn-eu", "model group churn-eu"),
            ("model-package/churn-eu/7", "version 7 of churn-eu"),
            ("model-package/sold", "model package sold"),
            ("model/churn-7", "model churn-7"),
            ("endpoint/churn", "endpoint churn"),
            ("monitoring-schedule/churn-data", "monitoring schedule churn-data"),
            ("pipeline/train-churn", "pipeline train-churn"),
            ("pipeline/train-churn/execution/a1b2c3d4e5f6", "execution a1b2c3d4e5f6 of pipeline train-churn"),
        ];
        for (resource, title) in cases {
            let text = format!("approve (arn:aws:sagemaker:eu-west-1:123456789012:{resource}), please.");
            let all = resolve(&text);
            assert_eq!(all.len(), 1, "{resource}");
            assert_eq!(
                (all[0].title.as_str(), all[0].region.as_deref(), all[0].account.as_deref()),
                (title, Some("eu-west-1"), Some("123456789012"))
            );
        }
        for nothing in [
            "arn:aws:sagemaker:eu-west-1:123456789012:training-job/churn",
            "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/",
            "arn:aws:s3:::endpoint/churn",
            "endpoint churn",
            "",
        ] {
            assert!(titles(nothing).is_empty(), "{nothing}");
        }
        assert_eq!(titles("version:churn-eu/7"), ["version 7 of churn-eu"]);
    }

    #[test]
    fn addresses_of_pages() {
        let console = "https://eu-west-1.console.aws.amazon.com/sagemaker/home?region=eu-west-1#";
        let studio = "https://studio-d-abc123.studio.eu-west-1.sagemaker.aws";
        let cases = [
            (format!("{console}/endpoints/churn"), "endpoint churn"),
            (format!("{console}/models/churn-7"), "model churn-7"),
            (format!("{studio}/models/registered-models/churn-eu/versions"), "model group churn-eu"),
            (
                format!("{studio}/models/registered-models/churn-eu/versions/version-7/overview"),
                "version 7 of churn-eu",
            ),
            (format!("{studio}/pipelines/view/train/executions/a1b2/graph"), "execution a1b2 of pipeline train"),
            (
                format!("{studio}/x?arn=arn%3Aaws%3Asagemaker%3Aeu-west-1%3A123456789012%3Aendpoint%2Fchurn"),
                "endpoint churn",
            ),
        ];
        for (text, title) in cases {
            let all = resolve(&text);
            assert_eq!(all.len(), 1, "{text}");
            assert_eq!((all[0].title.as_str(), all[0].region.as_deref()), (title, Some("eu-west-1")), "{text}");
        }
        assert!(titles("https://example.com/sagemaker/home#/endpoints/churn").is_empty());
        assert!(titles(&format!("{console}/endpoints")).is_empty());
    }

    fn model(name: &str, package: Option<&str>, endpoints: &[&str]) -> DeployedModel {
        let of = |rest: &str| format!("arn:aws:sagemaker:eu-west-1:123456789012:{rest}");
        DeployedModel {
            name: name.into(),
            arn: Some(of(&format!("model/{name}"))),
            package: package.map(of),
            endpoints: endpoints.iter().map(|name| ((*name).to_owned(), "InService".to_owned())).collect(),
            ..DeployedModel::default()
        }
    }

    #[test]
    fn a_model_is_shown_with_its_version_and_where_it_serves() {
        let models = [
            model("churn-v7", Some("model-package/churn/7"), &["churn-live", "churn-shadow"]),
            model("sold-a", Some("model-package/sold"), &["sold-live"]),
            model("alone", None, &[]),
        ];
        let titles = |target: &ModelTarget| -> Vec<String> {
            pages(target, &models).into_iter().map(|(_, title)| title).collect()
        };
        let churn = ModelTarget::Model("churn-v7".into());
        assert_eq!(
            titles(&churn),
            [
                "version 7 of churn, which model churn-v7 was made from",
                "endpoint churn-live, which serves model churn-v7",
                "endpoint churn-shadow, which serves model churn-v7",
            ]
        );
        assert!(pages(&churn, &models).iter().all(|(target, _)| has_page(target)) && !has_page(&churn));
        assert_eq!(
            titles(&ModelTarget::Model("sold-a".into())),
            ["model package sold, which model sold-a was made from", "endpoint sold-live, which serves model sold-a"]
        );
        assert!(has_page(&ModelTarget::Package("sold".into())));
        for (target, words) in [
            (ModelTarget::Model("alone".into()), "No endpoint serves the model alone"),
            (ModelTarget::Model("gone".into()), "SageMaker's search finds no model gone in eu-west-1"),
        ] {
            assert!(pages(&target, &models).is_empty());
            let said = no_page(&target, &models, "eu-west-1");
            assert!(said.starts_with(words), "{said}");
        }
    }

    #[test]
    fn a_version_of_another_account_is_not_looked_for_in_this_one() {
        let mut shared = model("churn-v7", None, &["churn-live"]);
        shared.package = Some("arn:aws:sagemaker:eu-west-1:210987654321:model-package/churn/7".into());
        let found = pages(&ModelTarget::Model("churn-v7".into()), &[shared]);
        let places: Vec<ModelTarget> = found.into_iter().map(|(target, _)| target).collect();
        assert_eq!(places, [ModelTarget::Endpoint("churn-live".into())]);
    }

    fn targets() -> impl Strategy<Value = ModelTarget> {
        let name = || "[a-zA-Z0-9](-?[a-zA-Z0-9]){0,20}";
        prop_oneof![
            name().prop_map(ModelTarget::Group),
            (name(), 1_u32..).prop_map(|(group, version)| ModelTarget::Version { group, version }),
            name().prop_map(ModelTarget::Endpoint),
            name().prop_map(ModelTarget::Schedule),
            name().prop_map(ModelTarget::Model),
            name().prop_map(ModelTarget::Package),
            name().prop_map(ModelTarget::Pipeline),
            (name(), name()).prop_map(|(pipeline, execution)| ModelTarget::PipelineExecution { pipeline, execution }),
        ]
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(target in targets()) {
            let place = Place { partition: "aws", region: "eu-west-1", account: "123456789012" };
            for text in [Some(arn_of(&target, &place)), Some(target.to_string())].into_iter().flatten() {
                let found: Vec<ModelTarget> = resolve(&text).into_iter().map(|one| one.target).collect();
                prop_assert_eq!(found, vec![target.clone()], "{}", text);
            }
            if let Some(page) = console(&target, &place) {
                prop_assert!(resolve(&page).len() <= 1);
            }
        }

        #[test]
        fn nothing_that_is_pasted_breaks_it(text in "(?s)(arn:aws:sagemaker:|https://x.sagemaker.aws/|%|/|-|.){0,60}") {
            for one in resolve(&text) {
                prop_assert_eq!(one.target.to_string().parse::<ModelTarget>(), Ok(one.target));
            }
        }
    }
}
