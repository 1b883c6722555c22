//! The room `blobs`.
