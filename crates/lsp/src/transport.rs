//! Messages over standard input and output, of a length that is limited.
//!
//! The reader of `lsp_server` takes as much memory as a header asks for.

use crossbeam_channel::Receiver;
use lsp_server::{Connection, Message};
use std::io::{self, BufRead, Read};
use std::thread::{JoinHandle, spawn};

/// Longest message in bytes.
const LONGEST: u64 = 128 << 20;

/// Longest line of a header in bytes.
const LONGEST_HEADER: u64 = 4 << 10;

/// Most messages that are read ahead of the server.
const MOST_READ: usize = 256;

/// The connection to the client at standard input and output.
pub(crate) struct Stdio {
    pub connection: Connection,
    /// Thread that writes, which ends with the connection.
    pub writer: JoinHandle<io::Result<()>>,
    /// Has why the input could not be read any further, if it did not end.
    pub failed: Receiver<io::Error>,
}

/// Connects to the client at standard input and output.
pub(crate) fn stdio() -> Stdio {
    let (sender, written) = crossbeam_channel::bounded::<Message>(0);
    // What comes while a change is worked on waits here: all of it is applied before the next analysis.
    let (read, receiver) = crossbeam_channel::bounded(MOST_READ);
    let (fail, failed) = crossbeam_channel::bounded(1);
    let writer = spawn(move || {
        let mut output = io::stdout().lock();
        written.into_iter().try_for_each(|message| message.write(&mut output))
    });
    spawn(move || {
        let mut input = io::stdin().lock();
        // A message that cannot be read ends the connection: where the next starts is not known.
        loop {
            let message = match read_message(&mut input) {
                Ok(Some(message)) => message,
                Ok(None) => break,
                Err(error) => {
                    // There is room for one.
                    let _ = fail.try_send(error);
                    break;
                }
            };
            let is_exit = matches!(&message, Message::Notification(it) if it.method == "exit");
            if read.send(message).is_err() || is_exit {
                break;
            }
        }
    });
    Stdio { connection: Connection { sender, receiver }, writer, failed }
}

/// Reads a message; `None` at the end of the input.
fn read_message(input: &mut impl BufRead) -> io::Result<Option<Message>> {
    let wrong = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let mut length = None;
    loop {
        let mut line = String::new();
        if input.by_ref().take(LONGEST_HEADER).read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let Some(header) = line.strip_suffix("\r\n") else { return Err(wrong("a header has no end")) };
        if header.is_empty() {
            break;
        }
        let (name, value) = header.split_once(": ").ok_or_else(|| wrong("a header has no value"))?;
        if name.eq_ignore_ascii_case("Content-Length") {
            length = value.parse().ok().filter(|length| *length <= LONGEST);
        }
    }
    let length = length.ok_or_else(|| wrong("a message has no length, or is longer than 128 MiB"))?;
    let mut text = Vec::new();
    if input.by_ref().take(length).read_to_end(&mut text)? as u64 != length {
        return Err(wrong("the input ends within a message"));
    }
    Ok(Some(serde_json::from_slice(&text)?))
}

#[cfg(test)]
mod tests {
    use super::read_message;
    use lsp_server::Message;

    #[test]
    fn messages_are_read_one_by_one() {
        let mut input = &b"Content-Length: 30\r\nContent-Type: x\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"a\"}content-length: 30\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"b\"}"[..];
        let mut methods = Vec::new();
        while let Some(Message::Notification(message)) = read_message(&mut input).unwrap() {
            methods.push(message.method);
        }
        assert_eq!(methods, ["a", "b"]);
    }

    #[test]
    fn lengths_that_are_wrong_are_refused_before_memory_is_taken() {
        for header in ["99999999999999", "4000000000", "-1", "18446744073709551616", "9", "x"] {
            let text = format!("Content-Length: {header}\r\n\r\n{{}}");
            assert!(read_message(&mut text.as_bytes()).is_err(), "{header}");
        }
        for text in ["X: y\r\n\r\n{}".to_owned(), "X".to_owned(), format!("X: {}\r\n", "y".repeat(5_000))] {
            assert!(read_message(&mut text.as_bytes()).is_err());
        }
        assert!(read_message(&mut &b""[..]).unwrap().is_none());
    }
}
