//! The native module of the Python package `apigw-vtl`.
//!
//! Values of Python are read directly. The global interpreter lock is released while a template is compiled
//! or rendered and while a document is loaded.

mod api;
mod diagnostic;
mod error;
mod filled;
mod read;
mod template;
mod testing;
mod wanted;
mod write;

use pyo3::prelude::*;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The native module; `apigw_vtl` has its public names.
#[pymodule(gil_used = false)]
mod _native {
    #[pymodule_export]
    use crate::api::{Api, Step, check_document, check_template, files_at, load, load_integration, settings_at};
    #[pymodule_export]
    use crate::diagnostic::Diagnostic;
    #[pymodule_export]
    use crate::error::VtlError;
    #[pymodule_export]
    use crate::template::{Rendered, Template};
    #[pymodule_export]
    use crate::testing::run_tests;

    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
