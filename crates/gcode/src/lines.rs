//! A stream cut into lines of bounded length.

use crate::error::GcodeError;
use crate::limits::{CHUNK_BYTES, FILE_BYTES_MAX, LINE_BYTES_MAX};
use std::io::{BufRead, BufReader, Read};

const BOM: &[u8] = b"\xef\xbb\xbf";
const BINARY_MAGIC: &[u8] = b"GCDE";

/// Lines that end with LF, CR or CR LF, as OctoPrint's own reader ends them.
pub(crate) struct Lines<'a> {
    reader: BufReader<&'a mut dyn Read>,
    line: Vec<u8>,
    number: u64,
    bytes_read: u64,
    after_cr: bool,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(reader: &'a mut dyn Read) -> Self {
        Self {
            reader: BufReader::with_capacity(CHUNK_BYTES, reader),
            line: Vec::new(),
            number: 0,
            bytes_read: 0,
            after_cr: false,
        }
    }

    /// How many lines there were so far.
    pub(crate) fn count(&self) -> u64 {
        self.number
    }

    /// The next line without its end, and its number counted from 1.
    pub(crate) fn next(&mut self) -> Result<Option<(u64, &[u8])>, GcodeError> {
        self.line.clear();
        if !self.fill()? {
            return Ok(None);
        }
        self.number += 1;
        let mut line = self.line.as_slice();
        if self.number == 1 {
            line = line.strip_prefix(BOM).unwrap_or(line);
            if line.starts_with(BINARY_MAGIC) {
                return Err(GcodeError::Binary);
            }
        }
        // NUL, ESC and their like; a printer's log is shown in terminals and web pages.
        if line
            .iter()
            .any(|b| (*b < 0x20 && *b != b'\t') || *b == 0x7f)
        {
            return Err(GcodeError::NotText { line: self.number });
        }
        Ok(Some((self.number, line)))
    }

    fn too_long(&self) -> GcodeError {
        if self.number == 0 && self.line.starts_with(BINARY_MAGIC) {
            return GcodeError::Binary;
        }
        GcodeError::LineTooLong {
            line: self.number + 1,
        }
    }

    /// Fills the line; false at the end of the file.
    fn fill(&mut self) -> Result<bool, GcodeError> {
        let mut any = false;
        loop {
            let bytes = self.reader.fill_buf().map_err(GcodeError::Unreadable)?;
            if bytes.is_empty() {
                return Ok(any);
            }
            if std::mem::take(&mut self.after_cr) && bytes.first() == Some(&b'\n') {
                self.reader.consume(1);
                self.bytes_read += 1;
                continue;
            }
            any = true;
            let end = memchr::memchr2(b'\n', b'\r', bytes);
            let part = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
            if self.line.len() + part.len() > LINE_BYTES_MAX {
                return Err(self.too_long());
            }
            self.line.extend_from_slice(part);
            self.after_cr = end.and_then(|at| bytes.get(at)) == Some(&b'\r');
            let used = part.len() + usize::from(end.is_some());
            self.reader.consume(used);
            self.bytes_read += used as u64;
            if self.bytes_read > FILE_BYTES_MAX {
                return Err(GcodeError::TooLarge);
            }
            if end.is_some() {
                return Ok(true);
            }
        }
    }
}
