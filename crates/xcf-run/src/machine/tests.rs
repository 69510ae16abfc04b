//! The machine, tested by its own words: every cell of the table, and the rules one by one.

pub(crate) mod kit;
mod rules;
mod table;
