//! Two versions beside each other: numbers and curves, and everything else that is different.

use super::{
    AREA,
    cells::{group_of, named},
    metrics::{FeatureNumbers, Numbers},
};
use crate::{
    address,
    desk::Desk,
    keys::{self, Action},
    pages::jobs::capital,
    parts::{
        answer::{Answer, use_answer},
        chart::ChartView,
        differences::Differences,
        export::Export,
        head::Head,
        icon::Icon,
        split::Split,
        states::Empty,
    },
};
use contract::{
    exports::Subject,
    models::{
        VersionMark,
        requests::{CompareModels, DescribeGroup, GroupDetail},
    },
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::A, hooks::use_navigate};

#[component]
pub fn TwoVersions() -> impl IntoView {
    let query = address::use_query();
    let pair = Memo::new(move |_| {
        let query = query.read();
        Some((query.get("left")?.to_owned(), query.get("right")?.to_owned()))
    });
    // Another version on a side is the same page: who chose it stays where they are.
    let is_pair = Memo::new(move |_| pair.read().is_some());
    view! {
        {move || if is_pair.get() {
            // While the page is left its address names none: the last pair stays until it is gone.
            let last = Memo::new(move |before: Option<&(String, String)>| {
                pair.get().or_else(|| before.cloned()).unwrap_or_default()
            });
            view! { <Pair pair=last /> }.into_any()
        } else {
            view! {
                <Head area=AREA title="Nothing to compare".to_owned() />
                <Empty title="This address names no two versions" text="Open a group: each of its versions can stand beside another one." icon="models" />
            }.into_any()
        }}
    }
}

/// `version 14`, or the ARN of what has none.
fn version_of(arn: &str) -> String {
    named(arn).map_or_else(|| arn.to_owned(), |(_, version)| format!("version {version}"))
}

/// Parameters that were not read are not said to be the same.
fn same_words(has_parameters: bool) -> &'static str {
    if has_parameters {
        "Parameters, environment, framework, image and artefact are the same as far as they were read."
    } else {
        "Environment, framework, image and artefact are the same as far as they were read."
    }
}

/// The group of a version, or the ARN of what has none.
fn group_name_of(arn: &str) -> String {
    named(arn).map_or_else(|| arn.to_owned(), |(group, _)| group)
}

fn title_of(left: &str, right: &str) -> String {
    format!("{} beside {}", capital(&version_of(right)), version_of(left))
}

/// `pair` is left and right, by their ARNs.
#[component]
fn Pair(pair: Memo<(String, String)>) -> impl IntoView {
    let desk = Desk::get();
    Effect::new(move |_| {
        let (left, right) = pair.get();
        let words = format!("{} of {}", title_of(&left, &right), group_name_of(&right));
        desk.remember(words, address::model_compare(&left, &right));
    });
    let title = Memo::new(move |_| pair.with(|(left, right)| title_of(left, right)));
    let asked = move || {
        let (left, right) = pair.get();
        CompareModels { left, right }
    };
    let told = use_answer(move || Some(asked()));
    let subject = Signal::derive(move || told.told.with(Option::is_some).then(|| Subject::Comparison(asked())));
    keys::on(Action::Refresh, move || told.look());
    let head = move || {
        let (left, right) = pair.get();
        let account = untrack(|| desk.account());
        let group = group_of(&right, account.as_deref());
        let group_href = group.map_or_else(address::model_groups, |group| address::model_group(&group));
        let way = vec![(group_name_of(&right), group_href), (version_of(&right), address::model_version(&right))];
        let (name, href) = (version_of(&left), address::model_version(&left));
        view! {
            <Head area=AREA way title>
                <div class="row">
                    <Export name="Export comparison" subject />
                    <A href attr:class="btn">{format!("Open {name}")}</A>
                </div>
            </Head>
        }
    };
    let list = move || {
        view! {
            {head}
            <Choices pair />
            <div class="body">
                {told.waiting(12)}
                {move || told.told.get().map(|reply| view! {
                    <p class="verdict">{capital(&reply.comparison.words)}</p>
                    <Numbers comparison=reply.comparison />
                    {reply.charts.into_iter().map(|chart| view! { <ChartView chart /> }).collect_view()}
                })}
            </div>
        }
    };
    let detail = move || {
        view! {
            <section class="detail" role="region" aria-label="Differences">
                <div class="head">
                    <div class="crumb">"Beside the numbers"</div>
                    <h2>"What else is different"</h2>
                </div>
                <div class="body">
                    {told.waiting(6)}
                    {move || told.told.get().map(|reply| {
                        let differences = reply.comparison.differences.clone();
                        let same = differences.is_empty();
                        let words = same_words(reply.comparison.has_parameters);
                        view! {
                            {same.then(|| view! { <p class="soft">{words}</p> })}
                            {(!same).then(|| view! { <Differences differences /> })}
                            <FeatureNumbers comparison=reply.comparison />
                            {reply.dependence.into_iter().map(|chart| view! { <ChartView chart /> }).collect_view()}
                        }
                    })}
                </div>
            </section>
        }
    };
    view! { <Split list detail /> }
}

/// Either side can be another version of its group.
#[component]
fn Choices(pair: Memo<(String, String)>) -> impl IntoView {
    let desk = Desk::get();
    // Of which account the session is decides how a group is asked for.
    let known = Memo::new(move |_| desk.identity.with(Option::is_some));
    let group = move |arn: &str| known.get().then(|| group_of(arn, desk.account().as_deref())).flatten();
    let (of_left, of_right) = (Memo::new(move |_| group(&pair.read().0)), Memo::new(move |_| group(&pair.read().1)));
    let right = use_answer(move || Some(DescribeGroup { group: of_right.get()? }));
    // Most often both are of one group, which is asked for once.
    let left = use_answer(move || {
        let group = of_left.get().filter(|group| of_right.read().as_ref() != Some(group))?;
        Some(DescribeGroup { group })
    });
    let marks = |answer: Answer<GroupDetail>| {
        answer.told.with(|told| {
            let cells = told.iter().flat_map(|told| told.strip.cells.iter().rev());
            cells.map(|cell| cell.mark.clone()).collect::<Vec<_>>()
        })
    };
    let left_marks = Memo::new(move |_| marks(if of_left.get() == of_right.get() { right } else { left }));
    let right_marks = Memo::new(move |_| marks(right));
    let navigate = StoredValue::new_local(use_navigate());
    let go = move |left: String, right: String| {
        let href = address::model_compare(&left, &right);
        navigate.with_value(|navigate| navigate(&href, NavigateOptions { scroll: false, ..Default::default() }));
    };
    view! {
        <div class="row compare-sides">
            <SideChoice
                label="Left version"
                marks=left_marks
                chosen=Memo::new(move |_| pair.get().0)
                other=Memo::new(move |_| pair.get().1)
                on_choose=Callback::new(move |arn: String| go(arn, pair.get_untracked().1))
            />
            <span class="dim">"beside"</span>
            <SideChoice
                label="Right version"
                marks=right_marks
                chosen=Memo::new(move |_| pair.get().1)
                other=Memo::new(move |_| pair.get().0)
                on_choose=Callback::new(move |arn: String| go(pair.get_untracked().0, arn))
            />
        </div>
    }
}

#[component]
fn SideChoice(
    label: &'static str,
    marks: Memo<Vec<VersionMark>>,
    chosen: Memo<String>,
    /// A version is not compared with itself.
    other: Memo<String>,
    on_choose: Callback<String>,
) -> impl IntoView {
    let options = move || {
        let (chosen, other) = (chosen.get(), other.get());
        choices(&marks.read(), &chosen)
            .into_iter()
            .map(|(arn, words)| {
                let (selected, disabled) = (is_same(&arn, &chosen), is_same(&arn, &other));
                view! { <option value=arn prop:selected=selected disabled=disabled>{words}</option> }
            })
            .collect_view()
    };
    view! {
        <span class="select">
            <select
                aria-label=label
                on:change:target=move |event| {
                    let arn = event.target().value();
                    if !arn.is_empty() {
                        on_choose.run(arn);
                    }
                }
            >
                {options}
            </select>
            <Icon name="chevron-down" />
        </span>
    }
}

/// A pasted version may come by its short form.
fn is_same(one: &str, other: &str) -> bool {
    let are_whole = one.starts_with("arn:") && other.starts_with("arn:");
    one == other || (!are_whole && named(one).is_some_and(|one| named(other) == Some(one)))
}

/// Versions of a group, newest first, by their ARNs; the one on screen is among them even before they were read.
fn choices(marks: &[VersionMark], chosen: &str) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = marks
        .iter()
        .map(|mark| (mark.arn.clone(), format!("Version {}, {}", mark.version, mark.approval.word())))
        .collect();
    if !all.iter().any(|(arn, _)| is_same(arn, chosen)) {
        all.insert(0, (chosen.to_owned(), capital(&version_of(chosen))));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::models::facts::Approval;

    fn arn(account: &str, version: u32) -> String {
        format!("arn:aws:sagemaker:eu-west-1:{account}:model-package/churn/{version}")
    }

    #[test]
    fn every_version_of_the_group_can_be_chosen_and_the_shown_one_always() {
        let mark = |version: u32, approval: Approval| VersionMark {
            arn: arn("123456789012", version),
            version,
            approval,
            created: None,
        };
        let marks = [mark(8, Approval::Pending), mark(7, Approval::Approved)];
        let words =
            |chosen: &str| -> Vec<String> { choices(&marks, chosen).into_iter().map(|(_, words)| words).collect() };
        assert_eq!(words(&arn("123456789012", 7)), ["Version 8, pending", "Version 7, approved"]);
        assert_eq!(words("version:churn/7").len(), 2, "its short form is the same version");
        assert_eq!(words(&arn("123456789012", 3))[0], "Version 3");
        assert_eq!(words(&arn("210987654321", 7)).len(), 3, "of another account it is another one");
    }

    #[test]
    fn what_was_not_read_is_not_the_same() {
        assert!(same_words(true).starts_with("Parameters, environment"));
        assert!(same_words(false).starts_with("Environment"));
    }
}
