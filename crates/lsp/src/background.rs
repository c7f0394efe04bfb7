//! A thread that reads and checks large files, so that no key waits for it.

use crate::file::{Content, Job, check, read};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};
use std::collections::VecDeque;
use std::time::Duration;
use vtl_check::Found;

/// Pause without an edit before the whole file is checked.
const PAUSE: Duration = Duration::from_millis(150);

/// A part of a job that is done.
pub(crate) enum Done {
    Read { uri: String, version: i32, content: Content },
    Checked { uri: String, version: i32, found: Vec<Found> },
}

/// The thread; it ends with the value.
pub(crate) struct Background {
    jobs: Sender<Job>,
    pub(crate) done: Receiver<Done>,
}

impl Background {
    /// Starts the thread.
    pub(crate) fn start() -> Background {
        let (jobs, todo) = unbounded();
        let (send, done) = unbounded();
        std::thread::spawn(move || work(&todo, &send));
        Background { jobs, done }
    }

    /// Hands a version over; earlier ones of the file are left out.
    pub(crate) fn send(&self, job: Job) {
        // A thread that has ended does no more work; the next request says so.
        let _ = self.jobs.send(job);
    }
}

fn work(todo: &Receiver<Job>, done: &Sender<Done>) {
    let mut waiting: VecDeque<Job> = VecDeque::new();
    loop {
        if waiting.is_empty() {
            let Ok(job) = todo.recv() else { return };
            waiting.push_back(job);
        }
        todo.try_iter().for_each(|job| add(&mut waiting, job));
        let Some(Job { uri, version, name, text }) = waiting.pop_front() else { continue };
        let content = read(&name, &text);
        if done.send(Done::Read { uri: uri.clone(), version, content: content.clone() }).is_err() {
            return;
        }
        match todo.recv_timeout(PAUSE) {
            Ok(job) => add(&mut waiting, job),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        if waiting.iter().any(|job| job.uri == uri) {
            continue;
        }
        let found = check(&name, &text, &content);
        if done.send(Done::Checked { uri, version, found }).is_err() {
            return;
        }
    }
}

/// Adds a job in place of an earlier one of its file.
fn add(waiting: &mut VecDeque<Job>, job: Job) {
    match waiting.iter_mut().find(|other| other.uri == job.uri) {
        Some(other) => *other = job,
        None => waiting.push_back(job),
    }
}
