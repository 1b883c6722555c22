//! The room `slicer`.
