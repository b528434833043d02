//! What holds the house together, read from its sources: no server, no display, no program.

mod commands;
mod contrast;
mod layering;
