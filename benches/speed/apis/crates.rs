//! The same answers by the crates `procfs` and `sysinfo`, where they have them.

use procfs::process::Process as Procfs;
use procfs::{Current, CurrentSI};
use sysinfo::{
    Components, DiskRefreshKind, Disks, Networks, Pid, ProcessRefreshKind, ProcessesToUpdate,
    System, UpdateKind, Users,
};

use super::{call, tried};
use crate::harness::Call;
use crate::scene::Scene;
use crate::sweep;

pub fn procfs(name: &str, scene: &Scene) -> Option<Call<'static>> {
    let pid = if name.ends_with(", of many") { scene.mapped } else { scene.ordinary };
    let p = Procfs::new(pid).unwrap();
    match name {
        "Process()" => tried!(Procfs::new(pid)),
        "Process.name()" => tried!(p.stat().map(|stat| stat.comm)),
        "Process.exe(), new Process" => tried!(Procfs::new(pid).and_then(|p| p.exe())),
        "Process.cmdline()" => tried!(p.cmdline()),
        "Process.environ()" => tried!(p.environ()),
        "Process.create_time(), new Process" => {
            tried!(Procfs::new(pid).and_then(|p| p.stat()).map(|stat| stat.starttime))
        }
        "Process.ppid()" => tried!(p.stat().map(|stat| stat.ppid)),
        "Process.status()" => tried!(p.stat().map(|stat| stat.state)),
        "Process.cwd()" => tried!(p.cwd()),
        "Process.uids()" => tried!(p.status().map(|status| (status.ruid, status.euid))),
        "Process.gids()" => tried!(p.status().map(|status| (status.rgid, status.egid))),
        "Process.nice()" => tried!(p.stat().map(|stat| stat.nice)),
        "Process.rlimit()" => tried!(p.limits().map(|limits| limits.max_open_files)),
        "Process.io_counters()" => tried!(p.io()),
        "Process.num_ctx_switches()" => {
            tried!(p.status().map(|status| status.voluntary_ctxt_switches))
        }
        "Process.num_fds()" => tried!(p.fd_count()),
        "Process.num_threads()" => tried!(p.stat().map(|stat| stat.num_threads)),
        "Process.threads()" => tried!(p.tasks().map(|tasks| {
            tasks.flatten().filter_map(|task| task.stat().ok()).map(|s| s.utime).sum::<u64>()
        })),
        "Process.cpu_times()" => tried!(p.stat().map(|stat| (stat.utime, stat.stime))),
        "Process.cpu_num()" => tried!(p.stat().map(|stat| stat.processor)),
        "Process.memory_info()" => tried!(p.statm()),
        "Process.memory_info_ex()" => tried!(p.statm().and_then(|m| Ok((m, p.status()?)))),
        "Process.memory_footprint()" => tried!(p.smaps_rollup()),
        "Process.memory_maps(grouped=False)" | "Process.memory_maps(grouped=False), of many" => {
            tried!(p.smaps())
        }
        "Process.page_faults()" => tried!(p.stat().map(|stat| (stat.minflt, stat.majflt))),
        "Process.open_files()" => tried!(p.fd().map(|fds| fds.flatten().count())),
        "process_iter(12 attributes)" => {
            let names = sweep::user_names(&Users::new_with_refreshed_list().unwrap());
            call!(sweep::procfs(&names))
        }
        "process_iter()" => tried!(procfs::process::all_processes().map(Iterator::count)),
        "cpu_times()" | "cpu_times(percpu=True)" | "cpu_stats()" => {
            tried!(procfs::KernelStats::current())
        }
        "disk_io_counters(perdisk=True)" => tried!(procfs::diskstats()),
        "disk_partitions(all=True)" => tried!(procfs::mounts()),
        "getloadavg()" => tried!(procfs::LoadAverage::current()),
        "net_io_counters(pernic=True)" => tried!(procfs::net::dev_status()),
        "virtual_memory()" => tried!(procfs::Meminfo::current()),
        _ => None,
    }
}

pub fn sysinfo(name: &str, scene: &Scene) -> Option<Call<'static>> {
    of_process(name, scene).or_else(|| of_system(name))
}

fn of_process(name: &str, scene: &Scene) -> Option<Call<'static>> {
    let nothing = ProcessRefreshKind::nothing();
    let what = match name {
        "Process.name()" | "Process.ppid()" | "Process.status()" => nothing,
        "Process.exe(), new Process" => nothing.with_exe(UpdateKind::Always),
        "Process.cmdline()" => nothing.with_cmd(UpdateKind::Always),
        "Process.environ()" => nothing.with_environ(UpdateKind::Always),
        "Process.cwd()" => nothing.with_cwd(UpdateKind::Always),
        "Process.uids()" | "Process.gids()" => nothing.with_user(UpdateKind::Always),
        "Process.io_counters()" => nothing.with_disk_usage(),
        "Process.cpu_times()" | "Process.cpu_percent()" => nothing.with_cpu(),
        "Process.memory_info()" => nothing.with_memory(),
        _ => return None,
    };
    let mut system = System::new().unwrap();
    let pids = [Pid::from_u32(scene.ordinary.cast_unsigned())];
    call!(system.refresh_processes_specifics(ProcessesToUpdate::Some(&pids), true, what))
}

fn of_system(name: &str) -> Option<Call<'static>> {
    let mut system = System::new().unwrap();
    match name {
        "process_iter(12 attributes)" => {
            let users = Users::new_with_refreshed_list().unwrap();
            call!(sweep::sysinfo(&mut system, UpdateKind::Always, &users))
        }
        "boot_time()" => call!(System::boot_time()),
        "cpu_count(logical=False)" => call!(System::physical_core_count()),
        "cpu_freq(percpu=True)" => call!(system.refresh_cpu_frequency()),
        "disk_partitions()" => {
            call!(Disks::new_with_refreshed_list_specifics(DiskRefreshKind::nothing()))
        }
        "getloadavg()" => call!(System::load_average()),
        "net_io_counters(pernic=True)" => {
            let mut networks = Networks::new().unwrap();
            call!(networks.refresh(true))
        }
        "sensors_temperatures()" => tried!(Components::new_with_refreshed_list()),
        "virtual_memory()" | "swap_memory()" => call!(system.refresh_memory()),
        _ => None,
    }
}
