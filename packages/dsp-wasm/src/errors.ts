/** Stable codes of every error that the project throws on purpose. */
export type SerErrorCode =
  | 'ABORTED'
  | 'ADDRESS_UNAVAILABLE'
  | 'ARCHIVE_INVALID'
  | 'AUDIO_DECODE_FAILED'
  | 'AUDIO_EMPTY'
  | 'AUDIO_NOT_FINITE'
  | 'AUDIO_SILENT'
  | 'AUDIO_TOO_LONG'
  | 'AUDIO_TOO_SHORT'
  | 'AUDIO_UNSUPPORTED'
  | 'DATASET_INVALID'
  | 'DISPOSED'
  | 'DOWNLOAD_FAILED'
  | 'ENCODER_INVALID'
  | 'FILE_NOT_FOUND'
  | 'FILE_UNREADABLE'
  | 'FILE_UNWRITABLE'
  | 'INVALID_ARGUMENT'
  | 'MICROPHONE_UNAVAILABLE'
  | 'MODEL_INVALID'
  | 'RUNTIME_UNAVAILABLE'
  | 'RUN_INVALID'
  | 'TENSORFLOW_UNAVAILABLE'
  | 'TRAINING_DIVERGED'
  | 'WASM_UNAVAILABLE';

/**
 * The one error type of the project. `code` is stable and meant for programs; `message` is one
 * sentence for a person that names the parameter or file, the value and what is allowed.
 *
 * @example
 * throw new SerError('INVALID_ARGUMENT', `hopLength is ${value}; it must be a whole number of samples from 1.`);
 */
export class SerError extends Error {
  override readonly name = 'SerError';
  readonly code: SerErrorCode;

  constructor(code: SerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
