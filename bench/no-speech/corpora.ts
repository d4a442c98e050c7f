import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A real clip: whose half it is in, and whether it is shouted. */
export interface RealClip {
  path: string;
  corpus: string;
  isChoosing: boolean;
  isShouted: boolean;
}

/** Corpora by folder: who speaks, and whether a name says that the voice is raised. */
const corpora: Readonly<
  Record<string, { speaker(name: string): number; isShouted(name: string): boolean }>
> = {
  ravdess: {
    speaker: (name) => Number(name.split('-')[6]!.slice(0, 2)),
    // Strong happiness, anger and fear.
    isShouted: (name) => /^03-01-0[356]-02/.test(name),
  },
  'crema-d': {
    speaker: (name) => Number(name.slice(0, 4)),
    isShouted: (name) => /_(ANG|FEA|HAP)_HI/.test(name),
  },
  emodb: {
    speaker: (name) => Number(name.slice(0, 2)),
    // Anger, which has no degrees there.
    isShouted: (name) => name[5] === 'W',
  },
};

/** Every clip of the three corpora; speakers of even numbers choose the threshold. */
export function listRealClips(data: string): RealClip[] {
  return Object.entries(corpora).flatMap(([corpus, { speaker, isShouted }]) =>
    readdirSync(join(data, corpus), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(wav|flac)$/.test(path))
      .sort()
      .map((path) => {
        const name = basename(path);
        return {
          path: join(data, corpus, path),
          corpus,
          isChoosing: speaker(name) % 2 === 0,
          isShouted: isShouted(name),
        };
      }),
  );
}
