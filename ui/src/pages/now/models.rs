//! What of models waits for somebody or is wrong: four short lists below the incidents.

use super::age;
use crate::{
    address, bridge,
    desk::Desk,
    format,
    parts::{
        elsewhere::{PlaceLink, is_elsewhere},
        grid::SetHandle,
        states::{NoticeLine, Skeleton},
        status::{Shape, Status},
    },
};
use contract::{
    now::{ModelTrouble, NowModels, NowPart, ReadNowModels, TroubleAbout},
    settings::Place,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;

/// `set` is the list of incidents: it tells whenever the watch has seen something.
#[component]
pub fn Models(set: SetHandle) -> impl IntoView {
    let known = RwSignal::new(None::<NowModels>);
    keep_reading(set, known);
    let part = move |of: fn(&NowModels) -> &NowPart| {
        Memo::new(move |_| known.with(|known| known.as_ref().map(|known| of(known).clone())))
    };
    view! {
        <div class="now-models">
            <Part
                name="Pending approvals"
                nothing="No version waits for a decision."
                more=address::MODELS.to_owned()
                part=part(|known| &known.pending)
            />
            <Part
                name="Drift that matters"
                nothing="No monitor of data found drift in its last run."
                more=address::worklist()
                part=part(|known| &known.drift)
            />
            <Part
                name="Silent monitors"
                nothing="No monitor is known to be silent."
                more=address::DRIFT.to_owned()
                part=part(|known| &known.silent)
            />
            <Part
                name="Endpoints in trouble"
                nothing="No endpoint is in trouble."
                more=address::endpoints()
                part=part(|known| &known.endpoints)
            />
        </div>
    }
}

/// Reads whenever the list of incidents was told something, and by the clock: without that list there is no telling.
fn keep_reading(set: SetHandle, known: RwSignal<Option<NowModels>>) {
    let desk = Desk::get();
    let (busy, again) = (StoredValue::new(false), StoredValue::new(false));
    Effect::new(move |_| {
        set.revision();
        desk.now.track();
        desk.generation();
        // One call at a time: the watch tells often while it looks.
        if busy.get_value() {
            again.set_value(true);
            return;
        }
        busy.set_value(true);
        spawn_local(async move {
            loop {
                // The core answers from its memory: only a broken bridge fails, and the list of incidents says so.
                if let Ok(models) = bridge::call(ReadNowModels {}).await
                    && known.try_with_untracked(|known| known.as_ref() != Some(&models)) == Some(true)
                {
                    known.try_set(Some(models));
                }
                if again.try_get_value() != Some(true) {
                    break;
                }
                again.try_set_value(false);
            }
            busy.try_set_value(false);
        });
    });
}

#[component]
fn Part(name: &'static str, nothing: &'static str, more: String, part: Memo<Option<NowPart>>) -> impl IntoView {
    let more = StoredValue::new(more);
    view! {
        <section class="now-part">
            <h3>
                {name}
                {move || {
                    let total = part.with(|part| part.as_ref().map_or(0, |part| part.total));
                    (total > 0).then(|| view! { " " <span class="dim num">{format::count(total.into())}</span> })
                }}
            </h3>
            {move || {
                let Some(part) = part.get() else { return view! { <Skeleton rows=2 /> }.into_any() };
                let NowPart { rows, total, notices, complete } = part;
                let hidden = u64::from(total).saturating_sub(rows.len() as u64);
                let is_empty = rows.is_empty();
                let is_clear = is_empty && complete && notices.is_empty();
                view! {
                    {(!notices.is_empty()).then(|| view! {
                        <ul class="notices" role="list" aria-label=format!("{name}: notices")>
                            {notices.into_iter().map(|notice| view! { <NoticeLine notice /> }).collect_view()}
                        </ul>
                    })}
                    {(is_empty && !complete).then(|| view! { <Skeleton rows=2 /> })}
                    {is_clear.then(|| view! { <p class="dim">{nothing}</p> })}
                    <ul class="plain-list now-list" role="list" aria-label=name>
                        {rows.into_iter().map(|row| view! { <Line row /> }).collect_view()}
                    </ul>
                    {(hidden > 0).then(|| view! {
                        <A href=more.get_value() attr:class="link" attr:aria-label=format!("{name}: {} more", format::count(hidden))>
                            {format!("{} more", format::count(hidden))}
                        </A>
                    })}
                }
                    .into_any()
            }}
        </section>
    }
}

/// Shape and word of a trouble.
fn of_trouble(about: &TroubleAbout) -> (Shape, String) {
    match about {
        TroubleAbout::Pending { waits_for, .. } => (Shape::Waiting, format!("waits for {}", waits_for.word())),
        TroubleAbout::Drift { feature: Some(_), .. } => (Shape::Bad, "drifted".to_owned()),
        TroubleAbout::Drift { .. } => (Shape::Warn, "violations".to_owned()),
        TroubleAbout::Silent { .. } => (Shape::Bad, "silent".to_owned()),
        TroubleAbout::Endpoint { status, .. } => (Shape::Bad, status.clone()),
    }
}

/// The page of what it is about.
fn address_of(about: &TroubleAbout) -> String {
    match about {
        TroubleAbout::Pending { arn, .. } => address::model_version(arn),
        TroubleAbout::Drift { feature: Some(feature), schedule, .. } => address::feature(schedule, feature, None),
        TroubleAbout::Drift { schedule, .. } | TroubleAbout::Silent { schedule, .. } => address::monitor(schedule),
        TroubleAbout::Endpoint { endpoint, .. } => address::endpoint(endpoint),
    }
}

/// What the service calls it.
fn identity(about: &TroubleAbout) -> String {
    match about {
        TroubleAbout::Pending { arn, .. } => arn.clone(),
        other => other.name(),
    }
}

/// The reason with its figures: distance and importance of a feature.
fn words_of(row: &ModelTrouble) -> String {
    let figure = |value: &f64| format!("{value:.2}");
    match &row.about {
        TroubleAbout::Drift { distance: Some(distance), importance, .. } => {
            let importance = importance.as_ref().map_or_else(|| "not known".to_owned(), figure);
            format!("distance {}, importance {importance}: {}", figure(distance), row.words)
        }
        _ => row.words.clone(),
    }
}

#[component]
fn Line(row: ModelTrouble) -> impl IntoView {
    let desk = Desk::get();
    let (shape, word) = of_trouble(&row.about);
    let place = Place { profile: row.profile.clone(), region: row.region.clone() };
    // The row stays as it is when the session moves; whether it is elsewhere does not.
    let of = place.clone();
    let elsewhere = move || is_elsewhere(desk, &of).then(|| view! { <span class="chip">{of.to_string()}</span> });
    let (name, words) = (format::visible(&row.about.name()), words_of(&row));
    let title = words.clone();
    view! {
        <li data-id=identity(&row.about)>
            <div class="now-line">
                <PlaceLink place href=address_of(&row.about) class="link cut">{name}</PlaceLink>
                {elsewhere}
                {row.since.map(|at| view! {
                    <time class="dim num" datetime=format::iso(at) title=format::hover_time(at)>{move || age(at, desk.now.get())}</time>
                })}
            </div>
            <div class="now-line">
                <Status shape word />
                <span class="dim cut" title=title>{words}</span>
            </div>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::models::WaitsFor;

    fn row(about: TroubleAbout) -> ModelTrouble {
        ModelTrouble {
            id: "p r".into(),
            profile: "p".into(),
            region: "r".into(),
            words: "why".into(),
            since: None,
            about,
        }
    }

    #[test]
    fn each_leads_to_its_page() {
        let arn = "arn:aws:sagemaker:eu-west-1:1:model-package/churn/7";
        let about = TroubleAbout::Pending {
            arn: arn.into(),
            group: "churn".into(),
            version: 7,
            waits_for: WaitsFor::SecondPerson,
        };
        assert_eq!(address_of(&about), address::model_version(arn));
        assert_eq!((of_trouble(&about).1.as_str(), identity(&about).as_str()), ("waits for a second person", arn));
        let drift = |feature: Option<&str>, importance| TroubleAbout::Drift {
            feature: feature.map(str::to_owned),
            schedule: "churn-data".into(),
            endpoints: Vec::new(),
            distance: feature.map(|_| 0.314),
            threshold: None,
            importance,
        };
        assert_eq!(address_of(&drift(Some("tenure"), None)), address::feature("churn-data", "tenure", None));
        assert_eq!(address_of(&drift(None, None)), address::monitor("churn-data"));
        assert_eq!(words_of(&row(drift(Some("tenure"), Some(0.4)))), "distance 0.31, importance 0.40: why");
        assert_eq!(words_of(&row(drift(Some("tenure"), None))), "distance 0.31, importance not known: why");
        assert_eq!(words_of(&row(drift(None, None))), "why");
    }
}
