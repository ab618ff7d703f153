//! What a process costs to look at: `sysvitals` beside the kernel's own price, the crates `procfs`
//! and `sysinfo`, and psutil.
//!
//! `cargo bench --manifest-path benches/Cargo.toml [-- --quick --only sweep|getters --write PATH]`
//!
//! `--profile N` does our sweep alone, N times.

mod floor;
mod getters;
mod harness;
mod load;
mod psutil;
mod sweep;

use std::fmt::Write;
use std::process::{Command, ExitCode};

use harness::Figures;
use load::Load;
use psutil::Psutil;

const PROCESSES: usize = 1000;

#[derive(Default)]
struct Args {
    quick: bool,
    write: Option<String>,
    only: Option<String>,
    profile: Option<usize>,
}

fn args() -> Result<Args, String> {
    let mut args = Args::default();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--bench" => {}
            "--quick" => args.quick = true,
            "--write" => args.write = Some(words.next().ok_or("--write needs a path")?),
            "--only" => match words.next() {
                Some(part) if part == "sweep" || part == "getters" => args.only = Some(part),
                _ => return Err("--only needs sweep or getters".into()),
            },
            "--profile" => {
                let times = words.next().and_then(|word| word.parse().ok());
                args.profile = Some(times.ok_or("--profile needs a number")?);
            }
            _ => return Err(format!("unknown argument '{word}'")),
        }
    }
    Ok(args)
}

fn main() -> ExitCode {
    load::sleep_if_asked();
    // SAFETY: no other thread runs yet.
    unsafe { std::env::set_var("SYSVITALS_THREADS", "1") };
    let args = match args() {
        Ok(args) => args,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };
    let load = Load::spawn(PROCESSES);
    if let Some(times) = args.profile {
        sweep::profile(times);
        return ExitCode::SUCCESS;
    }
    let psutil = Psutil::start();
    let count = sysvitals::pids().unwrap().len();
    let (sweeps, rounds, millis) = if args.quick { (7, 5, 2.0) } else { (41, 15, 5.0) };
    let running = psutil.as_ref().ok();
    let wants = |part| args.only.as_deref().is_none_or(|only| only == part);
    let mut report = heading(count, &psutil);
    if wants("sweep") {
        sweep_table(&mut report, &sweep::run(sweeps, running));
    }
    if wants("getters") {
        getter_table(&mut report, &getters::run(load.ordinary(), rounds, millis, running));
    }
    print!("{report}");
    if let Some(path) = args.write
        && let Err(error) = std::fs::write(&path, report)
    {
        eprintln!("{path}: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn heading(count: usize, psutil: &Result<Psutil, String>) -> String {
    let file = |path| std::fs::read_to_string(path).unwrap_or_default();
    let kernel = file("/proc/sys/kernel/osrelease");
    let cpuinfo = file("/proc/cpuinfo");
    let cpus: Vec<_> = cpuinfo.lines().filter(|line| line.starts_with("model name")).collect();
    let cpu = cpus.first().and_then(|line| line.split_once(": ")).map_or("?", |(_, name)| name);
    let git = |args: &[&str]| {
        let output =
            Command::new("git").args(args).current_dir(env!("CARGO_MANIFEST_DIR")).output();
        output.map_or("?".into(), |text| String::from_utf8_lossy(&text.stdout).trim().to_owned())
    };
    let dirty = if git(&["status", "--porcelain", "-uno"]).is_empty() { "" } else { ", modified" };
    let version = |name: &str| {
        let lock = include_str!("../Cargo.lock");
        let after = lock.split_once(&format!("name = \"{name}\"\nversion = \"")).map(|(_, s)| s);
        after.and_then(|rest| rest.split('"').next()).unwrap_or("?").to_owned()
    };
    let psutil = match psutil {
        Ok(psutil) => {
            let (psutil, python) = psutil.versions.split_once(' ').unwrap();
            format!("psutil {psutil} on Python {python}")
        }
        Err(why) => format!("psutil left out: {why}"),
    };
    format!(
        "# Processes\n\n\
         Linux {}, {} × {cpu}, commit {}{dirty}; procfs {}, sysinfo {} without threads, {psutil}; \
         {count} processes. CPU time, the kernel's part included. Medians; each ratio is the median of the ratios round by round.\n",
        kernel.trim(),
        cpus.len(),
        git(&["rev-parse", "--short", "HEAD"]),
        version("procfs"),
        version("sysinfo"),
    )
}

fn sweep_table(report: &mut String, figures: &[Figures]) {
    report.push_str(
        "\n## Twelve attributes of every process\n\n\
         pid, name, ppid, username, status, cpu_times, memory_info, io_counters, num_threads, nice, \
         create_time, cmdline; one thread. sysinfo gives no nice value, number of threads or shared \
         memory, one sum of CPU times, and bytes of I/O alone; the times of procfs and sysinfo leave \
         out reading the user database.\n\n\
         | contestant | ns per process | quartiles | × floor | ÷ ours |\n|---|--:|--:|--:|--:|\n",
    );
    let (floor, ours) = (&figures[0], &figures[1]);
    for figure in figures {
        let (low, high) = figure.quartiles();
        let _ = writeln!(
            report,
            "| {} | {:.0} | {low:.0}–{high:.0} | {:.2} | {:.2} |",
            figure.name,
            figure.median(),
            figure.ratio_to(floor),
            figure.ratio_to(ours),
        );
    }
}

fn getter_table(report: &mut String, rows: &[getters::Row]) {
    report.push_str(
        "\n## Each getter\n\n\
         Nanoseconds a call, on a process with 4 threads, 3 files, 4 sockets and 32 MiB. `exe` and \
         `create_time` are kept by a `Process`. The floor is the file or system call that the \
         answer comes from. In brackets: ours to the floor, the others to ours.\n\n\
         | getter | sysvitals | floor | procfs | sysinfo | psutil |\n\
         |---|--:|--:|--:|--:|--:|\n",
    );
    for row in rows {
        let cell = |figure: Option<(f64, f64)>| {
            figure.map_or("–".into(), |(nanos, ratio)| format!("{nanos:.0} ({ratio:.2})"))
        };
        let _ = writeln!(
            report,
            "| {} | {:.0} | {} | {} | {} | {} |",
            row.name,
            row.ours,
            cell(row.floor),
            cell(row.procfs),
            cell(row.sysinfo),
            cell(row.psutil),
        );
    }
}
