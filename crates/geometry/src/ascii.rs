//! Text STL, line by line.

use crate::error::ModelError;
use crate::limits::{LINE_BYTES_MAX, Limits};
use crate::mesh::{Corner, Mesh, Welder};
use std::io::{BufRead, BufReader, Read};

/// Reads a text STL. Several solids in one file become one mesh.
pub(crate) fn read(reader: &mut dyn Read, limits: &Limits) -> Result<Mesh, ModelError> {
    let mut lines = Lines::new(reader);
    let mut solids = Solids {
        welder: Welder::new(limits),
        corners: Vec::with_capacity(3),
        inside: false,
        in_facet: false,
    };
    while let Some((number, line)) = lines.next()? {
        solids.line(line, number)?;
    }
    if solids.inside {
        return Err(ModelError::Truncated);
    }
    solids.welder.finish()
}

/// Lines of bounded length, ended by LF, CR or both.
struct Lines<'a> {
    reader: BufReader<&'a mut dyn Read>,
    line: Vec<u8>,
    number: u64,
    after_cr: bool,
}

impl<'a> Lines<'a> {
    fn new(reader: &'a mut dyn Read) -> Self {
        Self {
            reader: BufReader::with_capacity(crate::limits::CHUNK_BYTES, reader),
            line: Vec::new(),
            number: 0,
            after_cr: false,
        }
    }

    /// The next line and its number counted from 1.
    fn next(&mut self) -> Result<Option<(u64, &[u8])>, ModelError> {
        self.line.clear();
        self.number += 1;
        loop {
            let bytes = self.reader.fill_buf().map_err(ModelError::Unreadable)?;
            if bytes.is_empty() {
                let rest = !self.line.is_empty();
                return Ok(rest.then_some((self.number, self.line.as_slice())));
            }
            if std::mem::take(&mut self.after_cr) && bytes.first() == Some(&b'\n') {
                self.reader.consume(1);
                continue;
            }
            let end = memchr::memchr2(b'\n', b'\r', bytes);
            let part = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
            if self.line.len() + part.len() > LINE_BYTES_MAX {
                return Err(ModelError::LineTooLong { line: self.number });
            }
            self.line.extend_from_slice(part);
            self.after_cr = end.and_then(|at| bytes.get(at)) == Some(&b'\r');
            let used = part.len() + usize::from(end.is_some());
            self.reader.consume(used);
            if end.is_some() {
                return Ok(Some((self.number, &self.line)));
            }
        }
    }
}

/// Where in the file the reader is.
struct Solids {
    welder: Welder,
    corners: Vec<Corner>,
    inside: bool,
    in_facet: bool,
}

impl Solids {
    fn line(&mut self, line: &[u8], number: u64) -> Result<(), ModelError> {
        let wrong = || ModelError::NotStl { line: Some(number) };
        let mut words = line
            .split(u8::is_ascii_whitespace)
            .filter(|word| !word.is_empty());
        let Some(first) = words.next() else {
            return Ok(());
        };
        let is = |word: &str| first.eq_ignore_ascii_case(word.as_bytes());
        if is("vertex") {
            if !self.in_facet || self.corners.len() == 3 {
                return Err(wrong());
            }
            self.corners.push(corner(words).ok_or_else(wrong)?);
        } else if is("facet") {
            self.expect(self.inside && !self.in_facet, number)?;
            self.in_facet = true;
        } else if is("endfacet") {
            self.expect(self.in_facet, number)?;
            let corners = self.corners.as_slice().try_into().map_err(|_| wrong())?;
            self.welder.add(corners)?;
            self.corners.clear();
            self.in_facet = false;
        } else if is("outer") || is("endloop") {
            self.expect(self.in_facet, number)?;
        } else if is("solid") {
            self.expect(!self.inside, number)?;
            self.inside = true;
        } else if is("endsolid") {
            self.expect(self.inside && !self.in_facet, number)?;
            self.inside = false;
        } else {
            return Err(wrong());
        }
        Ok(())
    }

    fn expect(&self, fits: bool, line: u64) -> Result<(), ModelError> {
        if fits {
            Ok(())
        } else {
            Err(ModelError::NotStl { line: Some(line) })
        }
    }
}

/// Three numbers and nothing else. `nan` and `inf` are numbers here; the mesh refuses them.
fn corner<'a>(mut words: impl Iterator<Item = &'a [u8]>) -> Option<Corner> {
    let mut number = || std::str::from_utf8(words.next()?).ok()?.parse().ok();
    let corner = [number()?, number()?, number()?];
    words.next().is_none().then_some(corner)
}
