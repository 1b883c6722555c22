use super::*;
use crate::clock::Timestamp;

const HOUR: u64 = 3_600;

fn printer(n: u128) -> PrinterId {
    PrinterId::new(Timestamp(0), n)
}

fn machine(n: u128, blocked: Option<Unknown>) -> Machine {
    Machine {
        id: printer(n),
        free_in_s: 0,
        blocked,
    }
}

fn waits(suits: &[u128], duration_s: u64) -> Turn {
    Turn {
        stand: Stand::Waits {
            suits: suits.iter().map(|n| printer(*n)).collect(),
            obstacle: Refusal::OtherMaterial,
        },
        duration_s: Some(duration_s),
    }
}

fn runs_on(n: u128, left_s: Option<u64>) -> Turn {
    Turn {
        stand: Stand::Runs {
            printer: printer(n),
            left_s,
            paused: false,
        },
        duration_s: Some(2 * HOUR),
    }
}

#[test]
fn on_a_clear_bed_the_next_print_has_a_moment_and_the_one_after_it_waits_for_people() {
    let turns = [waits(&[1], HOUR), waits(&[1], 2 * HOUR)];
    let expected = expect(vec![machine(1, None)], &turns);
    let first = Expected {
        starts: When::About(0),
        done: When::About(HOUR),
        why: None,
    };
    let second = Expected {
        starts: When::NotBefore(HOUR),
        done: When::NotBefore(3 * HOUR),
        why: Some(Unknown::BedAfterPrint),
    };
    assert_eq!(expected, [first, second]);
}

#[test]
fn each_takes_the_printer_that_is_free_first_in_the_order_of_the_queue() {
    let turns = [
        runs_on(1, Some(HOUR)),
        waits(&[1, 2], 3 * HOUR),
        waits(&[1, 2], HOUR),
        waits(&[1, 2], HOUR),
    ];
    let expected = expect(vec![machine(1, None), machine(2, None)], &turns);
    let starts: Vec<When> = expected.iter().map(|one| one.starts).collect();
    assert_eq!(
        starts,
        [
            When::Past,
            When::About(0),
            When::NotBefore(HOUR),
            When::NotBefore(2 * HOUR)
        ]
    );
    assert_eq!(expected[0].done, When::About(HOUR));
}

#[test]
fn a_bed_that_is_not_clear_now_is_said_so() {
    let full = Unknown::Obstacle(Refusal::BedNotClear);
    let expected = expect(
        vec![machine(1, Some(full.clone()))],
        &[waits(&[1], HOUR), waits(&[1], HOUR)],
    );
    assert_eq!(expected[0].starts, When::NotBefore(0));
    assert_eq!(expected[0].why, Some(full));
    assert_eq!(expected[1].why, Some(Unknown::BedAfterPrint));
}

#[test]
fn a_printer_that_is_away_comes_last_and_says_why() {
    let away = Unknown::Obstacle(Refusal::PrinterOffline);
    let machines = vec![machine(1, Some(away.clone())), machine(2, None)];
    let expected = expect(machines, &[runs_on(2, Some(HOUR)), waits(&[1, 2], HOUR)]);
    assert_eq!(expected[1].starts, When::NotBefore(HOUR));
    let alone = expect(
        vec![machine(1, Some(away.clone()))],
        &[waits(&[1], HOUR), waits(&[1], HOUR)],
    );
    assert!(
        alone.iter().all(|one| one.why == Some(away.clone())),
        "{alone:?}"
    );
}

#[test]
fn what_no_printer_can_make_has_no_moment_at_all() {
    let expected = expect(vec![machine(1, None)], &[waits(&[], HOUR)]);
    assert_eq!(
        expected,
        [Expected::stuck(Unknown::Obstacle(Refusal::OtherMaterial))]
    );
}

#[test]
fn what_has_a_printer_keeps_it_though_it_stands_behind_others() {
    let given = Turn {
        stand: Stand::Given {
            printer: printer(1),
        },
        duration_s: Some(HOUR),
    };
    let expected = expect(vec![machine(1, None)], &[waits(&[1], HOUR), given]);
    assert_eq!(expected[1].starts, When::About(0));
    assert_eq!(expected[0].starts, When::NotBefore(HOUR));
}

#[test]
fn a_paused_print_and_one_of_unknown_length_make_everything_behind_them_unknown() {
    let paused = Turn {
        stand: Stand::Runs {
            printer: printer(1),
            left_s: Some(HOUR),
            paused: true,
        },
        duration_s: Some(HOUR),
    };
    let expected = expect(vec![machine(1, None)], &[paused, waits(&[1], HOUR)]);
    assert_eq!(expected[0].done, When::NotBefore(HOUR));
    assert_eq!(expected[1].why, Some(Unknown::Paused));
    let unknown = expect(
        vec![machine(1, None)],
        &[runs_on(1, None), waits(&[1], HOUR)],
    );
    assert_eq!(unknown[0].done, When::Unknown);
    assert_eq!(unknown[1].why, Some(Unknown::Duration));
}

#[test]
fn what_is_stuck_takes_no_printer() {
    let held = Turn {
        stand: Stand::Stuck(Unknown::Held),
        duration_s: Some(HOUR),
    };
    let expected = expect(vec![machine(1, None)], &[held, waits(&[1], HOUR)]);
    assert_eq!(expected[0].why, Some(Unknown::Held));
    assert_eq!(expected[1].starts, When::About(0));
}

#[test]
fn a_job_begins_with_its_first_copy_and_is_done_with_its_last() {
    let copies = expect(
        vec![machine(1, None), machine(2, None)],
        &[waits(&[1], HOUR), waits(&[2], 2 * HOUR)],
    );
    let job = Expected::together(&copies).unwrap();
    assert_eq!(
        (job.starts, job.done, job.why),
        (When::About(0), When::About(2 * HOUR), None)
    );

    let copies = expect(
        vec![machine(1, None)],
        &[runs_on(1, Some(HOUR)), waits(&[1], 2 * HOUR)],
    );
    let job = Expected::together(&copies).unwrap();
    assert_eq!(
        (job.starts, job.done),
        (When::Past, When::NotBefore(3 * HOUR))
    );
    assert_eq!(job.why, Some(Unknown::BedAfterPrint));
    assert_eq!(Expected::together(&[]), None);
}
