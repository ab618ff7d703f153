use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::cpu::{CpuFreq, CpuStats, CpuTimes};
use crate::env::{Roots, clock_ticks};
use crate::error::{Error, Result};
use crate::parse::text::{Words, invalid, take_u64, whole_u64};
use crate::parse::{self, CpuRow, ParseError};
use crate::sys::{file, pal};

/// Reads `PROC/stat`.
fn stat<T>(roots: &Roots, parse: fn(&[u8]) -> Result<T, ParseError>) -> Result<T> {
    let path = roots.proc().join("stat");
    parse(&file::read(&path)?).map_err(|error| Error::parse(error, path))
}

fn seconds(row: &CpuRow) -> CpuTimes {
    let second = clock_ticks() as f64;
    let seconds = |ticks: u64| ticks as f64 / second;
    CpuTimes {
        user: seconds(row.user),
        system: seconds(row.system),
        idle: seconds(row.idle),
        nice: seconds(row.nice),
        iowait: seconds(row.iowait),
        irq: seconds(row.irq),
        softirq: seconds(row.softirq),
        steal: seconds(row.steal),
        guest: seconds(row.guest),
        guest_nice: seconds(row.guest_nice),
    }
}

pub(crate) fn times(roots: &Roots) -> Result<CpuTimes> {
    Ok(seconds(&stat(roots, parse::cpu_total)?))
}

pub(crate) fn times_percpu(roots: &Roots) -> Result<Vec<CpuTimes>> {
    Ok(stat(roots, parse::cpu_percpu)?.iter().map(seconds).collect())
}

/// What a thread's next percentages compare with.
#[derive(Default)]
struct Last {
    percent: Option<CpuTimes>,
    percent_percpu: Option<Vec<CpuTimes>>,
    times_percent: Option<CpuTimes>,
    times_percent_percpu: Option<Vec<CpuTimes>>,
}

thread_local! {
    /// By the procfs that is read.
    static LAST: RefCell<HashMap<PathBuf, Last>> = RefCell::default();
}

/// None in the destructor of a thread that has forgotten already.
fn with_last<T>(roots: &Roots, f: impl FnOnce(&mut Last) -> T) -> Option<T> {
    let answer = LAST.try_with(|all| {
        let mut all = all.borrow_mut();
        match all.get_mut(roots.proc()) {
            Some(last) => f(last),
            None => f(all.entry(roots.proc().to_owned()).or_default()),
        }
    });
    answer.ok()
}

/// The two readings to compare: an interval apart, or this thread's previous one and a new one, which
/// the next call compares with in either case.
fn readings<T: Clone>(
    roots: &Roots,
    interval: Option<Duration>,
    read: fn(&Roots) -> Result<T>,
    of: fn(&mut Last) -> &mut Option<T>,
) -> Result<(T, T)> {
    let earlier = match interval.filter(|interval| !interval.is_zero()) {
        Some(interval) => {
            let earlier = read(roots)?;
            thread::sleep(interval);
            earlier
        }
        None => match with_last(roots, |last| of(last).take()).flatten() {
            Some(earlier) => earlier,
            None => read(roots)?,
        },
    };
    let (keep, answer) = match read(roots) {
        Ok(now) => (now.clone(), Ok((earlier, now))),
        Err(error) => (earlier, Err(error)),
    };
    with_last(roots, |last| *of(last) = Some(keep));
    answer
}

pub(crate) fn start_percent(roots: &Roots) {
    let text = file::read(&roots.proc().join("stat")).unwrap_or_default();
    let all = parse::cpu_total(&text).ok().as_ref().map(seconds);
    let each =
        parse::cpu_percpu(&text).ok().map(|rows| rows.iter().map(seconds).collect::<Vec<_>>());
    with_last(roots, |last| {
        *last = Last {
            percent: all,
            percent_percpu: each.clone(),
            times_percent: all,
            times_percent_percpu: each,
        };
    });
}

pub(crate) fn percent(roots: &Roots, interval: Option<Duration>) -> Result<f64> {
    let (earlier, now) = readings(roots, interval, times, |last| &mut last.percent)?;
    Ok(now.percent_since(&earlier))
}

pub(crate) fn percent_percpu(roots: &Roots, interval: Option<Duration>) -> Result<Vec<f64>> {
    let (earlier, now) = readings(roots, interval, times_percpu, |last| &mut last.percent_percpu)?;
    Ok(now.iter().zip(&earlier).map(|(now, earlier)| now.percent_since(earlier)).collect())
}

pub(crate) fn times_percent(roots: &Roots, interval: Option<Duration>) -> Result<CpuTimes> {
    let (earlier, now) = readings(roots, interval, times, |last| &mut last.times_percent)?;
    Ok(now.times_percent_since(&earlier))
}

pub(crate) fn times_percent_percpu(
    roots: &Roots,
    interval: Option<Duration>,
) -> Result<Vec<CpuTimes>> {
    let (earlier, now) =
        readings(roots, interval, times_percpu, |last| &mut last.times_percent_percpu)?;
    Ok(now.iter().zip(&earlier).map(|(now, earlier)| now.times_percent_since(earlier)).collect())
}

fn cpuinfo_path(roots: &Roots) -> PathBuf {
    roots.proc().join("cpuinfo")
}

pub(crate) fn count(roots: &Roots) -> Option<usize> {
    let known = if roots.is_default() { pal::online_cpus() } else { None };
    known
        .or_else(|| {
            let text = file::read_to_end(&cpuinfo_path(roots)).ok()?;
            Some(parse::cpuinfo_processors(&text)).filter(|&count| count > 0)
        })
        .or_else(|| {
            let text = file::read(&roots.proc().join("stat")).ok()?;
            Some(parse::cpu_rows(&text).len()).filter(|&count| count > 0)
        })
}

/// The folders `PREFIX<n>` in a folder, by their numbers; none where it cannot be listed.
fn numbered(folder: &Path, prefix: &[u8]) -> Vec<(usize, PathBuf)> {
    let mut found = Vec::new();
    for name in file::names(folder).unwrap_or_default() {
        let number = name.as_bytes().strip_prefix(prefix).and_then(whole_u64);
        if let Some(number) = number.and_then(|number| usize::try_from(number).ok()) {
            found.push((number, folder.join(name)));
        }
    }
    found.sort_unstable();
    found
}

fn cpus_folder(roots: &Roots) -> PathBuf {
    roots.sys().join("devices/system/cpu")
}

pub(crate) fn count_cores(roots: &Roots) -> Option<usize> {
    let cpus = numbered(&cpus_folder(roots), b"cpu");
    // The threads of a core have the same list; the second name is the older.
    for list in ["topology/core_cpus_list", "topology/thread_siblings_list"] {
        // A CPU that goes offline loses its list.
        let lists = cpus.iter().filter_map(|(_, cpu)| file::read(&cpu.join(list)).ok());
        let cores = lists.map(|text| text.trim_ascii().to_vec()).collect::<HashSet<_>>().len();
        if cores > 0 {
            return Some(cores);
        }
    }
    let text = file::read_to_end(&cpuinfo_path(roots)).ok()?;
    let cores = usize::try_from(parse::cpuinfo_cores(&text).ok()?).ok()?;
    Some(cores).filter(|&cores| cores > 0)
}

pub(crate) fn stats(roots: &Roots) -> Result<CpuStats> {
    let counts = stat(roots, parse::cpu_counts)?;
    Ok(CpuStats {
        ctx_switches: counts.ctxt,
        interrupts: counts.intr,
        soft_interrupts: counts.softirq,
        syscalls: 0,
    })
}

pub(crate) fn freq(roots: &Roots) -> Result<Option<CpuFreq>> {
    let all = freq_percpu(roots)?;
    if let [] | [_] = *all {
        return Ok(all.into_iter().next());
    }
    let count = all.len() as f64;
    let sum = |of: fn(&CpuFreq) -> Option<f64>| all.iter().map(of).sum::<Option<f64>>();
    Ok(sum(|freq| Some(freq.current)).map(|current| CpuFreq {
        current: current / count,
        min: sum(|freq| freq.min).map(|min| min / count),
        max: sum(|freq| freq.max).map(|max| max / count),
    }))
}

pub(crate) fn freq_percpu(roots: &Roots) -> Result<Vec<CpuFreq>> {
    let policies = policies(roots);
    let mhz = match cpuinfo_mhz(roots) {
        Err(error)
            if !policies.is_empty() && file::failed_with(&error, io::ErrorKind::NotFound) =>
        {
            Vec::new()
        }
        mhz => mhz?,
    };
    if policies.is_empty() {
        let freq = |current| CpuFreq { current, min: Some(0.0), max: Some(0.0) };
        return Ok(mhz.into_iter().map(freq).collect());
    }
    let mut cpus = BTreeMap::new();
    for (index, (number, folder)) in policies.iter().enumerate() {
        let path = folder.join("affected_cpus");
        match file::read(&path) {
            Ok(text) => {
                for word in Words(&text) {
                    let cpu = whole_u64(word)
                        .and_then(|cpu| usize::try_from(cpu).ok())
                        .ok_or_else(|| Error::parse(invalid(b"CPU", word), &path))?;
                    cpus.insert(cpu, index);
                }
            }
            Err(_) => drop(cpus.insert(*number, index)),
        }
    }
    // The kernel measures what it writes to cpuinfo, on x86; a policy's is what was asked for.
    let measured = (cpus.len() == mhz.len()).then_some(mhz);
    let mut known = HashMap::new();
    let mut all = Vec::with_capacity(cpus.len());
    for (place, (cpu, index)) in cpus.into_iter().enumerate() {
        let Some((_, folder)) = policies.get(index) else { continue };
        let current = match measured.as_ref().and_then(|mhz| mhz.get(place)) {
            Some(mhz) => (mhz * 1000.0).trunc(),
            None => match current(folder)? {
                Some(khz) => khz,
                None if is_offline(roots, cpu) => continue,
                None => return Err(Error::unsupported("can't find current frequency file")),
            },
        };
        let (min, max) = match known.get(&index) {
            Some(&limits) => limits,
            None => {
                let limit = |name| {
                    let path = folder.join(name);
                    khz(&path, &file::read(&path)?)
                };
                let limits = (limit("scaling_min_freq")?, limit("scaling_max_freq")?);
                known.insert(index, limits);
                limits
            }
        };
        all.push(CpuFreq {
            current: current / 1000.0,
            min: Some(min / 1000.0),
            max: Some(max / 1000.0),
        });
    }
    Ok(all)
}

fn cpuinfo_mhz(roots: &Roots) -> Result<Vec<f64>> {
    let path = cpuinfo_path(roots);
    parse::cpuinfo_mhz(&file::read_to_end(&path)?).map_err(|error| Error::parse(error, path))
}

/// What sets the frequency of some CPUs, and its number, that of the first of them.
fn policies(roots: &Roots) -> Vec<(usize, PathBuf)> {
    let folder = cpus_folder(roots);
    let policies = numbered(&folder.join("cpufreq"), b"policy");
    if !policies.is_empty() {
        return policies;
    }
    // Before Linux 4.3.
    if !folder.join("cpu0/cpufreq").is_dir() {
        return Vec::new();
    }
    let mut cpus = numbered(&folder, b"cpu");
    cpus.retain_mut(|(_, cpu)| {
        cpu.push("cpufreq");
        cpu.is_dir()
    });
    cpus
}

/// The frequency that a policy tells, kHz.
fn current(folder: &Path) -> Result<Option<f64>> {
    for name in ["scaling_cur_freq", "cpuinfo_cur_freq"] {
        let path = folder.join(name);
        // The second is root's alone, and a policy without a CPU that is online is busy (EBUSY).
        let Ok(text) = file::read(&path) else { continue };
        // What a driver says that does not know.
        if text.trim_ascii() == b"<unknown>" {
            continue;
        }
        return Ok(Some(khz(&path, &text)?));
    }
    Ok(None)
}

fn khz(path: &Path, text: &[u8]) -> Result<f64> {
    match take_u64(text.trim_ascii()) {
        Some((khz, [])) => Ok(khz as f64),
        _ => Err(Error::parse(invalid(b"frequency", text), path)),
    }
}

fn is_offline(roots: &Roots, cpu: usize) -> bool {
    let path = cpus_folder(roots).join(format!("cpu{cpu}/online"));
    file::read(&path).is_ok_and(|text| text == b"0\n")
}

pub(crate) fn getloadavg() -> Result<(f64, f64, f64)> {
    let unknown = || Error::os(io::Error::other("load averages were unobtainable"));
    let [one, five, fifteen] = pal::load_average().ok_or_else(unknown)?;
    Ok((one, five, fifteen))
}
