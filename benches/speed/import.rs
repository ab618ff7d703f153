//! How long an import takes in a new interpreter.

use crate::apis::{PSUTIL, PYTHON};
use crate::harness::{Contestant, Effort, Figures, race};
use crate::python::Python;

pub fn run(effort: Effort, python: &Python) -> Vec<Figures> {
    let import = |name, library: &'static str| {
        Contestant::new(name, move || {
            let code = format!(
                "import time; start = time.perf_counter_ns(); import {library}; \
                 print(time.perf_counter_ns() - start)"
            );
            let output = python.command().args(["-c", &code]).output();
            let output = output.map_err(|error| error.to_string())?;
            let text = String::from_utf8_lossy(&output.stdout);
            text.trim().parse().map_err(|_| format!("{library} cannot be imported"))
        })
    };
    race(vec![import(PSUTIL, "psutil"), import(PYTHON, "sysvitals")], effort)
}
