//! stories follow
