//! One pass over a file.

use crate::bounds::Bounds;
use crate::comments::Comments;
use crate::error::GcodeError;
use crate::facts::Facts;
use crate::heat::Heat;
use crate::limits::{COMMAND_BYTES_MAX, STRANGE_LINES_ONE_IN};
use crate::line::Line;
use crate::lines::Lines;
use crate::motion::Motion;
use crate::problem::Problem;
use crate::verdict::Verdict;
use crate::words::{self, Command, Word};
use crate::{policy, text};
use std::io::Read;

/// What came out of a file.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Inspection {
    /// What the file says and does.
    pub facts: Facts,
    /// Whether it may be printed.
    pub verdict: Verdict,
    /// Lines, the empty ones included.
    pub line_count: u64,
}

/// Reads a file to its end and judges it by the limits of one printer.
///
/// # Errors
/// [`GcodeError`] when there is nothing to judge: not text, not G-code, too large, unreadable.
/// Such a file is as little to be printed as a refused one.
pub fn inspect(reader: &mut dyn Read, bounds: &Bounds) -> Result<Inspection, GcodeError> {
    let mut lines = Lines::new(reader);
    let mut inspector = Inspector::new(bounds);
    while let Some((number, line)) = lines.next()? {
        inspector.line(number, line);
    }
    inspector.finish(lines.count())
}

struct Inspector<'a> {
    bounds: &'a Bounds,
    facts: Facts,
    verdict: Verdict,
    comments: Comments,
    heat: Heat,
    motion: Motion,
    /// Kept between lines for its memory.
    words: Vec<Word>,
    commands: u64,
    strange: u64,
}

impl<'a> Inspector<'a> {
    fn new(bounds: &'a Bounds) -> Self {
        Self {
            bounds,
            facts: Facts::default(),
            verdict: Verdict::default(),
            comments: Comments::default(),
            heat: Heat::default(),
            motion: Motion::new(),
            words: Vec::new(),
            commands: 0,
            strange: 0,
        }
    }

    fn line(&mut self, number: u64, raw: &[u8]) {
        let line = Line::of(raw);
        if let Some(comment) = line.comment {
            self.comments.note(comment, &mut self.facts);
        }
        if line.code.is_empty() && line.plain {
            return;
        }
        if line.code.len() > COMMAND_BYTES_MAX {
            self.verdict.note(number, &Problem::TooLong);
        }
        let mut words = std::mem::take(&mut self.words);
        let lone_number = words::collect(line.code, false, &mut words);
        let text = self.first_reading(number, &line, &words);
        if lone_number && text.is_none() {
            self.verdict.note(number, &Problem::LoneNumber);
        }
        if let Some(hidden) = if line.plain { text } else { Some(raw) } {
            words::collect(hidden, true, &mut words);
            self.other_readings(number, &words);
        }
        self.words = words;
    }

    /// The reading that most firmware has. Gives the text if the command takes one.
    fn first_reading<'l>(
        &mut self,
        number: u64,
        line: &Line<'l>,
        words: &[Word],
    ) -> Option<&'l [u8]> {
        if let Some(problem) = strange(line.code, words) {
            match problem {
                Problem::NotACommand => self.strange += 1,
                _ => self.commands += 1,
            }
            self.verdict.note(number, &problem);
            return None;
        }
        if words.is_empty() {
            return None;
        }
        self.commands += 1;
        let head = words.first()?;
        let command = Command::of(words)?;
        if command.letter == b'M' && text::takes_text(command.number) {
            let text = line.code.get(head.end..).unwrap_or_default();
            self.text_command(number, command.number, text);
            return Some(text);
        }
        if !line.code.is_ascii() {
            self.verdict.note(number, &Problem::NotText);
        }
        let several = words.iter().skip(1).any(Word::begins_command);
        if several {
            // Marlin: one command, whose parameters are those of the whole line.
            self.judge(number, &command);
            self.heat(&command, false);
        }
        for words in words.chunk_by(|_, next| !next.begins_command()) {
            if let Some(command) = Command::of(words) {
                self.judge(number, &command);
                self.heat(&command, line.plain && !several);
                let problem = self.motion.follow(&command, self.bounds);
                self.note(number, problem);
            }
        }
        None
    }

    /// What another firmware might take for a command: behind an asterisk or an escaped
    /// semicolon, in quotes, in parentheses, in a message.
    fn other_readings(&mut self, number: u64, words: &[Word]) {
        let start = words.iter().position(Word::begins_command);
        let words = start.and_then(|at| words.get(at..)).unwrap_or_default();
        if let Some(command) = Command::of(words) {
            self.judge(number, &command);
            self.heat(&command, false);
        }
        for words in words.chunk_by(|_, next| !next.begins_command()) {
            if let Some(command) = Command::of(words) {
                self.judge(number, &command);
                self.heat(&command, false);
            }
        }
    }

    fn text_command(&mut self, line: u64, number: u32, text: &[u8]) {
        let problem = match number {
            118 if text::is_action(text) => Some(Problem::Refused {
                number,
                does: "gives an order to the printer's server",
            }),
            0 | 1 if text::continues_number(text) => Some(Problem::LoneNumber),
            0 | 1 | 117 | 118 => {
                (!text::is_clean_message(text.trim_ascii())).then_some(Problem::Message)
            }
            _ => policy::judge(
                &Command {
                    letter: b'M',
                    number,
                    sub: 0,
                    words: &[],
                },
                self.bounds,
                self.motion.mm_per_unit(),
            ),
        };
        self.note(line, problem);
    }

    fn judge(&mut self, number: u64, command: &Command) {
        let problem = policy::judge(command, self.bounds, self.motion.mm_per_unit());
        self.note(number, problem);
    }

    /// Follows the targets. A command that gives two is read as the hotter one.
    fn heat(&mut self, command: &Command, certain: bool) {
        if command.letter == b'T' {
            self.heat.choose(command.number as usize);
            return;
        }
        let tool = command.value(b'T').map(|t| t.max(0.0) as usize);
        let mut certain = certain;
        for (letter, heater) in policy::targets(command) {
            for target in command.values(*letter) {
                self.heat.set(*heater, tool, target.largest, certain);
                certain = false;
            }
        }
    }

    fn note(&mut self, line: u64, problem: Option<Problem>) {
        if let Some(problem) = problem {
            self.verdict.note(line, &problem);
        }
    }

    fn finish(mut self, line_count: u64) -> Result<Inspection, GcodeError> {
        let total = self.commands + self.strange;
        if total == 0 {
            return Err(GcodeError::Empty);
        }
        if self.strange.saturating_mul(STRANGE_LINES_ONE_IN) > total {
            return Err(GcodeError::NotGcode {
                strange: self.strange,
                total,
            });
        }
        let (nozzle_c, bed_c) = (self.heat.nozzle_c(), self.heat.bed_c());
        if self.heat.is_on() {
            let chamber_c = self.heat.chamber_c();
            let problem = Problem::EndsHot {
                nozzle_c,
                bed_c,
                chamber_c,
            };
            self.verdict.note(line_count, &problem);
        }
        self.facts.layers = match self.comments.layers {
            0 => self.motion.rises,
            marked => marked,
        };
        self.facts.extents = self.motion.extents;
        self.facts.nozzle_c_max = self.heat.nozzle_c_max;
        self.facts.bed_c_max = self.heat.bed_c_max;
        self.facts.final_nozzle_c = nozzle_c;
        self.facts.final_bed_c = bed_c;
        Ok(Inspection {
            facts: self.facts,
            verdict: self.verdict,
            line_count,
        })
    }
}

/// What is wrong with a line that does not begin with a G, M or T command.
fn strange(code: &[u8], words: &[Word]) -> Option<Problem> {
    let [first, rest @ ..] = code else {
        return None;
    };
    if *first == b'@' {
        return Some(Problem::HostCommand);
    }
    let named = |b: &u8| b.is_ascii_alphabetic() || *b == b'_';
    if named(first) && rest.first().is_some_and(named) {
        return Some(if is_macro(code) {
            Problem::Extended
        } else {
            Problem::NotACommand
        });
    }
    let begins = words
        .first()
        .is_some_and(|w| w.letter == first.to_ascii_uppercase() && is_command(w));
    // Braces and the like are expressions to some firmware: their value cannot be known here.
    let expression = code
        .iter()
        .any(|b| matches!(b, b'{' | b'}' | b'[' | b']' | b'$' | b'`'));
    (!begins || expression).then_some(Problem::NotACommand)
}

/// Whether the first word looks like a named command rather than prose.
fn is_macro(code: &[u8]) -> bool {
    let name = code
        .split(|b| !(b.is_ascii_alphanumeric() || *b == b'_'))
        .next();
    name.is_some_and(|n| n.contains(&b'_') || !n.iter().any(u8::is_ascii_lowercase))
}

fn is_command(word: &Word) -> bool {
    matches!(word.letter, b'G' | b'M' | b'T') && word.number.is_some_and(|n| n.plain >= 0.0)
}
