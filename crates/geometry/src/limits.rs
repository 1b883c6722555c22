//! Every limit on a model, in one place.

/// Largest number of triangles of a model unless the configuration says otherwise.
pub const TRIANGLES_MAX: u32 = 5_000_000;

/// Triangles that no configuration can go beyond: facet numbers share 32 bits with one flag.
pub const TRIANGLES_ADDRESSABLE: u32 = 1 << 30;

/// Farthest that a coordinate may lie from the origin: ten metres. Models in other units and
/// damaged numbers end here.
pub const COORDINATE_MM_MAX: f32 = 10_000.0;

/// Longest line of a text STL. Real ones stay under 100 bytes; the name may be longer.
pub const LINE_BYTES_MAX: usize = 4096;

/// Smallest width, depth and height of a printable part. Below it a slicer finds no layer.
pub const SIZE_MM_MIN: f64 = 0.1;

/// Smallest volume of a printable part: a cube of [`SIZE_MM_MIN`].
pub const VOLUME_MM3_MIN: f64 = 0.001;

/// Bytes read from or written to a stream at once.
pub const CHUNK_BYTES: usize = 64 * 1024;

/// Bytes of a file's beginning that [`crate::recognise`] looks at; more are ignored.
pub const HEAD_BYTES: usize = 4096;

/// Room reserved before the first triangle is read. The header's count reserves nothing.
pub const TRIANGLES_RESERVED: usize = 1024;

/// Most segments around a generated shape.
pub const SHAPE_SEGMENTS_MAX: u32 = 4096;

/// What an operator may set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most triangles of one model.
    pub triangles_max: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            triangles_max: TRIANGLES_MAX,
        }
    }
}
