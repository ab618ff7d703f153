//! `cargo xtask test`.

use anyhow::Result;
use xshell::cmd;

use crate::python;
use crate::workspace::{Workspace, works};

pub(crate) fn run(ws: &Workspace, filter: Option<&str>) -> Result<()> {
    rust(ws, filter)?;
    python::run(ws, filter)
}

fn rust(ws: &Workspace, filter: Option<&str>) -> Result<()> {
    let sh = &ws.sh;
    if works(cmd!(sh, "cargo nextest --version")) {
        cmd!(sh, "cargo nextest run --workspace --all-targets --no-tests=pass {filter...}")
            .run()?;
    } else {
        eprintln!("cargo-nextest is not installed; using cargo test");
        // --all-targets would run the benchmarks of a crate too, and --tests leaves out doc tests,
        // which come next on either way.
        cmd!(sh, "cargo test --workspace --tests {filter...}").run()?;
    }
    cmd!(sh, "cargo test --workspace --doc {filter...}").run()?;
    Ok(())
}
