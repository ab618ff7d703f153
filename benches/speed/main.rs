//! What psutil, sysvitals, the crates `procfs` and `sysinfo`, and the kernel alone take for the
//! same answers.
//!
//! `cargo xtask bench [--quick] [--write] [--only apis|sweep|import|growth]` builds the Python
//! package, makes the environment in which it meets psutil, and runs this. `--profile N` does our
//! sweep alone, N times.

mod apis;
mod contract;
mod floor;
mod growth;
mod harness;
mod import;
mod load;
mod machine;
mod memory;
mod notes;
mod pipes;
mod python;
mod report;
mod scene;
mod svg;
mod sweep;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use harness::Effort;
use load::{Load, Size};
use python::Python;
use report::Results;
use scene::Scene;

#[derive(Default)]
struct Args {
    quick: bool,
    write: bool,
    only: Option<String>,
    profile: Option<usize>,
    python: Option<PathBuf>,
}

const PARTS: [&str; 4] = ["apis", "sweep", "import", "growth"];

fn args() -> Result<Args, String> {
    let mut args = Args::default();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--bench" => {}
            "--quick" => args.quick = true,
            "--write" => args.write = true,
            "--only" => match words.next() {
                Some(part) if PARTS.contains(&part.as_str()) => args.only = Some(part),
                _ => return Err(format!("--only needs one of {}", PARTS.join(", "))),
            },
            "--profile" => {
                let times = words.next().and_then(|word| word.parse().ok());
                args.profile = Some(times.ok_or("--profile needs a number")?);
            }
            "--python" => args.python = Some(words.next().ok_or("--python needs a path")?.into()),
            _ => return Err(format!("unknown argument '{word}'")),
        }
    }
    if args.write && args.only.is_some() {
        return Err("--write is for all parts".into());
    }
    Ok(args)
}

/// How much is measured.
struct Plan {
    size: Size,
    apis: Effort,
    sweep: Effort,
    import: Effort,
    growth: Effort,
    sizes: &'static [usize],
    /// How many processes the memory is measured with.
    greatest: usize,
}

const FULL: Plan = Plan {
    size: Size { sleepers: 1000, owners: 200, mappings: 8000 },
    apis: effort(15, 5.0, 8),
    sweep: effort(31, 0.0, 40),
    import: effort(41, 0.0, 30),
    growth: effort(11, 0.0, 30),
    sizes: &[100, 300, 1000, 3000, 10_000],
    greatest: 20_000,
};

const QUICK: Plan = Plan {
    size: Size { sleepers: 200, owners: 40, mappings: 8000 },
    apis: effort(3, 1.0, 1),
    sweep: effort(7, 0.0, 3),
    import: effort(7, 0.0, 5),
    growth: effort(3, 0.0, 2),
    sizes: &[100, 300, 1000],
    greatest: 3000,
};

const fn effort(rounds: usize, millis: f64, seconds: u64) -> Effort {
    Effort { rounds, millis, budget: Duration::from_secs(seconds) }
}

fn main() -> ExitCode {
    load::play_role();
    let args = match args() {
        Ok(args) => args,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), String> {
    load::raise_descriptor_limit();
    let plan = if args.quick { QUICK } else { FULL };
    if let Some(times) = args.profile {
        let _load = Load::programs(plan.size);
        sweep::profile(times);
        return Ok(());
    }
    let program = args.python.clone().ok_or("run `cargo xtask bench`, which gives --python")?;
    let results = measure(args, &plan, &Python::new(program))?;
    let (page, drawing) = (report::page(&results), results.growth.as_ref().map(svg::draw));
    if !args.write {
        print!("{page}");
        return Ok(());
    }
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let write = |name: &str, text: &str| {
        let path = docs.join(name);
        std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
    };
    write("performance.md", &page)?;
    write("growth.svg", &drawing.unwrap_or_default())
}

fn measure(args: &Args, plan: &Plan, python: &Python) -> Result<Results, String> {
    let start = Instant::now();
    let rows: Vec<_> = python.ask(&["rows"])?.lines().map(str::to_owned).collect();
    contract::check(&rows)?;
    let wants = |part: &str| args.only.as_deref().is_none_or(|only| only == part);
    // Before the load, with which there are never few processes.
    let growth = wants("growth")
        .then(|| growth::run(plan.sizes, plan.greatest, plan.growth, python))
        .transpose()?;
    let load = Load::programs(plan.size);
    let scene = Scene::of(&load, plan.size);
    let (threads, one) = (python.serve(&scene, None)?, python.serve(&scene, Some(1))?);
    let processes = sysvitals::pids().map_err(|error| error.to_string())?.len();
    Ok(Results {
        machine: machine::describe(&threads.versions),
        quick: args.quick,
        size: plan.size,
        processes,
        sweep: wants("sweep").then(|| sweep::run(plan.sweep, &threads, &one, &[])).transpose()?,
        import: wants("import").then(|| import::run(plan.import, python)),
        apis: wants("apis").then(|| apis::run(&rows, &scene, plan.apis, &threads)),
        growth,
        took: start.elapsed(),
    })
}
