#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::block_stat;

fuzz_target!(|data: &[u8]| {
    let _ = block_stat(data);
});
