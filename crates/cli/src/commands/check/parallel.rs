//! Work on several cores, with its progress on a terminal.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Number of files from which on the progress is shown.
const MANY: usize = 100;

/// Most threads: each may hold 256 MiB.
const MOST_THREADS: usize = 3;

/// Runs `work` for each item on up to [`MOST_THREADS`] cores; returns the results in the order of the items.
pub fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS).min(items.len());
    let progress = Progress::new(items.len());
    if threads < 2 {
        return items.iter().map(|item| progress.after(work(item))).collect();
    }
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<Option<R>>> = Mutex::new(items.iter().map(|_| None).collect());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(at) else { break };
                    let result = progress.after(work(item));
                    if let Ok(mut results) = results.lock()
                        && let Some(place) = results.get_mut(at)
                    {
                        *place = Some(result);
                    }
                }
            });
        }
    });
    results.into_inner().unwrap_or_default().into_iter().flatten().collect()
}

/// The number of files that are done, on a terminal of standard error.
struct Progress {
    terminal: Option<console::Term>,
    done: AtomicUsize,
    all: usize,
}

impl Progress {
    fn new(all: usize) -> Progress {
        let terminal = Some(console::Term::stderr()).filter(|terminal| all >= MANY && terminal.is_term());
        Progress { terminal, done: AtomicUsize::new(0), all }
    }

    /// Counts a file.
    fn after<R>(&self, result: R) -> R {
        if let Some(terminal) = &self.terminal {
            let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
            // A broken terminal is no reason to stop.
            if done.is_multiple_of(16) {
                let _ = terminal.clear_line().and_then(|()| terminal.write_str(&format!("{done} of {}", self.all)));
            }
            if done == self.all {
                let _ = terminal.clear_line();
            }
        }
        result
    }
}
