//! The whole window: shared state, router, frame.

use crate::{
    desk::Desk,
    frame::Frame,
    keys,
    pages::{
        activity, drift, executions, jobs,
        later::{page, page_in_session},
        lost::Lost,
        models, now, objects,
        session::NeedsSession,
        settings,
    },
};
use contract::now::WindowVisible;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    components::{FlatRoutes, Redirect, Route, Router},
    path,
};

#[component]
pub fn App() -> impl IntoView {
    let desk = Desk::provide();
    keys::listen(desk);
    desk.hello();
    tell_visibility();

    view! {
        <Router>
            <Frame>
                <FlatRoutes fallback=Lost>
                    <Route path=path!("/") view=|| view! { <Redirect path=crate::address::NOW /> } />
                    <Route path=path!("/now") view=|| view! { <NeedsSession><now::Now /></NeedsSession> } />
                    <Route path=path!("/executions") view=|| page_in_session(executions::load, executions::all_machines) />
                    <Route path=path!("/executions/list") view=|| page_in_session(executions::load, executions::execution_list) />
                    <Route path=path!("/executions/incident") view=|| page_in_session(executions::load, executions::one_incident) />
                    <Route path=path!("/jobs") view=|| page_in_session(jobs::load, jobs::job_runs) />
                    <Route path=path!("/jobs/homes") view=|| page_in_session(jobs::load, jobs::homes) />
                    <Route path=path!("/jobs/run") view=|| page_in_session(jobs::load, jobs::one_run) />
                    <Route path=path!("/jobs/ends") view=|| page_in_session(jobs::load, jobs::all_ends) />
                    <Route path=path!("/jobs/end") view=|| page_in_session(jobs::load, jobs::one_end) />
                    <Route path=path!("/jobs/log") view=|| page_in_session(jobs::load, jobs::one_log) />
                    <Route path=path!("/jobs/insights") view=|| page_in_session(jobs::load, jobs::logs_insights) />
                    <Route path=path!("/objects") view=|| page_in_session(objects::load, objects::all_buckets) />
                    <Route path=path!("/objects/:bucket") view=|| page_in_session(objects::load, objects::in_bucket) />
                    <Route path=path!("/models") view=|| page_in_session(models::load, models::model_list) />
                    <Route path=path!("/models/group") view=|| page_in_session(models::load, models::one_group) />
                    <Route path=path!("/models/version") view=|| page_in_session(models::load, models::one_version) />
                    <Route path=path!("/models/compare") view=|| page_in_session(models::load, models::two_versions) />
                    <Route path=path!("/models/pipelines") view=|| page_in_session(models::load, models::all_pipelines) />
                    <Route path=path!("/models/pipeline") view=|| page_in_session(models::load, models::one_pipeline) />
                    <Route path=path!("/models/pipeline/execution") view=|| page_in_session(models::load, models::one_pipeline_execution) />
                    <Route path=path!("/drift") view=|| page_in_session(drift::load, drift::all_monitors) />
                    <Route path=path!("/drift/worklist") view=|| page_in_session(drift::load, drift::whole_worklist) />
                    <Route path=path!("/drift/endpoints") view=|| page_in_session(drift::load, drift::all_endpoints) />
                    <Route path=path!("/drift/monitor") view=|| page_in_session(drift::load, drift::one_monitor) />
                    <Route path=path!("/drift/endpoint") view=|| page_in_session(drift::load, drift::one_endpoint) />
                    <Route path=path!("/drift/followed") view=|| page_in_session(drift::load, drift::one_followed) />
                    <Route path=path!("/activity") view=|| page(activity::load, activity::activity) />
                    <Route path=path!("/settings") view=|| page(settings::load, settings::settings) />
                </FlatRoutes>
            </Frame>
        </Router>
    }
}

/// Tells the core when the window is hidden: what nobody looks at is not asked for again.
fn tell_visibility() {
    let handle = window_event_listener_untyped("visibilitychange", |_| {
        let visible = !document().hidden();
        spawn_local(async move {
            // Untold, the core goes on asking, which costs calls and no more.
            let _ = crate::bridge::call(WindowVisible { visible }).await;
        });
    });
    on_cleanup(move || handle.remove());
}
