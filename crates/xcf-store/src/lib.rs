//! (root doc)
