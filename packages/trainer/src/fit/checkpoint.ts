import { readFile, stat } from 'node:fs/promises';
import { SerError } from '@ser/dsp-wasm';
import type { NamedTensorMap } from '@tensorflow/tfjs-node';
import { z } from 'zod';
import { writeFileAtomic } from '../atomic-file.ts';
import { tf } from '../tensorflow/tf.ts';

const headerSchema = z.object({
  format: z.literal('ser-checkpoint-1'),
  state: z.unknown(),
  tensors: z.array(z.object({ name: z.string(), shape: z.array(z.int().nonnegative()) })),
});

/** Named float32 tensors, and plain JSON beside them. */
export interface Checkpoint<State> {
  state: State;
  tensors: NamedTensorMap;
}

/**
 * Writes a checkpoint atomically, as one file: the header's length (uint32, little endian), the
 * header as JSON, then the values of each tensor as float32.
 */
export async function writeCheckpoint<State>(
  path: string,
  { state, tensors }: Checkpoint<State>,
): Promise<void> {
  const entries = Object.entries(tensors);
  const header = Buffer.from(
    JSON.stringify({
      format: 'ser-checkpoint-1',
      state,
      tensors: entries.map(([name, tensor]) => ({ name, shape: tensor.shape })),
    }),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const values = await Promise.all(entries.map(([, tensor]) => tensor.data<'float32'>()));
  const bodies = values.map((value) =>
    Buffer.from(value.buffer, value.byteOffset, value.byteLength),
  );
  await writeFileAtomic(path, Buffer.concat([length, header, ...bodies]));
}

/**
 * Reads a checkpoint. The caller owns the tensors.
 *
 * @throws SerError `RUN_INVALID` when the file is missing, cut off or of another kind.
 */
export async function readCheckpoint<State>(path: string): Promise<Checkpoint<State>> {
  const invalid = (reason: string) =>
    new SerError('RUN_INVALID', `The checkpoint ${path} cannot be read: ${reason}.`);
  const bytes = await readFile(path).catch((error: Error) => {
    throw invalid(error.message);
  });
  const headerEnd = bytes.length < 4 ? Number.POSITIVE_INFINITY : 4 + bytes.readUInt32LE(0);
  if (headerEnd > bytes.length) throw invalid('it is cut off');
  const header = headerSchema.safeParse(parseJson(bytes.toString('utf8', 4, headerEnd)));
  if (!header.success) throw invalid('it is not a checkpoint of this project');

  const tensors: NamedTensorMap = {};
  let offset = headerEnd;
  for (const { name, shape } of header.data.tensors) {
    const size = shape.reduce((product, extent) => product * extent, 1);
    if (offset + size * 4 > bytes.length) {
      tf.dispose(tensors);
      throw invalid('it is cut off');
    }
    const values = new Float32Array(size);
    bytes.copy(Buffer.from(values.buffer), 0, offset, offset + size * 4);
    tensors[name] = tf.tensor(values, shape);
    offset += size * 4;
  }
  return { state: header.data.state as State, tensors };
}

/**
 * Reads the checkpoint of a training with this seed; null where the file is not there. The caller
 * owns the tensors.
 *
 * @throws SerError `RUN_INVALID` as {@link readCheckpoint}, and for another seed.
 */
export async function readOwnCheckpoint<State extends { seed: number }>(
  path: string,
  seed: number,
): Promise<Checkpoint<State> | null> {
  if (!(await stat(path).catch(() => null))) return null;
  const checkpoint = await readCheckpoint<State>(path);
  if (checkpoint.state.seed === seed) return checkpoint;
  tf.dispose(checkpoint.tensors);
  throw new SerError(
    'RUN_INVALID',
    `The checkpoint ${path} was made with seed ${checkpoint.state.seed}, not ${seed}.`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
