/** What a server is started with; see `ser serve --help` for the defaults. */
export interface ServeSettings {
  host: string;
  /** 0: any free port. */
  port: number;
  /** Processes that decode and predict. */
  workers: number;
  limits: ServiceLimits;
  /** Seconds from the signal to stop to the closing of the port; `/readyz` says 503 meanwhile. */
  drainSec: number;
  /** Bearer token that `/v1` and `/metrics` ask for; undefined: none. */
  token: string | undefined;
  /** Web origins whose pages may call the service; `*`: all. */
  allowedOrigins: readonly string[];
  /** Names, beside loopback's own, that the `Host` header may carry. */
  allowedHosts: readonly string[];
  servesDemo: boolean;
  logsRequests: boolean;
}

/** What one request, or all of them together, may ask for. */
export interface ServiceLimits {
  maxBodyBytes: number;
  /** Files of one multipart request. */
  maxFiles: number;
  maxDurationSec: number;
  /** Clips that wait for a worker. */
  maxQueue: number;
  /** Live streams at a time. */
  maxStreams: number;
  /** Uploads that are held in memory, all together. */
  maxBufferedBytes: number;
  /** From the first byte of a request to its last. */
  uploadTimeoutSec: number;
  /** For one clip, and for its wait before. */
  timeoutSec: number;
}
