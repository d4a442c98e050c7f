/**
 * Hoare's selection on 8-byte records with an f32 key in front: afterwards record `rank` holds the
 * key of that rank, nothing before it is larger and nothing after it smaller. Returns the key.
 */
export function selectRecord(records: usize, count: i32, rank: i32): f32 {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const pivot = load<f32>(records + ((<usize>((low + high) >> 1)) << 3));
    let i = low;
    let j = high;
    while (i <= j) {
      while (load<f32>(records + ((<usize>i) << 3)) < pivot) i++;
      while (load<f32>(records + ((<usize>j) << 3)) > pivot) j--;
      if (i <= j) {
        const a = records + ((<usize>i) << 3);
        const b = records + ((<usize>j) << 3);
        const swapped = load<u64>(a);
        store<u64>(a, load<u64>(b));
        store<u64>(b, swapped);
        i++;
        j--;
      }
    }
    if (rank <= j) high = j;
    else if (rank >= i) low = i;
    else break;
  }
  return load<f32>(records + ((<usize>rank) << 3));
}

/** The same on plain f32 values. */
export function selectValue(values: usize, count: i32, rank: i32): f32 {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const pivot = load<f32>(values + ((<usize>((low + high) >> 1)) << 2));
    let i = low;
    let j = high;
    while (i <= j) {
      while (load<f32>(values + ((<usize>i) << 2)) < pivot) i++;
      while (load<f32>(values + ((<usize>j) << 2)) > pivot) j--;
      if (i <= j) {
        const a = values + ((<usize>i) << 2);
        const b = values + ((<usize>j) << 2);
        const swapped = load<f32>(a);
        store<f32>(a, load<f32>(b));
        store<f32>(b, swapped);
        i++;
        j--;
      }
    }
    if (rank <= j) high = j;
    else if (rank >= i) low = i;
    else break;
  }
  return load<f32>(values + ((<usize>rank) << 2));
}
