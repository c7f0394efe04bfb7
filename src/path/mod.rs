//! JSONPath as Jayway's library has it, compiled once and run over any tree.
