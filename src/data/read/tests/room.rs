//! Rows that do not fit into memory.

use super::*;

/// Rows that are read between two looks at the memory.
const EVERY: usize = 1024;
/// Bytes of a row of one feature: that as f32, the target as f64, two integers of four bytes.
const OF_ROW: usize = 20;
/// Bytes of two classes with a name of one letter, and of the first eight places at which they are found.
const OF_CLASSES: usize = 2 * 202 + 8 * 48;

/// `x,y` and so many rows, of the classes p and q.
fn numbers(count: usize) -> String {
    rows(count, |row| format!("{row},{}", if row % 2 == 0 { 'p' } else { 'q' }))
}

fn refusal(csv: &str, room: usize) -> Option<String> {
    let file = File::new("x.csv", csv);
    match read_within(&file.settings(), room) {
        Ok(_) => None,
        Err(error @ DataError::NoRoom { .. }) => Some(file.message(&error)),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn rows_that_outgrow_the_room_are_refused_with_the_line_that_is_too_much() {
    let needed = EVERY * OF_ROW + OF_CLASSES;
    assert_eq!(
        refusal(&numbers(EVERY + 1), needed - 1).unwrap(),
        "x.csv:1026: the 1024 rows so far take 0.0 GB of memory, 0.0 GB are free for them: leave out columns (data.exclude) \
         or rows"
    );
    assert_eq!(refusal(&numbers(EVERY + 1), needed), None, "what fits to the last byte is read");
    assert!(refusal(&numbers(3 * EVERY), needed).unwrap().starts_with("x.csv:2050: the 2048 rows so far take "));
}

#[test]
fn the_message_has_gigabytes_of_what_is_needed_and_what_is_free() {
    let place = Place { path: "x.csv".into(), line: 9 };
    let error = DataError::NoRoom { place, rows: 7, needed: 13_449_999_999, room: 12_000_000_000 };
    assert_eq!(
        error.to_string(),
        "x.csv:9: the 7 rows so far take 13.4 GB of memory, 12.0 GB are free for them: leave out columns (data.exclude) or rows"
    );
}

#[test]
fn a_column_of_long_texts_counts_with_its_letters() {
    let texts = |length: usize| {
        let row = |row| format!("{row},{:x<length$},{}", format!("t{row}"), if row % 2 == 0 { 'p' } else { 'q' });
        numbers(0).replace("x,", "x,note,") + &(0..=EVERY).map(row).collect::<Vec<_>>().join("\n")
    };
    // A second feature; and texts of 500 letters, each kept twice, with 200 bytes of what finds them again.
    let room = EVERY * (OF_ROW + 4 + 2 * 500 + 200) + OF_CLASSES;
    assert_eq!(refusal(&texts(500), room), None);
    assert!(refusal(&texts(501), room).unwrap().starts_with("x.csv:1026: the 1024 rows so far take "));
}

#[test]
fn the_rows_of_a_test_file_count_behind_those_of_the_data() {
    let file = File::new("x.csv", numbers(EVERY));
    let mut settings = file.settings();
    settings.test_path = Some(file.beside("test.csv", &numbers(EVERY + 1)));
    let room = EVERY * OF_ROW + OF_CLASSES;
    let error = read_within(&settings, room).unwrap_err();
    assert!(file.message(&error).starts_with("test.csv:1026: the 2048 rows so far take "), "{error}");
    assert!(read_within(&settings, room + EVERY * OF_ROW).is_ok());
}

#[test]
fn texts_that_are_read_a_second_time_count_too() {
    // Numbers, of which no text is kept, until the last row makes categories of all.
    let csv = |last: &str| {
        let row = |row| format!("{},{}", if row == EVERY { last.to_owned() } else { format!("{row}") }, row % 2);
        format!("x,y\n{}\n", (0..=EVERY).map(row).collect::<Vec<_>>().join("\n"))
    };
    let room = (EVERY + 1) * OF_ROW;
    assert_eq!(refusal(&csv("7"), room), None);
    let file = File::new("x.csv", csv("text"));
    let settings = DataSettings { categorical: vec![], keep: vec!["x".into()], ..file.settings() };
    let error = read_within(&settings, room).unwrap_err();
    assert!(file.message(&error).starts_with("x.csv:1026: the 1024 rows so far take "), "{error}");
}

#[test]
fn records_of_megabytes_are_looked_at_each_and_groups_count() {
    let class = |row: usize| if row.is_multiple_of(2) { 'p' } else { 'q' };
    let long = |row: usize| format!("{row},t{row}{},{}", "x".repeat(1_100_000), class(row));
    let csv = format!("x,note,y\n{}\n", (0..6).map(long).collect::<Vec<_>>().join("\n"));
    assert!(refusal(&csv, 5_000_000).unwrap().starts_with("x.csv:5: the 3 rows so far take "));
    let groups = rows(EVERY + 1, |row| format!("{row},g{row:0>199},{}", class(row)));
    let file = File::new("x.csv", groups.replacen("x,y", "x,who,y", 1));
    let mut settings = file.settings();
    settings.split.group = Some("who".into());
    let room = EVERY * (OF_ROW + 4 + 250) + OF_CLASSES;
    assert!(read_within(&settings, room).is_ok());
    assert!(matches!(read_within(&settings, room - 1), Err(DataError::NoRoom { .. })));
}
