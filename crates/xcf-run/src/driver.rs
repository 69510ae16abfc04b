//! What turns the machine's owed effects into deeds (`D7`).

pub mod embedded;
pub mod journal;
pub mod simulated;
