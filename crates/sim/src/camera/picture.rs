//! Draws what the camera sees: a grey ramp with a bar that walks across it, as a real JPEG.
//!
//! Baseline JPEG (ITU-T T.81) of one component in which every block of 8 x 8 pixels has one grey:
//! only the first coefficient of a block is coded, then "end of block". The codes are our own and
//! short to write down: twelve of four bits for the first coefficient, one of one bit for the end.

use super::Knobs;

/// Bytes of text in one comment segment.
const COMMENT_BYTES_MAX: usize = 65_533;

/// The picture with this number, padded to `knobs.frame_bytes`.
#[must_use]
pub fn picture(knobs: &Knobs, number: u64) -> Vec<u8> {
    let body = body(knobs, number);
    let mut bytes = vec![0xFF, 0xD8];
    comment(&mut bytes, knobs.mark.as_bytes());
    while bytes.len() + body.len() < knobs.frame_bytes {
        let missing = knobs.frame_bytes - bytes.len() - body.len();
        let filling = vec![b'.'; missing.saturating_sub(4).min(COMMENT_BYTES_MAX)];
        comment(&mut bytes, &filling);
    }
    bytes.extend(body);
    bytes
}

fn comment(bytes: &mut Vec<u8>, text: &[u8]) {
    segment(bytes, 0xFE, text);
}

fn segment(bytes: &mut Vec<u8>, marker: u8, content: &[u8]) {
    let length = u16::try_from(content.len() + 2).unwrap_or(u16::MAX);
    bytes.extend([0xFF, marker]);
    bytes.extend(length.to_be_bytes());
    bytes.extend(content);
}

fn body(knobs: &Knobs, number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    // One table for all coefficients: steps of 8, so that a coefficient is a grey.
    segment(&mut bytes, 0xDB, &[&[0][..], &[8; 64]].concat());
    let mut frame = vec![8];
    frame.extend(knobs.height_px.to_be_bytes());
    frame.extend(knobs.width_px.to_be_bytes());
    frame.extend([1, 1, 0x11, 0]);
    segment(&mut bytes, 0xC0, &frame);
    let mut first = vec![0x00, 0, 0, 0, 12];
    first.extend([0; 12]);
    first.extend(0..12);
    segment(&mut bytes, 0xC4, &first);
    let mut others = vec![0x10, 1];
    others.extend([0; 15]);
    others.push(0);
    segment(&mut bytes, 0xC4, &others);
    segment(&mut bytes, 0xDA, &[1, 1, 0x00, 0, 63, 0]);
    bytes.extend(scan(knobs, number));
    bytes.extend([0xFF, 0xD9]);
    bytes
}

/// The coded blocks, row by row: the difference to the block before, then "end of block".
fn scan(knobs: &Knobs, number: u64) -> Vec<u8> {
    let (columns, rows) = (
        u32::from(knobs.width_px).div_ceil(8),
        u32::from(knobs.height_px).div_ceil(8),
    );
    let bar = u32::try_from(number % u64::from(columns.max(1))).unwrap_or(0);
    let mut bits = Bits::default();
    let mut before = 0;
    for row in 0..rows {
        for column in 0..columns {
            let ramp = i32::try_from(row * 160 / rows.max(1)).unwrap_or(0) - 90;
            let grey = if column == bar { 110 } else { ramp };
            let difference = grey - before;
            before = grey;
            let size = 32 - difference.unsigned_abs().leading_zeros();
            bits.push(size, 4);
            let coded = if difference < 0 {
                difference - 1
            } else {
                difference
            };
            bits.push(coded.cast_unsigned(), size);
            bits.push(0, 1);
        }
    }
    bits.finish()
}

/// Bits, the highest of a byte first, with a zero after every byte of ones.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    /// The lowest `count` bits of `value`.
    fn push(&mut self, value: u32, count: u32) {
        for place in (0..count).rev() {
            self.held = (self.held << 1) | ((value >> place) & 1);
            self.count += 1;
            if self.count == 8 {
                let byte = u8::try_from(self.held & 0xFF).unwrap_or(0);
                self.bytes.push(byte);
                if byte == 0xFF {
                    self.bytes.push(0);
                }
                (self.held, self.count) = (0, 0);
            }
        }
    }

    fn finish(mut self) -> Vec<u8> {
        while self.count != 0 {
            self.push(1, 1);
        }
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_the_bytes_that_were_asked_for_and_says_whose_it_is() {
        for frame_bytes in [0, 20_000, 300_000] {
            let knobs = Knobs {
                frame_bytes,
                mark: "of the left printer".to_owned(),
                ..Knobs::default()
            };
            let bytes = picture(&knobs, 3);
            assert!(bytes.len() >= frame_bytes && bytes.len() < frame_bytes.max(20_000) + 8);
            assert!(bytes.starts_with(&[0xFF, 0xD8]) && bytes.ends_with(&[0xFF, 0xD9]));
            let mark = b"of the left printer";
            assert!(bytes.windows(mark.len()).any(|part| part == mark));
        }
    }

    #[test]
    fn the_bar_walks() {
        let knobs = Knobs::default();
        assert_ne!(picture(&knobs, 1), picture(&knobs, 2));
        assert_eq!(picture(&knobs, 1), picture(&knobs, 81));
    }
}
