//! Which printer may take which copy, and what a copy waits for. The answer to "why does my job
//! wait?" is the same value that decides.

mod hand_out;

pub use hand_out::hand_out;

use crate::clock::Timestamp;
use crate::colour::Colour;
use crate::id::PrinterId;
use crate::print_choice::Material;
use crate::printer::{Build, Loaded, PrinterState};
use crate::refusal::Refusal;
use crate::tags::Tags;
use crate::units::SizeMm;

/// What a copy needs of a printer.
#[derive(Clone, Debug, PartialEq)]
pub struct Needs {
    /// The only printer that will do; `None` for any that fits.
    pub printer: Option<PrinterId>,
    /// Size of the part.
    pub size: SizeMm,
    /// The filament. `None` for uploaded G-code that names none.
    pub material: Option<Material>,
    /// Its colour; `None` when any will do.
    pub colour: Option<Colour>,
    /// What the printer has to be tagged with.
    pub tags: Tags,
    /// Highest nozzle temperature the file asks for.
    pub nozzle_c: f64,
    /// Highest bed temperature the file asks for.
    pub bed_c: f64,
    /// Nozzle diameter the file was made for.
    pub nozzle_mm: Option<f64>,
}

/// A printer as the dispatcher sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Which one.
    pub id: PrinterId,
    /// What it can do.
    pub build: Build,
    /// What is loaded; `None` when nobody has said.
    pub loaded: Option<Loaded>,
    /// What people have tagged it with.
    pub tags: Tags,
    /// What it was last seen doing.
    pub state: PrinterState,
    /// When that was.
    pub seen_at: Option<Timestamp>,
    /// Its bridge has a live session and has told the truth in it.
    pub reconciled: bool,
    /// Another attempt already holds it.
    pub taken: bool,
}

impl Needs {
    /// Whether this printer is among those that were asked for.
    #[must_use]
    pub fn may_use(&self, printer: &Candidate) -> bool {
        self.printer.is_none_or(|id| id == printer.id)
    }
}

impl Candidate {
    /// Whether it could take something now.
    #[must_use]
    pub fn is_free(&self) -> bool {
        !self.taken && self.reconciled && self.state == PrinterState::Ready
    }
}

/// Whether the machine as built and loaded can make this part.
///
/// # Errors
/// The first obstacle that waiting alone will not remove.
pub fn suits(needs: &Needs, printer: &Candidate) -> Result<(), Refusal> {
    if !needs.size.fits_in(printer.build.volume) {
        return Err(Refusal::TooLarge);
    }
    if needs.nozzle_c > printer.build.nozzle_c_max || needs.bed_c > printer.build.bed_c_max {
        return Err(Refusal::TooHot);
    }
    if needs
        .nozzle_mm
        .is_some_and(|mm| (mm - printer.build.nozzle_mm).abs() > 0.01)
    {
        return Err(Refusal::OtherNozzle);
    }
    if !printer.tags.cover(&needs.tags) {
        return Err(Refusal::LacksTag);
    }
    match (needs.material, printer.loaded) {
        (Some(wanted), Some(loaded)) if wanted != loaded.material => {
            return Err(Refusal::OtherMaterial);
        }
        _ => {}
    }
    let colour = printer.loaded.and_then(|loaded| loaded.colour);
    if needs.colour.is_some() && needs.colour != colour {
        return Err(Refusal::OtherColour);
    }
    Ok(())
}

/// Whether this printer can take this copy now. The bed is not asked: a file may be staged while
/// the bed is still full.
///
/// # Errors
/// The first obstacle, lasting ones ([`suits`]) before passing ones.
pub fn takes(needs: &Needs, printer: &Candidate) -> Result<(), Refusal> {
    suits(needs, printer)?;
    match printer.state {
        _ if printer.taken => Err(Refusal::PrinterBusy),
        PrinterState::Offline => Err(Refusal::PrinterOffline),
        _ if !printer.reconciled => Err(Refusal::NotReconciled),
        PrinterState::Unknown => Err(Refusal::NotReconciled),
        PrinterState::Error => Err(Refusal::PrinterInError),
        PrinterState::Busy | PrinterState::Paused => Err(Refusal::PrinterBusy),
        PrinterState::Ready => Ok(()),
    }
}

/// The printer for this copy, or why it waits: the obstacle of the printer that is nearest to
/// taking it. With several takers the first one wins (the caller orders them).
///
/// # Errors
/// [`Refusal::NoPrinter`] when there is none at all, otherwise the least obstacle.
pub fn choose(needs: &Needs, printers: &[Candidate]) -> Result<PrinterId, Refusal> {
    let mut nearest = Refusal::NoPrinter;
    for printer in printers.iter().filter(|printer| needs.may_use(printer)) {
        match takes(needs, printer) {
            Ok(()) => return Ok(printer.id),
            Err(obstacle) if weight(&obstacle) < weight(&nearest) => nearest = obstacle,
            Err(_) => {}
        }
    }
    Err(nearest)
}

/// Whether some printer could make this, and every one that could is among those that are `away`.
#[must_use]
pub fn only_for(needs: &Needs, printers: &[Candidate], away: impl Fn(PrinterId) -> bool) -> bool {
    let fits = |printer: &&Candidate| needs.may_use(printer) && suits(needs, printer).is_ok();
    let mut fitting = printers.iter().filter(fits).peekable();
    fitting.peek().is_some() && fitting.all(|printer| away(printer.id))
}

/// How far an obstacle is from going away by itself; smaller is nearer.
fn weight(obstacle: &Refusal) -> u8 {
    match obstacle {
        Refusal::NotReconciled => 0,
        Refusal::PrinterBusy => 1,
        Refusal::PrinterOffline => 2,
        Refusal::PrinterInError => 3,
        Refusal::OtherColour => 4,
        Refusal::OtherMaterial => 5,
        Refusal::LacksTag => 6,
        Refusal::OtherNozzle => 7,
        Refusal::TooHot => 8,
        Refusal::TooLarge => 9,
        _ => 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cube(x_mm: f64) -> Needs {
        Needs {
            printer: None,
            size: SizeMm {
                x_mm,
                y_mm: 20.0,
                z_mm: 20.0,
            },
            material: Some(Material::Pla),
            colour: None,
            tags: Tags::default(),
            nozzle_c: 200.0,
            bed_c: 60.0,
            nozzle_mm: Some(0.4),
        }
    }

    fn printer(n: u128, state: PrinterState) -> Candidate {
        Candidate {
            id: PrinterId::new(Timestamp(0), n),
            build: Build::DESKTOP,
            loaded: Some(Loaded {
                material: Material::Pla,
                colour: Some(Colour::Red),
            }),
            tags: Tags::of(["large"]).unwrap(),
            state,
            seen_at: None,
            reconciled: true,
            taken: false,
        }
    }

    #[test]
    fn a_copy_goes_to_the_first_ready_printer_that_suits() {
        let printers = [
            printer(1, PrinterState::Busy),
            printer(2, PrinterState::Ready),
        ];
        assert_eq!(choose(&cube(20.0), &printers), Ok(printers[1].id));
    }

    #[test]
    fn the_reason_for_waiting_is_the_least_obstacle() {
        let printers = [
            printer(1, PrinterState::Offline),
            printer(2, PrinterState::Busy),
        ];
        assert_eq!(choose(&cube(20.0), &printers), Err(Refusal::PrinterBusy));
        assert_eq!(choose(&cube(900.0), &printers), Err(Refusal::TooLarge));
        assert_eq!(choose(&cube(20.0), &[]), Err(Refusal::NoPrinter));
    }

    #[test]
    fn what_another_printer_could_make_is_not_only_for_those_that_were_away() {
        let away = [printer(1, PrinterState::Offline)];
        let gone = |id| id == away[0].id;
        assert!(only_for(&cube(20.0), &away, gone));
        assert!(!only_for(&cube(900.0), &away, gone), "nobody can make it");
        let both = [away[0].clone(), printer(2, PrinterState::Busy)];
        assert!(!only_for(&cube(20.0), &both, gone));
        let asked = Needs {
            printer: Some(away[0].id),
            ..cube(20.0)
        };
        assert!(only_for(&asked, &both, gone));
    }

    #[test]
    fn a_printer_that_is_idle_but_not_reconciled_takes_nothing() {
        let idle = Candidate {
            reconciled: false,
            ..printer(1, PrinterState::Ready)
        };
        assert_eq!(takes(&cube(20.0), &idle), Err(Refusal::NotReconciled));
        let taken = Candidate {
            taken: true,
            ..printer(1, PrinterState::Ready)
        };
        assert_eq!(takes(&cube(20.0), &taken), Err(Refusal::PrinterBusy));
    }

    #[test]
    fn another_material_heat_or_nozzle_is_an_obstacle() {
        let ready = printer(1, PrinterState::Ready);
        let petg = Needs {
            material: Some(Material::Petg),
            ..cube(20.0)
        };
        assert_eq!(suits(&petg, &ready), Err(Refusal::OtherMaterial));
        assert_eq!(
            suits(
                &Needs {
                    nozzle_c: 999.0,
                    ..cube(20.0)
                },
                &ready
            ),
            Err(Refusal::TooHot)
        );
        let wide = Needs {
            nozzle_mm: Some(0.6),
            ..cube(20.0)
        };
        assert_eq!(suits(&wide, &ready), Err(Refusal::OtherNozzle));
        for colour in Colour::ALL {
            let coloured = Needs {
                colour: Some(colour),
                ..cube(20.0)
            };
            let fits = suits(&coloured, &ready);
            assert_eq!(fits.is_ok(), colour == Colour::Red, "{fits:?}");
        }
        let fast = Needs {
            tags: Tags::of(["large", "fast"]).unwrap(),
            ..cube(20.0)
        };
        assert_eq!(suits(&fast, &ready), Err(Refusal::LacksTag));
        let nothing_said = Candidate {
            loaded: None,
            ..ready
        };
        assert_eq!(suits(&petg, &nothing_said), Ok(()));
    }
}
