//! `cargo xtask check-targets`.

use std::path::Path;

use anyhow::{Result, bail};
use xshell::cmd;

use crate::workspace::Workspace;

/// What the public lanes build for.
const TARGETS: &[&str] = &[
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "x86_64-unknown-linux-musl",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
    "x86_64-unknown-freebsd",
];

pub(crate) fn run(ws: &Workspace) -> Result<()> {
    let mut failed = Vec::new();
    let mut lines = Vec::new();
    for target in TARGETS {
        let outcome = if !installed(ws, target) {
            "not installed"
        } else if cmd!(ws.sh, "cargo check -p sysvitals --target {target}").run().is_ok() {
            "checked"
        } else {
            failed.push(*target);
            "failed"
        };
        lines.push(format!("{target:<28} {outcome}"));
    }
    println!("{}", lines.join("\n"));
    if failed.is_empty() {
        return Ok(());
    }
    bail!("does not compile for {}", failed.join(", "))
}

/// Asks the compiler where the target's library is, which works without rustup too.
fn installed(ws: &Workspace, target: &str) -> bool {
    cmd!(ws.sh, "rustc --print target-libdir --target {target}")
        .quiet()
        .ignore_stderr()
        .read()
        .is_ok_and(|dir| Path::new(&dir).is_dir())
}
