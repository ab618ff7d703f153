//! Project tasks: `cargo xtask --help`.

mod ci;
mod contract;
mod dist;
mod fuzz;
mod python;
mod targets;
mod test;
mod tidy;
mod workspace;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xshell::cmd;

use crate::workspace::Workspace;

/// Project tasks of sysvitals.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run the Rust tests, the doc tests and the Python tests.
    Test {
        /// Run only tests whose name contains this.
        filter: Option<String>,
    },
    /// Run what a change must pass: format, lints, docs, tidy, tests.
    Ci,
    /// Check the rules of the tree that no compiler knows.
    Tidy,
    /// Measure sysvitals against psutil, other crates and the kernel alone.
    ///
    /// Prints the page; `--write` puts it into `docs/`, `--quick` takes less than two minutes,
    /// `--only apis|sweep|import|growth` is one part, `--profile N` our sweep alone, N times.
    Bench {
        /// Arguments for the benchmark.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Test the crate against the API contract, or refresh the copy that is tested.
    Contract {
        /// Replace the committed copy by this file.
        #[arg(long, value_name = "PATH")]
        update: Option<PathBuf>,
    },
    /// Run the fuzz targets, all of them unless some are named.
    Fuzz {
        /// How long each target runs.
        #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
        seconds: u32,
        /// The targets to run.
        targets: Vec<String>,
    },
    /// Build the Python wheel and sdist into `target/dist`, and try them.
    Dist,
    /// Compile the crate for every supported target that is installed.
    CheckTargets,
}

fn main() -> ExitCode {
    match run(Args::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> anyhow::Result<()> {
    let ws = Workspace::open()?;
    match task {
        Task::Test { filter } => test::run(&ws, filter.as_deref()),
        Task::Ci => ci::run(&ws),
        Task::Tidy => tidy::run(&ws),
        Task::Bench { args } => {
            ws.require_file("benches/Cargo.toml")?;
            let python = python::for_bench(&ws)?;
            let bench = cmd!(ws.sh, "cargo bench --manifest-path benches/Cargo.toml --");
            Ok(bench.arg("--python").arg(python).args(args).run()?)
        }
        Task::Contract { update } => contract::run(&ws, update.as_deref()),
        Task::Fuzz { seconds, targets } => fuzz::run(&ws, seconds, &targets),
        Task::Dist => dist::run(&ws),
        Task::CheckTargets => targets::run(&ws),
    }
}
