import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What is read when metrics are asked for. */
export interface Gauges {
  queueLength(): number;
  bufferedBytes(): number;
  workers(): number;
  streams(): number;
}

/** What `/metrics` tells Prometheus. */
export interface Metrics {
  registry: Registry;
  requests: Counter<'route' | 'method' | 'status'>;
  requestSeconds: Histogram<'route'>;
  clips: Counter<'outcome'>;
  audioSeconds: Counter<'source'>;
  workerRestarts: Counter;
}

/** Creates the service's metrics, with those of the server's process. */
export function createMetrics(gauges: Gauges): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const addGauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      ...{ name, help, registers },
      collect() {
        this.set(read());
      },
    });
  };
  addGauge('ser_queue_clips', 'Clips that wait for a worker.', gauges.queueLength);
  addGauge('ser_upload_bytes', 'Uploads that are held in memory.', gauges.bufferedBytes);
  addGauge('ser_workers', 'Workers that are ready or at work.', gauges.workers);
  addGauge('ser_streams', 'Live streams that are open.', gauges.streams);
  return {
    registry,
    requests: new Counter({
      name: 'ser_http_requests_total',
      help: 'Requests that were answered.',
      labelNames: ['route', 'method', 'status'],
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'ser_http_request_seconds',
      help: 'From the head of a request to its answer.',
      labelNames: ['route'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
    clips: new Counter({
      name: 'ser_clips_total',
      help: 'Clips by what became of them: ok, or the code of the error.',
      labelNames: ['outcome'],
      registers,
    }),
    audioSeconds: new Counter({
      name: 'ser_audio_seconds_total',
      help: 'Audio that was judged.',
      labelNames: ['source'],
      registers,
    }),
    workerRestarts: new Counter({
      name: 'ser_worker_restarts_total',
      help: 'Workers that ended and were replaced.',
      registers,
    }),
  };
}
