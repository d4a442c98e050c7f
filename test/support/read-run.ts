import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunSummary } from '@ser/trainer';

/** Reads what a run folder says of its scores and predictions. */
export function readRun(directory: string): RunSummary {
  return JSON.parse(readFileSync(join(directory, 'run.json'), 'utf8')) as RunSummary;
}

/** The test clips of a run, with what the trainer's own model said of them. */
export function listTestPredictions(directory: string): RunSummary['predictions'] {
  return readRun(directory).predictions.filter(({ split }) => split === 'test');
}
