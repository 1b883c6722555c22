//! Plays a script against one OctoPrint and writes the trace.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use super::normal;
use super::target::Target;
use super::trace::Trace;
use crate::push::Push;

/// How often and how many times a state is asked for: up to a minute.
const ASK_EVERY: Duration = Duration::from_millis(50);
const ASK_TIMES: u32 = 1_200;

pub struct Player {
    target: Target,
    client: Client,
    push: Option<Push>,
    trace: Trace,
    fences: u32,
}

impl Player {
    pub async fn new(target: Target) -> Result<Self> {
        // Installed once per process; a second time is refused, which is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().build()?;
        let mut player = Self {
            target,
            client,
            push: None,
            trace: Trace::default(),
            fences: 0,
        };
        player
            .wait_until(
                "operational",
                "/api/printer?exclude=temperature",
                |answer| answer["state"]["flags"]["ready"] == true,
            )
            .await?;
        player.listen().await?;
        Ok(player)
    }

    pub fn whose(&self) -> &'static str {
        self.target.whose()
    }

    /// The trace so far; a last upload makes sure that every earlier event has arrived.
    pub async fn take_trace(&mut self) -> Result<Trace> {
        self.fences += 1;
        let name = format!("fence-{}.gcode", self.fences);
        let push = self.push.as_mut().context("the push socket is not open")?;
        push.catch_up(&name).await?;
        let mut trace = std::mem::take(&mut self.trace);
        trace.add_events(push.take()?);
        Ok(trace)
    }

    /// Opens the push socket.
    pub async fn listen(&mut self) -> Result<()> {
        let push = Push::open(&self.target.url(), &self.target.api_key()).await?;
        self.push = Some(push);
        Ok(())
    }

    /// What the push socket answers to a session of the script's choice.
    pub async fn authenticate_with(&self, session: &str) -> Result<Value> {
        Push::first_answer(&self.target.url(), &self.target.api_key(), session).await
    }

    pub async fn get(&mut self, path: &str) -> Result<Value> {
        self.call(&format!("GET {path}"), self.request(Method::GET, path))
            .await
    }

    pub async fn post(&mut self, path: &str, body: Value) -> Result<Value> {
        self.call(
            &format!("POST {path} {body}"),
            self.request(Method::POST, path).json(&body),
        )
        .await
    }

    pub async fn delete(&mut self, path: &str) -> Result<Value> {
        self.call(
            &format!("DELETE {path}"),
            self.request(Method::DELETE, path),
        )
        .await
    }

    /// A call with a key of the script's choice.
    pub async fn with_key(&mut self, method: Method, path: &str, key: &str) -> Result<Value> {
        let request = self
            .client
            .request(method.clone(), format!("{}{path}", self.target.url()));
        let request = request.header("X-Api-Key", key);
        let request = if method == Method::POST {
            request.json(&json!({"command": "start"}))
        } else {
            request
        };
        self.call(&format!("{method} {path} with another key"), request)
            .await
    }

    /// An upload with form fields.
    pub async fn upload(
        &mut self,
        name: &str,
        gcode: &str,
        fields: &[(&str, &str)],
    ) -> Result<Value> {
        let request = self.upload_request(name, gcode, fields);
        self.call(&format!("upload {name} {fields:?}"), request)
            .await
    }

    /// Waits for events (types, or state ids).
    pub async fn hear(&mut self, wanted: &[&str]) -> Result<()> {
        let push = self.push.as_mut().context("the push socket is not open")?;
        push.wait_for(wanted).await
    }

    /// Asks until an answer is as wanted; only that last answer enters the trace.
    pub async fn wait_until(
        &mut self,
        what: &str,
        path: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> Result<()> {
        for _ in 0..ASK_TIMES {
            let answer = self.request(Method::GET, path).send().await;
            let answer = match answer {
                Ok(answer) => answer.json::<Value>().await.unwrap_or_default(),
                Err(_) => Value::Null,
            };
            if wanted(&answer) {
                self.trace
                    .add_call(&format!("{what}: GET {path}"), 200, normal::body(&answer));
                return Ok(());
            }
            tokio::time::sleep(ASK_EVERY).await;
        }
        bail!("waited in vain: {what}")
    }

    /// Kills the server, starts it again, and listens anew.
    pub async fn kill_and_restart(&mut self) -> Result<()> {
        if let Some(mut push) = self.push.take() {
            self.trace.add_events(push.take()?);
        }
        tokio::task::block_in_place(|| self.target.kill_and_restart())?;
        self.wait_until(
            "operational",
            "/api/printer?exclude=temperature",
            |answer| answer["state"]["flags"]["ready"] == true,
        )
        .await?;
        self.listen().await
    }

    /// Notes a fact that is no answer, for example whether downloaded bytes are the uploaded ones.
    pub fn note(&mut self, what: &str, fact: Value) {
        self.trace.add_call(what, 0, fact);
    }

    /// The bytes of a download.
    pub async fn download(&mut self, path: &str) -> Result<String> {
        let answer = self
            .request(Method::GET, &format!("/downloads/files/local/{path}"))
            .send()
            .await?;
        Ok(answer.error_for_status()?.text().await?)
    }

    fn upload_request(&self, name: &str, gcode: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let mut form = Form::new().part(
            "file",
            Part::text(gcode.to_owned()).file_name(name.to_owned()),
        );
        for (field, value) in fields {
            form = form.text((*field).to_owned(), (*value).to_owned());
        }
        self.request(Method::POST, "/api/files/local")
            .multipart(form)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .client
            .request(method, format!("{}{path}", self.target.url()));
        request.header("X-Api-Key", self.target.api_key())
    }

    async fn call(&mut self, what: &str, request: RequestBuilder) -> Result<Value> {
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        let text = answer.text().await?;
        let body: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        self.trace.add_call(what, status, normal::body(&body));
        Ok(body)
    }
}
