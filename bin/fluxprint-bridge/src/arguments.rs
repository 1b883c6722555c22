//! The command line.

use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Connects the printers of this network with a FluxPrint print service.
///
/// The bridge dials out; nothing has to be opened to the internet. Settings come from a TOML file
/// and from the environment, which counts more.
#[derive(Parser)]
#[command(name = "fluxprint-bridge", version, after_help = AFTER)]
pub struct Arguments {
    /// The configuration file.
    #[arg(
        long,
        env = "FLUXPRINT_BRIDGE_CONFIG",
        global = true,
        value_name = "FILE"
    )]
    pub config: Option<PathBuf>,
    /// Write the log as JSON, one object a line.
    #[arg(long, global = true)]
    pub log_json: bool,
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// What to do.
#[derive(Subcommand)]
pub enum Verb {
    /// Pair this bridge with the print service: it shows a code that somebody who manages printers
    /// confirms on a page of the studio.
    Pair {
        /// A one-time code that was made before; then nobody is asked.
        #[arg(long)]
        code: Option<String>,
        /// What people will call this bridge; the name of this machine by default.
        #[arg(long)]
        name: Option<String>,
    },
    /// Run until SIGTERM or Ctrl-C. Running prints go on without the bridge.
    Run,
    /// Show what the journal knows about prints.
    Status {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

const AFTER: &str = "\
Environment:
  FLUXPRINT_API_URL      address of the print service, as https://HOST
  FLUXPRINT_BRIDGE_DATA  folder for token, journal and print files (default ./var/bridge)
  BRIDGE_AUTH_TOKEN      token of this bridge, instead of the one that pairing stores
  OCTOPRINT_URL, OCTOPRINT_API_KEY
                         one printer without a configuration file, called \"printer\"
  OCTOPRINT_VIRTUAL      \"true\" when that printer is OctoPrint's virtual one
  CAMERA_URL             that printer's camera (MJPEG or a JPEG), when it is not the one OctoPrint tells
  RUST_LOG               how much to log (default info)

Configuration file:
  api_url = \"https://print.example\"
  data = \"/var/lib/fluxprint-bridge\"
  [[printer]]
  name = \"Mk4-07\"                  # stable: the service knows the printer by it
  url = \"http://octopi.local\"
  api_key_file = \"/etc/fluxprint/mk4-07.key\"
  volume_mm = [250, 210, 220]
  nozzle_mm = 0.4
  nozzle_c_max = 290
  bed_c_max = 120
  virtual = false
  camera_url = \"http://camera.local:8080/?action=stream\"   # when OctoPrint does not tell it

When the first session is open, `run` prints {\"ready\":true,\"bridge\":\"brg_...\",...} on one line.

Exit codes:
  0  done, or stopped by a signal     4  data folder or journal cannot be used
  2  arguments or configuration wrong 5  print service silent, or not one
  3  not paired                       6  pairing code refused";
