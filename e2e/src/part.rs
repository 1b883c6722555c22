//! Parts to print, made by our own code.

use anyhow::Result;
use fluxprint_geometry::shapes::cuboid;
use fluxprint_geometry::write_canonical;
use std::path::{Path, PathBuf};

/// The bytes of a block as STL.
///
/// # Panics
/// Never: a block can be written.
#[must_use]
pub fn block(x_mm: f64, y_mm: f64, z_mm: f64) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_canonical(&cuboid(x_mm, y_mm, z_mm), &mut bytes).expect("a block can be written");
    bytes
}

/// The same as a file in `dir`.
///
/// # Errors
/// When it cannot be written.
pub fn part_file(dir: &Path, x_mm: f64, y_mm: f64, z_mm: f64) -> Result<PathBuf> {
    let path = dir.join(format!("block-{x_mm}x{y_mm}x{z_mm}.stl"));
    std::fs::write(&path, block(x_mm, y_mm, z_mm))?;
    Ok(path)
}
