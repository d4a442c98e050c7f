import { type Signal, useComputed } from '@preact/signals';
import type { Segment } from '@ser/runtime/web';
import { useState } from 'preact/hooks';
import { formatDuration, formatShare } from '../format.ts';
import { colourVariables } from '../parts/label-colours.ts';
import { styleOf } from '../state/model.ts';
import { strings } from '../strings.ts';

/**
 * Stretches of speech as buttons on the clip's time axis. One of them takes part in the page's tab
 * order; arrow keys, Home and End move along.
 */
export function SegmentStrip({
  segments,
  durationSec,
  nowSec,
  onPlay,
}: {
  segments: readonly Segment[];
  durationSec: number;
  nowSec: Signal<number>;
  onPlay: (sec: number) => void;
}) {
  const [current, setCurrent] = useState(0);
  const sounding = useComputed(() =>
    nowSec.value === 0
      ? -1
      : segments.findIndex(
          ({ startSec, endSec }) => nowSec.value >= startSec && nowSec.value < endSec,
        ),
  );
  const move = (event: KeyboardEvent) => {
    const last = segments.length - 1;
    const places: Readonly<Record<string, number>> = {
      ArrowLeft: current - 1,
      ArrowRight: current + 1,
      Home: 0,
      End: last,
    };
    const place = places[event.key];
    if (place === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(last, place));
    setCurrent(next);
    const strip = event.currentTarget as HTMLElement;
    strip.querySelectorAll('button')[next]?.focus();
  };
  return (
    <div class="segments" role="toolbar" aria-label={strings.segments} onKeyDown={move}>
      {segments.map(({ startSec, endSec, label, confidence }, index) => {
        const style = styleOf(label);
        return (
          <button
            key={startSec}
            type="button"
            class={index === sounding.value ? 'segment is-now' : 'segment'}
            tabIndex={index === current ? 0 : -1}
            style={{
              ...colourVariables(style),
              '--from': `${startSec / durationSec}`,
              '--span': `${(endSec - startSec) / durationSec}`,
            }}
            aria-label={strings.segmentName(
              label,
              formatShare(confidence),
              formatDuration(startSec),
              formatDuration(endSec),
            )}
            title={`${label}, ${formatShare(confidence)}`}
            onClick={() => {
              setCurrent(index);
              onPlay(startSec);
            }}
          >
            <span class={`segment-mark pattern-${style.pattern}`} />
            <span class="segment-label">{label}</span>
          </button>
        );
      })}
    </div>
  );
}
