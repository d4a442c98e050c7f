import type { DownloadProgress } from '@ser/runtime/web';
import { strings } from './strings.ts';

const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 0 });
const finePercent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });
const decimal = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 0.613 as 61%. */
export function formatShare(share: number): string {
  return percent.format(share);
}

/** 0.613 as 61.3%. */
export function formatFineShare(share: number): string {
  return finePercent.format(share);
}

/** 3.72 as 3.7 s; from a minute on 1:05. */
export function formatDuration(sec: number): string {
  return sec < 60 ? `${decimal.format(sec)} s` : formatClock(sec);
}

/** 65.3 as 1:05. */
export function formatClock(sec: number): string {
  const seconds = Math.floor(sec);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** 12345 as 12,345. */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** 44.1 for 44100. */
export function formatKilohertz(hz: number): string {
  return decimal.format(hz / 1000);
}

/** 0.978 as 0.98. */
export function formatNumber(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Share of a download that has come, 0 … 1, or undefined where the server does not say how long it is. */
export function findShare({ loadedBytes, totalBytes }: DownloadProgress): number | undefined {
  return totalBytes ? loadedBytes / totalBytes : undefined;
}

/** A download as 42%, or as 3.4 MB where nobody knows how much there is. */
export function formatDownload(progress: DownloadProgress): string {
  const share = findShare(progress);
  return share === undefined
    ? strings.megabytes(decimal.format(progress.loadedBytes / 1e6))
    : formatShare(share);
}
