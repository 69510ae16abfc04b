//! Domain values as wire types. Pure: no store, no clock.

pub(crate) mod allowed;
pub(crate) mod change;
pub(crate) mod event;
pub(crate) mod impact;
pub(crate) mod matrix;
pub(crate) mod plan;
pub(crate) mod planned;
pub(crate) mod route;
