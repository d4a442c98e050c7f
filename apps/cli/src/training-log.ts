import type { TrainEvent } from '@ser/trainer';
import { Progress } from './progress.ts';

/** Shows a training: bars for what is under way, a line for what is done. */
export class TrainingLog {
  readonly #progress = new Progress();
  readonly #json: boolean;

  /** @param options.json print every event as one line of JSON instead */
  constructor({ json }: { json: boolean }) {
    this.#json = json;
  }

  /** Takes one event. */
  show(event: TrainEvent): void {
    if (this.#json) {
      if (!('done' in event)) printJson(event);
      return;
    }
    switch (event.type) {
      case 'features':
        this.#progress.update('Features', event.done, event.total);
        break;
      case 'augmentation':
        this.#progress.update('Augmented clips', event.done, event.total);
        break;
      case 'batch':
        this.#progress.update(`Epoch ${event.epoch}/${event.epochs}`, event.done, event.total);
        break;
      case 'dataset':
        this.#progress.stop();
        print(`Dataset: ${event.clips} clips, labels ${event.labels.join(', ')}`);
        for (const { path, reason } of event.skipped) print(`  left out ${path}: ${reason}`);
        break;
      case 'split':
        print(
          `Split ${event.protocol}: ${event.train} clips to train, ${event.validation} to validate, ${event.test} to test`,
        );
        break;
      case 'epoch':
        this.#progress.stop();
        print(formatEpoch(event));
        break;
    }
  }

  /** Clears the bar, if one is shown. */
  stop(): void {
    this.#progress.stop();
  }
}

function formatEpoch(event: Extract<TrainEvent, { type: 'epoch' }>): string {
  const epoch = `Epoch ${String(event.epoch).padStart(String(event.epochs).length)}/${event.epochs}`;
  const train = `train loss ${event.trainLoss.toFixed(4)} accuracy ${event.trainAccuracy.toFixed(4)}`;
  const validation = `validation loss ${event.validationLoss.toFixed(4)} accuracy ${event.validationAccuracy.toFixed(4)} UAR ${event.validationUar.toFixed(4)}`;
  return `${epoch}  ${train}  ${validation}  ${event.durationSec.toFixed(1)} s`;
}

function printJson(event: TrainEvent): void {
  print(JSON.stringify(event));
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
