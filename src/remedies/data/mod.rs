//! Remedies that change the rows that training sees.

pub mod noise;
