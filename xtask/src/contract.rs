//! `cargo xtask contract`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use xshell::cmd;

use crate::workspace::Workspace;

const COPY: &str = "crates/sysvitals/tests/contract/api.json";

pub(crate) fn run(ws: &Workspace, update: Option<&Path>) -> Result<()> {
    let Some(source) = update else {
        cmd!(ws.sh, "cargo test -p sysvitals --test contract").run()?;
        return Ok(());
    };

    let source = ws.started_in.join(source);
    let new =
        fs::read_to_string(&source).with_context(|| format!("cannot read {}", source.display()))?;
    ensure!(
        new.trim_start().starts_with('{') && new.contains("\"platforms\""),
        "{} is not an API contract",
        source.display()
    );
    let copy = ws.root.join(COPY);
    let same = fs::read_to_string(&copy).is_ok_and(|old| old == new);
    if same {
        println!("{COPY} is up to date");
        return Ok(());
    }
    ws.sh.write_file(&copy, new)?;
    println!("{COPY} updated: run `cargo xtask contract`");
    Ok(())
}
