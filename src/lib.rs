//! `overfit`: a laboratory that compares remedies against overfitting.
//!
//! An experiment is a config file. It is read, checked and spread out into trials (variant x point x seed x fold);
//! each trial trains one small multi-layer perceptron on a CSV data set, and what it saw is stored, analysed and reported.
//!
//! # The map of the house
//!
//! Data flows one way:
//!
//! ```text
//! file → Config → Experiment (checked) → Trials → Recipe → Trainer → History → Store → Analysis → Report
//! ```
//!
//! | module | question it answers |
//! | --- | --- |
//! | [`atomic_file`] | how does a file appear whole or not at all? |
//! | [`memory`] | how much memory is there? |
//! | [`random`] | which random number belongs to this seed, purpose, layer and step? |
//! | [`schema`] | which keys may a config have, of which kind, and what do they mean? |
//! | [`stopping`] | when does a series of training and validation errors say "stop"? |
//! | [`data`] | what is in this CSV file, and which rows train, validate and test? |
//! | [`metric`] | what are predictions worth? |
//! | [`nn`] | what does a network compute, forward and backward? |
//! | [`model`] | how is a network kept in a file? |
//! | [`recipe`] | what shall training do, in which order? |
//! | [`remedies`] | what does each remedy write into a recipe? |
//! | [`experiment`] | which trials does a config ask for? |
//! | [`train`] | how does one network learn, epoch by epoch? |
//! | [`lab`] | which trials are done, and which are to be run? |
//! | [`analysis`] | what do the results say? |
//! | [`report`] | how are they written down? |
//! | [`tables`] | what stands in tables of scores and curves that were made here or elsewhere? |
//! | [`cli`] | what did the user ask for? |
//!
//! A module imports only from modules above it in this table; `tests/architecture.rs` keeps that rule.

pub mod analysis;
pub mod atomic_file;
pub mod cli;
pub mod data;
pub mod experiment;
pub mod lab;
pub mod memory;
pub mod metric;
pub mod model;
pub mod nn;
pub mod random;
pub mod recipe;
pub mod remedies;
pub mod report;
pub mod schema;
pub mod stopping;
pub mod tables;
pub mod train;
