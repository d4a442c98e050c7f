import { type Browser, chromium } from 'playwright-core';
import { findChromium } from './find-chromium.ts';

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/**
 * Starts a Chromium that asks nothing of other hosts by itself.
 *
 * @param more further switches of its command line.
 */
export function launchChromium(more: readonly string[] = []): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) {
    throw new Error(
      'There is no Chromium; install one (`apt-get install chromium`) or name it in CHROMIUM.',
    );
  }
  return chromium.launch({ executablePath, args: [...args, ...more] });
}
