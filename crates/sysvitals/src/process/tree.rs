use std::collections::HashMap;

use super::{Pid, Process};
use crate::error::{ErrorKind, Result};
use crate::sys::{self, process::View};

impl Process {
    /// The parent; None where there is none, or where its PID went to a process that began after
    /// this one.
    ///
    /// # Errors
    /// As [`ppid`](Self::ppid).
    pub fn parent(&self) -> Result<Option<Self>> {
        let ppid = self.ppid()?;
        // The kernel has no negative PIDs; a tree that is not its own may.
        if ppid <= 0 {
            return Ok(None);
        }
        let parent = match Self::with_roots(ppid, self.roots()) {
            Ok(parent) => parent,
            Err(error) if error.is_no_such_process() => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(match (parent.identity().start, self.identity().start) {
            (Some(parents), Some(own)) if parents > own => None,
            _ => Some(parent),
        })
    }

    /// The parent, its parent and so on, nearest first.
    ///
    /// # Errors
    /// As [`parent`](Self::parent).
    pub fn parents(&self) -> Result<Vec<Self>> {
        let mut parents: Vec<Self> = Vec::new();
        let mut next = self.parent()?;
        while let Some(parent) = next {
            // Only a tree that is not the kernel's own could have a loop.
            if parent.pid() == self.pid() || parents.iter().any(|known| known.pid() == parent.pid())
            {
                break;
            }
            next = parent.parent()?;
            parents.push(parent);
        }
        Ok(parents)
    }

    /// The children, or with `recursive` all descendants; the children first, by PID, then those of
    /// the last of them and so on, as psutil orders them.
    ///
    /// From `/proc/[pid]/task/[tid]/children` where the kernel has that and it can be shown to be
    /// complete, else from one pass over every `/proc/[pid]/stat`. A process that is older than this
    /// one is not its child, whatever its `ppid` says; one that ends meanwhile is left out, and its
    /// descendants with it.
    ///
    /// # References
    /// [proc_pid_task(5)](https://man7.org/linux/man-pages/man5/proc_pid_task.5.html)
    ///
    /// # Errors
    /// [`NoSuchProcess`](ErrorKind::NoSuchProcess) where the process is gone or its PID was reused.
    pub fn children(&self, recursive: bool) -> Result<Vec<Self>> {
        self.verify_not_reused()?;
        match self.children_by_lists(recursive) {
            // The lists were its own if it is still there.
            Some(children) if self.is_there() => Ok(children),
            _ => self.children_by_scan(recursive),
        }
    }

    fn children_by_lists(&self, recursive: bool) -> Option<Vec<Self>> {
        let listed = sys::process::ticks_now();
        let by_parent = sys::process::child_lists(self.roots(), self.pid(), recursive)?;
        let young = sys::process::youngest(self.roots(), &by_parent, listed).ok()?;
        let mut entries = HashMap::with_capacity(by_parent.len());
        for (parent, mut pids) in by_parent {
            pids.sort_unstable();
            let children = pids.into_iter().filter_map(|pid| match &young {
                Some(young) => match young.get(&pid) {
                    None => Some(Self::listed(pid, listed, self.roots())),
                    Some(identity) => Some(Self::with_identity(pid, (*identity)?, self.roots())),
                },
                None => Self::with_roots(pid, self.roots()).ok(),
            });
            entries.insert(parent, children.collect());
        }
        Some(self.in_order(entries, recursive))
    }

    fn children_by_scan(&self, recursive: bool) -> Result<Vec<Self>> {
        let own = View::new(self.roots(), self.pid()).start_ticks()?;
        let mut by_parent: HashMap<Pid, Vec<Self>> = HashMap::new();
        let mut buf = Vec::new();
        for pid in self.roots().pids()? {
            let mut view = View::with_buffer(self.roots(), pid, Default::default(), buf);
            match view.identify().and_then(|identity| Ok((identity, view.ppid()?))) {
                Ok((identity, ppid)) if identity.start >= Some(own) => {
                    let process = Self::with_identity(pid, identity, self.roots());
                    by_parent.entry(ppid).or_default().push(process);
                }
                // Older, ended, not to be read, or not to be understood: no child that we could
                // name.
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::AccessDenied => return Err(error),
                Err(_) => {}
            }
            buf = view.into_buffer();
        }
        Ok(self.in_order(by_parent, recursive))
    }

    fn in_order(&self, mut by_parent: HashMap<Pid, Vec<Self>>, recursive: bool) -> Vec<Self> {
        let mut children = Vec::new();
        let mut stack = vec![self.pid()];
        while let Some(parent) = stack.pop() {
            // Taken out, so that a loop in a tree that is not the kernel's own ends.
            for child in by_parent.remove(&parent).unwrap_or_default() {
                if child.pid() == self.pid() {
                    continue;
                }
                if recursive {
                    stack.push(child.pid());
                }
                children.push(child);
            }
        }
        children
    }
}
