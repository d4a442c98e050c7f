import type { Clip } from '../state/clips.ts';

/**
 * What is known of clips as JSON: one entry a clip, like `ser predict --json`, the name of the model
 * that judged it, and its timeline.
 */
export function writeJson(clips: readonly Clip[]): string {
  const entries = clips.map((clip) => {
    const state = clip.state.value;
    if (state.kind === 'failed') return { file: clip.name, error: state.failure };
    if (state.kind !== 'judged') return { file: clip.name };
    const track = clip.track.value;
    return {
      file: clip.name,
      ...(clip.origin !== 'file' && { origin: clip.origin }),
      ...state.overview.prediction,
      model: state.overview.manifest.name,
      segments: track?.segments ?? null,
      windows: track?.windows ?? null,
    };
  });
  return `${JSON.stringify(entries, null, 2)}\n`;
}

/** A row a clip: its label, confidence, the probability of every label, and the model's name. */
export function writeCsv(clips: readonly Clip[], labels: readonly string[]): string {
  const header = ['file', 'durationSec', 'label', 'confidence', 'uncertain', ...labels, 'model'];
  const rows = clips.flatMap((clip) => {
    const state = clip.state.value;
    if (state.kind !== 'judged') return [];
    const { prediction, manifest } = state.overview;
    const { durationSec, label, confidence, uncertain, probabilities } = prediction;
    return [
      [
        clip.name,
        durationSec.toFixed(3),
        ...(label === null ? ['', ''] : [label, confidence.toFixed(6)]),
        uncertain?.reason ?? '',
        ...labels.map((name) => probabilities[name]?.toFixed(6) ?? ''),
        manifest.name,
      ],
    ];
  });
  return [header, ...rows].map((fields) => `${fields.map(quote).join(',')}\n`).join('');
}

/** Quotes a field where CSV needs it; a leading sign that a spreadsheet would compute is defused. */
function quote(field: string): string {
  const safe = /^[=+@\-\t]/.test(field) ? `'${field}` : field;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
