//! The native module behind the Python package: it converts types, and nothing else.
//!
//! The classes it fills (named tuples, enums, exceptions) are Python's own; see `types`.

#[cfg(target_os = "linux")]
mod arrow;
#[cfg(target_os = "linux")]
mod convert;
#[cfg(target_os = "linux")]
mod error;
#[cfg(target_os = "linux")]
mod process;
#[cfg(target_os = "linux")]
mod roots;
#[cfg(target_os = "linux")]
mod snapshot;
#[cfg(target_os = "linux")]
mod system;
#[cfg(target_os = "linux")]
mod types;

use pyo3::prelude::*;

#[pymodule(gil_used = false)]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    #[cfg(target_os = "linux")]
    {
        process::register(module)?;
        system::register(module)?;
    }
    Ok(())
}
