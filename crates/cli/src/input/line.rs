//! Lines of another program, read to a limit.

use std::io::{self, BufRead};

/// Longest line in bytes. The quotas of the service are 10 MB and less.
pub const LONGEST_LINE: usize = 128 << 20;

/// The end of reading a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// There is no further line.
    End,
    /// The line was read.
    Read,
    /// The line is longer than the limit. Its rest was skipped.
    TooLong,
}

/// Reads a line of at most `most` bytes into a buffer, without its line end.
///
/// # Errors
/// The input cannot be read.
pub fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>, most: usize) -> io::Result<Line> {
    line.clear();
    let (mut is_first, mut is_long) = (true, false);
    loop {
        let piece = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            piece => piece?,
        };
        let end = piece.iter().position(|byte| *byte == b'\n');
        let (text, read) = (end.unwrap_or(piece.len()), end.map_or(piece.len(), |end| end + 1));
        if read == 0 && is_first {
            return Ok(Line::End);
        }
        if is_long || line.len() + text > most {
            is_long = true;
            *line = Vec::new();
        } else {
            line.extend_from_slice(&piece[..text]);
        }
        input.consume(read);
        is_first = false;
        if end.is_some() || read == 0 {
            return Ok(if is_long { Line::TooLong } else { Line::Read });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, read_line};
    use std::io::BufReader;

    #[test]
    fn long_lines_are_skipped_and_the_next_is_read() {
        // A buffer of three bytes: lines come in pieces.
        let mut input = BufReader::with_capacity(3, &b"ab\n\nabcdefgh\nabcd\nabcde\nlast"[..]);
        let mut line = Vec::new();
        let mut found = Vec::new();
        loop {
            match read_line(&mut input, &mut line, 4).unwrap() {
                Line::End => break,
                Line::Read => found.push(String::from_utf8(line.clone()).unwrap()),
                Line::TooLong => found.push("too long".to_owned()),
            }
        }
        assert_eq!(found, ["ab", "", "too long", "abcd", "too long", "last"]);
    }
}
