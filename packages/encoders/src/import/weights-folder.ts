/** A folder of a model that was downloaded or exported, wherever its files lie. */
export interface WeightsFolder {
  /** What messages call it. */
  name: string;
  /** Its files below, as paths with `/`. */
  files: readonly string[];
  /** The bytes of one of `files`. */
  read(file: string): Promise<Uint8Array>;
}
