//! The service's API as the owner sees it.

use crate::program::Program;
use crate::wait::{WAIT, wait_for};
use anyhow::{Context, Result, ensure};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::Mutex;
use tokio::time::{Duration, Instant};

/// How long a token is used; it is good for two minutes.
const TOKEN_AGE: Duration = Duration::from_secs(60);

/// A client with the owner's token.
#[derive(Debug)]
pub struct Api {
    url: String,
    data: PathBuf,
    http: reqwest::Client,
    token: Mutex<Option<(Instant, String)>>,
}

impl Api {
    /// A client of the service at `url` whose data folder is `data`.
    #[must_use]
    pub fn new(url: String, data: PathBuf) -> Self {
        Self {
            url,
            data,
            http: reqwest::Client::new(),
            token: Mutex::new(None),
        }
    }

    /// Where the service answers.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The owner's token, as the program itself signs it.
    ///
    /// # Errors
    /// When the program does not give one.
    pub fn token(&self) -> Result<String> {
        let mut kept = self.token.lock().unwrap();
        if let Some((at, token)) = kept.as_ref()
            && at.elapsed() < TOKEN_AGE
        {
            return Ok(token.clone());
        }
        let log = self.data.join("token.log");
        let program = Program::start("fluxprint", &log, |command| {
            command.args(["user", "token", "--data"]).arg(&self.data);
        })?;
        let (status, said) = program.wait()?;
        ensure!(status.success(), "no token: {said}");
        let token = said.trim().to_owned();
        *kept = Some((Instant::now(), token.clone()));
        Ok(token)
    }

    /// A request with the token.
    ///
    /// # Errors
    /// When there is no token.
    pub fn request(&self, method: Method, path: &str) -> Result<RequestBuilder> {
        Ok(self
            .http
            .request(method, format!("{}{path}", self.url))
            .bearer_auth(self.token()?))
    }

    /// Sends a request; status and JSON body (null when there is none).
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn send(&self, request: RequestBuilder) -> Result<(StatusCode, Value)> {
        let answer = request.send().await?;
        let status = answer.status();
        let bytes = answer.bytes().await?;
        Ok((
            status,
            serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        ))
    }

    /// Sends a request that has to succeed.
    ///
    /// # Errors
    /// When it does not; the problem is part of the message.
    pub async fn ok(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let mut request = self.request(method.clone(), path)?;
        if let Some(body) = &body {
            request = request.json(body);
        }
        let (status, answer) = self.send(request).await?;
        ensure!(status.is_success(), "{method} {path}: {status} {answer}");
        Ok(answer)
    }

    /// Uploads a model; its SHA-256.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn put_model(&self, bytes: Vec<u8>, name: &str) -> Result<String> {
        let sha: String = Sha256::digest(&bytes)
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        let path = format!("/v1/models/{sha}?name={name}");
        let request = self.request(Method::PUT, &path)?.body(bytes);
        let (status, answer) = self.send(request).await?;
        ensure!(status.is_success(), "PUT model: {status} {answer}");
        Ok(sha)
    }

    /// The body of a simple job.
    #[must_use]
    pub fn job_body(model: &str) -> Value {
        json!({
            "model": model, "name": "block", "material": "PLA", "quality": "draft",
            "copies": 1, "supports": false, "infill_pct": 10,
        })
    }

    /// Makes a job; its id.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn create_job(&self, body: &Value, key: &str) -> Result<String> {
        let request = self
            .request(Method::POST, "/v1/jobs")?
            .header("Idempotency-Key", key)
            .json(body);
        let (status, answer) = self.send(request).await?;
        ensure!(status.is_success(), "POST job: {status} {answer}");
        Ok(answer["id"].as_str().context("no id")?.to_owned())
    }

    /// A job as the API shows it.
    ///
    /// # Errors
    /// When there is none.
    pub async fn job(&self, id: &str) -> Result<Value> {
        self.ok(Method::GET, &format!("/v1/jobs/{id}"), None).await
    }

    /// Waits until the job's state is one of `states`; the job.
    ///
    /// # Errors
    /// When it does not get there in time.
    pub async fn wait_job(&self, id: &str, states: &[&str]) -> Result<Value> {
        let mut last = Value::Null;
        let found = wait_for(&format!("{id} to be {states:?}"), WAIT, async || {
            let job = self.job(id).await?;
            let state = job["state"].as_str().unwrap_or_default();
            let there = states.contains(&state);
            last = job.clone();
            Ok(there.then_some(job))
        })
        .await;
        found.with_context(|| format!("last seen: {last}"))
    }

    /// The only printer.
    ///
    /// # Errors
    /// When it is not there in time.
    pub async fn printer(&self) -> Result<Value> {
        wait_for("a printer", WAIT, async || {
            let list = self.ok(Method::GET, "/v1/printers", None).await?;
            Ok(list.get(0).cloned())
        })
        .await
    }

    /// Says that the bed of the only printer is clear, as a person who waits until it rests.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn clear_bed(&self) -> Result<Value> {
        let printer = wait_for("the printer to rest", WAIT, async || {
            let printer = self.printer().await?;
            Ok((printer["state"] == "ready").then_some(printer))
        })
        .await?;
        let id = printer["id"].as_str().context("no id")?;
        self.ok(
            Method::PUT,
            &format!("/v1/printers/{id}/bed-clearance"),
            Some(json!({})),
        )
        .await
    }
}
