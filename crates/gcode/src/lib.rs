//! The room `gcode`.
