//! How far an arc reaches beyond its two ends, in the x-y plane (G17, the plane of printing).

use crate::words::Command;
use std::f64::consts::{FRAC_PI_2, TAU};

type Point = [f64; 2];

/// The points of the arc where x or y is highest or lowest, as far as the arc passes them.
///
/// `command` is G2 (clockwise) or G3 with the centre as I and J from the start, or with R.
pub(crate) fn extremes(command: &Command, from: Point, to: Point, mm_per_unit: f64) -> Vec<Point> {
    let clockwise = command.number == 2;
    let Some([cx, cy]) = centre(command, from, to, mm_per_unit) else {
        return Vec::new();
    };
    let angle = |[x, y]: Point| (y - cy).atan2(x - cx);
    let radius = (from[0] - cx).hypot(from[1] - cy);
    let start = angle(from);
    let turn = |angle: f64| {
        let turn = if clockwise {
            start - angle
        } else {
            angle - start
        };
        turn.rem_euclid(TAU)
    };
    let sweep = if from == to { TAU } else { turn(angle(to)) };
    (0..4)
        .map(|quarter| f64::from(quarter) * FRAC_PI_2)
        .filter(|quarter| turn(*quarter) <= sweep)
        .map(|quarter| [cx + radius * quarter.cos(), cy + radius * quarter.sin()])
        .collect()
}

fn centre(command: &Command, from: Point, to: Point, mm_per_unit: f64) -> Option<Point> {
    let [x, y] = from;
    if command.has(b'I') || command.has(b'J') {
        let offset = |letter| command.value(letter).unwrap_or(0.0) * mm_per_unit;
        return Some([x + offset(b'I'), y + offset(b'J')]);
    }
    let radius = command.value(b'R')? * mm_per_unit;
    let (dx, dy) = (to[0] - x, to[1] - y);
    let chord = dx.hypot(dy);
    if chord == 0.0 {
        return None;
    }
    // From the middle of the chord at a right angle; a negative R asks for the longer way round.
    let height = (radius * radius - chord * chord / 4.0).max(0.0).sqrt();
    let side = if (command.number == 2) == (radius > 0.0) {
        -1.0
    } else {
        1.0
    };
    let along = side * height / chord;
    Some([x + dx / 2.0 - along * dy, y + dy / 2.0 + along * dx])
}
