//! Every getter, called on its own, on one ordinary process.

use std::ffi::{CStr, CString};
use std::hint::black_box;

use procfs::process::Process as Procfs;
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};
use sysvitals::process::{MemoryType, Resource};
use sysvitals::{Attrs, ConnectionKind, Process};

use crate::floor::{Floor, From};
use crate::harness::{Contestant, race};
use crate::psutil::Psutil;

pub struct Row {
    pub name: &'static str,
    pub ours: f64,
    /// Nanoseconds, and the ratio: ours to the floor, the others to ours.
    pub floor: Option<(f64, f64)>,
    pub procfs: Option<(f64, f64)>,
    pub sysinfo: Option<(f64, f64)>,
    pub psutil: Option<(f64, f64)>,
}

const NAMES: &[&str] = &[
    "Process::new",
    "pid",
    "name",
    "exe",
    "cmdline",
    "environ",
    "create_time",
    "ppid",
    "parent",
    "parents",
    "children",
    "status",
    "cwd",
    "username",
    "uids",
    "gids",
    "terminal",
    "nice",
    "ionice",
    "rlimit",
    "cpu_affinity",
    "io_counters",
    "num_ctx_switches",
    "num_fds",
    "num_threads",
    "threads",
    "cpu_times",
    "cpu_percent",
    "cpu_num",
    "memory_info",
    "memory_info_ex",
    "memory_footprint",
    "memory_percent",
    "memory_maps",
    "page_faults",
    "open_files",
    "net_connections",
    "is_running",
    "as_dict",
    "pids",
    "pid_exists",
];

pub fn run(pid: i32, rounds: usize, millis: f64, psutil: Option<&Psutil>) -> Vec<Row> {
    NAMES.iter().map(|name| row(name, pid, rounds, millis, psutil)).collect()
}

fn row(name: &'static str, pid: i32, rounds: usize, millis: f64, psutil: Option<&Psutil>) -> Row {
    let question = format!("get {name} {pid} {millis}");
    let mut contestants = vec![Contestant::repeated("ours", millis, ours(name, pid))];
    if let Some(call) = floor(name, pid) {
        contestants.push(Contestant::repeated("floor", millis, call));
    }
    if let Some(call) = procfs(name, pid) {
        contestants.push(Contestant::repeated("procfs", millis, call));
    }
    if let Some(call) = sysinfo(name, pid) {
        contestants.push(Contestant::repeated("sysinfo", millis, call));
    }
    if let Some(psutil) = psutil
        && psutil.ask(&question).is_some()
    {
        contestants
            .push(Contestant::self_timed("psutil", || psutil.ask(&question).unwrap_or(f64::NAN)));
    }
    let figures = race(contestants, rounds);
    let ours = &figures[0];
    let find = |name: &str| figures.iter().find(|figures| figures.name == name);
    let other = |name| find(name).map(|other| (other.median(), other.ratio_to(ours)));
    Row {
        name,
        ours: ours.median(),
        floor: find("floor").map(|floor| (floor.median(), ours.ratio_to(floor))),
        procfs: other("procfs"),
        sysinfo: other("sysinfo"),
        psutil: other("psutil"),
    }
}

type Call = Box<dyn FnMut()>;

macro_rules! call {
    ($value:expr) => {
        Box::new(move || {
            let _ = black_box($value);
        })
    };
}

fn ours(name: &str, pid: i32) -> Call {
    let p = Process::new(pid).unwrap();
    match name {
        "Process::new" => call!(Process::new(pid)),
        "pid" => call!(p.pid()),
        "name" => call!(p.name()),
        "exe" => call!(p.exe()),
        "cmdline" => call!(p.cmdline()),
        "environ" => call!(p.environ()),
        "create_time" => call!(p.create_time()),
        "ppid" => call!(p.ppid()),
        "parent" => call!(p.parent()),
        "parents" => call!(p.parents()),
        "children" => call!(p.children(false)),
        "status" => call!(p.status()),
        "cwd" => call!(p.cwd()),
        "username" => call!(p.username()),
        "uids" => call!(p.uids()),
        "gids" => call!(p.gids()),
        "terminal" => call!(p.terminal()),
        "nice" => call!(p.nice()),
        "ionice" => call!(p.ionice()),
        "rlimit" => call!(p.rlimit(Resource::Nofile)),
        "cpu_affinity" => call!(p.cpu_affinity()),
        "io_counters" => call!(p.io_counters()),
        "num_ctx_switches" => call!(p.num_ctx_switches()),
        "num_fds" => call!(p.num_fds()),
        "num_threads" => call!(p.num_threads()),
        "threads" => call!(p.threads()),
        "cpu_times" => call!(p.cpu_times()),
        "cpu_percent" => call!(p.oneshot().cpu_percent()),
        "cpu_num" => call!(p.cpu_num()),
        "memory_info" => call!(p.memory_info()),
        "memory_info_ex" => call!(p.memory_info_ex()),
        "memory_footprint" => call!(p.memory_footprint()),
        "memory_percent" => call!(p.memory_percent(MemoryType::Rss)),
        "memory_maps" => call!(p.memory_maps_grouped()),
        "page_faults" => call!(p.page_faults()),
        "open_files" => call!(p.open_files()),
        "net_connections" => call!(p.net_connections(ConnectionKind::Inet)),
        "is_running" => call!(p.is_running()),
        "as_dict" => call!(p.as_dict(Attrs::ALL)),
        "pids" => call!(sysvitals::pids()),
        "pid_exists" => call!(sysvitals::pid_exists(pid)),
        _ => panic!("{name}"),
    }
}

fn floor(name: &str, pid: i32) -> Option<Call> {
    let mut floor = Floor::new();
    let path = |file: &str| CString::new(format!("/proc/{pid}/{file}")).unwrap();
    let file = match name {
        "Process::new" | "name" | "ppid" | "status" | "cpu_times" | "cpu_percent" | "cpu_num"
        | "page_faults" | "terminal" | "is_running" => "stat",
        "username" | "uids" | "gids" | "num_ctx_switches" | "num_threads" | "pid_exists"
        | "memory_info_ex" => "status",
        "memory_info" => "statm",
        "cmdline" => "cmdline",
        "environ" => "environ",
        "io_counters" => "io",
        "memory_footprint" => "smaps_rollup",
        "memory_maps" => {
            let path = path("smaps");
            return Some(Box::new(move || floor.file(&path, true)));
        }
        "exe" | "create_time" => return None,
        "cwd" => {
            let path = path("cwd");
            return Some(Box::new(move || floor.link(&path)));
        }
        "memory_percent" => {
            let path = path("statm");
            return Some(Box::new(move || {
                floor.file(&path, false);
                floor.file(c"/proc/meminfo", true);
            }));
        }
        "net_connections" => {
            let paths = ["net/tcp", "net/tcp6", "net/udp", "net/udp6"].map(path);
            return Some(Box::new(move || paths.iter().for_each(|path| floor.file(path, true))));
        }
        "num_fds" => return Some(call!(floor.numbers(&format!("/proc/{pid}/fd")))),
        "threads" => {
            return Some(Box::new(move || {
                for tid in floor.numbers(&format!("/proc/{pid}/task")) {
                    let path = CString::new(format!("/proc/{pid}/task/{tid}/stat")).unwrap();
                    floor.file(&path, false);
                }
            }));
        }
        "children" => return Some(call!(floor.sweep(&[c"stat"], From::Absolute))),
        "pids" => return Some(call!(floor.numbers("/proc"))),
        "nice" => {
            let pid = rustix::process::Pid::from_raw(pid);
            return Some(call!(rustix::process::getpriority_process(pid)));
        }
        "cpu_affinity" => {
            let pid = rustix::process::Pid::from_raw(pid);
            return Some(call!(rustix::thread::sched_getaffinity(pid)));
        }
        "rlimit" => {
            let pid = rustix::process::Pid::from_raw(pid);
            return Some(call!({
                let mut old = libc::rlimit64 { rlim_cur: 0, rlim_max: 0 };
                let pid = pid.map_or(0, |pid| pid.as_raw_pid());
                // SAFETY: null sets nothing, and `old` is live.
                let result = unsafe {
                    libc::prlimit64(pid, libc::RLIMIT_NOFILE, std::ptr::null(), &raw mut old)
                };
                (result, old.rlim_cur)
            }));
        }
        _ => return None,
    };
    let path: CString = path(file);
    Some(Box::new(move || floor.file(AsRef::<CStr>::as_ref(&path), false)))
}

fn procfs(name: &str, pid: i32) -> Option<Call> {
    let p = Procfs::new(pid).unwrap();
    Some(match name {
        "Process::new" => call!(Procfs::new(pid)),
        "name" => call!(p.stat().map(|stat| stat.comm)),
        "exe" => call!(p.exe()),
        "cmdline" => call!(p.cmdline()),
        "environ" => call!(p.environ()),
        "ppid" => call!(p.stat().map(|stat| stat.ppid)),
        "status" => call!(p.stat().map(|stat| stat.state)),
        "cwd" => call!(p.cwd()),
        "uids" => call!(p.status().map(|status| (status.ruid, status.euid, status.suid))),
        "gids" => call!(p.status().map(|status| (status.rgid, status.egid, status.sgid))),
        "nice" => call!(p.stat().map(|stat| stat.nice)),
        "rlimit" => call!(p.limits().map(|limits| limits.max_open_files)),
        "io_counters" => call!(p.io()),
        "num_ctx_switches" => call!(p.status().map(|status| status.voluntary_ctxt_switches)),
        "num_fds" => call!(p.fd_count()),
        "num_threads" => call!(p.stat().map(|stat| stat.num_threads)),
        "threads" => call!(p.tasks().map(|tasks| {
            tasks.flatten().filter_map(|task| task.stat().ok()).map(|s| s.utime).sum::<u64>()
        })),
        "cpu_times" => call!(p.stat().map(|stat| (stat.utime, stat.stime))),
        "cpu_num" => call!(p.stat().map(|stat| stat.processor)),
        "memory_info" => call!(p.statm()),
        "memory_info_ex" => call!((p.statm(), p.status())),
        "memory_footprint" => call!(p.smaps_rollup()),
        "memory_maps" => call!(p.smaps()),
        "page_faults" => call!(p.stat().map(|stat| (stat.minflt, stat.majflt))),
        "open_files" => call!(p.fd().map(|fds| fds.flatten().count())),
        _ => return None,
    })
}

fn sysinfo(name: &str, pid: i32) -> Option<Call> {
    let nothing = ProcessRefreshKind::nothing();
    let what = match name {
        "name" | "ppid" | "status" => nothing,
        "exe" => nothing.with_exe(UpdateKind::Always),
        "cmdline" => nothing.with_cmd(UpdateKind::Always),
        "environ" => nothing.with_environ(UpdateKind::Always),
        "cwd" => nothing.with_cwd(UpdateKind::Always),
        "uids" | "gids" => nothing.with_user(UpdateKind::Always),
        "io_counters" => nothing.with_disk_usage(),
        "cpu_times" | "cpu_percent" => nothing.with_cpu(),
        "memory_info" => nothing.with_memory(),
        _ => return None,
    };
    let mut system = System::new().unwrap();
    let pids = [Pid::from_u32(pid.cast_unsigned())];
    Some(call!(system.refresh_processes_specifics(ProcessesToUpdate::Some(&pids), true, what)))
}
