import { basename } from 'node:path';
import { SerError } from '@ser/dsp-wasm';
import {
  holdsExport,
  holdsWhisper,
  importEncoder,
  importWhisper,
  type WeightsFolder,
} from '@ser/encoders';

/** What the command line says of an encoder that is imported. */
export interface ImportSettings {
  name: string;
  /** Layers to keep. Default: all. */
  layers?: number | undefined;
  /** Hidden states to give. Default: all up to `layers`. */
  states?: number[] | undefined;
  licence?: string | undefined;
  languages?: string[] | undefined;
}

/** One kind of folder that an encoder can be made of. */
interface Importer {
  /** What it takes, for people. */
  takes: string;
  detect: (folder: WeightsFolder) => Promise<boolean>;
  run: (folder: WeightsFolder, settings: ImportSettings) => Promise<Uint8Array>;
}

/** The first that detects a folder imports it. */
const importers: readonly Importer[] = [
  {
    takes: "a Whisper's model.safetensors with its config.json, or its model.bin of faster-whisper",
    detect: holdsWhisper,
    run: (folder, { licence = 'not known', languages = [], ...settings }) =>
      importWhisper(folder, {
        ...{ ...settings, licence, languages },
        source: `imported from ${basename(folder.name)}`.slice(0, 500),
      }),
  },
  {
    takes: "what optimum exports or transformers.js takes: config.json with a model's ONNX file",
    detect: async (folder) => holdsExport(folder),
    run: (folder, { name, states, layers, licence, languages }) =>
      importEncoder(folder, {
        name,
        ...(states ? { layers: states } : layers !== undefined && { layers: upTo(layers) }),
        ...(licence !== undefined && { licence }),
        ...(languages && { languages }),
      }),
  },
];

/** The hidden states up to that behind so many layers. */
function upTo(layers: number): number[] {
  return Array.from({ length: layers + 1 }, (_, layer) => layer);
}

/**
 * Makes an encoder file of a folder of weights.
 *
 * @throws SerError `ENCODER_INVALID` for a folder that is none of those that are known.
 */
export async function importFolder(
  folder: WeightsFolder,
  settings: ImportSettings,
): Promise<Uint8Array> {
  for (const { detect, run } of importers) if (await detect(folder)) return run(folder, settings);
  throw new SerError(
    'ENCODER_INVALID',
    `${folder.name} holds no encoder that can be imported: give ${importers.map(({ takes }) => takes).join('; or ')}.`,
  );
}
