//! Twelve attributes of every process.

use std::collections::HashMap;
use std::hint::black_box;

use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System, Uid, UpdateKind, Users};
use sysvitals::{Attr, Attrs, ProcessTable};

use crate::floor::{Floor, From};
use crate::harness::{Contestant, Figures, race};
use crate::psutil::Psutil;

const ATTRS: [Attr; 12] = [
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

pub fn run(rounds: usize, psutil: Option<&Psutil>) -> Vec<Figures> {
    let files = [c"stat", c"status", c"io", c"cmdline"];
    let with_statm = [c"stat", c"status", c"io", c"cmdline", c"statm"];
    let floor = |name: &str, files: Vec<&'static std::ffi::CStr>, from| {
        let mut floor = Floor::new();
        Contestant::new(name, move || floor.sweep(&files, from))
    };
    let (kept_table, mut kept_system) = (ProcessTable::new(), System::new().unwrap());
    let mut lazy_system = System::new().unwrap();
    // Not timed: neither crate is asked to read the user database at each sweep.
    let users = Users::new_with_refreshed_list().unwrap();
    let names: HashMap<u32, String> =
        users.iter().map(|user| (**user.id(), user.name().to_owned())).collect();
    let mut contestants = vec![
        floor("floor: stat, status, io, cmdline", files.to_vec(), From::Absolute),
        Contestant::new("sysvitals, kept table", || sysvitals(&kept_table)),
        Contestant::new("sysvitals, new table", || sysvitals(&ProcessTable::new())),
        Contestant::new("procfs", || procfs(&names)),
        Contestant::new("sysinfo, kept system", || {
            sysinfo(&mut kept_system, UpdateKind::Always, &users)
        }),
        Contestant::new("sysinfo, new system", || {
            sysinfo(&mut System::new().unwrap(), UpdateKind::Always, &users)
        }),
        Contestant::new("sysinfo, kept system, user and cmd read once", || {
            sysinfo(&mut lazy_system, UpdateKind::OnlyIfNotSet, &users)
        }),
        floor("floor with statm", with_statm.to_vec(), From::Absolute),
        floor("floor, relative to an open /proc", files.to_vec(), From::Proc),
        floor("floor, relative to /proc/PID opened once", files.to_vec(), From::Pid),
    ];
    if let Some(psutil) = psutil {
        contestants
            .push(Contestant::self_timed("psutil, process_iter", || psutil.ask("sweep").unwrap()));
    }
    race(contestants, rounds)
}

fn sysvitals(table: &ProcessTable) -> usize {
    let mut count = 0;
    for info in table.read(Attrs::from(ATTRS)).unwrap() {
        for (attr, value) in info {
            let _ = black_box((attr, value));
        }
        count += 1;
    }
    count
}

fn procfs(names: &HashMap<u32, String>) -> usize {
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

fn sysinfo(system: &mut System, fixed: UpdateKind, users: &Users) -> usize {
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
        black_box(sysvitals(&table));
    }
}
