import { existsSync } from 'node:fs';

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Path of a Chromium; `CHROMIUM` names one in another place. */
export function findChromium(): string | undefined {
  const places = process.env.CHROMIUM ? [process.env.CHROMIUM] : usualPlaces;
  return places.find((path) => existsSync(path));
}

/**
 * Whether the browser suite is part of this run. In CI, and with SER_BROWSER=1, a missing Chromium
 * is a failure, not a reason to leave it out.
 */
export function isBrowserSuiteWanted(): boolean {
  const isRequired = Boolean(process.env.CI) || process.env.SER_BROWSER === '1';
  return isRequired || findChromium() !== undefined;
}
