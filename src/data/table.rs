//! The rows of the data file and of the test file behind it, as numbers.
//!
//! In: open files and the roles of their columns. Out: a matrix of features, the target's values and the split's words. A
//! row without a target is left out. The matrix grows in place, so that a file of numbers needs little more memory than
//! the matrix itself.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::cell::Cells;
use super::column::ColumnReader;
use super::counter::Counter;
use super::dialect::Dialect;
use super::error::{DataError, FileKey, Place};
use super::field::Field;
use super::header::{Header, Slot};
use super::role::Role;
use super::source::{Record, Source};

/// What the files hold.
#[derive(Debug)]
pub(super) struct Table {
    cells: Cells,
    /// Number of features.
    pub(super) width: usize,
    /// `[rows, features]` value, or code of the category; NaN where missing.
    pub(super) matrix: Vec<f32>,
    pub(super) columns: Vec<ColumnReader>,
    pub(super) target: ColumnReader,
    /// `[rows]` value, or code of the class.
    pub(super) target_values: Vec<f64>,
    /// `[rows]`, empty where there is no split column.
    pub(super) roles: Vec<Role>,
    /// `[rows]` the number of the value of the group column, in the order in which they come; empty where there is none.
    pub(super) groups: Vec<u32>,
    group_numbers: HashMap<Vec<u8>, u32>,
    /// Bytes that these take, about.
    group_bytes: usize,
    /// `[rows]` line of the file.
    pub(super) lines: Vec<u32>,
    pub(super) files: Vec<FileRows>,
    /// Bytes that the rows may take.
    room: usize,
    /// Whether words that are missing among numbers are classes of the target.
    doubtful_are_classes: bool,
    /// Whether the target of a row that was left out is such a word.
    has_doubtful_targets: bool,
}

/// The rows of one file.
#[derive(Debug)]
pub(super) struct FileRows {
    key: FileKey,
    pub(super) path: PathBuf,
    pub(super) dialect: Dialect,
    slots: Vec<Slot>,
    hash: [u8; 32],
    /// Its first row in the table.
    pub(super) start: usize,
    /// Rows left out as they have no target.
    pub(super) without_target: Option<WithoutTarget>,
    /// The first record that goes on over many lines: where it begins, and how many.
    pub(super) long_record: Option<(u64, u64)>,
}

/// Rows that have no target.
#[derive(Debug)]
pub(super) struct WithoutTarget {
    pub(super) rows: usize,
    /// The line of the first.
    pub(super) line: u64,
    /// The first cell that is not empty and means a missing value.
    pub(super) word: Option<String>,
}

impl Table {
    /// No rows yet, which may take so many bytes of memory: `room`.
    pub(super) fn new(header: &Header, missing: &[String], doubtful_are_classes: bool, room: usize) -> Self {
        Self {
            cells: Cells::new(missing),
            width: header.features.len(),
            matrix: vec![],
            columns: header.features.iter().map(|&column| header.reader(column)).collect(),
            target: header.reader(header.target),
            target_values: vec![],
            roles: vec![],
            groups: vec![],
            group_numbers: HashMap::new(),
            group_bytes: 0,
            lines: vec![],
            files: vec![],
            room,
            doubtful_are_classes,
            has_doubtful_targets: false,
        }
    }

    /// Whether rows were left out that belong to a class: their target is a word like `-`, and the targets are texts.
    pub(super) fn has_lost_classes(&self) -> bool {
        self.has_doubtful_targets && self.target.is_text
    }

    /// Reads a file to its end, behind the rows that are there.
    pub(super) fn append(
        &mut self,
        source: Source,
        key: FileKey,
        path: &Path,
        dialect: Dialect,
        slots: Vec<Slot>,
        header: &Header,
    ) -> Result<(), DataError> {
        self.cells.notation = dialect.notation;
        self.columns.iter_mut().filter_map(|column| column.counter.as_mut()).for_each(Counter::begin_file);
        let start = self.lines.len();
        let (target, runs) = (target_field(&slots), runs(&slots));
        let mut without_target: Option<WithoutTarget> = None;
        let mut records = 0;
        let source = source.for_each(|record| {
            records += 1;
            let line = record.line;
            self.refuse_beyond_room(path, record, self.lines.len())?;
            let cell = record.field(target).trimmed().text();
            if is_no_target(cell, &self.cells, self.doubtful_are_classes) {
                self.has_doubtful_targets |= self.cells.is_doubtful(cell);
                let known = without_target.get_or_insert(WithoutTarget { rows: 0, line, word: None });
                known.rows += 1;
                if known.word.is_none() && !cell.is_empty() {
                    known.word = Some(String::from_utf8_lossy(cell).into_owned());
                }
                return Ok(());
            }
            self.push(record, &runs).map_err(|refusal| {
                let place = Place { path: path.to_owned(), line };
                let name = |column: Option<usize>| column.map_or(String::new(), |column| header.names[column].clone());
                match refusal {
                    Refusal::SplitWord(text) => DataError::SplitWord { place, column: name(header.split), text },
                    Refusal::NoGroup => DataError::NoGroup { place, column: name(header.group) },
                }
            })
        })?;
        if records == 0 {
            return Err(DataError::NoRows { key, path: path.to_owned() });
        }
        if self.lines.len() == start {
            let column = header.names[header.target].clone();
            let hint = header.hint_at_no_targets();
            return Err(DataError::NoTargets { path: path.to_owned(), column, hint });
        }
        let long_record = source.long_record();
        let (path, hash) = (path.to_owned(), source.into_hash());
        self.files.push(FileRows { key, path, dialect, slots, hash, start, without_target, long_record });
        Ok(())
    }

    /// Reads the files once more for the columns that turned out to be text after numbers had been read.
    pub(super) fn complete(&mut self) -> Result<(), DataError> {
        let again: Vec<bool> = self.columns.iter().map(|column| column.is_incomplete).collect();
        let target_again = self.target.is_incomplete;
        if !target_again && !again.contains(&true) {
            return Ok(());
        }
        self.columns
            .iter_mut()
            .chain([&mut self.target])
            .filter(|column| column.is_incomplete)
            .for_each(ColumnReader::start_again);
        let mut row = 0;
        let files = std::mem::take(&mut self.files);
        for file in &files {
            self.cells.notation = file.dialect.notation;
            let target = target_field(&file.slots);
            let changed = || DataError::Changed { path: file.path.clone() };
            let source = Source::reopen(file.key, &file.path, file.dialect)?.for_each(|record| {
                if record.len() != file.slots.len() {
                    return Err(changed());
                }
                self.refuse_beyond_room(&file.path, record, row)?;
                if is_no_target(record.field(target).trimmed().text(), &self.cells, self.doubtful_are_classes) {
                    return Ok(());
                }
                if row == self.lines.len() {
                    return Err(changed());
                }
                for (cell, slot) in record.fields().zip(&file.slots) {
                    match *slot {
                        Slot::Feature(feature) if again[feature] => {
                            self.matrix[row * self.width + feature] =
                                self.columns[feature].read(&self.cells, cell, row) as f32;
                        }
                        Slot::Target if target_again => {
                            self.target_values[row] = self.target.read(&self.cells, cell, row);
                        }
                        _ => {}
                    }
                }
                row += 1;
                Ok(())
            })?;
            if source.into_hash() != file.hash {
                return Err(changed());
            }
        }
        self.files = files;
        Ok(())
    }

    /// Refuses rows that do not fit into memory, looking every now and then while `row` is read, and before a large record.
    fn refuse_beyond_room(&self, path: &Path, record: Record, row: usize) -> Result<(), DataError> {
        /// Rows between two looks.
        const EVERY: usize = 1024;
        /// Bytes of a large record.
        const LARGE: usize = 1 << 20;
        if !row.is_multiple_of(EVERY) && record.text().len() < LARGE {
            return Ok(());
        }
        let needed = self.bytes();
        if needed <= self.room {
            return Ok(());
        }
        let place = Place { path: path.to_owned(), line: record.line };
        Err(DataError::NoRoom { place, rows: row, needed, room: self.room })
    }

    /// Bytes that the rows take.
    fn bytes(&self) -> usize {
        let texts: usize = self.columns.iter().chain([&self.target]).map(ColumnReader::text_bytes).sum();
        let each_row = size_of::<f64>() + 2 * size_of::<u32>();
        let drawn_by = size_of_val(self.roles.as_slice()) + size_of_val(self.groups.as_slice()) + self.group_bytes;
        size_of_val(self.matrix.as_slice()) + self.lines.len() * each_row + drawn_by + texts
    }

    /// The line from which a row was read.
    pub(super) fn place(&self, row: usize) -> Place {
        let file = self.files.iter().rfind(|file| file.start <= row).expect("the first file starts at row 0");
        Place { path: file.path.clone(), line: u64::from(self.lines[row]) }
    }

    /// How the file of a row is written.
    pub(super) fn dialect(&self, row: usize) -> &Dialect {
        let file = self.files.iter().rfind(|file| file.start <= row).expect("the first file starts at row 0");
        &file.dialect
    }

    /// SHA-256 in hexadecimal digits: of the file's content, or of both files' hashes behind each other.
    pub(super) fn hash(&self) -> String {
        use sha2::{Digest, Sha256};
        let hash = match self.files.as_slice() {
            [file] => file.hash,
            files => files.iter().fold(Sha256::new(), |hasher, file| hasher.chain_update(file.hash)).finalize().into(),
        };
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Adds a row.
    fn push(&mut self, record: Record, runs: &[Run]) -> Result<(), Refusal> {
        let row = self.lines.len();
        let start = self.matrix.len();
        self.matrix.resize(start + self.width, f32::NAN);
        let mut fields = record.fields();
        for run in runs {
            match run {
                Run::Features(features) => {
                    let values = &mut self.matrix[start..][features.clone()];
                    let columns = values.iter_mut().zip(&mut self.columns[features.clone()]);
                    for ((value, column), cell) in columns.zip(fields.by_ref()) {
                        *value = column.read(&self.cells, cell, row) as f32;
                    }
                }
                Run::Other(slot) => {
                    let cell = fields.next().expect("every record is as wide as the header");
                    self.push_other(*slot, cell, row)?;
                }
            }
        }
        self.lines.push(u32::try_from(record.line).unwrap_or(u32::MAX));
        Ok(())
    }

    /// Adds a cell that is no feature.
    fn push_other(&mut self, slot: Slot, cell: Field, row: usize) -> Result<(), Refusal> {
        match slot {
            Slot::Target => self.target_values.push(self.target.read(&self.cells, cell, row)),
            Slot::Split => {
                self.roles.push(Role::parse(&String::from_utf8_lossy(cell.text())).map_err(Refusal::SplitWord)?);
            }
            Slot::Group => {
                let group = self.group(cell.trimmed().text())?;
                self.groups.push(group);
            }
            Slot::Feature(_) | Slot::Nowhere => {}
        }
        Ok(())
    }

    /// The number of a group, which is a new one where its name is new.
    fn group(&mut self, name: &[u8]) -> Result<u32, Refusal> {
        /// Bytes that a group takes beside its letters: a text, an entry of the table.
        const EACH: usize = 50;
        if self.cells.is_missing(name) {
            return Err(Refusal::NoGroup);
        }
        if let Some(&known) = self.group_numbers.get(name) {
            return Ok(known);
        }
        let next = self.group_numbers.len() as u32;
        self.group_bytes += name.len() + EACH;
        self.group_numbers.insert(name.to_vec(), next);
        Ok(next)
    }
}

/// Columns of a file that lie beside each other.
enum Run {
    /// Features, in their order.
    Features(Range<usize>),
    /// One that is no feature.
    Other(Slot),
}

/// The columns of a file, from left to right.
fn runs(slots: &[Slot]) -> Vec<Run> {
    let mut runs = Vec::new();
    for &slot in slots {
        match (slot, runs.last_mut()) {
            (Slot::Feature(feature), Some(Run::Features(range))) if range.end == feature => range.end += 1,
            (Slot::Feature(feature), _) => runs.push(Run::Features(feature..feature + 1)),
            _ => runs.push(Run::Other(slot)),
        }
    }
    runs
}

/// Why a row cannot be taken.
enum Refusal {
    /// The word of the split column is none of the known ones.
    SplitWord(String),
    /// The cell of the group column is missing.
    NoGroup,
}

/// Whether a cell of the target, without surrounding blanks, means that there is none.
fn is_no_target(cell: &[u8], cells: &Cells, doubtful_are_classes: bool) -> bool {
    cells.is_missing(cell) || (!doubtful_are_classes && cells.is_doubtful(cell))
}

fn target_field(slots: &[Slot]) -> usize {
    slots.iter().position(|slot| *slot == Slot::Target).expect("every header has a target")
}
