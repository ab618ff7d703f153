use crate::heap::HeapInfo;
use crate::sys::pal;

pub(crate) fn heap_info() -> HeapInfo {
    let (heap_used, mmap_used) = pal::mallinfo();
    HeapInfo { heap_used, mmap_used }
}

pub(crate) fn heap_trim() {
    pal::malloc_trim();
}
