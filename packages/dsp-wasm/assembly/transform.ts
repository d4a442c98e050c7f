/** Tables and working space of a real transform; the host lays it out as six words. */
@unmanaged
export class Transform {
  /** Samples of a frame. */
  length: i32;
  /** What frames are multiplied by, f64. */
  window: usize;
  /** Where each group of the first pass starts in the packed input, u32. */
  order: usize;
  /** Factors of the later passes, f64. */
  twiddles: usize;
  /** Factors that part even from odd samples, f64. */
  split: usize;
  /** Room for the packed transform of two frames: 16 bytes a sample. */
  buffer: usize;
}
