import { paint } from '../terminal-style.ts';
import type { Outcome } from './outcome.ts';

/** Formats of one outcome a clip. */
export const outcomeFormats = ['text', 'json', 'jsonl', 'csv'] as const;
export type OutcomeFormat = (typeof outcomeFormats)[number];

/** What a format writes before, for and after the outcomes; each call returns the text to print. */
export interface OutcomeFormatter {
  add(outcome: Outcome): string;
  finish(): string;
}

/** Settings of {@link createFormatter}. */
export interface FormatterOptions {
  /** The model's labels, for the columns of CSV. */
  labels: readonly string[];
  /** Print only so many labels of a clip, the likeliest first. */
  top: number | undefined;
  /** Whether text names each clip. */
  namesFiles: boolean;
}

/** Creates the writer of a format. */
export function createFormatter(
  format: OutcomeFormat,
  options: FormatterOptions,
): OutcomeFormatter {
  switch (format) {
    case 'text':
      return { add: (outcome) => formatText(outcome, options), finish: () => '' };
    case 'json':
      return createJsonFormatter(options);
    case 'jsonl':
      return {
        add: (outcome) => `${JSON.stringify(keepTop(outcome, options.top))}\n`,
        finish: () => '',
      };
    case 'csv':
      return createCsvFormatter(options);
  }
}

function formatText(outcome: Outcome, { top = 1, namesFiles }: FormatterOptions): string {
  if ('error' in outcome) return '';
  const { label, confidence, probabilities, uncertain } = outcome;
  const parts = [
    label === null
      ? paint(process.stdout, 'bold', 'No speech heard')
      : `Predicted Emotion: ${paint(process.stdout, 'bold', label)} (Confidence: ${confidence.toFixed(2)})`,
  ];
  const others = label === null ? [] : rankLabels(probabilities).slice(1, top);
  if (others.length > 0) {
    parts.push(others.map(([name, share]) => `${name} ${share.toFixed(2)}`).join(', '));
  }
  if (namesFiles) parts.push(outcome.file);
  if (label !== null && uncertain) {
    parts.push(paint(process.stdout, 'yellow', `Uncertain: ${uncertain.message}`));
  }
  return `${parts.join('  ')}\n`;
}

function createJsonFormatter({ top }: FormatterOptions): OutcomeFormatter {
  let isFirst = true;
  return {
    add(outcome) {
      const entry = JSON.stringify(keepTop(outcome, top), null, 2).replaceAll('\n', '\n  ');
      const text = `${isFirst ? '[' : ','}\n  ${entry}`;
      isFirst = false;
      return text;
    },
    finish: () => (isFirst ? '[]\n' : '\n]\n'),
  };
}

function createCsvFormatter({ labels, top }: FormatterOptions): OutcomeFormatter {
  const ranks = Array.from({ length: (top ?? 1) - 1 }, (_, at) => at + 2);
  const further =
    top === undefined ? labels : ranks.flatMap((rank) => [`label${rank}`, `confidence${rank}`]);
  const columns = ['file', 'label', 'confidence', ...further, 'uncertain', 'error'];
  let isFirst = true;
  return {
    add(outcome) {
      const header = isFirst ? toCsvLine(columns) : '';
      isFirst = false;
      return header + toCsvLine(listFields(outcome));
    },
    finish: () => (isFirst ? toCsvLine(columns) : ''),
  };

  function listFields(outcome: Outcome): string[] {
    if ('error' in outcome) {
      const empty = columns.slice(2).map(() => '');
      return [outcome.file, ...empty, outcome.error.code];
    }
    const { file, label, confidence, probabilities, uncertain } = outcome;
    const others = label === null ? [] : rankLabels(probabilities).slice(1, top);
    const shares =
      top === undefined
        ? labels.map((name) => probabilities[name]!.toFixed(6))
        : ranks.flatMap((_, at) => {
            const other = others[at];
            return other ? [other[0], other[1].toFixed(6)] : ['', ''];
          });
    const answer = label === null ? ['', ''] : [label, confidence.toFixed(6)];
    return [file, ...answer, ...shares, uncertain?.reason ?? '', ''];
  }
}

function keepTop(outcome: Outcome, top: number | undefined): Outcome {
  if ('error' in outcome || top === undefined) return outcome;
  const probabilities = Object.fromEntries(rankLabels(outcome.probabilities).slice(0, top));
  return { ...outcome, probabilities };
}

function rankLabels(probabilities: Record<string, number>): [string, number][] {
  return Object.entries(probabilities).sort(([, a], [, b]) => b - a);
}

function toCsvLine(fields: readonly string[]): string {
  const quoted = fields.map((field) =>
    /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field,
  );
  return `${quoted.join(',')}\n`;
}
