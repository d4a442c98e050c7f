/** The bytes of a file, read in pieces. */
export interface ByteSource {
  /** Bytes that the file has. */
  readonly size: number;
  /** Bytes `start` … `end - 1`; fewer only where the file has shrunk. */
  read(start: number, end: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** A file that is at hand. */
export function openBytes(encoded: Uint8Array): ByteSource {
  // A Node Buffer's `slice` does not copy; a plain view's does.
  const bytes = new Uint8Array(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  return {
    size: bytes.length,
    read: async (start, end) => bytes.subarray(start, end),
    close: async () => {},
  };
}

/** A Blob or File, of which no more than a piece is in memory. */
export function openBlob(blob: Blob): ByteSource {
  return {
    size: blob.size,
    read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
    close: async () => {},
  };
}

/** Reads a whole source. */
export function readAll(source: ByteSource): Promise<Uint8Array> {
  return source.read(0, source.size);
}
