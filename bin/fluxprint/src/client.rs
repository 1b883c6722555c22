//! Calls a running program of ours: the service as an owner, the studio as its operator.

use crate::house::House;
use crate::problem::Problem;
use reqwest::{Client as Http, Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use std::time::Duration;

/// Longest time one call may take; an upload of a large model over a slow disk is the longest.
const CALL: Duration = Duration::from_secs(300);

/// Whom to call, and so as whom.
#[derive(Clone, Copy, Debug)]
pub enum Room {
    /// The service, as an owner.
    Service,
    /// The studio, as its operator.
    Studio,
}

/// A client whose token is signed anew for every call.
pub struct Client {
    http: Http,
    url: String,
    house: House,
    room: Room,
}

impl Client {
    /// A client of the program at `url`.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(url: &str, house: House, room: Room) -> Result<Self, Problem> {
        let http = Http::builder()
            .timeout(CALL)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| unreachable(room, url, &error))?;
        Ok(Self {
            http,
            url: url.trim_end_matches('/').to_owned(),
            house,
            room,
        })
    }

    /// Reads something.
    ///
    /// # Errors
    /// When it cannot be reached or refuses.
    pub async fn get(&self, path: &str) -> Result<Value, Problem> {
        self.send(self.request(Method::GET, path)?).await
    }

    /// Changes something.
    ///
    /// # Errors
    /// When it cannot be reached or refuses.
    pub async fn change(&self, method: Method, path: &str, body: &Value) -> Result<Value, Problem> {
        self.send(self.request(method, path)?.json(body)).await
    }

    /// A request with a fresh token.
    ///
    /// # Errors
    /// When no token can be signed.
    pub fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, Problem> {
        let token = match self.room {
            Room::Service => self.house.owner_token()?,
            Room::Studio => self.house.operator_token()?,
        };
        Ok(self
            .http
            .request(method, format!("{}{path}", self.url))
            .bearer_auth(token))
    }

    /// Sends it; a refusal becomes the problem it is.
    ///
    /// # Errors
    /// When it cannot be reached or refuses.
    pub async fn send(&self, request: RequestBuilder) -> Result<Value, Problem> {
        let answer = request
            .send()
            .await
            .map_err(|error| unreachable(self.room, &self.url, &error))?;
        let refused = !answer.status().is_success();
        let status = answer.status();
        let body = self.body(answer).await?;
        if !refused {
            return Ok(body);
        }
        let word = |name: &str, otherwise: &str| {
            body.get(name)
                .and_then(Value::as_str)
                .unwrap_or(otherwise)
                .to_owned()
        };
        if status == StatusCode::UNAUTHORIZED {
            // At a shell nobody can sign in: what counts is whose keys signed.
            return Err(Problem::Refused {
                code: word("code", status.as_str()),
                sentence: "The program that was asked does not know the keys of this data folder."
                    .to_owned(),
                remedy: "Use the data folder of `fluxprint up` or `fluxprint studio` (--data)."
                    .to_owned(),
            });
        }
        Err(Problem::Refused {
            code: word("code", status.as_str()),
            sentence: word("detail", "This was not accepted."),
            remedy: word("remedy", "Look at the log of the program that was asked."),
        })
    }

    async fn body(&self, answer: Response) -> Result<Value, Problem> {
        let bytes = answer.bytes().await;
        let bytes = bytes.map_err(|error| unreachable(self.room, &self.url, &error))?;
        Ok(serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }
}

fn unreachable(room: Room, url: &str, error: &reqwest::Error) -> Problem {
    let what = if error.is_connect() {
        "does not answer"
    } else if error.is_timeout() {
        "took too long to answer"
    } else {
        "broke off the connection"
    };
    Problem::Part {
        part: match room {
            Room::Service => "the service",
            Room::Studio => "the studio",
        },
        why: format!("{url} {what}"),
        remedy: "Start it with `fluxprint up`, or correct the address",
    }
}
