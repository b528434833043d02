use super::*;
use crate::Guard;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, http_client_fn};
use contract::session::{Environment, Mode};
use std::sync::{Arc, Mutex};

/// Status, headers and body of each answer in turn; the last one stays.
type Answers = Vec<(u16, Vec<(&'static str, String)>, String)>;

#[derive(Debug, Clone)]
struct Wire {
    answers: Arc<Answers>,
    /// Method, address, headers and body.
    seen: Arc<Mutex<Vec<Asked>>>,
}

#[derive(Debug, Clone)]
struct Asked {
    line: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Asked {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut seen = self.seen.lock().unwrap();
        let headers = request.headers().iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        seen.push(Asked {
            line: format!("{} {}", request.method(), request.uri()),
            headers,
            body: String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned(),
        });
        let at = (seen.len() - 1).min(self.answers.len() - 1);
        let (status, headers, body) = self.answers[at].clone();
        let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
        for (name, value) in headers {
            response.headers_mut().insert(name, value);
        }
        HttpConnectorFuture::ready(Ok(response))
    }
}

impl Wire {
    fn of(answers: Answers) -> Self {
        Self { answers: Arc::new(answers), seen: Arc::default() }
    }

    fn one(status: u16, body: &str) -> Self {
        Self::of(vec![(status, Vec::new(), body.to_owned())])
    }

    fn server(&self, token: Option<&str>) -> Server {
        Server {
            connector: SharedHttpConnector::new(self.clone()),
            root: "https://ml.example.com/mlflow".to_owned(),
            entry: token.map_or(Entry::Open, |token| Entry::Secret(SecretString::from(token.to_owned()))),
        }
    }

    fn seen(&self) -> Vec<Asked> {
        self.seen.lock().unwrap().clone()
    }
}

async fn error_of(status: u16, body: &str) -> MlflowError {
    let wire = Wire::one(status, body);
    wire.server(Some("dapi-canary")).experiments_page(None).await.unwrap_err()
}

#[tokio::test]
async fn a_page_is_asked_for_as_the_interface_says() {
    let wire = Wire::one(200, r#"{"runs": []}"#);
    let server = wire.server(None);
    let ids = ["1".to_owned(), "2".to_owned()];
    server.runs_page(&ids, "metrics.a >= 0", Some("next")).await.unwrap();
    server.history_page("ab12", "ValueDrift:größe/a b", Some("t=")).await.unwrap();
    let seen = wire.seen();
    assert_eq!(seen[0].line, "POST https://ml.example.com/mlflow/api/2.0/mlflow/runs/search");
    let body: Value = serde_json::from_str(&seen[0].body).unwrap();
    assert_eq!((&body["experiment_ids"], &body["page_token"]), (&json!(["1", "2"]), &json!("next")));
    assert_eq!(seen[0].header("content-type"), Some("application/json"));
    assert_eq!(seen[0].header("authorization"), None);
    assert_eq!(
        seen[1].line,
        "GET https://ml.example.com/mlflow/api/2.0/mlflow/metrics/get-history?run_id=ab12\
         &metric_key=ValueDrift%3Agr%C3%B6%C3%9Fe%2Fa%20b&max_results=1000&page_token=t%3D"
    );
}

#[tokio::test]
async fn a_token_is_sent_and_shown_nowhere() {
    let wire = Wire::one(200, "{}");
    wire.server(Some("dapi-canary")).experiments_page(None).await.unwrap();
    wire.server(Some("ops:canary")).experiments_page(None).await.unwrap();
    let seen = wire.seen();
    assert_eq!(seen[0].header("authorization"), Some("Bearer dapi-canary"));
    assert_eq!(seen[1].header("authorization"), Some("Basic b3BzOmNhbmFyeQ=="));
    assert!(!format!("{:?}", wire.server(Some("dapi-canary")).entry).contains("canary"));
    let broken = wire.server(Some("dapi-\ncanary")).experiments_page(None).await.unwrap_err();
    assert!(!format!("{broken} {broken:?}").contains("canary"), "{broken:?}");
    for status in [401, 403, 404, 500] {
        let error = error_of(status, "").await;
        assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
    }
}

#[tokio::test]
async fn every_refusal_says_what_it_is() {
    let said = r#"{"error_code": "PERMISSION_DENIED", "message": "no entry"}"#;
    assert!(matches!(error_of(401, "").await, MlflowError::Unauthorized { .. }));
    assert!(matches!(error_of(403, said).await, MlflowError::Denied { message, .. } if message == "no entry"));
    let gone = r#"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "No Experiment with id=9 exists"}"#;
    assert!(matches!(error_of(404, gone).await, MlflowError::NotFound { message, .. } if message.contains("id=9")));
    let old = error_of(404, "<html>nothing</html>").await.to_string();
    assert!(old.contains("no experiments/search") && old.contains("1.27"), "{old}");
    assert!(matches!(error_of(500, said).await, MlflowError::Service { status: 500, .. }));
    assert!(error_of(302, "").await.to_string().contains("sends elsewhere (302)"));
}

#[tokio::test]
async fn what_is_not_of_mlflow_is_no_answer() {
    for (body, words) in
        [("\n <!doctype html>", "a web page"), ("[1]", "no JSON object"), ("", "is empty"), ("ok", "no JSON object")]
    {
        let error = error_of(200, body).await.to_string();
        assert!(error.contains(words), "{body}: {error}");
    }
}

#[tokio::test]
async fn a_throttled_call_is_asked_again_when_the_server_says() {
    let busy = |after: &str| (429, vec![("retry-after", after.to_owned())], String::new());
    let wire = Wire::of(vec![
        busy("0"),
        (503, vec![("retry-after", "0".to_owned())], String::new()),
        (200, Vec::new(), "{}".into()),
    ]);
    wire.server(None).experiments_page(None).await.unwrap();
    assert_eq!(wire.seen().len(), 3);
    let wire = Wire::of(vec![busy("3600")]);
    let error = wire.server(None).experiments_page(None).await.unwrap_err();
    assert!(matches!(error, MlflowError::Busy { after: Some(after), .. } if after.as_secs() == 3_600), "{error:?}");
    assert_eq!(wire.seen().len(), 1, "nobody waits for an hour");
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_not_read() {
    let length = vec![("content-length", (MOST_BYTES + 1).to_string())];
    let wire = Wire::of(vec![(200, length, "{}".into())]);
    let error = wire.server(None).experiments_page(None).await.unwrap_err().to_string();
    assert!(error.contains("more than 32 MB"), "{error}");
}

#[tokio::test]
async fn one_that_sagemaker_runs_is_signed_and_named() {
    let wire = Wire::one(200, "{}");
    let http = http_client_fn(|_, _| unreachable!("no call of an SDK"));
    let session = Session::wired(http, Guard::new("wire", Environment::Other, Mode::ReadOnly));
    let connector = SharedHttpConnector::new(wire.clone());
    let arn = "arn:aws:sagemaker:eu-west-1:123456789012:mlflow-tracking-server/team";
    Server::signed(connector.clone(), &session, arn, "eu-west-1", false).experiments_page(None).await.unwrap();
    let app = "arn:aws:sagemaker:us-east-1:123456789012:mlflow-app/app-1";
    Server::signed(connector, &session, app, "us-east-1", true).experiments_page(None).await.unwrap();
    let seen = wire.seen();
    assert!(seen[0].line.starts_with("POST https://eu-west-1.experiments.sagemaker.aws/api/2.0/"), "{seen:?}");
    assert_eq!(seen[0].header("x-mlflow-sm-tracking-server-arn"), Some(arn));
    let signature = seen[0].header("authorization").unwrap();
    assert!(signature.contains("/eu-west-1/sagemaker-mlflow/aws4_request"), "{signature}");
    assert!(signature.contains("x-mlflow-sm-tracking-server-arn"), "the header is signed: {signature}");
    assert!(seen[0].header("x-amz-date").is_some() && seen[0].header("x-amz-content-sha256").is_some());
    assert!(seen[1].line.starts_with("POST https://mlflow.sagemaker.us-east-1.app.aws/"), "{seen:?}");
    assert_eq!(seen[1].header("x-sm-mlflow-app-arn"), Some(app));
}
