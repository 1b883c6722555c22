use super::*;

#[test]
fn an_instance_is_operational_survives_a_kill_and_ends_when_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let mut octoprint = RealOctoPrint::start(&RealOctoPrintConfig::new(folder.path())).unwrap();
    let version = octoprint.get("/api/version").unwrap();
    assert_eq!(version.get("server").unwrap(), OCTOPRINT_VERSION);
    octoprint.speed_up().unwrap();
    let is_hot = || {
        let tool = octoprint.get("/api/printer/tool").unwrap();
        // Absent until the printer has reported its first temperature.
        tool.pointer("/tool0/actual")
            .and_then(serde_json::Value::as_f64)
            > Some(250.0)
    };
    assert!((0..START_LOOKS).any(|_| {
        sleep(LOOK_PERIOD);
        is_hot()
    }));

    let before = (octoprint.addr(), octoprint.api_key().to_owned());
    octoprint.kill();
    assert_eq!(octoprint.pid(), None);
    assert!(octoprint.get("/api/version").is_err());

    octoprint.restart().unwrap();
    assert_eq!(before, (octoprint.addr(), octoprint.api_key().to_owned()));
    let pid = octoprint.pid().unwrap();
    drop(octoprint);
    assert!(!Path::new(&format!("/proc/{pid}")).exists());
}
