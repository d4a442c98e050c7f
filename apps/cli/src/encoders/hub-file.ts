import type { Checksum } from '../datasets/sources.ts';

/** What the model hub states of a large file. */
export interface HubFile {
  checksum: Checksum;
  byteLength: number;
}

const mostHops = 4;

/**
 * Asks the model hub for length and SHA-256 of a large file, which it states in the answer that leads
 * to the file. Null where a server states none, as a mirror does.
 */
export async function askForHubFile(url: string, signal?: AbortSignal): Promise<HubFile | null> {
  let at = url;
  for (let hop = 0; hop < mostHops; hop++) {
    const { headers } = await fetch(at, {
      ...{ method: 'HEAD', redirect: 'manual', headers: { 'accept-encoding': 'identity' } },
      ...(signal && { signal }),
    });
    const value = /^"?([0-9a-f]{64})"?$/.exec(headers.get('x-linked-etag') ?? '')?.[1];
    const byteLength = Number(headers.get('x-linked-size') ?? Number.NaN);
    if (value && Number.isSafeInteger(byteLength)) {
      return { checksum: { algorithm: 'sha256', value }, byteLength };
    }
    const location = headers.get('location');
    // What another server says of the file is not the hub's word.
    if (!location || new URL(location, at).origin !== new URL(at).origin) return null;
    at = new URL(location, at).href;
  }
  return null;
}
