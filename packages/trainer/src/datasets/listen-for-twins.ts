import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clip } from './clip.ts';
import { findSoundTwins } from './find-sound-twins.ts';
import { loadSoundPrints } from './load-sound-prints.ts';
import type { MapFilesOptions } from './map-files.ts';
import { locateSoundCache, writeCached } from './sound-cache.ts';
import type { TwinSigns } from './twins.ts';

/** What listening to the clips of a dataset has found; clips are named by the digest of their bytes. */
const findingsSchema = z.object({
  rates: z.record(z.string(), z.number()),
  pairs: z.array(z.tuple([z.string(), z.string()])),
});
type HeardTwins = z.infer<typeof findingsSchema>;

/**
 * Finds clips that hold the same recording by their sound, and the rates of all. Clips of the same name
 * or bytes are twins already, and only one of them is compared. What was found of the same clips before
 * comes from the cache.
 *
 * @throws SerError `ABORTED` after the signal
 */
export async function listenForTwins(
  clips: readonly Clip[],
  nameOf: TwinSigns['nameOf'],
  options: MapFilesOptions,
): Promise<Omit<TwinSigns, 'nameOf'>> {
  const path = locateFindings(clips, nameOf);
  const known = await readFindings(path);
  const heard = known ?? (await compareClips(clips, nameOf, options));
  if (!known) await writeCached(path, JSON.stringify(heard));
  const byHash = new Map(clips.map((clip) => [clip.contentHash, clip]));
  return {
    soundPairs: heard.pairs.map(([a, b]) => [byHash.get(a)!, byHash.get(b)!]),
    rateOf: ({ contentHash }) => heard.rates[contentHash] ?? 0,
  };
}

async function compareClips(
  clips: readonly Clip[],
  nameOf: TwinSigns['nameOf'],
  options: MapFilesOptions,
): Promise<HeardTwins> {
  const prints = await loadSoundPrints(clips, options);
  const seen = new Set<string>();
  const compared = clips.flatMap((clip) => {
    const { contentHash } = clip;
    const print = prints.get(contentHash);
    if (!print || seen.has(nameOf(clip)) || seen.has(contentHash)) return [];
    seen.add(nameOf(clip)).add(contentHash);
    return [{ contentHash, print }];
  });
  const pairs = findSoundTwins(compared.map(({ print }) => print));
  return {
    rates: Object.fromEntries([...prints].map(([hash, { sampleRateHz }]) => [hash, sampleRateHz])),
    pairs: pairs.map(([a, b]) => [compared[a]!.contentHash, compared[b]!.contentHash]),
  };
}

/** A name for these clips, so that what was found of others is never taken for what is true of these. */
function locateFindings(clips: readonly Clip[], nameOf: TwinSigns['nameOf']): string {
  const digest = createHash('sha256');
  const numbers = new Map<string, number>();
  for (const clip of clips) {
    const name = nameOf(clip);
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    digest.update(`${number} ${clip.contentHash}\n`);
  }
  return join(locateSoundCache(), `${digest.digest('hex')}.json`);
}

async function readFindings(path: string): Promise<HeardTwins | null> {
  try {
    return findingsSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}
