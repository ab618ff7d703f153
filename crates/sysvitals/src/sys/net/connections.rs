use rustix::io::Errno;

use super::linux::NetTables;
use crate::Pid;
use crate::env::Roots;
use crate::error::{Error, Result};
use crate::net::{AddressFamily, ConnectionKind, SystemConnection};
use crate::sys::pal;
use crate::sys::threads::{in_chunks, threads};

/// A descriptor of a socket: its place in the tables, the process, the number.
type Holder = (usize, Pid, i32);

pub(crate) fn connections(roots: &Roots, kind: ConnectionKind) -> Result<Vec<SystemConnection>> {
    let root = roots.proc_file("");
    let netlink = roots.is_default() && roots.uses_netlink();
    let tables = NetTables::read(kind, netlink, |file, buf| {
        pal::with_path(&root, file.as_bytes(), |path| pal::read_to_end(path, buf))
            .map_err(|errno| Error::os(errno.into()).with_path(file))
    })
    .map_err(|error| match error.path().map(|file| roots.proc().join(file)) {
        Some(path) => error.with_path(path),
        None => error,
    })?;
    let holders = if tables.unowned() { Vec::new() } else { holders(roots, &root, &tables)? };
    Ok(rows(&tables, &holders))
}

/// A row of each socket and process that holds it, of each descriptor for UNIX sockets, or one with
/// no process.
fn rows(tables: &NetTables, mut holders: &[Holder]) -> Vec<SystemConnection> {
    let mut rows = Vec::with_capacity(tables.sockets().len().max(holders.len()));
    for (place, socket) in tables.sockets().iter().enumerate() {
        let mut row = |fd, pid| {
            rows.push(SystemConnection {
                fd,
                family: socket.family,
                kind: socket.kind,
                laddr: socket.laddr.clone(),
                raddr: socket.raddr.clone(),
                status: socket.status,
                pid,
            });
        };
        let mut previous = None;
        while let [(at, pid, fd), rest @ ..] = holders
            && *at == place
        {
            let again = previous.replace(pid) == Some(pid);
            if !again || socket.family == AddressFamily::Unix {
                row(*fd, Some(*pid));
            }
            holders = rest;
        }
        if previous.is_none() {
            row(-1, None);
        }
    }
    rows
}

/// Who holds the sockets of the tables, by place, process and descriptor: one pass over the
/// descriptors of all processes that we may look into.
fn holders(roots: &Roots, root: &[u8], tables: &NetTables) -> Result<Vec<Holder>> {
    let pids = roots.pids()?;
    let parts = in_chunks(&pids, threads(pids.len()), |pids, _| {
        let mut held = Vec::new();
        pids.iter()
            .try_for_each(|&pid| holders_in(roots, root, pid, tables, &mut held))
            .map(|()| held)
    });
    let mut all = parts.into_iter().collect::<Result<Vec<_>>>()?.concat();
    all.sort_unstable();
    Ok(all)
}

fn holders_in(
    roots: &Roots,
    root: &[u8],
    pid: Pid,
    tables: &NetTables,
    held: &mut Vec<Holder>,
) -> Result<()> {
    let folder = format!("{pid}/fd");
    let listed = pal::with_path(root, folder.as_bytes(), |path| {
        pal::sockets_in(path, roots.is_default(), |inode, fd| {
            held.extend(tables.place(inode).map(|place| (place, pid, fd)));
        })
    });
    match listed {
        // Gone, or not ours to look into.
        Ok(()) | Err(Errno::NOENT | Errno::SRCH | Errno::ACCESS | Errno::PERM) => Ok(()),
        Err(errno) => Err(Error::os(errno.into())
            .with_path(crate::env::path_from_bytes(&[root, folder.as_bytes()].concat()))),
    }
}
