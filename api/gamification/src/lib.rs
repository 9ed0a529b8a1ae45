//! gamification
