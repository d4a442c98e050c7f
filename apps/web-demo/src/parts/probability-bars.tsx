import type { ReadonlySignal } from '@preact/signals';
import { formatClock, formatShare } from '../format.ts';
import { styleOf } from '../state/model.ts';
import { strings } from '../strings.ts';
import { colourVariables } from './label-colours.ts';

/** Probabilities at one moment, to be set beside those of the whole clip. */
export interface Moment {
  sec: number;
  probabilities: Record<string, number>;
}

/**
 * A bar for every label, the likeliest first.
 *
 * @param moment a mark on each bar follows it, where there is one.
 * @param best the label that stands out. Default: the likeliest.
 */
export function ProbabilityBars({
  probabilities,
  moment,
  best,
  isSorted = true,
}: {
  probabilities: Record<string, number>;
  moment?: ReadonlySignal<Moment | null>;
  best?: string;
  isSorted?: boolean;
}) {
  const entries = Object.entries(probabilities);
  const ranked = [...entries].sort(([, a], [, b]) => b - a);
  const outstanding = best ?? ranked[0]?.[0];
  return (
    <div class="bars-box">
      <ul class="bars" aria-label={strings.probabilities}>
        {(isSorted ? ranked : entries).map(([label, probability]) => {
          const style = styleOf(label);
          return (
            <li key={label} class={label === outstanding ? 'bar is-best' : 'bar'}>
              <span class="bar-label capital">{label}</span>
              <span class="bar-track" style={colourVariables(style)} aria-hidden="true">
                <span
                  class={`bar-fill pattern-${style.pattern}`}
                  style={{ inlineSize: `${100 * probability}%` }}
                />
                {moment && <MomentMark label={label} moment={moment} />}
              </span>
              <span class="bar-value">{formatShare(probability)}</span>
            </li>
          );
        })}
      </ul>
      {moment && <MomentKey moment={moment} />}
    </div>
  );
}

function MomentMark({ label, moment }: { label: string; moment: ReadonlySignal<Moment | null> }) {
  const share = moment.value?.probabilities[label];
  if (share === undefined) return null;
  return <span class="bar-moment" style={{ insetInlineStart: `${100 * share}%` }} />;
}

function MomentKey({ moment }: { moment: ReadonlySignal<Moment | null> }) {
  if (!moment.value) return null;
  return (
    <p class="bars-key" aria-hidden="true">
      <span class="key-fill" /> {strings.wholeClip}
      <span class="key-moment" /> {strings.atTime(formatClock(moment.value.sec))}
    </p>
  );
}
