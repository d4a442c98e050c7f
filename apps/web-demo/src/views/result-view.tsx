import { type Signal, useComputed, useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { findWindow } from '../drawing/track-points.ts';
import type { ClipOverview } from '../engine/protocol.ts';
import { formatDuration, formatKilohertz, formatShare } from '../format.ts';
import { LabelSwatch } from '../parts/label-swatch.tsx';
import { type Moment, ProbabilityBars } from '../parts/probability-bars.tsx';
import { type Clip, rejudgeClips } from '../state/clips.ts';
import { judge, manifest, nameModel } from '../state/model.ts';
import { strings } from '../strings.ts';
import { ExportRow } from './export-row.tsx';
import { PicturePanel } from './picture-panel.tsx';
import { TimelinePanel } from './timeline-panel.tsx';

/** Everything about one clip: the answer, when it holds, what it was made from. */
export function ResultView({ clip, overview }: { clip: Clip; overview: ClipOverview }) {
  const nowSec = useSignal(0);
  const hasPlayed = useSignal(false);
  const moment = useComputed((): Moment | null => {
    if (!hasPlayed.value) return null;
    const window = findWindow(clip.track.value?.windows ?? [], nowSec.value);
    return window?.prediction
      ? { sec: nowSec.value, probabilities: window.prediction.probabilities }
      : null;
  });
  const player = useMemo(() => ({ nowSec, hasPlayed }), [nowSec, hasPlayed]);
  return (
    <article class="result" aria-label={`${strings.result}: ${clip.name}`}>
      <Answer clip={clip} overview={overview} moment={moment} />
      <TimelinePanel clip={clip} overview={overview} player={player} />
      <PicturePanel clip={clip} overview={overview} nowSec={nowSec} />
      <ExportRow clip={clip} overview={overview} />
    </article>
  );
}

/** Where the player stands, shared by everything that follows it. */
export interface PlayerState {
  nowSec: Signal<number>;
  hasPlayed: Signal<boolean>;
}

function Answer({
  clip,
  overview: { prediction, sampleRateHz, ...judged },
  moment,
}: {
  clip: Clip;
  overview: ClipOverview;
  moment: Signal<Moment | null> | ReturnType<typeof useComputed<Moment | null>>;
}) {
  const { label, confidence, uncertain, durationSec, probabilities } = prediction;
  return (
    <section class="card answer">
      <div class="answer-main">
        <p class="answer-source">
          <span class="answer-name">{clip.name}</span>
          {clip.origin === 'sample' && <span class="tag">{strings.sampleTag}</span>}
        </p>
        <h2 class="answer-label">
          {label !== null && <LabelSwatch label={label} />}
          <span class="capital">{label ?? strings.unheard}</span>
        </h2>
        {label !== null && (
          <p class="answer-confidence">{strings.confident(formatShare(confidence))}</p>
        )}
        {uncertain && (
          <p class="doubt" data-reason={uncertain.reason}>
            <strong>{strings.uncertain[uncertain.reason]}</strong>{' '}
            {uncertain.reason !== 'no-speech' && uncertain.message}
          </p>
        )}
        <p class="hint">
          {formatDuration(durationSec)} · {formatKilohertz(sampleRateHz)} kHz
        </p>
        <p class="hint answer-judge" data-model={judged.model}>
          {strings.judgedBy(nameModel(judged.model, judged.manifest))}
        </p>
        {judged.model !== judge.value && manifest.value && (
          <button type="button" class="link" onClick={() => void rejudgeClips([clip])}>
            {strings.judgeAgain(nameModel(judge.value, manifest.value))}
          </button>
        )}
      </div>
      {label === null ? (
        <details class="answer-unheard">
          <summary>{strings.unheardHint}</summary>
          <ProbabilityBars probabilities={probabilities} moment={moment} />
        </details>
      ) : (
        <ProbabilityBars probabilities={probabilities} moment={moment} />
      )}
    </section>
  );
}
