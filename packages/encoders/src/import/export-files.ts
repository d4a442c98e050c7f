import { SerError } from '@ser/dsp-wasm';
import { decodeText } from '@ser/runtime/core';
import type { WeightsFolder } from './weights-folder.ts';

/** What is larger is no configuration. */
const mostJsonBytes = 1 << 20;

/** The JSON of a file of the folder, or undefined where there is no such file. */
export async function readJson(folder: WeightsFolder, file: string): Promise<unknown> {
  if (!folder.files.includes(file)) return undefined;
  const bytes = await folder.read(file);
  if (bytes.length > mostJsonBytes) {
    throw invalid(
      folder,
      `has a ${file} of ${bytes.length} bytes; at most ${mostJsonBytes} are read`,
    );
  }
  try {
    return JSON.parse(decodeText(bytes));
  } catch (cause) {
    throw invalid(folder, `has a ${file} that is not JSON`, cause);
  }
}

/**
 * Which ONNX file of a folder is meant: the wanted one, or the one without a suffix of its type of
 * numbers (`model.onnx`, `onnx/model.onnx`, the same of `encoder_model`), or the only one there is.
 *
 * @throws SerError `MODEL_INVALID` for a folder without one, with several, or with one whose weights
 *   lie beside it; `INVALID_ARGUMENT` for a wanted file that is not there.
 */
export function chooseOnnxFile(folder: WeightsFolder, wanted?: string): string {
  const found = folder.files.filter((file) =>
    /^(onnx\/)?(encoder_)?model(_\w+)?\.onnx$/.test(file),
  );
  const file = wanted === undefined ? pickFile(folder, found) : findWanted(folder, wanted);
  if (folder.files.some((other) => other.startsWith(`${file}_data`) || other === `${file}.data`)) {
    throw invalid(
      folder,
      `keeps the weights of ${file} in another file beside it; only an ONNX file that holds its own can be imported`,
    );
  }
  return file;
}

function pickFile(folder: WeightsFolder, found: readonly string[]): string {
  const names = ['model.onnx', 'onnx/model.onnx', 'encoder_model.onnx', 'onnx/encoder_model.onnx'];
  const plain = names.find((name) => found.includes(name));
  const file = plain ?? (found.length === 1 ? found[0] : undefined);
  if (file !== undefined) return file;
  throw invalid(
    folder,
    found.length === 0
      ? 'has no model.onnx, onnx/model.onnx or encoder_model.onnx'
      : `has several ONNX files and none that is plainly meant: ${found.join(', ')}; name one`,
  );
}

function findWanted(folder: WeightsFolder, wanted: string): string {
  const file = [wanted, `onnx/${wanted}`].find((name) => folder.files.includes(name));
  if (file?.endsWith('.onnx')) return file;
  const choices = folder.files.filter((name) => name.endsWith('.onnx'));
  throw new SerError(
    'INVALID_ARGUMENT',
    `file is ${wanted}; the folder ${folder.name} has ${choices.join(', ') || 'no ONNX file'}.`,
  );
}

/** The licence that the folder's README names in its header, as model hubs have it, or undefined. */
export async function readLicence(folder: WeightsFolder): Promise<string | undefined> {
  if (!folder.files.includes('README.md')) return undefined;
  const text = decodeText((await folder.read('README.md')).subarray(0, 1 << 16));
  const header = /^---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1];
  return /^license:\s*["']?([\w .-]{1,100}?)["']?\s*$/m.exec(header ?? '')?.[1];
}

/** An error about the folder: `The folder NAME has no config.json.` */
export function invalid(folder: WeightsFolder, what: string, cause?: unknown): SerError {
  return new SerError('MODEL_INVALID', `The folder ${folder.name} ${what}.`, {
    ...(cause !== undefined && { cause }),
  });
}

/** The last part of the folder's path. */
export function nameFolder({ name }: WeightsFolder): string {
  return /([^\\/]*)[\\/]*$/.exec(name)?.[1] || name;
}
