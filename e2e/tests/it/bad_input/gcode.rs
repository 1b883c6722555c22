//! G-code that would harm the printer.

use super::after::{gcode_with, good_gcode_prints, nothing_half_written};
use super::{refused, smoke};
use anyhow::{Context, Result, ensure};
use fluxprint_e2e::{Engine, World, WorldConfig};

#[tokio::test]
async fn gcode_that_is_too_hot_or_stops_the_printer_is_refused_with_its_line() {
    for engine in [Engine::Sqlite, Engine::postgres().unwrap()] {
        harmful(engine).await.unwrap();
    }
}

async fn harmful(engine: Engine) -> Result<()> {
    let world = World::start(WorldConfig::virtual_on(engine)).await?;
    for (line, code, says) in [
        ("M104 S999", "GCODE_TOO_HOT", "heats the nozzle to 999 °C"),
        ("M112", "GCODE_COMMAND_REFUSED", "stops the printer at once"),
    ] {
        let bytes = gcode_with(line);
        let told = refused(&world.api, &bytes, "part.gcode")
            .await
            .context(line)?;
        told.is(code, says)?;
        told.is(code, "Line 11: ")?;
        smoke(&world, &bytes, "part.gcode")
            .await?
            .says(&told)
            .context(line)?;
    }
    nothing_half_written(&world).await?;
    ensure!(
        world.proxy.starts().is_empty(),
        "{:?}",
        world.proxy.starts()
    );
    good_gcode_prints(&world, 0).await
}
