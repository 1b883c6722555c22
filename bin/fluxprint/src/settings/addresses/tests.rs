//! Which addresses are taken and which are not.

use super::*;

const NAME: &str = "FLUXSTUDIO_URL";

fn why(stage: Stage, allow_http: bool, visitors: Visitors, text: &str) -> Option<&'static str> {
    match (Rules { stage, allow_http }).address(NAME, text, visitors) {
        Ok(_) => None,
        Err(Problem::Setting { name, why }) => {
            assert_eq!(name, NAME);
            Some(why)
        }
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn an_address_that_surprises_is_refused_with_what_is_wrong() {
    for (text, wanted) in [
        ("prints.example.org", NO_ADDRESS),
        ("", NO_ADDRESS),
        ("https://", NO_ADDRESS),
        ("http://0.0.0.0:8080", NO_ADDRESS),
        ("http://[::]:8080", NO_ADDRESS),
        ("ftp://prints.example.org", OTHER_SCHEME),
        ("https://me:word@prints.example.org", WITH_PASSWORD),
        ("https://me@prints.example.org", WITH_PASSWORD),
        ("https://prints.example.org/studio", WITH_PATH),
        ("https://prints.example.org/?a=1", WITH_PATH),
        ("https://prints.example.org/#a", WITH_PATH),
    ] {
        for stage in [Stage::Development, Stage::Production] {
            let found = why(stage, true, Visitors::Browsers, text);
            assert_eq!(found, Some(wanted), "{text}");
        }
    }
}

#[test]
fn this_machine_is_an_address_in_development_only() {
    for host in [
        "localhost:1",
        "a.localhost",
        "127.0.0.1",
        "127.9.9.9:80",
        "[::1]:8080",
    ] {
        let text = format!("http://{host}");
        assert_eq!(
            why(Stage::Development, false, Visitors::Browsers, &text),
            None,
            "{text}"
        );
        for scheme in ["http", "https"] {
            let text = format!("{scheme}://{host}");
            let found = why(Stage::Production, true, Visitors::Programs, &text);
            assert_eq!(found, Some(THIS_MACHINE), "{text}");
        }
    }
}

#[test]
fn plain_http_needs_a_word_of_the_operator_unless_programs_of_ours_meet_in_private() {
    let public = "http://prints.example.org";
    let stage = Stage::Production;
    for visitors in [Visitors::Browsers, Visitors::Programs] {
        assert_eq!(why(stage, false, visitors, public), Some(PLAIN_HTTP));
        assert_eq!(why(stage, true, visitors, public), None);
        assert_eq!(
            why(stage, false, visitors, "https://prints.example.org"),
            None
        );
        assert_eq!(
            why(stage, false, visitors, "http://8.8.8.8"),
            Some(PLAIN_HTTP)
        );
    }
    for private in [
        "http://studio:8080",
        "http://10.0.0.7",
        "http://studio.internal",
        "http://[fd00::1]",
    ] {
        assert_eq!(
            why(stage, false, Visitors::Programs, private),
            None,
            "{private}"
        );
        assert_eq!(
            why(stage, false, Visitors::Browsers, private),
            Some(PLAIN_HTTP),
            "{private}"
        );
    }
}

#[test]
fn origins_are_named_one_by_one_and_exactly() {
    let rules = Rules {
        stage: Stage::Production,
        allow_http: false,
    };
    let origins = |text: &str| match rules.origins("ALLOWED_ORIGINS", text) {
        Ok(origins) => Ok(origins),
        Err(Problem::Setting { why, .. }) => Err(why),
        Err(other) => panic!("{other}"),
    };
    let two = origins("https://a.example.org, https://b.example.org:8443").unwrap();
    assert_eq!(two, ["https://a.example.org", "https://b.example.org:8443"]);
    assert_eq!(origins("").unwrap(), Vec::<String>::new());
    assert_eq!(origins("*"), Err(EVERYBODY));
    assert_eq!(origins("https://*.example.org"), Err(EVERYBODY));
    assert_eq!(origins("https://a.example.org/x"), Err(WITH_PATH));
    assert_eq!(origins("https://A.example.org:443"), Err(NO_ORIGIN));
    assert_eq!(origins("null"), Err(NO_ADDRESS));
}

#[test]
fn a_machine_of_ones_own_has_three_names() {
    let url = Url::parse("http://127.0.0.1:8080").unwrap();
    let names = [
        "http://localhost:8080",
        "http://127.0.0.1:8080",
        "http://[::1]:8080",
    ];
    assert_eq!(spellings(&url), names);
    assert!(spellings(&Url::parse("https://prints.example.org").unwrap()).is_empty());
}
