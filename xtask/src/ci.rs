//! `cargo xtask ci`: the steps of a change's check, in the order in which they are cheap.

use std::time::Instant;

use anyhow::{Context, Result};
use xshell::cmd;

use crate::workspace::Workspace;
use crate::{python, test, tidy};

pub(crate) fn run(ws: &Workspace) -> Result<()> {
    step("tidy", || tidy::run(ws))?;
    step("format", || {
        ws.require(
            cmd!(ws.sh, "cargo fmt --version"),
            "install it with `rustup component add rustfmt`",
        )?;
        Ok(cmd!(ws.sh, "cargo fmt --all --check").run()?)
    })?;
    step("lints", || {
        ws.require(
            cmd!(ws.sh, "cargo clippy --version"),
            "install it with `rustup component add clippy`",
        )?;
        Ok(cmd!(ws.sh, "cargo clippy --workspace --all-targets -- -D warnings").run()?)
    })?;
    step("docs", || {
        let _flags = ws.sh.push_env("RUSTDOCFLAGS", "-D warnings");
        // Only libraries: the command has the library's name, and their pages would collide.
        Ok(cmd!(ws.sh, "cargo doc --workspace --lib --no-deps").run()?)
    })?;
    step("python", || python::check(ws))?;
    // Last, and with nothing printed after it: the runners' closing lines end the output.
    println!("ci: tests");
    test::run(ws, None).context("tests")
}

fn step(name: &str, run: impl FnOnce() -> Result<()>) -> Result<()> {
    println!("ci: {name}");
    let started = Instant::now();
    run().with_context(|| name.to_owned())?;
    println!("ci: {name} took {:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}
