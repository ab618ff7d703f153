#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::io;

fuzz_target!(|data: &[u8]| {
    let _ = io(data);
});
