import type { TrainEvent } from '@ser/trainer';
import { formatFinding } from './format-finding.ts';
import { Progress } from './progress.ts';

type BatchEvent = Extract<TrainEvent, { type: 'batch' }>;
type DatasetEvent = Extract<TrainEvent, { type: 'dataset' }>;
type EpochEvent = Extract<TrainEvent, { type: 'epoch' }>;

/** Shows a training: bars for what is under way, a line for what is done. */
export class TrainingLog {
  readonly #progress = new Progress();
  readonly #json: boolean;
  readonly #pace = new Pace();
  #validationUar: number | undefined;

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
      case 'listening':
        this.#progress.update('Clips', event.done, event.total);
        break;
      case 'features':
        this.#progress.update('Features', event.done, event.total);
        break;
      case 'augmentation':
        this.#pace.start();
        this.#progress.update('Augmented clips', event.done, event.total);
        break;
      case 'preparation': {
        this.#progress.stop();
        this.#pace.start();
        const { phase, epoch, epochs, loss, durationSec } = event;
        const what = phase === 'teacher' ? 'Teacher' : 'Pretraining';
        print(
          `${what} epoch ${epoch}/${epochs}  loss ${loss.toFixed(4)}  ${durationSec.toFixed(1)} s`,
        );
        break;
      }
      case 'batch':
        this.#pace.take(event);
        this.#progress.update(
          `Epoch ${event.epoch}/${event.epochs}`,
          event.done,
          event.total,
          this.#describeBatch(event),
        );
        break;
      case 'dataset':
        this.#progress.stop();
        print(formatDataset(event));
        break;
      case 'split':
        this.#pace.start();
        print(
          `Split ${event.protocol}: ${event.train} clips to train, ${event.validation} to validate, ${event.test} to test`,
        );
        break;
      case 'epoch':
        this.#progress.stop();
        this.#validationUar = event.validationUar ?? undefined;
        print(this.#formatEpoch(event));
        break;
    }
  }

  /** Clears the bar, if one is shown. */
  stop(): void {
    this.#progress.stop();
  }

  #describeBatch({ loss, accuracy }: BatchEvent): string {
    const uar = this.#validationUar === undefined ? '' : `UAR ${this.#validationUar.toFixed(3)} `;
    return `loss ${loss.toFixed(3)} accuracy ${accuracy.toFixed(3)} ${uar}${this.#pace.describe().join(', ')}`;
  }

  #formatEpoch(event: EpochEvent): string {
    const epoch = `Epoch ${String(event.epoch).padStart(String(event.epochs).length)}/${event.epochs}`;
    const train = `train loss ${event.trainLoss.toFixed(4)} accuracy ${event.trainAccuracy.toFixed(4)}`;
    const time = [`${event.durationSec.toFixed(1)} s`, ...this.#pace.describe()].join(', ');
    return [epoch, train, ...formatValidation(event), time].join('  ');
  }
}

/** Empty where nothing validates. */
function formatValidation({ validationLoss, validationAccuracy, validationUar }: EpochEvent) {
  if (validationLoss === null || validationAccuracy === null || validationUar === null) return [];
  return [
    `validation loss ${validationLoss.toFixed(4)} accuracy ${validationAccuracy.toFixed(4)} UAR ${validationUar.toFixed(4)}`,
  ];
}

/** Clips a second since this process began to train, validation included, and what that leaves to wait. */
class Pace {
  #startedMs = 0;
  #atStart: number | undefined;
  #done = 0;
  #open = 0;

  /** Starts the clock anew. */
  start(): void {
    this.#startedMs = performance.now();
  }

  /** Takes what a batch left done. Of a resumed training, earlier epochs do not count. */
  take({ epoch, epochs, done, total }: BatchEvent): void {
    this.#atStart ??= (epoch - 1) * total;
    this.#done = (epoch - 1) * total + done;
    this.#open = epochs * total - this.#done;
  }

  /** Such as `310 clips/s` and `4 min left`; nothing before the first batch. */
  describe(): string[] {
    if (this.#atStart === undefined) return [];
    const elapsedSec = (performance.now() - this.#startedMs) / 1000;
    const clipsPerSec = (this.#done - (this.#atStart ?? 0)) / elapsedSec;
    return [`${Math.round(clipsPerSec)} clips/s`, `${formatTime(this.#open / clipsPerSec)} left`];
  }
}

/** What takes part, a line for each file that does not, and what is wrong with the rest. */
export function formatDataset({ clips, labels, skipped, findings }: DatasetEvent): string {
  return [
    `Dataset: ${clips} clips, ${skipped.length} left out, labels ${labels.join(', ')}`,
    ...skipped.map(({ path, reason }) => `  left out ${path}: ${reason}`),
    // The lines above name the twins.
    ...findings.filter(({ code }) => !code.endsWith('twins')).map(formatFinding),
  ].join('\n');
}

function formatTime(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function printJson(event: TrainEvent): void {
  print(JSON.stringify(event));
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
