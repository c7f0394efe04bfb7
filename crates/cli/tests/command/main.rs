//! The command as a process: what it reads, what it prints where, and how it ends.

mod bench_dump_help;
mod check;
mod conformance;
mod documents;
mod explain;
mod failures;
mod fixes;
mod folders;
mod invoke;
mod invoke_corpus;
mod invoke_document;
mod limits;
mod live;
mod lsp;
mod names;
mod own_files;
mod reach;
mod readme;
mod render;
mod rows_documents;
mod rows_newcomer;
mod rows_reports;
mod run;
mod serve;
#[cfg(unix)]
mod terminal;
mod test_rows;
mod tests_made;
