//! One version: what a decision on it rests on, its numbers, what it was made from, what happened to it.

use super::{
    cells::named,
    decide::Decide,
    decision::DecisionBar,
    history::History,
    lineage::Lineage,
    metrics::{FeatureNumbers, Numbers, OwnFeatures, OwnNumbers},
    stage::Stage,
};
use crate::{
    address,
    pages::jobs::capital,
    parts::{
        answer::{Answer, once, use_answer},
        chart::ChartView,
        export::Export,
        icon::Icon,
        list::use_change,
        tabs::{Tabs, panel},
    },
};
use contract::{
    exports::Subject,
    models::requests::{
        CompareModels, DescribeModel, DraftDecision, DraftReply, ModelComparison, ModelNumbers, ModelReply,
    },
};
use leptos::prelude::*;
use leptos_router::components::A;
use std::time::Duration;

/// How long the cursor rests on a version before its files are read.
const REST: Duration = Duration::from_millis(300);

const TABS: [(&str, &str); 5] = [
    ("decide", "Decide"),
    ("metrics", "Metrics"),
    ("features", "Features"),
    ("lineage", "Lineage"),
    ("history", "History"),
];

/// What was read for the tabs with numbers, each question asked once somebody looks.
#[derive(Clone, Copy)]
struct Sides {
    draft: Answer<DraftReply>,
    model: Answer<ModelReply>,
    compared: Answer<ModelComparison>,
    /// No version is approved.
    alone: Memo<bool>,
    /// The version beside it: the approved one, otherwise the one before.
    against: Memo<Option<String>>,
}

impl Sides {
    /// `numbers` and `made` say whether such tabs were looked at.
    fn ask(arn: StoredValue<String>, draft: Answer<DraftReply>, numbers: Memo<bool>, made: Memo<bool>) -> Self {
        let approved = Memo::new(move |_| {
            let told = draft.told.read();
            told.as_ref().and_then(|told| told.comparison.as_ref()).map(|comparison| comparison.left.arn.clone())
        });
        let alone = Memo::new(move |_| draft.told.read().is_some() && approved.read().is_none());
        let asked = once(move || made.get() || (numbers.get() && alone.get()));
        let model = use_answer(move || asked.get().then(|| DescribeModel { arn: arn.get_value() }));
        let against = Memo::new(move |_| {
            let before = || model.told.with(|told| told.as_ref().and_then(|told| told.against.clone()));
            approved.get().or_else(|| before().filter(|_| alone.get()))
        });
        let compared = use_answer(move || {
            let left = against.get().filter(|_| numbers.get())?;
            Some(CompareModels { left, right: arn.get_value() })
        });
        Self { draft, model, compared, alone, against }
    }

    /// Of the question that is still open.
    fn waiting(self, rows: usize) -> AnyView {
        if self.against.read().is_some() {
            self.compared.waiting(rows)
        } else if self.alone.get() {
            self.model.waiting(rows)
        } else {
            self.draft.waiting(rows)
        }
    }

    /// What the tabs with numbers show, for a file; nothing before it is read.
    fn subject(self, arn: StoredValue<String>) -> Option<Subject> {
        let has_own = || self.model.told.with(|told| told.as_ref().is_some_and(|told| told.numbers.is_some()));
        if self.alone.get() && has_own() {
            return Some(Subject::Version(DescribeModel { arn: arn.get_value() }));
        }
        let left = self.against.get().filter(|_| self.compared.told.with(Option::is_some))?;
        Some(Subject::Comparison(CompareModels { left, right: arn.get_value() }))
    }

    /// Its numbers alone, where nothing can stand beside them.
    fn own(self) -> Option<ModelNumbers> {
        self.model.told.with(|told| told.as_ref()?.numbers.clone()).filter(|_| self.alone.get())
    }
}

/// See the module. Another version is another pane. `on_decided` is called once a decision was written.
#[component]
pub fn VersionPane(arn: String, on_decided: Callback<()>) -> impl IntoView {
    let query = address::use_query();
    let change = StoredValue::new_local(use_change());
    let tab = Memo::new(move |_| {
        let query = query.read();
        let asked = query.get("tab");
        TABS.iter().find(|(id, _)| Some(*id) == asked).map_or("decide", |(id, _)| *id).to_owned()
    });
    let (group, version) = named(&arn).unwrap_or_else(|| (arn.clone(), String::new()));
    let name = format!("Version {version} of {group}");
    let arn = StoredValue::new(arn);
    let rested = RwSignal::new(false);
    let wait = move || {
        rested.try_set(true);
    };
    if let Ok(timer) = set_timeout_with_handle(wait, REST) {
        on_cleanup(move || timer.clear());
    }
    // Bumped where going back to the version before is offered.
    let roll_back = RwSignal::new(0_u32);
    let on_roll_back = Callback::new(move |()| roll_back.update(|asked| *asked += 1));
    let draft = use_answer(move || rested.get().then(|| DraftDecision { arn: arn.get_value() }));
    let of_tab = move |wanted: [&'static str; 2]| once(move || wanted.contains(&tab.read().as_str()));
    let (numbers, made) = (of_tab(["metrics", "features"]), of_tab(["lineage", "history"]));
    let sides = Sides::ask(arn, draft, numbers, made);
    let model = sides.model;
    let subject = Signal::derive(move || sides.subject(arn));
    let title = {
        let name = name.clone();
        move || draft.told.with(|told| told.as_ref().map_or_else(|| name.clone(), headline))
    };
    let crumb = {
        let version = format!("version {version}");
        move || draft.told.with(|told| told.as_ref().map_or_else(|| version.clone(), beside))
    };
    let group_href = address::model_group(&group);
    view! {
        <section class="detail" role="region" aria-label=name data-id=arn.get_value()>
            <div class="head">
                <div class="crumb">
                    <A href=group_href attr:class="cut">{group}</A>
                    <Icon name="chevron-right" />
                    <A href=address::model_version(&arn.get_value())>{crumb}</A>
                </div>
                <h2>{title}</h2>
                <Stage arn draft on_decided />
            </div>
            <Tabs
                name="Version"
                tabs=TABS.to_vec()
                chosen=tab
                on_choose=Callback::new(move |chosen: String| change.with_value(|change| change("tab", (chosen != "decide").then_some(chosen))))
            />
            <div class="body" role="tabpanel" id=move || panel(&tab.get()) aria-labelledby=move || format!("tab-{}", tab.get())>
                {move || match tab.get().as_str() {
                    "metrics" => view! {
                        <div class="row"><Export name="Export numbers" subject /></div>
                        {move || sides.waiting(8)}
                        {move || sides.own().map(|told| view! {
                            <OwnNumbers numbers=told.numbers />
                            {told.charts.into_iter().map(|chart| view! { <ChartView chart /> }).collect_view()}
                        })}
                        {move || sides.compared.told.get().map(|told| view! {
                            <Numbers comparison=told.comparison />
                            {told.charts.into_iter().map(|chart| view! { <ChartView chart /> }).collect_view()}
                        })}
                    }.into_any(),
                    "features" => view! {
                        <div class="row"><Export name="Export numbers" subject /></div>
                        {move || sides.waiting(8)}
                        {move || draft.told.get().and_then(|told| told.traffic).map(|chart| view! { <ChartView chart /> })}
                        {move || sides.own().map(|told| view! {
                            <OwnFeatures numbers=told.numbers />
                            {told.dependence.into_iter().map(|chart| view! { <ChartView chart /> }).collect_view()}
                        })}
                        {move || sides.compared.told.get().map(|told| view! {
                            <FeatureNumbers comparison=told.comparison />
                            {told.dependence.into_iter().map(|chart| view! { <ChartView chart /> }).collect_view()}
                        })}
                    }.into_any(),
                    "lineage" => view! {
                        {model.waiting(10)}
                        {move || model.told.get().map(|told| view! { <Lineage model=told /> })}
                    }.into_any(),
                    "history" => view! {
                        {model.waiting(6)}
                        {move || model.told.get().map(|told| view! { <History model=told /> })}
                    }.into_any(),
                    _ => view! { <Decide arn draft on_roll_back /> }.into_any(),
                }}
            </div>
            <DecisionBar arn draft roll_back on_decided />
        </section>
    }
}

/// `Better on RMSE; red: bias, second person`: what the numbers say, and what the gates say.
fn headline(told: &DraftReply) -> String {
    let gates = &told.draft.summary.words;
    let words = told.comparison.as_ref().map(|comparison| comparison.words.as_str()).filter(|words| !words.is_empty());
    let line = words.map_or_else(|| gates.clone(), |words| format!("{words}; {gates}"));
    capital(&line)
}

/// `version 14 against 13 (approved)`.
fn beside(told: &DraftReply) -> String {
    let mark = &told.draft.mark;
    match &told.comparison {
        Some(comparison) => {
            let left = &comparison.left;
            format!("version {} against {} ({})", mark.version, left.version, left.approval.word())
        }
        None => format!("version {} ({})", mark.version, mark.approval.word()),
    }
}
