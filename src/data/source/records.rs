//! Records as the CSV reader makes them: the text of all in one buffer, the ends of their fields in another.
//!
//! In: bytes. Out: [`Record`]s, and their cells as [`Field`]s. The buffers are used again and again, so that a record costs no
//! memory of its own.

use std::io;

use csv_core::ReadRecordResult;

use super::content::Content;
use crate::data::field::{Field, MOST_PACKED};

/// Some records behind each other.
#[derive(Debug, Default)]
pub(in crate::data) struct Records {
    /// The text of all fields without what separates them, and room behind it.
    text: Vec<u8>,
    /// The ends of the fields, each counted from the begin of its record, and room behind them.
    ends: Vec<usize>,
    begins: Vec<Begin>,
    /// Where the record begins that was read last, unless it is kept.
    next: Begin,
    /// Where it ends.
    end: Begin,
}

/// Where a record begins.
#[derive(Debug, Clone, Copy, Default)]
struct Begin {
    text: usize,
    end: usize,
    line: u64,
}

/// A record.
#[derive(Debug, Clone, Copy)]
pub(in crate::data) struct Record<'r> {
    /// The text of its fields and of what lies behind it.
    from: &'r [u8],
    ends: &'r [usize],
    /// The line on which it begins.
    pub(in crate::data) line: u64,
}

impl Records {
    /// The one of that index.
    pub(in crate::data) fn get(&self, index: usize) -> Record<'_> {
        let begin = self.begins[index];
        self.between(begin, *self.begins.get(index + 1).unwrap_or(&self.next))
    }

    /// All, in the order of the file.
    pub(in crate::data) fn iter(&self) -> impl Iterator<Item = Record<'_>> {
        let ends = self.begins.iter().skip(1).chain([&self.next]);
        self.begins.iter().zip(ends).map(|(&begin, &end)| self.between(begin, end))
    }

    /// Bytes that they take.
    pub(super) fn bytes(&self) -> usize {
        self.next.text + self.next.end * size_of::<usize>()
    }

    /// Leaves none of them.
    pub(in crate::data) fn clear(&mut self) {
        self.begins.clear();
        self.next = Begin::default();
    }

    /// Reads a record behind the others, in place of one that was not kept; whether there was one.
    pub(super) fn read(&mut self, csv: &mut csv_core::Reader, content: &mut Content) -> io::Result<bool> {
        /// The first room for the text, and for the ends.
        const LEAST: usize = 256;
        let mut end = self.next;
        let is_record = loop {
            // Behind the last field, too, there is as much as an integer of a field may hold.
            if self.text.len() < end.text + 2 * MOST_PACKED {
                self.text.resize((2 * self.text.len()).max(LEAST), 0);
            }
            if self.ends.len() == end.end {
                self.ends.resize((2 * self.ends.len()).max(LEAST), 0);
            }
            let room = self.text.len() - MOST_PACKED;
            let (result, read, written, fields) =
                csv.read_record(content.fill()?, &mut self.text[end.text..room], &mut self.ends[end.end..]);
            content.consume(read);
            (end.text, end.end) = (end.text + written, end.end + fields);
            match result {
                ReadRecordResult::InputEmpty | ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {}
                ReadRecordResult::Record => break true,
                ReadRecordResult::End => break false,
            }
        };
        self.end = end;
        Ok(is_record)
    }

    /// The record that was read last.
    pub(super) fn last_read(&self) -> Record<'_> {
        self.between(self.next, self.end)
    }

    /// Keeps the record that was read last and begins on that line.
    pub(super) fn keep(&mut self, line: u64) {
        self.begins.push(Begin { line, ..self.next });
        self.next = self.end;
    }

    fn between(&self, begin: Begin, end: Begin) -> Record<'_> {
        Record { from: &self.text[begin.text..], ends: &self.ends[begin.end..end.end], line: begin.line }
    }
}

impl<'r> Record<'r> {
    /// The text of all fields behind each other.
    pub(in crate::data) fn text(self) -> &'r [u8] {
        &self.from[..self.ends.last().copied().unwrap_or(0)]
    }

    /// How many fields there are.
    pub(in crate::data) fn len(self) -> usize {
        self.ends.len()
    }

    /// The field of that index.
    pub(in crate::data) fn field(self, index: usize) -> Field<'r> {
        let begin = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        Field::new(&self.from[begin..], self.ends[index] - begin)
    }

    /// All, from left to right.
    #[inline(always)]
    pub(in crate::data) fn fields(self) -> impl Iterator<Item = Field<'r>> {
        let mut begin = 0;
        self.ends.iter().map(move |&end| {
            let field = Field::new(&self.from[begin..], end - begin);
            begin = end;
            field
        })
    }
}
