//! Where and with what the figures were measured.

use std::process::Command;

pub struct Machine {
    /// Names and values, in the order in which they are shown.
    pub facts: Vec<(&'static str, String)>,
}

/// `python` is psutil's version and Python's.
pub fn describe(python: &str) -> Machine {
    let file = |path| std::fs::read_to_string(path).unwrap_or_default();
    let cpuinfo = file("/proc/cpuinfo");
    let cpus: Vec<_> = cpuinfo.lines().filter(|line| line.starts_with("model name")).collect();
    let cpu = cpus.first().and_then(|line| line.split_once(": ")).map_or("?", |(_, name)| name);
    let total = file("/proc/meminfo")
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix(" kB")?.parse().ok())
        .unwrap_or(0.0);
    let dirty = if git(&["status", "--porcelain", "-uno"]).is_empty() { "" } else { ", modified" };
    let (psutil, python) = python.split_once(' ').unwrap_or((python, "?"));
    let facts = vec![
        ("Machine", format!("{} × {cpu}, {:.0} GiB", cpus.len(), total / 1024.0 / 1024.0)),
        ("Linux", file("/proc/sys/kernel/osrelease").trim().to_owned()),
        ("Python", python.to_owned()),
        ("psutil", psutil.to_owned()),
        ("procfs", locked("procfs")),
        ("sysinfo", format!("{}, without its threads", locked("sysinfo"))),
        ("Commit", format!("{}{dirty}", git(&["rev-parse", "--short=12", "HEAD"]))),
        ("Date", output(Command::new("date").args(["-u", "+%Y-%m-%d"]))),
    ];
    Machine { facts }
}

fn git(args: &[&str]) -> String {
    output(Command::new("git").args(args).current_dir(env!("CARGO_MANIFEST_DIR")))
}

fn output(command: &mut Command) -> String {
    let output = command.output();
    output.map_or("?".into(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A crate's version.
fn locked(name: &str) -> String {
    let lock = include_str!("../Cargo.lock");
    let after = lock.split_once(&format!("name = \"{name}\"\nversion = \"")).map(|(_, rest)| rest);
    after.and_then(|rest| rest.split('"').next()).unwrap_or("?").to_owned()
}
