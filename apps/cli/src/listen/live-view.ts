import type { LiveUpdate } from '@ser/runtime';
import { paint } from '../terminal-style.ts';

/** One moment of listening. */
export interface Moment extends LiveUpdate {
  /** Loudness of the audio since the update before, in dB of full scale; -Infinity where it is silent. */
  levelDb: number;
}

/** Shows moments as they come. */
export interface LiveView {
  show(moment: Moment): void;
  /** Shows how loud it is between two moments. */
  showLevel?(timeSec: number, levelDb: number): void;
  /** Leaves the terminal as it should be. */
  end(): void;
}

const barCells = 16;
const quietestDb = -60;

/** Root mean square of samples in dB of full scale. */
export function measureLevelDb(samples: Float32Array): number {
  let sum = 0;
  for (const value of samples) sum += value * value;
  return 10 * Math.log10(sum / Math.max(1, samples.length));
}

/** A JSON object a moment; `label`, `confidence` and `probabilities` are null while nobody speaks. */
export function createJsonView(): LiveView {
  return {
    show({ timeSec, levelDb, prediction }) {
      const line = {
        timeSec,
        levelDb: Number.isFinite(levelDb) ? Math.round(10 * levelDb) / 10 : null,
        speaking: prediction !== null,
        label: prediction?.label ?? null,
        confidence: prediction?.confidence ?? null,
        probabilities: prediction?.probabilities ?? null,
      };
      process.stdout.write(`${JSON.stringify(line)}\n`);
    },
    end() {},
  };
}

/** One line that is written anew, on a terminal; elsewhere a line whenever what is heard changes. */
export function createTextView(labels: readonly string[]): LiveView {
  return process.stdout.isTTY ? createRollingLine(labels) : createChangeList();
}

function createRollingLine(labels: readonly string[]): LiveView {
  const width = Math.max(...labels.map((label) => label.length), nobody.length);
  const out = process.stdout;
  out.write('\x1b[?25l');
  let heard: LiveUpdate['prediction'] = null;
  const write = (timeSec: number, levelDb: number): void => {
    const name = (heard?.label ?? nobody).padEnd(width);
    const parts = [
      paint(out, 'dim', toClock(timeSec)),
      paint(out, 'green', drawBar(levelDb)),
      heard ? paint(out, 'red', '●') : paint(out, 'dim', '○'),
      paint(out, heard ? 'bold' : 'dim', name),
      heard ? heard.confidence.toFixed(2) : '',
    ];
    out.write(`\r\x1b[2K${parts.join('  ')}`);
  };
  return {
    show({ timeSec, levelDb, prediction }) {
      heard = prediction;
      write(timeSec, levelDb);
    },
    showLevel: write,
    end() {
      out.write('\n\x1b[?25h');
    },
  };
}

function createChangeList(): LiveView {
  let last = '';
  return {
    show({ timeSec, prediction }) {
      const label = prediction?.label ?? nobody;
      if (label === last) return;
      last = label;
      const confidence = prediction ? ` (${prediction.confidence.toFixed(2)})` : '';
      process.stdout.write(`${toClock(timeSec)}  ${label}${confidence}\n`);
    },
    end() {},
  };
}

const nobody = 'nobody speaks';

/** Eighths of a cell, so that the bar moves smoothly. */
function drawBar(levelDb: number): string {
  const share = Math.min(1, Math.max(0, 1 - levelDb / quietestDb));
  const eighths = Math.round(8 * barCells * share);
  const full = Math.floor(eighths / 8);
  const part = eighths % 8 === 0 ? '' : ' ▏▎▍▌▋▊▉'[eighths % 8]!;
  return `${'█'.repeat(full)}${part}`.padEnd(barCells, '·');
}

function toClock(seconds: number): string {
  const tenths = Math.round(10 * seconds);
  const minutes = Math.floor(tenths / 600);
  return `${String(minutes).padStart(2, '0')}:${((tenths % 600) / 10).toFixed(1).padStart(4, '0')}`;
}
