//! The Python side: an interpreter that times a call when it is asked to.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

use crate::harness::Contestant;
use crate::pipes::Pipes;
use crate::scene::Scene;

/// An environment that has psutil and sysvitals.
pub struct Python {
    program: PathBuf,
}

impl Python {
    pub fn new(program: PathBuf) -> Self {
        Self { program }
    }

    /// The user's packages and variables have no part in it.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["-s", "-E"]);
        command
    }

    fn driver(&self) -> Command {
        let mut command = self.command();
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("python/driver.py"));
        command
    }

    /// An interpreter that times calls; `threads` is for `SYSVITALS_THREADS`.
    pub fn serve(&self, scene: &Scene, threads: Option<usize>) -> Result<Server, String> {
        let mut command = self.driver();
        command.args(scene.words());
        if let Some(threads) = threads {
            command.env("SYSVITALS_THREADS", threads.to_string());
        }
        let mut pipes = Pipes::open(command)?;
        let versions = pipes.line()?;
        Ok(Server { versions, pipes: Rc::new(RefCell::new(pipes)) })
    }

    /// What the driver prints for these words.
    pub fn ask(&self, words: &[&str]) -> Result<String, String> {
        let output = self.driver().args(words).output().map_err(|error| error.to_string())?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        match output.status.success() {
            true => Ok(text(&output.stdout)),
            false => Err(text(&output.stderr).lines().last().unwrap_or("failed").to_owned()),
        }
    }
}

pub struct Server {
    /// psutil's and Python's.
    pub versions: String,
    pipes: Rc<RefCell<Pipes>>,
}

impl Server {
    pub fn contestant(
        &self,
        name: &'static str,
        library: &str,
        row: &str,
        millis: f64,
    ) -> Contestant<'static> {
        let pipes = Rc::clone(&self.pipes);
        let question = format!("{library}\t{row}\t{millis}");
        Contestant::new(name, move || pipes.borrow_mut().ask(&question))
    }
}
