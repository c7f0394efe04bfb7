//! Threads that answer requests, so that no key waits for a render.

use crossbeam_channel::{Receiver, Sender, unbounded};
use lsp_server::{RequestId, Response};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Number of threads: a render that takes long leaves others for short requests.
const THREADS: usize = 4;

/// A flag that nobody waits for an answer any more.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Ends the work.
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Returns the flag itself.
    pub(crate) fn flag(&self) -> Arc<AtomicBool> {
        self.0.clone()
    }

    /// Checks if the work has to end.
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The work for a request.
pub(crate) struct Task {
    pub(crate) id: RequestId,
    pub(crate) stop: Stop,
    pub(crate) work: Box<dyn FnOnce(&Stop) -> Response + Send>,
}

/// The threads; they end with the value.
pub(crate) struct Pool {
    tasks: Sender<Task>,
    /// Answers, in the order in which they are ready.
    pub(crate) answers: Receiver<(RequestId, Response)>,
}

impl Pool {
    /// Starts the threads.
    pub(crate) fn start() -> Pool {
        let (tasks, todo) = unbounded::<Task>();
        let (send, answers) = unbounded();
        for _ in 0..THREADS {
            let (todo, send) = (todo.clone(), send.clone());
            std::thread::spawn(move || {
                for task in todo {
                    if !task.stop.is_set() && send.send((task.id, (task.work)(&task.stop))).is_err() {
                        return;
                    }
                }
            });
        }
        Pool { tasks, answers }
    }

    /// Hands a task over.
    pub(crate) fn send(&self, task: Task) {
        // Threads end after the server alone.
        let _ = self.tasks.send(task);
    }
}
