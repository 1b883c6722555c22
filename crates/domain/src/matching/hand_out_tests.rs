use super::*;
use crate::Timestamp;
use crate::colour::Colour;
use crate::print_choice::Material;
use crate::printer::{Build, Loaded, PrinterState};
use crate::tags::Tags;
use crate::units::SizeMm;
use proptest::prelude::*;

fn id(n: u128) -> PrinterId {
    PrinterId::new(Timestamp(0), n)
}

fn tagged(tags: &[&str]) -> Needs {
    let side = 20.0;
    Needs {
        printer: None,
        size: SizeMm {
            x_mm: side,
            y_mm: side,
            z_mm: side,
        },
        material: Some(Material::Pla),
        colour: None,
        tags: Tags::of(tags.iter().copied()).unwrap(),
        nozzle_c: 200.0,
        bed_c: 60.0,
        nozzle_mm: Some(0.4),
    }
}

fn printer(n: u128, tags: &[&str]) -> Candidate {
    Candidate {
        id: id(n),
        build: Build::DESKTOP,
        loaded: Some(Loaded {
            material: Material::Pla,
            colour: Some(Colour::Red),
        }),
        tags: Tags::of(tags.iter().copied()).unwrap(),
        state: PrinterState::Ready,
        seen_at: None,
        reconciled: true,
        taken: false,
    }
}

#[test]
fn copies_spread_over_the_printers_that_fit() {
    let waiting = [tagged(&[]), tagged(&[]), tagged(&[])];
    let printers = [printer(1, &[]), printer(2, &[])];
    let given = hand_out(false, &waiting, &printers);
    assert_eq!(given, [Ok(id(1)), Ok(id(2)), Err(Refusal::EarlierFirst)]);
}

#[test]
fn whoever_has_a_choice_makes_room_for_whoever_has_none() {
    let waiting = [tagged(&[]), tagged(&["large"])];
    let printers = [printer(1, &["large"]), printer(2, &[])];
    assert_eq!(hand_out(false, &waiting, &printers), [Ok(id(2)), Ok(id(1))]);
}

#[test]
fn an_earlier_copy_never_gives_its_printer_up_for_a_later_one() {
    let waiting = [tagged(&["large"]), tagged(&["large", "fast"])];
    let printers = [printer(1, &["large", "fast"])];
    let given = hand_out(false, &waiting, &printers);
    assert_eq!(given, [Ok(id(1)), Err(Refusal::EarlierFirst)]);
}

#[test]
fn on_hold_nobody_gets_anything() {
    let given = hand_out(true, &[tagged(&[])], &[printer(1, &[])]);
    assert_eq!(given, [Err(Refusal::OrganisationOnHold)]);
}

/// Whether all of these copies can have a printer each: every way is tried.
fn all_fit(waiting: &[&Needs], printers: &[&Candidate]) -> bool {
    let Some((first, rest)) = waiting.split_first() else {
        return true;
    };
    (0..printers.len()).any(|at| {
        let fits = first.may_use(printers[at]) && takes(first, printers[at]).is_ok();
        let mut others = printers.to_vec();
        others.remove(at);
        fits && all_fit(rest, &others)
    })
}

prop_compose! {
    fn any_needs()(
        only in prop::option::weighted(0.2, 1_u128..6),
        side in prop::sample::select(vec![20.0, 900.0]),
        material in prop::option::of(prop::sample::select(vec![Material::Pla, Material::Petg])),
        colour in prop::option::weighted(0.2, prop::sample::select(vec![Colour::Red, Colour::Blue])),
        tags in prop::collection::vec(prop::sample::select(vec!["large", "fast"]), 0..2),
    ) -> Needs {
        Needs {
            printer: only.map(id),
            size: SizeMm { x_mm: side, y_mm: 20.0, z_mm: 20.0 },
            material,
            colour,
            ..tagged(&tags)
        }
    }
}

prop_compose! {
    fn any_printer()(
        state in prop::sample::select(PrinterState::ALL.to_vec()),
        ready in prop::bool::weighted(0.6),
        material in prop::sample::select(vec![Material::Pla, Material::Petg]),
        colour in prop::option::of(prop::sample::select(vec![Colour::Red, Colour::Blue])),
        loaded in prop::bool::weighted(0.8),
        tags in prop::collection::vec(prop::sample::select(vec!["large", "fast"]), 0..3),
        reconciled in prop::bool::weighted(0.8),
        taken in prop::bool::weighted(0.2),
    ) -> Candidate {
        Candidate {
            state: if ready { PrinterState::Ready } else { state },
            loaded: loaded.then_some(Loaded { material, colour }),
            reconciled,
            taken,
            ..printer(0, &tags)
        }
    }
}

proptest! {
    #[test]
    fn whoever_is_earlier_is_served_if_that_is_possible_at_all(
        waiting in prop::collection::vec(any_needs(), 0..7),
        printers in prop::collection::vec(any_printer(), 0..6),
    ) {
        let printers: Vec<Candidate> = (1..)
            .zip(printers)
            .map(|(n, printer)| Candidate { id: id(n), ..printer })
            .collect();
        let all: Vec<&Candidate> = printers.iter().collect();
        let mut served: Vec<&Needs> = Vec::new();
        let mut given_away = Vec::new();
        for (needs, answer) in waiting.iter().zip(hand_out(false, &waiting, &printers)) {
            let mut with_this = served.clone();
            with_this.push(needs);
            prop_assert_eq!(answer.is_ok(), all_fit(&with_this, &all));
            match answer {
                Ok(given) => {
                    let printer = printers.iter().find(|printer| printer.id == given).unwrap();
                    prop_assert!(needs.may_use(printer));
                    prop_assert_eq!(takes(needs, printer), Ok(()));
                    prop_assert!(!given_away.contains(&given), "a printer is given once");
                    given_away.push(given);
                    served = with_this;
                }
                Err(Refusal::EarlierFirst) => prop_assert!(choose(needs, &printers).is_ok()),
                Err(obstacle) => prop_assert_eq!(choose(needs, &printers), Err(obstacle)),
            }
        }
    }
}
