//! What the kernel alone takes for an answer: the same files, folders and links, looked at and no
//! more.

use std::ffi::CString;

use super::call;
use crate::floor::{Floor, From};
use crate::harness::Call;
use crate::scene::Scene;
use crate::sweep;

pub fn call(name: &str, scene: &Scene) -> Option<Call<'static>> {
    of_process(name, scene).or_else(|| of_system(name))
}

fn of_process(name: &str, scene: &Scene) -> Option<Call<'static>> {
    let pid = match name {
        "Process.net_connections('all'), of many" => scene.owner,
        _ if name.ends_with(", of many") => scene.mapped,
        _ => scene.ordinary,
    };
    let mut floor = Floor::new();
    let rustix_pid = rustix::process::Pid::from_raw(pid);
    let path = |file: &str| CString::new(format!("/proc/{pid}/{file}")).unwrap();
    let stat = match name.trim_end_matches(", of many") {
        "Process()"
        | "Process.name()"
        | "Process.ppid()"
        | "Process.status()"
        | "Process.cpu_times()"
        | "Process.cpu_percent()"
        | "Process.cpu_num()"
        | "Process.page_faults()"
        | "Process.terminal()"
        | "Process.is_running()"
        | "Process.create_time(), new Process" => "stat",
        "Process.username()"
        | "Process.uids()"
        | "Process.gids()"
        | "Process.num_ctx_switches()"
        | "Process.num_threads()"
        | "pid_exists()"
        | "Process.memory_info_ex()" => "status",
        "Process.memory_info()" | "Process.memory_percent()" => "statm",
        "Process.cmdline()" => "cmdline",
        "Process.environ()" => "environ",
        "Process.io_counters()" => "io",
        "Process.memory_footprint()" | "Process.memory_percent('uss')" => "smaps_rollup",
        "Process.as_dict(12 attributes)" => {
            let paths = sweep::FILES.map(|file| path(file.to_str().unwrap_or_default()));
            return call!(paths.iter().for_each(|path| floor.file(path, false)));
        }
        "Process.memory_maps()" | "Process.memory_maps(grouped=False)" => {
            let path = path("smaps");
            return call!(floor.file(&path, true));
        }
        "Process.cwd()" => {
            let path = path("cwd");
            return call!(floor.link(&path));
        }
        "Process.exe(), new Process" => {
            let (stat, exe) = (path("stat"), path("exe"));
            return call!({
                floor.file(&stat, false);
                floor.link(&exe);
            });
        }
        "Process.net_connections()" => {
            let tables = ["net/tcp", "net/tcp6", "net/udp", "net/udp6"].map(path);
            return call!({
                floor.links(&format!("/proc/{pid}/fd"));
                tables.iter().for_each(|path| floor.file(path, true));
            });
        }
        "Process.net_connections('all')" => {
            let tables = ["net/tcp", "net/tcp6", "net/udp", "net/udp6", "net/unix"].map(path);
            return call!({
                floor.links(&format!("/proc/{pid}/fd"));
                tables.iter().for_each(|path| floor.file(path, true));
            });
        }
        "Process.num_fds()" => return call!(floor.numbers(&format!("/proc/{pid}/fd"))),
        "Process.open_files()" => return call!(floor.links(&format!("/proc/{pid}/fd"))),
        "Process.threads()" => {
            return call!({
                for tid in floor.numbers(&format!("/proc/{pid}/task")) {
                    let path = CString::new(format!("/proc/{pid}/task/{tid}/stat")).unwrap();
                    floor.file(&path, false);
                }
            });
        }
        "Process.children()" => {
            let pid = if name.ends_with(", of many") { scene.parent } else { pid };
            return call!({
                for tid in floor.numbers(&format!("/proc/{pid}/task")) {
                    let path = CString::new(format!("/proc/{pid}/task/{tid}/children")).unwrap();
                    floor.file(&path, true);
                }
            });
        }
        "Process.nice()" => return call!(rustix::process::getpriority_process(rustix_pid)),
        "Process.cpu_affinity()" => return call!(rustix::thread::sched_getaffinity(rustix_pid)),
        "Process.rlimit()" => {
            return call!({
                let mut old = libc::rlimit64 { rlim_cur: 0, rlim_max: 0 };
                // SAFETY: null sets nothing, and `old` is live.
                let result = unsafe {
                    libc::prlimit64(pid, libc::RLIMIT_NOFILE, std::ptr::null(), &raw mut old)
                };
                (result, old.rlim_cur)
            });
        }
        "pids()" | "process_iter()" => return call!(floor.numbers("/proc")),
        "process_iter(12 attributes)" | "snapshot(12 attributes)" => {
            return call!(floor.sweep(&sweep::FILES, From::Absolute));
        }
        _ => return None,
    };
    let path = path(stat);
    call!(floor.file(&path, false))
}

fn of_system(name: &str) -> Option<Call<'static>> {
    let sockets = |tables: &'static [&'static str]| {
        let mut floor = Floor::new();
        call!({
            for pid in floor.numbers("/proc") {
                floor.links(&format!("/proc/{pid}/fd"));
            }
            for table in tables {
                floor.file(&CString::new(format!("/proc/net/{table}")).unwrap(), true);
            }
        })
    };
    let path = match name {
        "net_connections()" => return sockets(&["tcp", "tcp6", "udp", "udp6"]),
        "net_connections('all')" => return sockets(&["tcp", "tcp6", "udp", "udp6", "unix"]),
        "net_connections('tcp')" => return sockets(&["tcp", "tcp6"]),
        "net_connections('udp')" => return sockets(&["udp", "udp6"]),
        "net_connections('unix')" => return sockets(&["unix"]),
        "cpu_percent()"
        | "cpu_percent(percpu=True)"
        | "cpu_stats()"
        | "cpu_times()"
        | "cpu_times(percpu=True)"
        | "cpu_times_percent()"
        | "cpu_times_percent(percpu=True)" => c"/proc/stat",
        "cpu_freq()" | "cpu_freq(percpu=True)" => c"/proc/cpuinfo",
        "disk_io_counters()" | "disk_io_counters(perdisk=True)" => c"/proc/diskstats",
        "disk_partitions()" | "disk_partitions(all=True)" => c"/proc/self/mounts",
        "net_io_counters()" | "net_io_counters(pernic=True)" => c"/proc/net/dev",
        "swap_memory()" => c"/proc/vmstat",
        "virtual_memory()" => c"/proc/meminfo",
        _ => return None,
    };
    let mut floor = Floor::new();
    call!(floor.file(path, true))
}
