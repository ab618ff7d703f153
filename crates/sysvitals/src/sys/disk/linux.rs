use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use crate::disk::{DiskIoCounters, DiskPartition, DiskUsage};
use crate::env::Roots;
use crate::error::{Error, ErrorKind, Result};
use crate::parse::{self, DiskStats, Mount, ParseError};
use crate::process::round1;
use crate::sys::file::{self, failed_with, if_there};
use crate::sys::nowrap;
use crate::sys::pal::{self, Space, SysResult};

pub(crate) fn partitions(roots: &Roots, all: bool) -> Result<Vec<DiskPartition>> {
    let mounts = parse::mounts(&file::read_to_end(&mounts_file(roots))?);
    let types = if all { Vec::new() } else { types_with_device(roots)? };
    let mut partitions = Vec::with_capacity(mounts.len());
    for Mount { device, mountpoint, fstype, opts } in mounts {
        let device = match device.as_bytes() {
            b"none" => OsString::new(),
            b"/dev/root" | b"rootfs" => root_device(roots).unwrap_or(device),
            _ => device,
        };
        // zfs pools have devices of their own, and the kernel says nodev.
        if all || !device.is_empty() && (fstype == "zfs" || types.contains(&fstype)) {
            partitions.push(DiskPartition { device, mountpoint: mountpoint.into(), fstype, opts });
        }
    }
    Ok(partitions)
}

fn mounts_file(roots: &Roots) -> PathBuf {
    if roots.is_default()
        && let Ok(mtab) = Path::new("/etc/mtab").canonicalize()
        && mtab.is_file()
    {
        return mtab;
    }
    roots.proc().join("self/mounts")
}

fn types_with_device(roots: &Roots) -> Result<Vec<OsString>> {
    match file::read_to_end(&roots.proc().join("filesystems")) {
        Ok(text) => Ok(parse::filesystems(&text)),
        // Android and some containers deny it.
        Err(error) if failed_with(&error, io::ErrorKind::PermissionDenied) => {
            Ok(parse::mountinfo_types(&file::read_to_end(&roots.proc().join("self/mountinfo"))?))
        }
        Err(error) => Err(error),
    }
}

/// What `/dev/root` stands for, where `/dev` has it. Of three places that may know, old kernels and
/// containers lack one or the other.
fn root_device(roots: &Roots) -> Option<OsString> {
    let (major, minor) = pal::device_of(c"/").ok()?;
    let partitions = || {
        parse::partition_name(
            &file::read_to_end(&roots.proc().join("partitions")).ok()?,
            major,
            minor,
        )
    };
    let uevent = || {
        let uevent = roots.sys().join(format!("dev/block/{major}:{minor}/uevent"));
        parse::uevent_devname(&file::read(&uevent).ok()?)
    };
    let class = || {
        let class = roots.sys().join("class/block");
        let wanted = format!("{major}:{minor}");
        file::names(&class).ok()?.into_iter().find(|name| {
            file::read(&class.join(name).join("dev"))
                .is_ok_and(|dev| dev.trim_ascii() == wanted.as_bytes())
        })
    };
    let there = |name: OsString| {
        let device = Path::new("/dev").join(name);
        device.exists().then(|| device.into_os_string())
    };
    partitions()
        .and_then(there)
        .or_else(|| uevent().and_then(there))
        .or_else(|| class().and_then(there))
}

pub(crate) fn usage(path: &Path) -> Result<DiskUsage> {
    match pal::space(path) {
        Ok(space) => Ok(usage_of(space)),
        Err(errno) => Err(Error::os(errno.into()).with_path(path)),
    }
}

pub(crate) fn usage_fd(fd: BorrowedFd<'_>) -> Result<DiskUsage> {
    pal::space_fd(fd).map(usage_of).map_err(|errno| Error::os(errno.into()))
}

fn usage_of(space: Space) -> DiskUsage {
    let bytes = |blocks: u64| blocks.saturating_mul(space.block_size);
    let total = bytes(space.blocks);
    let used = total.saturating_sub(bytes(space.free));
    let free = bytes(space.available);
    let usable = used.saturating_add(free);
    let percent = if usable == 0 { 0.0 } else { round1(used as f64 / usable as f64 * 100.0) };
    DiskUsage { total, used, free, percent }
}

/// What a thread that may never come back is waited for with.
#[derive(Default)]
struct Question {
    answer: Mutex<Option<SysResult<Space>>>,
    answered: Condvar,
}

/// The questions without an answer, by process (a fork's child has no threads but its own) and path.
type Questions = Mutex<HashMap<(u32, PathBuf), Arc<Question>>>;

static QUESTIONS: LazyLock<Questions> = LazyLock::new(Questions::default);

pub(crate) fn usage_timeout(path: &Path, timeout: Duration) -> Result<DiskUsage> {
    let question = ask(path)?;
    let answer = question.answer.lock().unwrap_or_else(PoisonError::into_inner);
    let (answer, _) = question
        .answered
        .wait_timeout_while(answer, timeout, |answer| answer.is_none())
        .unwrap_or_else(PoisonError::into_inner);
    match *answer {
        Some(Ok(space)) => Ok(usage_of(space)),
        Some(Err(errno)) => Err(Error::os(errno.into()).with_path(path)),
        None => Err(Error::new(ErrorKind::TimeoutExpired).with_timeout(timeout).with_path(path)),
    }
}

/// The question about a path that is open already, or a new one with a thread of its own.
fn ask(path: &Path) -> Result<Arc<Question>> {
    // The current folder may be another by the time that someone asks again.
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let key = (std::process::id(), absolute);
    let mut questions = QUESTIONS.lock().unwrap_or_else(PoisonError::into_inner);
    let question = match questions.entry(key.clone()) {
        Entry::Occupied(open) => return Ok(open.get().clone()),
        Entry::Vacant(none) => none.insert(Arc::default()).clone(),
    };
    let asked = question.clone();
    let forget = key.clone();
    let thread = std::thread::Builder::new().name("disk_usage".into()).spawn(move || {
        let answer = pal::space(&key.1);
        QUESTIONS.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
        *asked.answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        asked.answered.notify_all();
    });
    match thread {
        Ok(_detached) => Ok(question),
        Err(error) => {
            questions.remove(&forget);
            Err(Error::os(error).with_path(path))
        }
    }
}

pub(crate) fn io_counters(roots: &Roots, nowrap: bool) -> Result<Option<DiskIoCounters>> {
    let rows = rows(roots, nowrap)?;
    let disks = if_there(file::names(&roots.sys().join("block")))?.unwrap_or_default();
    let whole = rows.into_iter().filter(|(name, _)| disks.binary_search(&file_name(name)).is_ok());
    Ok(nowrap::sum(whole.map(|(_, values)| values)).map(counters))
}

pub(crate) fn io_counters_perdisk(
    roots: &Roots,
    nowrap: bool,
) -> Result<Vec<(OsString, DiskIoCounters)>> {
    let rows = rows(roots, nowrap)?;
    Ok(rows.into_iter().map(|(name, values)| (name, counters(values))).collect())
}

/// A device's name as that of its folder: sysfs writes `cciss/c0d0` as `cciss!c0d0`.
fn file_name(name: &OsStr) -> OsString {
    let bytes = name.as_bytes().iter().map(|&b| if b == b'/' { b'!' } else { b });
    OsStr::from_bytes(&bytes.collect::<Vec<_>>()).to_owned()
}

/// The counters of [`DiskIoCounters`], in its order.
type Row = (OsString, [u64; 9]);

fn rows(roots: &Roots, nowrap: bool) -> Result<Vec<Row>> {
    if nowrap { roots.disk_io().adjust(|| read_rows(roots)) } else { read_rows(roots) }
}

fn read_rows(roots: &Roots) -> Result<Vec<Row>> {
    let path = roots.proc().join("diskstats");
    if let Some(text) = if_there(file::read_to_end(&path))? {
        let rows = parse::diskstats(&text).map_err(|error| Error::parse(error, path))?;
        return Ok(rows.into_iter().map(|(name, stats)| (name, values(stats))).collect());
    }
    let block = roots.sys().join("block");
    let Some(disks) = if_there(file::names(&block))? else {
        return Err(Error::unsupported(format!(
            "{} nor {} are available on this system",
            path.display(),
            block.display()
        )));
    };
    let mut rows = Vec::new();
    for disk in disks {
        let folder = block.join(&disk);
        // A disk can go between the listing and the reading.
        let Some(entries) = if_there(file::names(&folder))? else { continue };
        rows.extend(read_stat(&folder, disk)?);
        for entry in entries {
            let partition = folder.join(&entry);
            if partition.symlink_metadata().is_ok_and(|entry| entry.is_dir()) {
                rows.extend(read_stat(&partition, entry)?);
            }
        }
    }
    Ok(rows)
}

fn read_stat(folder: &Path, name: OsString) -> Result<Option<Row>> {
    let path = folder.join("stat");
    let Some(text) = if_there(file::read(&path))? else { return Ok(None) };
    let stats = parse::block_stat(&text).map_err(|error: ParseError| Error::parse(error, path))?;
    Ok(Some((name, values(stats))))
}

fn values(stats: DiskStats) -> [u64; 9] {
    const SECTOR: u64 = 512;
    [
        stats.reads,
        stats.writes,
        stats.read_sectors.wrapping_mul(SECTOR),
        stats.write_sectors.wrapping_mul(SECTOR),
        stats.read_ms,
        stats.write_ms,
        stats.reads_merged,
        stats.writes_merged,
        stats.busy_ms,
    ]
}

fn counters(values: [u64; 9]) -> DiskIoCounters {
    let [
        read_count,
        write_count,
        read_bytes,
        write_bytes,
        read_time,
        write_time,
        read_merged_count,
        write_merged_count,
        busy_time,
    ] = values;
    DiskIoCounters {
        read_count,
        write_count,
        read_bytes,
        write_bytes,
        read_time,
        write_time,
        read_merged_count,
        write_merged_count,
        busy_time,
    }
}
