//! `pair`: shows a code and waits for a person, or spends one that was made before.

use crate::clock;
use fluxprint_bridge::config::Config;
use fluxprint_bridge::identity::Identity;
use fluxprint_bridge::pair::{self, Asking, Shown};
use fluxprint_bridge::{BridgeError, Service};
use fluxprint_domain::DeviceKey;

/// Digits of the key by which a person compares two of them; the page shows as many.
const KEY_DIGITS: usize = 16;

/// Pairs this bridge.
///
/// # Errors
/// When the service does not answer or refuses, or the token cannot be kept.
pub async fn pair(
    config: Config,
    code: Option<&str>,
    name: Option<String>,
) -> Result<(), BridgeError> {
    let clock = clock();
    let service = Service::new(config.api_url, None)?;
    let identity = Identity::open(&config.data, clock.as_ref())?;
    let own = (config.data.as_path(), &identity);
    let host = host_name();
    let name = name.unwrap_or_else(|| host.clone());
    let bridge = match code {
        Some(code) => pair::by_code(&service, own, code, &name).await?,
        None => {
            let asking = Asking::begin(&service, &identity, (&name, &host)).await?;
            show(&asking.shown(), &host, identity.key());
            asking.wait(&service, own, clock.as_ref()).await?
        }
    };
    let done = serde_json::json!({ "paired": true, "bridge": bridge });
    println!("{done}");
    Ok(())
}

/// The code goes to the terminal; the result alone is on the standard output.
fn show(shown: &Shown, host: &str, key: DeviceKey) {
    match &shown.page {
        Some(page) => eprintln!("Open {page} and type this code:"),
        None => eprintln!("Open the page Printers of your studio, choose Add a bridge, and type:"),
    }
    let minutes = shown.expires_in_s / 60;
    let key: String = key.to_string().chars().take(KEY_DIGITS).collect();
    eprintln!("\n    {}\n", shown.code);
    eprintln!("The page has to show this machine: {host}, with the key {key}.");
    eprintln!("The code is good for {minutes} minutes. Waiting for somebody to confirm it ...");
}

/// What this machine is called in its own network.
fn host_name() -> String {
    let name = rustix::system::uname();
    let name = name.nodename().to_string_lossy();
    let clean: String = name.chars().filter(|c| !c.is_control()).collect();
    if clean.is_empty() {
        "bridge".to_owned()
    } else {
        clean
    }
}
