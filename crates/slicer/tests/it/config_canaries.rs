//! S-46 and finding 1: settings that run a program, handed straight to the real PrusaSlicer.

use crate::canaries::Cage;
use crate::{shapes, three_mf};
use fluxprint_slicer::sandbox::End;
use fluxprint_slicer::{Limits, PrusaConfig, PrusaSlicer};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a way of smuggling hands to PrusaSlicer: names of files in the work folder, beside options.
struct Smuggled {
    args: Vec<String>,
    files: Vec<(&'static str, Vec<u8>)>,
}

/// Runs PrusaSlicer freely and then locked in; the smuggled program leaves a proof beside it.
async fn works_outside_and_fails_inside(smuggle: impl Fn(&str) -> Smuggled) {
    let prusa = prusa().await;

    let cage = Cage::new().await;
    let work = cage.work();
    std::fs::set_permissions(&work, PermissionsExt::from_mode(0o777)).unwrap();
    let proof = work.join("proof");
    let script = |proof: &Path| format!("{} touch {}", cage.canary.display(), proof.display());

    let free = smuggle(&script(&proof));
    place(&work, &free);
    let control = Command::new(&prusa)
        .args(&free.args)
        .current_dir(&work)
        .output()
        .unwrap();
    assert!(
        control.status.success() && proof.exists(),
        "control: {control:?}"
    );
    std::fs::remove_file(&proof).unwrap();

    let caged = smuggle(&script(Path::new("/job/proof")));
    place(&work, &caged);
    let args: Vec<&str> = caged.args.iter().map(String::as_str).collect();
    let ended = cage
        .run_program(&prusa, &args, &Limits::for_triangles(100))
        .await;
    assert!(matches!(ended.end, End::Exited(1..)), "{ended:?}");
    assert!(
        ended.stdout.contains("Exporting G-code"),
        "it did slice: {ended:?}"
    );
    assert!(!proof.exists(), "the smuggled program ran");
}

async fn prusa() -> PathBuf {
    let slicer = PrusaSlicer::find(PrusaConfig::default()).await;
    slicer.expect("PrusaSlicer is installed").path().to_owned()
}

fn place(work: &Path, smuggled: &Smuggled) {
    for (name, content) in &smuggled.files {
        std::fs::write(work.join(name), content).unwrap();
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[tokio::test]
async fn s_46_post_process_on_the_command_line_runs_nothing_inside() {
    works_outside_and_fails_inside(|script| Smuggled {
        args: words(&[
            "--export-gcode",
            "--post-process",
            script,
            "--output",
            "a.gcode",
            "a.stl",
        ]),
        files: vec![("a.stl", shapes::cuboid(20.0, 20.0, 5.0))],
    })
    .await;
}

#[tokio::test]
async fn s_46_post_process_in_a_settings_file_runs_nothing_inside() {
    works_outside_and_fails_inside(|script| Smuggled {
        args: words(&[
            "--export-gcode",
            "--load",
            "a.ini",
            "--output",
            "a.gcode",
            "a.stl",
        ]),
        files: vec![
            ("a.stl", shapes::cuboid(20.0, 20.0, 5.0)),
            ("a.ini", format!("post_process = {script}\n").into_bytes()),
        ],
    })
    .await;
}

#[tokio::test]
async fn s_46_post_process_carried_by_a_3mf_runs_nothing_inside() {
    works_outside_and_fails_inside(|script| Smuggled {
        args: words(&["--export-gcode", "--output", "a.gcode", "a.3mf"]),
        files: vec![(
            "a.3mf",
            three_mf::with_settings(&format!("post_process = {script}")),
        )],
    })
    .await;
}

#[tokio::test]
async fn s_46_our_empty_post_process_beats_the_one_in_a_3mf_even_outside() {
    let folder = tempfile::tempdir().unwrap();
    let proof = folder.path().join("proof");
    let canary = env!("CARGO_BIN_EXE_slicer-canary");
    let settings = format!("post_process = {canary} touch {}", proof.display());
    std::fs::write(
        folder.path().join("a.3mf"),
        three_mf::with_settings(&settings),
    )
    .unwrap();
    let prusa = prusa().await;
    let slice = |extra: &[&str]| {
        let mut command = Command::new(&prusa);
        command.arg("--export-gcode").args(extra);
        let done = command
            .args(["--output", "a.gcode", "a.3mf"])
            .current_dir(folder.path())
            .output();
        assert!(done.unwrap().status.success());
        let ran = proof.exists();
        let _absent_when_it_did_not_run = std::fs::remove_file(&proof);
        ran
    };
    assert!(slice(&[]), "control");
    assert!(!slice(&["--post-process", ""]));
}
