import { type Manifest, readModelFile } from '@ser/runtime';
import { type DemoFile, readDemoFiles } from './demo-files.ts';
import { logEvent } from './event-log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { ByteBudget } from './request-body.ts';
import type { ServeSettings } from './settings.ts';
import { ClipPool } from './work/clip-pool.ts';
import { StreamPool } from './work/stream-pool.ts';

/** What requests are served with. Nothing of a request outlives it. */
export interface Service {
  readonly settings: ServeSettings;
  readonly manifest: Manifest;
  readonly clips: ClipPool;
  readonly streams: StreamPool;
  readonly budget: ByteBudget;
  readonly metrics: Metrics;
  readonly demoFiles: Map<string, DemoFile>;
  /** Whether the signal to stop has come. */
  isStopping: boolean;
}

/**
 * Puts a service together; its workers are not started yet.
 *
 * @throws SerError `MODEL_INVALID`.
 */
export function createService(model: Uint8Array, settings: ServeSettings): Service {
  const { workers, limits, servesDemo } = settings;
  const budget = new ByteBudget(limits.maxBufferedBytes);
  const streams = new StreamPool({ model, workers, ...limits });
  const clips = new ClipPool({
    ...{ model, workers, ...limits },
    onReplace() {
      metrics.workerRestarts.inc();
      logEvent({ level: 'warn', event: 'worker-replaced' });
    },
  });
  const metrics = createMetrics({
    queueLength: () => clips.queueLength,
    bufferedBytes: () => budget.used,
    workers: () => clips.workerCount,
    streams: () => streams.streamCount,
  });
  return {
    ...{ settings, clips, streams, budget, metrics },
    manifest: readModelFile(model),
    demoFiles: servesDemo ? readDemoFiles(model) : new Map(),
    isStopping: false,
  };
}
