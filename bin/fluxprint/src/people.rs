//! `fluxprint user …` and `fluxprint organisation …`: what an operator does about people, through a
//! door of the running studio that only this house's key opens.

use crate::cli::{NewOrganisation, NewPerson, OrganisationVerb, SignIn, Somebody, UserVerb};
use crate::client::{Client, Room};
use crate::house::House;
use crate::problem::Problem;
use crate::settings::Settings;
use reqwest::Method;
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

const LINKS: &str = "/api/operator/links";
const PEOPLE: &str = "/api/operator/people";
const ORGANISATIONS: &str = "/api/operator/organisations";

/// Does what was asked about people.
///
/// # Errors
/// When the studio cannot be reached or refuses.
pub async fn user(verb: UserVerb, settings: &Settings, house: House) -> Result<(), Problem> {
    match verb {
        UserVerb::Token => {
            println!("{}", house.owner_token()?);
            Ok(())
        }
        UserVerb::Add(new) => add(new, settings, house).await,
        UserVerb::Link(who) => link(who, settings, house).await,
        UserVerb::Reset(who) => reset(who, settings, house).await,
    }
}

/// Does what was asked about organisations.
///
/// # Errors
/// When the studio cannot be reached or refuses.
pub async fn organisation(
    verb: OrganisationVerb,
    settings: &Settings,
    house: House,
) -> Result<(), Problem> {
    let OrganisationVerb::Add(NewOrganisation { name, at }) = verb;
    let studio = studio(at.url, settings, house)?;
    let made = post(&studio, ORGANISATIONS, json!({ "name": name })).await?;
    let owner = json!({ "purpose": "setup", "organisation": made.get("id") });
    print_link(&post(&studio, LINKS, owner).await?)
}

async fn add(new: NewPerson, settings: &Settings, house: House) -> Result<(), Problem> {
    let studio = studio(new.at.url, settings, house)?;
    let person = json!({
        "email": new.email, "name": new.name, "role": new.role, "organisation": new.organisation,
    });
    post(&studio, PEOPLE, person).await?;
    let password = json!({ "purpose": "reset", "email": new.email });
    print_link(&post(&studio, LINKS, password).await?)
}

async fn link(who: SignIn, settings: &Settings, house: House) -> Result<(), Problem> {
    let studio = studio(who.at.url, settings, house)?;
    let wanted = match who.email {
        Some(email) => json!({ "purpose": "sign_in", "email": email }),
        None if is_open(&studio).await? => json!({ "purpose": "setup" }),
        None => return Err(owned()),
    };
    print_link(&post(&studio, LINKS, wanted).await?)
}

async fn reset(who: Somebody, settings: &Settings, house: House) -> Result<(), Problem> {
    let studio = studio(who.at.url, settings, house)?;
    let wanted = json!({ "purpose": "reset", "email": who.email });
    print_link(&post(&studio, LINKS, wanted).await?)
}

/// Whether the studio waits for its first owner.
async fn is_open(studio: &Client) -> Result<bool, Problem> {
    let setup = studio.get("/api/setup").await?;
    Ok(setup.get("open") == Some(&Value::Bool(true)))
}

fn owned() -> Problem {
    Problem::Refused {
        code: "OWNED_ALREADY".to_owned(),
        sentence: "This FluxPrint has an owner already.".to_owned(),
        remedy: "`fluxprint user link EMAIL` signs somebody in who has an account.".to_owned(),
    }
}

fn studio(url: Option<String>, settings: &Settings, house: House) -> Result<Client, Problem> {
    let url = url.unwrap_or_else(|| format!("http://{}", reachable(settings.addr)));
    Client::new(&url, house, Room::Studio)
}

/// Whoever listens at every address of a machine is reached at its own.
fn reachable(addr: SocketAddr) -> SocketAddr {
    match addr.ip().is_unspecified() {
        true => SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), addr.port()),
        false => addr,
    }
}

async fn post(studio: &Client, path: &str, mut body: Value) -> Result<Value, Problem> {
    if let Some(fields) = body.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    studio.change(Method::POST, path, &body).await
}

/// Nothing but the link, so that a script can use it as it is.
fn print_link(made: &Value) -> Result<(), Problem> {
    let link = made.get("link").and_then(Value::as_str);
    let link = link.ok_or_else(|| Problem::Part {
        part: "the studio",
        why: "its answer has no link".to_owned(),
        remedy: "Use the `fluxprint` of the same version as the running one",
    })?;
    println!("{link}");
    Ok(())
}
