use std::collections::HashMap;

use super::{Pid, Process};
use crate::error::{ErrorKind, Result};
use crate::sys::process::{Identity, View};

struct Entry {
    pid: Pid,
    identity: Identity,
}

impl Process {
    /// The parent; None where there is none, or where its PID went to a process that began after
    /// this one.
    ///
    /// # Errors
    /// As [`ppid`](Self::ppid).
    pub fn parent(&self) -> Result<Option<Self>> {
        let ppid = self.ppid()?;
        if ppid == 0 {
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
    /// From one pass over every `/proc/[pid]/stat`. A process that is older than this one is not
    /// its child, whatever its `ppid` says; one that ends meanwhile is left out, and its
    /// descendants with it.
    ///
    /// # Errors
    /// [`NoSuchProcess`](ErrorKind::NoSuchProcess) where the process is gone or its PID was reused.
    pub fn children(&self, recursive: bool) -> Result<Vec<Self>> {
        self.verify_not_reused()?;
        let own = View::new(self.roots(), self.pid()).start_ticks()?;
        let mut by_parent: HashMap<Pid, Vec<Entry>> = HashMap::new();
        let mut buf = Vec::new();
        for pid in self.roots().pids()? {
            let mut view = View::with_buffer(self.roots(), pid, Default::default(), buf);
            match view.identify().and_then(|identity| Ok((identity, view.ppid()?))) {
                Ok((identity, ppid)) if identity.start >= Some(own) => {
                    by_parent.entry(ppid).or_default().push(Entry { pid, identity });
                }
                // Older, ended, not to be read, or not to be understood: no child that we could
                // name.
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::AccessDenied => return Err(error),
                Err(_) => {}
            }
            buf = view.into_buffer();
        }
        let mut children = Vec::new();
        let mut stack = vec![self.pid()];
        while let Some(parent) = stack.pop() {
            // Taken out, so that a loop in a tree that is not the kernel's own ends.
            for entry in by_parent.remove(&parent).unwrap_or_default() {
                if entry.pid == self.pid() {
                    continue;
                }
                children.push(Self::with_identity(entry.pid, entry.identity, self.roots()));
                if recursive {
                    stack.push(entry.pid);
                }
            }
        }
        Ok(children)
    }
}
