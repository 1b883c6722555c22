//! What is read, what is refused, and what the help says.

use super::secrets::{PUBLISHED, is_published};
use super::*;

fn with(pairs: &[(&str, &str)]) -> Result<Settings, Problem> {
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    Settings::load(None, move |name| {
        pairs
            .iter()
            .find(|(k, _)| k == name)
            .map(|(_, v)| v.clone())
    })
}

#[test]
fn without_any_setting_it_serves_this_machine_only_from_a_local_folder() {
    let settings = with(&[]).unwrap();
    assert!(settings.addr.ip().is_loopback());
    assert!(settings.database_url.is_none());
    assert_eq!(settings.limits.jobs_per_hour, limits::JOBS_PER_HOUR);
}

#[test]
fn the_short_names_are_honoured() {
    let settings = with(&[
        ("HOST", "127.0.0.1"),
        ("PORT", "5001"),
        ("FLUXPRINT_DATA", "/x"),
    ])
    .unwrap();
    assert_eq!(
        (settings.addr.port(), settings.data),
        (5001, PathBuf::from("/x"))
    );
}

#[test]
fn a_short_secret_is_refused_by_name_and_never_shown() {
    let refused = with(&[("JWT_SECRET", "tooshort")]).unwrap_err().to_string();
    assert!(
        refused.contains("JWT_SECRET") && !refused.contains("tooshort"),
        "{refused}"
    );
}

#[test]
fn a_value_that_makes_no_sense_is_refused_with_the_name_of_its_setting() {
    let refused = with(&[("FLUXPRINT_ADDR", "nonsense")])
        .unwrap_err()
        .to_string();
    assert!(refused.contains("addr"), "{refused}");
}

#[test]
fn the_help_names_every_short_name_and_the_true_defaults() {
    let help = crate::cli::SETTINGS;
    for (name, key) in SHORT_NAMES {
        let key = key.rsplit('.').next().unwrap();
        assert!(
            help.contains(name) && help.contains(&format!("  {key}")),
            "{name}"
        );
    }
    let defaults = with(&[]).unwrap().limits;
    for (key, default) in [
        ("jobs_per_hour", u64::from(defaults.jobs_per_hour)),
        ("open_jobs", u64::from(defaults.open_jobs)),
        ("model_bytes", defaults.model_bytes),
        ("gcode_bytes", defaults.gcode_bytes),
        ("other_bytes", defaults.other_bytes),
        ("quota_bytes", defaults.quota_bytes),
        ("calls_at_once", defaults.calls_at_once as u64),
    ] {
        assert!(help.contains(&format!("  {key} = {default} ")), "{key}");
    }
}

#[test]
fn printing_starts_switched_on_unless_it_is_said_otherwise() {
    assert!(with(&[]).unwrap().enabled);
    assert!(!with(&[("FLUXPRINT_ENABLED", "false")]).unwrap().enabled);
    let refused = with(&[("FLUXPRINT_ENABLED", "perhaps")])
        .unwrap_err()
        .to_string();
    assert!(refused.contains("enabled"), "{refused}");
}

#[test]
fn s_30_whoever_finds_a_hole_is_told_where_to_write_if_the_operator_says_so() {
    let contact = |text: &str| {
        let settings = with(&[("FLUXPRINT_SECURITY_CONTACT", text)])?;
        let studio = settings.of_studio(settings.addr)?;
        Ok::<_, Problem>(studio.security_contact.map(String::from))
    };
    for text in [
        "mailto:security@example.org",
        "https://example.org/security",
        "tel:+1-201-555-0123",
    ] {
        assert_eq!(contact(text).unwrap(), Some(text.to_owned()));
    }
    for text in ["security@example.org", "http://example.org", "mailto:", ""] {
        let refused = contact(text).unwrap_err().to_string();
        assert!(refused.contains("FLUXPRINT_SECURITY_CONTACT"), "{refused}");
    }
    let quiet = with(&[]).unwrap();
    assert_eq!(quiet.of_studio(quiet.addr).unwrap().security_contact, None);
}

#[test]
fn the_slicer_is_found_by_itself_and_may_be_set_in_the_file() {
    assert!(with(&[]).unwrap().slicer.program.is_none());
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("fluxprint.toml");
    std::fs::write(
        &file,
        "[slicer]\nprogram = \"/opt/prusa-slicer\"\ntime_s_max = 90\n",
    )
    .unwrap();
    let slicer = Settings::load(Some(&file), |_| None).unwrap().slicer;
    assert_eq!(slicer.program, Some(PathBuf::from("/opt/prusa-slicer")));
    assert_eq!(slicer.time_s_max.map(NonZeroU32::get), Some(90));
    std::fs::write(&file, "[slicer]\ntime_s_max = 0\n").unwrap();
    let refused = Settings::load(Some(&file), |_| None)
        .unwrap_err()
        .to_string();
    assert!(refused.contains("time_s_max"), "{refused}");
}

#[test]
fn a_secret_whose_hash_was_published_is_recognised() {
    assert_eq!(
        PUBLISHED
            .lines()
            .filter(|line| !line.starts_with('#'))
            .count(),
        4
    );
    assert!(!is_published("a secret of our own that nobody has printed"));
}
