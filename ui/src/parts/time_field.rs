//! Written by the objects UI helper.
