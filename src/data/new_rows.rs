//! Rows of a file that a saved network is to predict.
//!
//! In: a path, and the preprocessing that is kept with the network. Out: first what is wrong or odd with the file, which is
//! read once for that; then its rows one by one, as inputs, with the answer where the file has one. Columns are found by their
//! names, in any order. Never more than a record is in memory.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::Task;
use super::cell::{Cell, Cells};
use super::dialect::{Asked, Dialect, EncodingChoice, Reading};
use super::encoder::Encoder;
use super::error::{DataError, FileKey, Place};
use super::header::unique_names;
use super::preprocessing::{ColumnEncoding, Preprocessing};
use super::source::{Records, Source};
use super::strange::Strange;
use super::wording::{list, nearest, quoted};

/// A file that was found to be readable to its end.
#[derive(Debug)]
pub struct NewFile<'p> {
    path: PathBuf,
    dialect: Dialect,
    hash: [u8; 32],
    preprocessing: &'p Preprocessing,
    classes: &'p [String],
    /// Of each field, in the order of the file.
    slots: Vec<Slot>,
    /// The names of the columns, unique.
    pub names: Vec<String>,
    /// How many rows there are.
    pub rows: usize,
    /// How it was read where that was guessed and is not the plain case.
    pub readings: Vec<Reading>,
    /// Lowercase fragments, each of which names the file and the line or the column.
    pub warnings: Vec<String>,
}

/// Where a field goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    /// The column of that index.
    Column(usize),
    Target,
    Nowhere,
}

/// What a file says of a row's target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Answer {
    /// The file has no such column, or nothing in it.
    None,
    /// The index of the class.
    Class(u32),
    /// A class that the network does not know.
    OtherClass,
    /// A value, in its own units.
    Value(f64),
}

impl<'p> NewFile<'p> {
    /// Reads a file once, to its end; `classes` are those of the network, none for a regression.
    ///
    /// # Errors
    /// Where it cannot be read, lacks a column, or has text where a number is wanted.
    pub fn check(path: &Path, preprocessing: &'p Preprocessing, classes: &'p [String]) -> Result<Self, DataError> {
        match Self::check_as(path, preprocessing, classes, None) {
            Err(DataError::NotUtf8 { place, .. }) if preprocessing.reading.dialect.encoding == EncodingChoice::Auto => {
                Self::check_as(path, preprocessing, classes, Some(place.line))
            }
            checked => checked,
        }
    }

    fn check_as(
        path: &Path,
        preprocessing: &'p Preprocessing,
        classes: &'p [String],
        not_utf8: Option<u64>,
    ) -> Result<Self, DataError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let is_tsv = name.strip_suffix(".gz").unwrap_or(&name).ends_with(".tsv");
        let reading = &preprocessing.reading;
        let asked = Asked { settings: reading.dialect, missing: &reading.missing, is_tsv, not_utf8 };
        let (source, names, guess) = Source::open(FileKey::New, path, &asked)?;
        let mut warnings = Vec::new();
        let place = Place { path: path.to_owned(), line: source.first_line() };
        warnings.extend(guess.header_doubt.map(|doubt| format!("{place}: {doubt}")));
        let names = unique_names(names, &place, &mut warnings);
        let slots = slots(&names, preprocessing, path)?;
        warnings.extend(ignored(&names, &slots, path));
        let mut file = Self {
            path: path.to_owned(),
            dialect: guess.dialect,
            hash: [0; 32],
            preprocessing,
            classes,
            slots,
            names,
            rows: 0,
            readings: guess.readings,
            warnings,
        };
        let mut rows = file.rows_of(source);
        let mut inputs = vec![0.0; rows.encoder.width()];
        let mut count = 0;
        while rows.next(&mut inputs)?.is_some() {
            count += 1;
        }
        let strange = std::mem::take(&mut rows.strange);
        let hash = rows.source.into_hash();
        if count == 0 {
            return Err(DataError::NoRows { key: FileKey::New, path: path.to_owned() });
        }
        (file.rows, file.hash) = (count, hash);
        file.warnings.extend(strange.warnings(path, &preprocessing.columns));
        Ok(file)
    }

    /// Its rows, from the first.
    ///
    /// # Errors
    /// If it can no longer be read.
    pub fn rows(&self) -> Result<NewRows<'_>, DataError> {
        Ok(self.rows_of(Source::reopen(FileKey::New, &self.path, self.dialect)?))
    }

    fn rows_of(&self, source: Source) -> NewRows<'_> {
        let columns = &self.preprocessing.columns;
        let mut cells = Cells::new(&self.preprocessing.reading.missing);
        cells.notation = self.dialect.notation;
        NewRows {
            file: self,
            source,
            cells,
            codes: columns.iter().map(codes).collect(),
            classes: self.classes.iter().map(|class| class.as_bytes()).zip(0..).collect(),
            encoder: self.preprocessing.encoder(),
            row: vec![f32::NAN; columns.len()],
            record: Records::default(),
            strange: Strange::new(columns.len()),
        }
    }
}

/// Where each field goes. A column that the network wants must be there.
fn slots(names: &[String], preprocessing: &Preprocessing, path: &Path) -> Result<Vec<Slot>, DataError> {
    let mut slots = vec![Slot::Nowhere; names.len()];
    let place = |wanted: &str| names.iter().position(|name| name == wanted.trim());
    if let Some(target) = place(&preprocessing.target.name) {
        slots[target] = Slot::Target;
    }
    for (index, column) in preprocessing.columns.iter().enumerate() {
        let Some(field) = place(column.name()) else {
            let near = nearest(column.name(), names.iter().map(String::as_str));
            let hint = match near {
                Some(near) => format!(": is it {}?", quoted(near)),
                None => format!(": its columns are {}", list(names.iter().map(String::as_str), 20)),
            };
            return Err(DataError::LacksInput { path: path.to_owned(), name: column.name().to_owned(), hint });
        };
        slots[field] = Slot::Column(index);
    }
    Ok(slots)
}

/// Said once of all columns that the network does not know.
fn ignored(names: &[String], slots: &[Slot], path: &Path) -> Option<String> {
    let nowhere = names.iter().zip(slots).filter(|(_, slot)| **slot == Slot::Nowhere);
    let ignored: Vec<&str> = nowhere.map(|(name, _)| name.as_str()).collect();
    let names = list(ignored.iter().copied(), 10);
    (!ignored.is_empty()).then(|| format!("{}: the network knows nothing of {names}: left out", path.display()))
}

/// The code of each category of a column, or the rank of each.
fn codes(column: &ColumnEncoding) -> HashMap<&[u8], f32> {
    fn numbered<'a>(names: impl Iterator<Item = Option<&'a String>>) -> HashMap<&'a [u8], f32> {
        names.enumerate().filter_map(|(code, name)| Some((name?.as_bytes(), code as f32))).collect()
    }
    match column {
        ColumnEncoding::Number { ranks, .. } => numbered(ranks.iter().flatten().map(Some)),
        ColumnEncoding::Category { categories, .. } => numbered(categories.iter().map(Option::as_ref)),
    }
}

/// The rows of a file.
pub struct NewRows<'f> {
    file: &'f NewFile<'f>,
    source: Source,
    cells: Cells,
    codes: Vec<HashMap<&'f [u8], f32>>,
    classes: HashMap<&'f [u8], u32>,
    encoder: Encoder,
    /// `[columns]` a number or a code each, NaN where it is missing.
    row: Vec<f32>,
    /// The one that was read last.
    record: Records,
    strange: Strange,
}

impl NewRows<'_> {
    /// Reads a row into `inputs`, as many as the network has; its answer, or nothing at the end.
    ///
    /// # Errors
    /// Where the row does not do, or the file is no longer what was checked.
    pub fn next(&mut self, inputs: &mut [f32]) -> Result<Option<Answer>, DataError> {
        self.record.clear();
        if !self.source.next(&mut self.record)? {
            return Ok(None);
        }
        let line = self.record.get(0).line;
        let mut answer = Answer::None;
        for field in 0..self.file.slots.len() {
            match self.file.slots[field] {
                Slot::Column(column) => self.row[column] = self.read_cell(field, column, line)?,
                Slot::Target => answer = self.read_answer(field),
                Slot::Nowhere => {}
            }
        }
        self.encoder.encode(&self.row, inputs);
        Ok(Some(answer))
    }

    /// The cell of a column, by its place in the file, of the row that was read last.
    pub fn cell(&self, field: usize) -> &str {
        std::str::from_utf8(self.record.get(0).field(field).text()).expect("records are text").trim()
    }

    /// Whether the file, which was read to its end, is still what it was when it was checked.
    ///
    /// # Errors
    /// If it is not.
    pub fn finish(self) -> Result<(), DataError> {
        match self.source.into_hash() == self.file.hash {
            true => Ok(()),
            false => Err(DataError::Changed { path: self.file.path.clone() }),
        }
    }

    fn read_cell(&mut self, field: usize, column: usize, line: u64) -> Result<f32, DataError> {
        let encoding = &self.file.preprocessing.columns[column];
        let cell = self.record.get(0).field(field).trimmed().text();
        let place = || Place { path: self.file.path.clone(), line };
        let name = || encoding.name().to_owned();
        let text = || String::from_utf8_lossy(cell).into_owned();
        let value = match encoding {
            ColumnEncoding::Number { ranks: None, .. } => match self.cells.read(cell) {
                Cell::Number(x) | Cell::Percent(x) | Cell::Padded(x) => return Ok(x as f32),
                Cell::Missing | Cell::Doubtful => f32::NAN,
                Cell::TooLarge => return Err(DataError::TooLarge { place: place(), column: name(), text: text() }),
                Cell::Text => return Err(DataError::TextForNumber { place: place(), column: name(), text: text() }),
            },
            _ if self.cells.is_missing(cell) => f32::NAN,
            ColumnEncoding::Number { ranks: Some(order), fill, .. } => match self.codes[column].get(cell) {
                Some(&rank) => return Ok(rank),
                None if fill.is_none() => {
                    let order = order.clone();
                    return Err(DataError::NotInOrder { place: place(), column: name(), text: text(), order });
                }
                None => {
                    self.strange.unseen(column, cell);
                    return Ok(f32::NAN);
                }
            },
            ColumnEncoding::Category { categories, .. } => match self.codes[column].get(cell) {
                Some(&code) => return Ok(code),
                None => {
                    self.strange.unseen(column, cell);
                    return Ok(categories.len() as f32);
                }
            },
        };
        if matches!(encoding, ColumnEncoding::Number { fill: None, .. }) {
            return Err(DataError::MissingValue { place: place(), column: name() });
        }
        self.strange.missing(column);
        Ok(value)
    }

    fn read_answer(&self, field: usize) -> Answer {
        let cell = self.record.get(0).field(field).trimmed().text();
        if let Some(&class) = self.classes.get(cell) {
            return Answer::Class(class);
        }
        match self.task() {
            _ if self.cells.is_missing(cell) => Answer::None,
            Task::Classification => Answer::OtherClass,
            Task::Regression => match self.cells.read(cell) {
                Cell::Number(x) | Cell::Percent(x) | Cell::Padded(x) => Answer::Value(x),
                _ => Answer::None,
            },
        }
    }

    fn task(&self) -> Task {
        if self.classes.is_empty() { Task::Regression } else { Task::Classification }
    }
}
