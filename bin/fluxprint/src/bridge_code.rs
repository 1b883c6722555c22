//! `fluxprint bridge-code`: a one-time code for pairing a bridge.

use crate::client::{Client, Room};
use crate::house::House;
use crate::problem::Problem;
use reqwest::Method;
use serde_json::{Value, json};

/// Asks the service for a code and prints it.
///
/// # Errors
/// When the service cannot be reached or refuses.
pub async fn run(url: &str, house: House) -> Result<(), Problem> {
    let client = Client::new(url, house, Room::Service)?;
    let made = client
        .change(Method::POST, "/v1/bridges", &json!({ "name": "bridge" }))
        .await?;
    println!(
        "{}",
        made.get("code").and_then(Value::as_str).unwrap_or_default()
    );
    Ok(())
}
