//! What of a plan is to be trained next: all that is missing, or, under halving, what the results so far decide.
//!
//! In: the plan, the part of it that is asked for, what is stored. Out: one [`Stage`] after the other.

use std::collections::HashSet;

use super::error::CliError;
use super::session::Session;
use crate::experiment::Trial;
use crate::lab::{Halving, Shard, Store, Wanted};

/// The stages of a run.
pub(super) struct Stages<'a> {
    session: &'a Session,
    shard: Option<Shard>,
    halving: Option<Halving>,
    wanted: Wanted<'a>,
    /// What was trained in this run, which counts as done even where all is to be trained afresh.
    finished: HashSet<String>,
}

/// What of a plan is to be looked after now.
pub(super) struct Stage<'a> {
    /// The trials to look after, each identity once, in the order of the plan: those of the shard, or all; under halving
    /// those that are decided.
    pub part: Vec<&'a Trial>,
    /// Those of them that are to be trained.
    pub todo: Vec<&'a Trial>,
    /// How many more there will be.
    to_come: usize,
    /// How many of those to come are done already.
    ahead: usize,
}

impl<'a> Stages<'a> {
    /// Those of a session's plan, or of a shard of it.
    pub fn new(session: &'a Session, shard: Option<Shard>, wanted: Wanted<'a>) -> Self {
        Self { session, shard, halving: session.halving(), wanted, finished: HashSet::new() }
    }

    /// Trials that were trained in this run.
    pub fn finished(&mut self, trials: HashSet<String>) {
        self.finished.extend(trials);
    }

    /// What is to be looked after now, by what is stored, which is read again where it changed meanwhile.
    ///
    /// # Errors
    /// If what is stored cannot be read.
    pub fn next(&self, store: &mut Store) -> Result<Stage<'a>, CliError> {
        match self.by(store) {
            Err(error) if error.is_passing() => {
                store.reread()?;
                self.by(store)
            }
            found => found,
        }
    }

    fn by(&self, store: &Store) -> Result<Stage<'a>, CliError> {
        let session = self.session;
        let is_done = |id: &str| self.finished.contains(id) || self.wanted.is_done(store, id);
        let mut seen = HashSet::new();
        let (part, to_come, ahead): (Vec<&Trial>, usize, usize) = match (&self.halving, self.shard) {
            (Some(halving), _) => {
                let decided = halving.decide(store, is_done)?;
                let trials = decided.places.iter().map(|&place| &session.trials[place]);
                (trials.filter(|trial| seen.insert(trial.id)).collect(), decided.to_come, decided.ahead)
            }
            (None, Some(shard)) => (shard.select(&session.experiment, &session.trials), 0, 0),
            (None, None) => (session.trials.iter().filter(|trial| seen.insert(trial.id)).collect(), 0, 0),
        };
        let todo = part.iter().copied().filter(|trial| !is_done(&trial.id.to_string())).collect();
        Ok(Stage { part, todo, to_come, ahead })
    }
}

impl Stage<'_> {
    /// Trials in all.
    pub fn total(&self) -> usize {
        self.part.len() + self.to_come
    }

    /// Trials that are still to be trained.
    pub fn left(&self) -> usize {
        self.todo.len() + self.to_come - self.ahead
    }
}
