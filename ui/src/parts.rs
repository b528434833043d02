//! Components that pages share. Each is one concept, small, on the WAI-ARIA patterns.

pub mod confirm;
pub mod dialog;
pub mod fault;
pub mod filter_line;
pub mod fuzzy;
pub mod grid;
pub mod help;
pub mod icon;
pub mod menu;
pub mod palette;
pub mod picker;
pub mod plan;
pub mod popover;
pub mod segmented;
pub mod sign_in;
pub mod split;
pub mod states;
pub mod status;
pub mod tabs;
pub mod time_field;
