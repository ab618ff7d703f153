//! sysvitals' Rust functions, by the name of the Python row.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sysvitals::process::{IoPriorityClass, MemoryType, Resource};
use sysvitals::{Attrs, ConnectionKind, Popen, Process, ProcessTable};

use super::children::Children;
use super::{Work, call, tried};
use crate::harness::{Call, nanos};
use crate::scene::Scene;
use crate::sweep;

pub fn work(name: &str, scene: &Scene) -> Option<Work> {
    let call = of_process(name, scene).or_else(|| of_processes(name, scene));
    let call = call.or_else(|| of_system(name)).map(Work::Repeated);
    call.or_else(|| waits(name, scene))
}

fn of_process(name: &str, scene: &Scene) -> Option<Call<'static>> {
    let pid = scene.ordinary;
    let p = match name.rsplit_once(", of many") {
        Some((name, _)) if name.contains("children") => Process::new(scene.parent),
        Some((name, _)) if name.contains("memory_maps") => Process::new(scene.mapped),
        Some(_) => Process::new(scene.owner),
        None => Process::new(pid),
    };
    let p = p.unwrap();
    match name.trim_end_matches(", of many") {
        "Process()" => tried!(Process::new(pid)),
        "Process.pid" => call!(p.pid()),
        "Process.__eq__()" => {
            let other = Process::new(pid).unwrap();
            call!(p == other)
        }
        "Process.__str__()" => call!(p.to_string()),
        "Process.name()" => tried!(p.name()),
        "Process.exe()" => tried!(p.exe()),
        "Process.exe(), new Process" => tried!(Process::new(pid).and_then(|p| p.exe())),
        "Process.cmdline()" => tried!(p.cmdline()),
        "Process.environ()" => tried!(p.environ()),
        "Process.create_time()" => tried!(p.create_time()),
        "Process.create_time(), new Process" => {
            tried!(Process::new(pid).and_then(|p| p.create_time()))
        }
        "Process.ppid()" => tried!(p.ppid()),
        "Process.parent()" => tried!(p.parent()),
        "Process.parents()" => tried!(p.parents()),
        "Process.children()" => tried!(p.children(false)),
        "Process.children(recursive=True)" => tried!(p.children(true)),
        "Process.status()" => tried!(p.status()),
        "Process.cwd()" => tried!(p.cwd()),
        "Process.username()" => tried!(p.username()),
        "Process.uids()" => tried!(p.uids()),
        "Process.gids()" => tried!(p.gids()),
        "Process.terminal()" => tried!(p.terminal()),
        "Process.nice()" => tried!(p.nice()),
        "Process.nice(value)" => {
            let value = p.nice().ok()?;
            tried!(p.set_nice(value))
        }
        "Process.ionice()" => tried!(p.ionice()),
        "Process.ionice(value)" => tried!(p.set_ionice(IoPriorityClass::BestEffort, 4)),
        "Process.rlimit()" => tried!(p.rlimit(Resource::Nofile)),
        "Process.rlimit(limits)" => {
            let (soft, hard) = p.rlimit(Resource::Nofile).ok()?;
            tried!(p.set_rlimit(Resource::Nofile, soft, hard))
        }
        "Process.cpu_affinity()" => tried!(p.cpu_affinity()),
        "Process.cpu_affinity(cpus)" => {
            let cpus = p.cpu_affinity().ok()?;
            tried!(p.set_cpu_affinity(&cpus))
        }
        "Process.io_counters()" => tried!(p.io_counters()),
        "Process.num_ctx_switches()" => tried!(p.num_ctx_switches()),
        "Process.num_fds()" => tried!(p.num_fds()),
        "Process.num_threads()" => tried!(p.num_threads()),
        "Process.threads()" => tried!(p.threads()),
        "Process.cpu_times()" => tried!(p.cpu_times()),
        "Process.cpu_percent()" => tried!(p.cpu_percent(None)),
        "Process.cpu_num()" => tried!(p.cpu_num()),
        "Process.memory_info()" => tried!(p.memory_info()),
        "Process.memory_info_ex()" => tried!(p.memory_info_ex()),
        "Process.memory_footprint()" => tried!(p.memory_footprint()),
        "Process.memory_percent()" => tried!(p.memory_percent(MemoryType::Rss)),
        "Process.memory_percent('uss')" => tried!(p.memory_percent(MemoryType::Uss)),
        "Process.memory_maps()" => tried!(p.memory_maps_grouped()),
        "Process.memory_maps(grouped=False)" => tried!(p.memory_maps()),
        "Process.page_faults()" => tried!(p.page_faults()),
        "Process.open_files()" => tried!(p.open_files()),
        "Process.net_connections()" => tried!(p.net_connections(ConnectionKind::Inet)),
        "Process.net_connections('all')" => tried!(p.net_connections(ConnectionKind::All)),
        "Process.is_running()" => call!(p.is_running()),
        "Process.as_dict()" => tried!(p.as_dict(Attrs::ALL)),
        "Process.as_dict(12 attributes)" => tried!(p.as_dict(Attrs::from(sweep::ATTRS))),
        "Process.send_signal()" => tried!(p.send_signal(libc::SIGCONT)),
        "Process.suspend() + resume()" => tried!(p.suspend().and_then(|()| p.resume())),
        "Process.resume()" => tried!(p.resume()),
        _ => None,
    }
}

fn of_processes(name: &str, scene: &Scene) -> Option<Call<'static>> {
    let pid = scene.ordinary;
    let table = ProcessTable::new();
    match name {
        "pids()" => tried!(sysvitals::pids()),
        "pid_exists()" => call!(sysvitals::pid_exists(pid)),
        "process_iter()" => tried!(table.iter().map(Iterator::count)),
        "process_iter(12 attributes)" => tried!(sweep::ours(&table)),
        "snapshot(12 attributes)" => tried!(sweep::snapshot(&table)),
        "process_iter(['net_connections'])" => {
            tried!(table.read(Attrs::from([sysvitals::Attr::NetConnections])).map(Iterator::count))
        }
        _ => None,
    }
}

fn of_system(name: &str) -> Option<Call<'static>> {
    match name {
        "boot_time()" => tried!(sysvitals::boot_time()),
        "bytes2human()" => call!(sysvitals::bytes2human(123_456_789.0)),
        "cpu_count()" => call!(sysvitals::cpu_count()),
        "cpu_count(logical=False)" => call!(sysvitals::cpu_count_cores()),
        "cpu_freq()" => tried!(sysvitals::cpu_freq()),
        "cpu_freq(percpu=True)" => tried!(sysvitals::cpu_freq_percpu()),
        "cpu_percent()" => tried!(sysvitals::cpu_percent(None)),
        "cpu_percent(percpu=True)" => tried!(sysvitals::cpu_percent_percpu(None)),
        "cpu_stats()" => tried!(sysvitals::cpu_stats()),
        "cpu_times()" => tried!(sysvitals::cpu_times()),
        "cpu_times(percpu=True)" => tried!(sysvitals::cpu_times_percpu()),
        "cpu_times_percent()" => tried!(sysvitals::cpu_times_percent(None)),
        "cpu_times_percent(percpu=True)" => tried!(sysvitals::cpu_times_percent_percpu(None)),
        "disk_io_counters()" => tried!(sysvitals::disk_io_counters(true)),
        "disk_io_counters(perdisk=True)" => tried!(sysvitals::disk_io_counters_perdisk(true)),
        "disk_partitions()" => tried!(sysvitals::disk_partitions(false)),
        "disk_partitions(all=True)" => tried!(sysvitals::disk_partitions(true)),
        "disk_usage()" => tried!(sysvitals::disk_usage("/")),
        "getloadavg()" => tried!(sysvitals::getloadavg()),
        "heap_info()" => call!(sysvitals::heap_info()),
        "heap_trim()" => call!(sysvitals::heap_trim()),
        "net_connections()" => tried!(sysvitals::net_connections(ConnectionKind::Inet)),
        "net_connections('all')" => tried!(sysvitals::net_connections(ConnectionKind::All)),
        "net_connections('tcp')" => tried!(sysvitals::net_connections(ConnectionKind::Tcp)),
        "net_connections('udp')" => tried!(sysvitals::net_connections(ConnectionKind::Udp)),
        "net_connections('unix')" => tried!(sysvitals::net_connections(ConnectionKind::Unix)),
        "net_if_addrs()" => tried!(sysvitals::net_if_addrs()),
        "net_if_stats()" => tried!(sysvitals::net_if_stats()),
        "net_io_counters()" => tried!(sysvitals::net_io_counters(true)),
        "net_io_counters(pernic=True)" => tried!(sysvitals::net_io_counters_pernic(true)),
        "sensors_battery()" => tried!(sysvitals::sensors_battery()),
        "sensors_fans()" => tried!(sysvitals::sensors_fans()),
        "sensors_temperatures()" => tried!(sysvitals::sensors_temperatures()),
        "swap_memory()" => tried!(sysvitals::swap_memory()),
        "users()" => tried!(sysvitals::users()),
        "virtual_memory()" => tried!(sysvitals::virtual_memory()),
        _ => None,
    }
}

/// What ends processes, or waits for them to end, on children made anew outside the time.
fn waits(name: &str, scene: &Scene) -> Option<Work> {
    const TIMES: usize = 20;
    let waited = scene.waited;
    let on_each = |ended: bool, act: fn(&Process) -> sysvitals::Result<()>| {
        let turn = move || {
            let mut children = Children::fork(TIMES);
            let processes = children.processes();
            if ended {
                children.have_ended();
            }
            let start = Instant::now();
            let done: sysvitals::Result<Vec<()>> = processes.iter().map(act).collect();
            let nanos = nanos(start) / TIMES as f64;
            done.map(|_| nanos).map_err(|error| error.to_string())
        };
        Some(Work::Turn(Box::new(turn)))
    };
    match name {
        "Process.terminate()" => on_each(false, Process::terminate),
        "Process.kill()" => on_each(false, Process::kill),
        "Process.wait()" => on_each(true, |process| process.wait(None).map(drop)),
        "wait_procs()" => Some(Work::Turn(Box::new(move || wait_procs(waited, true)))),
        "wait_procs(), ending meanwhile" => {
            Some(Work::Turn(Box::new(move || wait_procs(waited, false))))
        }
        "Popen()" => Some(Work::Repeated(tried!({
            let mut command = Command::new("/bin/true");
            Popen::spawn(command.stdin(Stdio::null())).and_then(|mut child| child.wait(None))
        })?)),
        _ => None,
    }
}

fn wait_procs(count: usize, ended: bool) -> Result<f64, String> {
    let mut children = Children::fork(count);
    let processes = children.processes();
    if ended {
        children.have_ended();
    }
    let start = Instant::now();
    children.let_end();
    let result = sysvitals::wait_procs(processes, Some(Duration::from_secs(60)), |_| {});
    let nanos = nanos(start);
    match result {
        Ok((_, alive)) if alive.is_empty() => Ok(nanos),
        Ok((_, alive)) => Err(format!("{} have not ended", alive.len())),
        Err(error) => Err(error.to_string()),
    }
}
