/** An encoder that `ser encoders download` knows. */
export interface EncoderSource {
  name: string;
  title: string;
  /** Of the weights. */
  licence: string;
  licenceUrl: string;
  /** IETF tags, or `multilingual`. */
  languages: string[];
  layers: number;
  /** Numbers of a frame. */
  width: number;
  /** Of the download, about. */
  megabytes: number;
  /** The weights, as a safetensors file. */
  url: string;
}

interface Size {
  layers: number;
  width: number;
  megabytes: number;
}

const sizes: Record<string, Size> = {
  tiny: { layers: 4, width: 384, megabytes: 151 },
  base: { layers: 6, width: 512, megabytes: 290 },
  small: { layers: 12, width: 768, megabytes: 967 },
};

function describeWhisper(size: string, isEnglish: boolean): EncoderSource {
  const name = `whisper-${size}${isEnglish ? '.en' : ''}`;
  return {
    ...{ name, ...sizes[size]! },
    title: `Whisper ${size}, OpenAI, ${isEnglish ? 'English' : '99 languages'}`,
    licence: 'MIT',
    licenceUrl: 'https://github.com/openai/whisper/blob/main/LICENSE',
    languages: [isEnglish ? 'en' : 'multilingual'],
    url: `https://huggingface.co/openai/${name}/resolve/main/model.safetensors`,
  };
}

/** By name. */
export const encoderSources: ReadonlyMap<string, EncoderSource> = new Map(
  Object.keys(sizes)
    .flatMap((size) => [describeWhisper(size, true), describeWhisper(size, false)])
    .map((source) => [source.name, source]),
);
