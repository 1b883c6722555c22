//! The driver against a real OctoPrint 1.11.8 with its virtual printer.

use crate::bench::octoprint;
use crate::life;
use fluxprint_sim::real_octoprint::{RealOctoPrint, RealOctoPrintConfig};

#[tokio::test(flavor = "multi_thread")]
async fn a_real_octoprint_lives_as_the_port_says() {
    let folder = tempfile::tempdir().unwrap();
    let config = RealOctoPrintConfig::new(folder.path());
    let start = move || RealOctoPrint::start(&config).unwrap();
    let mut real = tokio::task::spawn_blocking(start).await.unwrap();
    let printer = octoprint(&real.url(), real.api_key());
    life::lives(&printer, &real.url()).await;
    let mut real = life::loses_a_print_in_a_restart(&printer, move || {
        real.kill();
        real.restart().unwrap();
        real
    })
    .await;
    real.stop();
}
