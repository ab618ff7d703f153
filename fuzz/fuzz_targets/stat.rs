#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::stat;

fuzz_target!(|data: &[u8]| {
    let _ = stat(data);
});
