//! The size of a JPEG, read from its frame header (ITU-T T.81, B.2.2) and from nothing else.

/// The pixels of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Across.
    pub width_px: u16,
    /// Down.
    pub height_px: u16,
}

impl Size {
    /// Whether both sides are some and no more than `max_px`.
    #[must_use]
    pub fn is_within(self, max_px: u16) -> bool {
        (1..=max_px).contains(&self.width_px) && (1..=max_px).contains(&self.height_px)
    }
}

/// The size that a JPEG says it has; `None` for what is no JPEG, or ends before it says so.
#[must_use]
pub fn size(bytes: &[u8]) -> Option<Size> {
    let mut rest = bytes.strip_prefix(&[0xFF, 0xD8])?;
    loop {
        rest = rest.strip_prefix(&[0xFF])?;
        let (marker, after) = rest.split_first()?;
        match marker {
            // A fill byte: the marker is still to come.
            0xFF => {}
            // Markers without a segment.
            0x01 | 0xD0..=0xD7 => rest = after,
            // The picture begins or ends before its size was said.
            0xD9 | 0xDA => return None,
            _ => {
                let (length, _) = after.split_first_chunk::<2>()?;
                let length = usize::from(u16::from_be_bytes(*length));
                let (segment, next) = after.split_at_checked(length.max(2))?;
                if is_frame_header(*marker) {
                    return sides(segment.get(3..)?);
                }
                rest = next;
            }
        }
    }
}

/// SOF0 to SOF15; DHT, JPG and DAC lie between them.
fn is_frame_header(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC)
}

fn sides(bytes: &[u8]) -> Option<Size> {
    let (height, rest) = bytes.split_first_chunk::<2>()?;
    let (width, _) = rest.split_first_chunk::<2>()?;
    Some(Size {
        width_px: u16::from_be_bytes(*width),
        height_px: u16::from_be_bytes(*height),
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The beginning of a JPEG of this size, as far as anybody here reads it.
    pub fn picture(width_px: u16, height_px: u16) -> Vec<u8> {
        let mut bytes = vec![0xFF, 0xD8];
        bytes.extend([0xFF, 0xFE, 0, 7]);
        bytes.extend(b"hello");
        // A fill byte before the marker is allowed.
        bytes.extend([0xFF, 0xFF, 0xC0, 0, 11, 8]);
        bytes.extend(height_px.to_be_bytes());
        bytes.extend(width_px.to_be_bytes());
        bytes.extend([1, 1, 0x11, 0, 0xFF, 0xD9]);
        bytes
    }

    #[test]
    fn the_size_is_that_of_the_frame_header() {
        let size = size(&picture(640, 480)).unwrap();
        assert_eq!((size.width_px, size.height_px), (640, 480));
        assert!(size.is_within(640) && !size.is_within(639));
    }

    #[test]
    fn a_picture_without_a_side_is_never_within() {
        let line = size(&picture(0, 480)).unwrap();
        assert!(!line.is_within(4_096));
    }

    #[test]
    fn nothing_that_is_cut_off_or_something_else_has_a_size() {
        let whole = picture(640, 480);
        for end in 0..whole.len() - 6 {
            assert_eq!(size(&whole[..end]), None, "cut at {end}");
        }
        for other in [
            &b"<html>"[..],
            b"\xFF\xD8\xFF\xDA\0\x08",
            b"\xFF\xD8\xFF\xD9",
            b"\xFF\xD8\xFF\xE0\0\0",
            b"\xFF\xD8hello",
            b"\x89PNG\r\n\x1a\n",
        ] {
            assert_eq!(size(other), None, "{other:?}");
        }
    }
}
