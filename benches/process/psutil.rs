//! psutil, in a Python of its own beside the build.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

const VERSION: &str = "7.2.2";

pub struct Psutil {
    /// psutil's and Python's.
    pub versions: String,
    child: Child,
    pipes: RefCell<(ChildStdin, BufReader<ChildStdout>)>,
}

impl Psutil {
    /// Starts Python; makes its environment first where there is none yet.
    pub fn start() -> Result<Self, String> {
        let python = environment()?;
        let mut child = Command::new(python)
            .args(["-u", "-c", include_str!("psutil.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let stdin = child.stdin.take().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut psutil =
            Self { versions: String::new(), child, pipes: RefCell::new((stdin, stdout)) };
        psutil.versions = psutil.line()?;
        Ok(psutil)
    }

    fn line(&self) -> Result<String, String> {
        let mut line = String::new();
        match self.pipes.borrow_mut().1.read_line(&mut line) {
            Ok(n) if n > 0 => Ok(line.trim().to_owned()),
            _ => Err("Python ended".into()),
        }
    }

    /// Nanoseconds per unit; None where psutil has no such thing.
    pub fn ask(&self, question: &str) -> Option<f64> {
        writeln!(self.pipes.borrow_mut().0, "{question}").unwrap();
        self.line().unwrap().parse().ok()
    }
}

impl Drop for Psutil {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn environment() -> Result<PathBuf, String> {
    let venv = PathBuf::from(concat!(env!("CARGO_TARGET_TMPDIR"), "/psutil"));
    let python = venv.join("bin/python");
    let has_psutil = format!("import psutil; assert psutil.__version__ == '{VERSION}'");
    let run = |command: &mut Command| match command.output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            Err(text.lines().last().unwrap_or("Python failed").to_owned())
        }
        Err(error) => Err(format!("python3: {error}")),
    };
    if run(Command::new(&python).args(["-c", &has_psutil])).is_err() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
        run(Command::new(&python)
            .args(["-m", "pip", "install", "--quiet"])
            .arg(format!("psutil=={VERSION}")))?;
    }
    Ok(python)
}
