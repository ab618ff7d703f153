//! Twelve attributes of every process.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::CStr;
use std::hint::black_box;
use std::time::Instant;

use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System, Uid, UpdateKind, Users};
use sysvitals::{Attr, Attrs, ProcessTable};

use crate::apis::{FLOOR, PROCFS, PSUTIL, PYTHON, RUST, SYSINFO};
use crate::floor::{Floor, From};
use crate::harness::{Contestant, Effort, Figures, nanos, race};
use crate::load::role;
use crate::pipes::Pipes;
use crate::python::Server;

pub const ATTRS: [Attr; 12] = [
    Attr::Pid,
    Attr::Name,
    Attr::Ppid,
    Attr::Username,
    Attr::Status,
    Attr::CpuTimes,
    Attr::MemoryInfo,
    Attr::IoCounters,
    Attr::NumThreads,
    Attr::Nice,
    Attr::CreateTime,
    Attr::Cmdline,
];

/// The files that hold them.
pub const FILES: [&CStr; 4] = [c"stat", c"status", c"io", c"cmdline"];

pub const PYTHON_ONE: &str = "sysvitals, Python, one thread";
pub const RUST_ONE: &str = "sysvitals, Rust, one thread";
pub const SNAPSHOT: &str = "sysvitals, Python, snapshot";

const ROW: &str = "process_iter(12 attributes)";
const SNAPSHOT_ROW: &str = "snapshot(12 attributes)";

/// What each contestant takes for one pass; `only` some of them, or all if none are named.
pub fn run(
    effort: Effort,
    threads: &Server,
    one: &Server,
    only: &[&str],
) -> Result<Vec<Figures>, String> {
    let floor = |name, files: Vec<&'static CStr>, from| {
        let mut floor = Floor::new();
        Contestant::timed(name, move || {
            black_box(floor.sweep(&files, from));
            Ok(1)
        })
    };
    let (kept_table, mut kept_system) = (ProcessTable::new(), System::new().unwrap());
    let mut lazy_system = System::new().unwrap();
    // Not timed: neither crate is asked to read the user database at each sweep.
    let users = Users::new_with_refreshed_list().unwrap();
    let names = user_names(&users);
    let once = |ours: sysvitals::Result<usize>| match ours {
        Ok(_) => Ok(1),
        Err(error) => Err(error.to_string()),
    };
    let with_statm = [c"stat", c"status", c"io", c"cmdline", c"statm"];
    let mut sweeper = role("sweeper");
    // What a process reads it with is settled at its first sweep.
    sweeper.env("SYSVITALS_THREADS", "1");
    let sweeper = RefCell::new(Pipes::open(sweeper)?);
    let ask = |question| sweeper.borrow_mut().ask(question);
    let mut contestants = vec![
        threads.contestant(PSUTIL, "psutil", ROW, 0.0),
        threads.contestant(PYTHON, "sysvitals", ROW, 0.0),
        one.contestant(PYTHON_ONE, "sysvitals", ROW, 0.0),
        threads.contestant(SNAPSHOT, "sysvitals", SNAPSHOT_ROW, 0.0),
        one.contestant("sysvitals, Python, snapshot, one thread", "sysvitals", SNAPSHOT_ROW, 0.0),
        Contestant::timed(RUST, || once(ours(&kept_table))),
        Contestant::new(RUST_ONE, || ask("read")),
        Contestant::timed("sysvitals, Rust, new table", || once(ours(&ProcessTable::new()))),
        Contestant::timed("sysvitals, Rust, snapshot", || once(snapshot(&kept_table))),
        Contestant::new("sysvitals, Rust, snapshot, one thread", || ask("snapshot")),
        floor(FLOOR, FILES.to_vec(), From::Absolute),
        floor("floor, with statm", with_statm.to_vec(), From::Absolute),
        floor("floor, relative to an open /proc", FILES.to_vec(), From::Proc),
        floor("floor, relative to /proc/PID opened once", FILES.to_vec(), From::Pid),
        Contestant::timed(PROCFS, || {
            procfs(&names);
            Ok(1)
        }),
        Contestant::timed(SYSINFO, || {
            sysinfo(&mut kept_system, UpdateKind::Always, &users);
            Ok(1)
        }),
        Contestant::timed("sysinfo, user and cmd read once", || {
            sysinfo(&mut lazy_system, UpdateKind::OnlyIfNotSet, &users);
            Ok(1)
        }),
    ];
    if !only.is_empty() {
        contestants.retain(|contestant| only.contains(&contestant.name()));
    }
    Ok(race(contestants, effort))
}

/// In a process of its own: a line for each sweep.
pub fn serve() {
    let table = ProcessTable::new();
    for line in std::io::stdin().lines().map_while(Result::ok) {
        let start = Instant::now();
        let done = if line == "snapshot" { snapshot(&table) } else { ours(&table) };
        match done {
            Ok(_) => println!("{}", nanos(start)),
            Err(error) => println!("missing {error}"),
        }
    }
}

pub fn snapshot(table: &ProcessTable) -> sysvitals::Result<usize> {
    table.snapshot(Attrs::from(ATTRS)).map(|snapshot| black_box(snapshot).len())
}

pub fn ours(table: &ProcessTable) -> sysvitals::Result<usize> {
    let mut count = 0;
    for info in table.read(Attrs::from(ATTRS))? {
        for (attr, value) in info {
            let _ = black_box((attr, value));
        }
        count += 1;
    }
    Ok(count)
}

pub fn user_names(users: &Users) -> HashMap<u32, String> {
    users.iter().map(|user| (**user.id(), user.name().to_owned())).collect()
}

pub fn procfs(names: &HashMap<u32, String>) -> usize {
    let mut count = 0;
    for process in procfs::process::all_processes().unwrap() {
        let Ok(process) = process else { continue };
        let (Ok(stat), Ok(status)) = (process.stat(), process.status()) else { continue };
        black_box(names.get(&status.ruid).cloned());
        let _ = black_box((process.io(), process.cmdline(), process.statm()));
        black_box((stat, status));
        count += 1;
    }
    count
}

pub fn sysinfo(system: &mut System, fixed: UpdateKind, users: &Users) -> usize {
    let what = ProcessRefreshKind::nothing()
        .with_cpu()
        .with_memory()
        .with_disk_usage()
        .with_user(fixed)
        .with_cmd(fixed);
    system.refresh_processes_specifics(ProcessesToUpdate::All, true, what);
    for (pid, process) in system.processes() {
        black_box((*pid, process.name(), process.parent(), process.status(), process.cmd()));
        let user = process.user_id().and_then(|uid: &Uid| users.get_user_by_id(uid));
        black_box(user.map(|user| user.name().to_owned()));
        black_box((process.accumulated_cpu_time(), process.memory(), process.virtual_memory()));
        black_box((process.disk_usage(), process.start_time()));
    }
    system.processes().len()
}

/// Our sweep alone.
pub fn profile(times: usize) {
    let table = ProcessTable::new();
    for _ in 0..times {
        let _ = black_box(ours(&table));
    }
}
