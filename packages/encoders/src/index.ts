export { type EncoderManifest, encoderKey, readEncoderFile } from './encoder-manifest.ts';
