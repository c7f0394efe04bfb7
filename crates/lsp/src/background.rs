//! A thread that reads and checks large files, so that no key waits for it.

use crate::features::diagnostics;
use crate::file::{OpenFile, Reading};
use crate::quick::Findings;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};
use lsp_types::PublishDiagnosticsParams;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// Pause without an edit before the whole file is checked.
const PAUSE: Duration = Duration::from_millis(150);

/// A part of the work on a version of a file that is done.
pub(crate) struct Done {
    pub(crate) uri: String,
    pub(crate) version: i32,
    pub(crate) what: What,
}

/// The part that is done.
pub(crate) enum What {
    /// The document is read.
    Read(Reading),
    /// The document is checked: its findings, and the message that publishes them.
    Checked(Arc<Findings>, PublishDiagnosticsParams),
}

/// The thread; it ends with the value.
pub(crate) struct Background {
    files: Sender<OpenFile>,
    pub(crate) done: Receiver<Done>,
}

impl Background {
    /// Starts the thread.
    pub(crate) fn start() -> Background {
        let (files, todo) = unbounded();
        let (send, done) = unbounded();
        std::thread::spawn(move || work(&todo, &send));
        Background { files, done }
    }

    /// Hands a version over; earlier ones of the file are left out.
    pub(crate) fn send(&self, file: OpenFile) {
        // A thread that has ended does no more work; the next request says so.
        let _ = self.files.send(file);
    }
}

fn work(todo: &Receiver<OpenFile>, done: &Sender<Done>) {
    let mut waiting: VecDeque<OpenFile> = VecDeque::new();
    loop {
        if waiting.is_empty() {
            let Ok(file) = todo.recv() else { return };
            waiting.push_back(file);
        }
        todo.try_iter().for_each(|file| add(&mut waiting, file));
        let Some(mut file) = waiting.pop_front() else { continue };
        let part = |what| Done { uri: file.uri.as_str().to_owned(), version: file.version, what };
        let reading = Reading::of(&file);
        if done.send(part(What::Read(reading.clone()))).is_err() {
            return;
        }
        match todo.recv_timeout(PAUSE) {
            Ok(other) => add(&mut waiting, other),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        if waiting.iter().any(|other| other.uri == file.uri) {
            continue;
        }
        file.found = reading.check(&file);
        let checked = What::Checked(file.found.clone(), diagnostics::publish(&file));
        if done.send(Done { uri: file.uri.as_str().to_owned(), version: file.version, what: checked }).is_err() {
            return;
        }
    }
}

/// Adds a version in place of an earlier one of its file.
fn add(waiting: &mut VecDeque<OpenFile>, file: OpenFile) {
    match waiting.iter_mut().find(|other| other.uri == file.uri) {
        Some(other) => *other = file,
        None => waiting.push_back(file),
    }
}
