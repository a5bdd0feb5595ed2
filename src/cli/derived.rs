//! The files that are derived from the store, in the folder of the results: all of one plan, that of the resolved config which
//! stands beside them, also where runs of different settings share the folder.
//!
//! In: a plan and its results. Out: the files. Nothing is locked: each process writes its config first, and all again if it
//! finds another plan's there afterwards. So whoever writes a config last has also written all else last, unless it is killed
//! in the instant in which the files are put into their places.

use std::fs;
use std::io;
use std::path::Path;

use super::conclusion::refuse_conflicts;
use super::disagreement::disagreement;
use super::error::CliError;
use super::folder::ResultsFolder;
use super::plan::Plan;
use crate::analysis::{Summary, Terms};
use crate::experiment::RESOLVED;
use crate::lab::{Results, Store};
use crate::report::{self, About, CURVES, FileOptions, Files};

/// How often files are written again because another process has stored more meanwhile, or has written them too.
const AGAIN: usize = 3;

/// The files of a plan in a folder.
pub(super) struct Derived<'a> {
    plan: Plan<'a>,
    folder: &'a Path,
    /// The resolved config.
    resolved: String,
    /// What the comparison is asked for.
    terms: Terms,
    /// How files are written.
    options: FileOptions,
    /// Whether the folder was this plan's before: only then is it odd to find another one's there.
    was_ours: bool,
}

/// What was written.
pub(super) struct Written {
    /// What the comparison is made of.
    pub summary: Summary,
    /// What the user should know.
    pub warnings: Vec<String>,
}

impl<'a> Derived<'a> {
    /// The files of a plan, to be written into `folder`.
    pub fn new(plan: Plan<'a>, folder: &'a Path) -> Self {
        Self {
            plan,
            folder,
            resolved: plan.resolved(folder),
            terms: Terms::default(),
            options: FileOptions::default(),
            was_ours: false,
        }
    }

    /// The files of the plan that a folder has.
    pub fn of(folder: &'a ResultsFolder) -> Self {
        Self {
            plan: folder.plan(),
            folder: &folder.path,
            resolved: folder.text.clone(),
            terms: Terms::default(),
            options: FileOptions::default(),
            was_ours: true,
        }
    }

    /// The same with a comparison on these terms.
    pub fn on(self, terms: Terms) -> Self {
        Self { terms, ..self }
    }

    /// The same, with files that are written so.
    pub fn written(self, options: impl Into<FileOptions>) -> Self {
        Self { options: options.into(), ..self }
    }

    /// The folder says whose plan it holds before anything is trained. Files of another plan are replaced by those of this
    /// one, as far as it is stored, so that what is in the folder belongs together at any time.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn begin(&mut self, store: &Store) -> Result<(), CliError> {
        self.was_ours = true;
        let file = self.folder.join(RESOLVED);
        let is_stale = match file.exists() {
            true => self.other_plan().is_some(),
            false => self.folder.join(CURVES).exists(),
        };
        // Of results that contradict each other, which only a fresh run goes on with, nothing may be derived.
        if is_stale && refuse_conflicts(store).is_ok() {
            return self.pass(&self.plan.results(store.clone())?).map(drop);
        }
        match fs::read_to_string(&file) {
            Ok(found) if found == self.resolved => Ok(()),
            _ => Ok(report::write_text(&file, &self.resolved)?),
        }
    }

    /// Writes all files. Where two processes end at the same time, the files hold what both have stored, whichever writes
    /// last.
    ///
    /// # Errors
    /// If two results of a trial differ, or the disk fails.
    pub fn write(&self, results: &mut Results) -> Result<Written, CliError> {
        let folder = self.folder.display();
        let mut warnings = Vec::new();
        if let Some(what) = self.other_plan().filter(|_| self.was_ours) {
            warnings.push(format!(
                "another run with other settings has used {folder} meanwhile (first what this one has, then the other: \
                 {what}): the files there are now those of this one, what the other has trained stays stored; give one of \
                 them another --out"
            ));
        }
        let mut times = 0;
        loop {
            times += 1;
            let (summary, of_files) = match refuse_conflicts(&results.store).and_then(|()| self.pass(results)) {
                Err(error) if error.is_passing() && times <= AGAIN => {
                    results.reread()?;
                    continue;
                }
                done => done?,
            };
            if self.other_plan().is_some() {
                if times <= AGAIN {
                    continue;
                }
                warnings.push(format!(
                    "another run with other settings keeps writing into {folder}: once both have ended, \
                     `overfit report {folder}` puts its files right"
                ));
            }
            // Who is still at work writes all again at the end.
            if results.rescan()? == 0 || times > AGAIN && results.missing() > 0 {
                warnings.extend(of_files);
                warnings.extend(results.store.take_warnings());
                return Ok(Written { summary, warnings });
            }
        }
    }

    /// Writes every file once; they appear together, the resolved config first. Also returns what is to be known of them.
    fn pass(&self, results: &Results) -> Result<(Summary, Vec<String>), CliError> {
        let summary = Summary::of(&results.compared(), self.terms)?;
        let mut files = Files::new(self.folder);
        files.write(RESOLVED, |out| Ok(out.write_all(self.resolved.as_bytes())?))?;
        let about = About { resolved: &self.resolved, findings: self.plan.findings };
        report::write_all(results, &summary, &about, self.options, &mut files)?;
        let warnings = std::mem::take(&mut files.warnings);
        files.appear()?;
        Ok((summary, warnings))
    }

    /// What the plan in the folder differs in from this one, where it is another one.
    fn other_plan(&self) -> Option<String> {
        match fs::read_to_string(self.folder.join(RESOLVED)) {
            Ok(found) if found == self.resolved => None,
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            // As written by another version, or from another place, it may be the same plan.
            _ => match ResultsFolder::open(self.folder) {
                Ok(found) => disagreement(self.plan, found.plan()),
                Err(_) => Some(format!("an {RESOLVED} that cannot be read")),
            },
        }
    }
}
