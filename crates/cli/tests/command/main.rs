//! The command as a process: what it reads, what it prints where, and how it ends.

mod bench_dump_help;
mod documents;
mod failures;
mod render;
mod run;
