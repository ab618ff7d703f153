//! `cargo xtask fuzz`.

use anyhow::{Context, Result, bail};
use xshell::{Cmd, cmd};

use crate::workspace::{Workspace, works};

pub(crate) fn run(ws: &Workspace, seconds: u32, targets: &[String]) -> Result<()> {
    ws.require_file("fuzz/Cargo.toml")?;
    install(ws)?;
    let nightly = works(cmd!(ws.sh, "cargo +nightly --version"));
    if !nightly {
        eprintln!("no nightly toolchain: using this one with RUSTC_BOOTSTRAP=1");
    }

    let known = cargo_fuzz(ws, nightly).arg("list").quiet().read()?;
    let known: Vec<&str> = known.lines().map(str::trim).filter(|name| !name.is_empty()).collect();
    if let Some(unknown) = targets.iter().find(|target| !known.contains(&target.as_str())) {
        bail!("no fuzz target is named {unknown}; there are: {}", known.join(", "));
    }
    let chosen: Vec<&str> = match targets {
        [] => known,
        some => some.iter().map(String::as_str).collect(),
    };

    let mut crashed = Vec::new();
    for target in &chosen {
        println!("fuzz: {target}, {seconds} s");
        if let Err(error) = run_one(ws, nightly, target, seconds) {
            eprintln!("fuzz: {target}: {error:#}");
            crashed.push(*target);
        }
    }
    println!("fuzz: {} passed, {} failed", chosen.len() - crashed.len(), crashed.len());
    if crashed.is_empty() {
        return Ok(());
    }
    bail!("failed: {} (inputs are in fuzz/artifacts)", crashed.join(", "))
}

fn run_one(ws: &Workspace, nightly: bool, target: &str, seconds: u32) -> Result<()> {
    // libFuzzer writes what it finds to the first directory and only reads the others.
    let corpus = format!("fuzz/corpus/{target}");
    ws.sh.create_dir(&corpus)?;
    let seeds = Some(format!("fuzz/seeds/{target}")).filter(|dir| ws.root.join(dir).is_dir());
    cargo_fuzz(ws, nightly)
        .args(["run", target])
        .arg(corpus)
        .args(seeds)
        .arg("--")
        .arg(format!("-max_total_time={seconds}"))
        .run()?;
    Ok(())
}

fn cargo_fuzz(ws: &Workspace, nightly: bool) -> Cmd<'_> {
    if nightly {
        cmd!(ws.sh, "cargo +nightly fuzz")
    } else {
        cmd!(ws.sh, "cargo fuzz").env("RUSTC_BOOTSTRAP", "1")
    }
}

fn install(ws: &Workspace) -> Result<()> {
    if works(cmd!(ws.sh, "cargo fuzz --version")) {
        return Ok(());
    }
    eprintln!("cargo-fuzz is not installed: installing it");
    cmd!(ws.sh, "cargo install cargo-fuzz --locked").run().context("cargo-fuzz is needed")
}
