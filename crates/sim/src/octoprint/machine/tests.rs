use super::*;

const SECOND: u64 = 1_000_000;

/// A connected machine with a selected file.
struct Bench {
    machine: Machine,
    now_us: u64,
}

impl Bench {
    fn start(gcode: &str) -> Self {
        let mut bench = Self {
            machine: Machine::new(10.0),
            now_us: 0,
        };
        bench.machine.connect();
        bench.pass(SECOND);
        bench.machine.select(PrintFile {
            path: "jobs/part.gcode".to_owned(),
            size_bytes: gcode.len() as u64,
            date_s: 0,
            print_times_s: None,
        });
        bench.machine.take_effects();
        bench.machine.start(gcode.as_bytes().into());
        bench
    }

    fn pass(&mut self, us: u64) {
        self.now_us += us;
        self.machine.advance(self.now_us);
    }

    /// Kinds of events since the last look; state changes by their id.
    fn told(&mut self) -> Vec<String> {
        let effects = self.machine.take_effects().into_iter();
        effects
            .filter_map(|effect| match effect {
                Effect::Announce(event) => Some(match event.payload["state_id"].as_str() {
                    Some(state) => state.to_owned(),
                    None => event.kind.to_owned(),
                }),
                _ => None,
            })
            .collect()
    }
}

#[test]
fn a_print_is_told_in_the_recorded_order() {
    let mut bench = Bench::start("G4 P100\n");
    bench.pass(SECOND);
    let told = bench.told();
    let expected = [
        "STARTING",
        "PrintStarted",
        "ChartMarked",
        "PRINTING",
        "Dwelling",
        "FINISHING",
        "ChartMarked",
        "PrintDone",
        "OPERATIONAL",
        "MetadataStatisticsUpdated",
    ];
    assert_eq!(told, expected);
    assert_eq!(bench.machine.progress().completion, Some(100.0));
}

#[test]
fn a_cancelled_print_leaves_no_progress_and_says_cancelled_before_failed() {
    let mut bench = Bench::start(&"G4 P100\n".repeat(100));
    bench.pass(SECOND);
    bench.told();
    bench.machine.cancel(Asker::User);
    assert_eq!(bench.machine.state(), State::Cancelling);
    bench.pass(SECOND);
    let told = bench.told();
    let place = |kind: &str| told.iter().position(|one| one == kind).unwrap();
    assert!(place("PrintCancelling") < place("PrintCancelled"));
    assert!(place("PrintCancelled") < place("PrintFailed"));
    assert_eq!(bench.machine.state(), State::Operational);
    assert_eq!(bench.machine.progress(), Progress::default());
    assert!(bench.machine.selected().is_some());
}

#[test]
fn dwells_take_the_time_they_say() {
    let mut bench = Bench::start(&"G4 P100\n".repeat(100));
    bench.pass(9 * SECOND);
    assert_eq!(bench.machine.state(), State::Printing);
    bench.pass(2 * SECOND);
    assert_eq!(bench.machine.state(), State::Operational);
}

#[test]
fn small_steps_and_one_leap_end_in_the_same_place() {
    let gcode = "M109 S60\nG28\nG1 Z1 X50 E2 F1200\nG4 S2\nG1 Z2 X0 E3\n";
    let (mut steps, mut leap) = (Bench::start(gcode), Bench::start(gcode));
    for _ in 0..3_000 {
        steps.pass(10_000);
    }
    leap.pass(30 * SECOND);
    assert_eq!(steps.told(), leap.told());
    let ends = |bench: &Bench| (bench.machine.state(), bench.machine.progress());
    assert_eq!(ends(&steps), ends(&leap));
    assert_eq!(leap.machine.state(), State::Operational);
}

#[test]
fn waiting_for_heat_takes_as_long_as_the_heater_needs() {
    let mut bench = Bench::start("M104 S0\nM109 S221.3\nG4 P100\n");
    bench.pass(19 * SECOND);
    assert_eq!(bench.machine.state(), State::Printing);
    assert!(bench.machine.heaters.nozzle.actual_c < 221.0);
    bench.pass(2 * SECOND);
    assert_eq!(bench.machine.state(), State::Operational);
    assert!((bench.machine.heaters.nozzle.actual_c - 221.3).abs() < 0.01);
}

#[test]
fn a_pause_while_heating_waits_for_the_heater() {
    let mut bench = Bench::start("M109 S221.3\nG4 P100\n");
    bench.pass(SECOND);
    bench.machine.pause(Asker::User);
    bench.pass(15 * SECOND);
    assert_eq!(bench.machine.state(), State::Pausing);
    bench.pass(5 * SECOND);
    assert_eq!(bench.machine.state(), State::Paused);
    bench.machine.resume(Asker::User);
    bench.pass(2 * SECOND);
    assert_eq!(bench.machine.state(), State::Operational);
}

#[test]
fn m0_in_the_file_pauses_until_somebody_resumes() {
    let mut bench = Bench::start("G4 P100\nM0\nG4 P100\n");
    bench.pass(60 * SECOND);
    assert_eq!(bench.machine.state(), State::Paused);
    let paused = bench.machine.progress();
    assert_eq!(paused.print_time_s, Some(1));
    bench.machine.resume(Asker::User);
    bench.pass(SECOND);
    assert_eq!(bench.machine.state(), State::Operational);
}

#[test]
fn m112_in_the_file_ends_everything() {
    let mut bench = Bench::start("M104 S200\nM112\nG4 P100\n");
    bench.pass(SECOND);
    assert_eq!(bench.machine.state(), State::OfflineAfterError);
    assert_eq!(bench.machine.heaters.nozzle.target_c, 0.0);
    assert!(bench.told().contains(&"EStop".to_owned()));
    bench.machine.connect();
    bench.pass(SECOND);
    assert_eq!(bench.machine.state(), State::Operational);
    assert!(bench.machine.selected().is_none());
}

#[test]
fn a_file_of_comments_is_done_at_once_and_an_empty_one_ends_below_zero() {
    for (gcode, completion) in [("; nothing\n;at all", 100.0), ("", -100.0)] {
        let mut bench = Bench::start(gcode);
        bench.pass(SECOND / 5);
        assert_eq!(bench.machine.state(), State::Operational);
        assert_eq!(bench.machine.progress().completion, Some(completion));
    }
}

#[test]
fn heights_are_those_of_the_moves_and_of_the_filament() {
    let mut bench = Bench::start("G28\nG1 Z4.5 E1\nG1 Z30\nG91\nG1 Z-10\nG4 S100\n");
    bench.pass(60 * SECOND);
    assert_eq!(bench.machine.heights_mm(), Some((30.0, 4.5)));
    assert_eq!(bench.machine.current_z(), Some(20.0));
}

#[test]
fn a_silent_printer_is_given_up_after_three_minutes() {
    let mut bench = Bench::start(&"G4 P100\n".repeat(10_000));
    bench.pass(SECOND);
    bench.machine.debug("go_awol");
    bench.pass(179 * SECOND);
    assert_eq!(bench.machine.state(), State::Printing);
    bench.pass(2 * SECOND);
    assert_eq!(bench.machine.state(), State::OfflineAfterError);
}

#[test]
fn calls_that_make_no_sense_change_nothing() {
    let mut machine = Machine::new(10.0);
    machine.pause(Asker::User);
    machine.resume(Asker::User);
    machine.cancel(Asker::User);
    machine.disconnect();
    machine.type_in("M104 S200");
    machine.start(b"G28\n".as_slice().into());
    machine.advance(SECOND);
    assert_eq!(
        (machine.state(), machine.take_effects()),
        (State::Offline, vec![])
    );
}
