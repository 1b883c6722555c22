//! The virtual OctoPrint is held against the real one: the same scripts drive both, and their
//! traces must be equal after a short, named normaliser. Five wrong answers planted in the virtual
//! one each have to turn a script red, which proves that the comparison can fail.

mod normal;
mod player;
mod scripts;
mod target;
mod trace;

use std::collections::BTreeMap;

use anyhow::Result;
use fluxprint_sim::octoprint::knobs::Lie;
use tempfile::TempDir;

use self::player::Player;
use self::target::Target;
use self::trace::Trace;

/// Traces by the name of their script.
type Traces = BTreeMap<&'static str, Trace>;

/// A planted wrong answer and the scripts that have to notice it.
const NOTICED_BY: [(Lie, &str); 5] = [
    (Lie::WrongStateWord, "print_to_the_end"),
    (Lie::OkForNoContent, "select_then_start"),
    (Lie::NoCancelEvent, "cancel_while_printing"),
    (Lie::CompletionAfterCancel, "cancel_while_printing"),
    (Lie::EffectivePrintWhilePrinting, "start_while_printing"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_virtual_octoprint_cannot_be_told_from_the_real_one() {
    let folders: Vec<TempDir> = (0..7).map(|_| TempDir::new().unwrap()).collect();
    let real = tokio::spawn(play_all(Target::real(folders[0].path()).unwrap()));
    let honest = tokio::spawn(play_all(Target::planted(folders[1].path(), None).unwrap()));
    let mut lying = Vec::new();
    for ((lie, script), folder) in NOTICED_BY.into_iter().zip(&folders[2..]) {
        let target = Target::planted(folder.path(), Some(lie)).unwrap();
        lying.push((lie, script, tokio::spawn(play_all(target))));
    }
    let real = real.await.unwrap().unwrap();
    let honest = honest.await.unwrap().unwrap();
    assert!(real.len() >= 12, "only {} scripts ran", real.len());
    let differences: Vec<String> = real
        .iter()
        .filter_map(|(name, trace)| trace.difference(name, &honest[name]))
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    for (lie, script, traces) in lying {
        let traces = traces.await.unwrap().unwrap();
        let noticed = real[script].difference(script, &traces[script]).is_some();
        assert!(noticed, "{script} did not notice {lie:?}");
    }
}

/// Plays every script, one after the other: they leave the printer idle and connected.
async fn play_all(target: Target) -> Result<Traces> {
    let mut player = Player::new(target).await?;
    let mut traces = Traces::new();
    for (name, script) in scripts::ALL {
        script(&mut player)
            .await
            .map_err(|error| error.context(format!("{name} on {}", player.whose())))?;
        traces.insert(name, player.take_trace().await?);
    }
    Ok(traces)
}
