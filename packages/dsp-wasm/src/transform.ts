import type { Arena } from './arena.ts';
import { buildFftTables } from './tables/fft-tables.ts';

/** Lays out the kernels' Transform record, tables and working space; returns the record's address. */
export function placeTransform(arena: Arena, window: Float64Array): number {
  const tables = buildFftTables(window.length);
  return arena.place(
    Uint32Array.of(
      window.length,
      arena.place(window),
      arena.place(tables.order),
      arena.place(tables.twiddles),
      arena.place(tables.split),
      arena.reserve(16 * window.length),
    ),
  );
}
