import { type Signal, useComputed, useSignalEffect } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { drawRiver } from '../drawing/draw-river.ts';
import { drawWaveform } from '../drawing/draw-waveform.ts';
import { findWindow, toRiverPoints } from '../drawing/track-points.ts';
import type { ClipOverview } from '../engine/protocol.ts';
import { formatClock, formatDuration } from '../format.ts';
import { FailureNote } from '../parts/failure-note.tsx';
import { colourNow, readPageColours } from '../parts/label-colours.ts';
import { useCanvas } from '../parts/use-canvas.ts';
import type { Clip } from '../state/clips.ts';
import { styleOf } from '../state/model.ts';
import { strings } from '../strings.ts';
import type { PlayerState } from './result-view.tsx';
import { SegmentStrip } from './segment-strip.tsx';

/** Waveform, stretches of speech and probabilities over time, with a player that they follow. */
export function TimelinePanel({
  clip,
  overview,
  player: { nowSec, hasPlayed },
}: {
  clip: Clip;
  overview: ClipOverview;
  player: PlayerState;
}) {
  const { durationSec } = overview.prediction;
  const track = clip.track.value;
  const audio = useRef<HTMLAudioElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [isPlaying, setIsPlaying] = useState(false);
  const [hasFailed, setHasFailed] = useState(false);

  useEffect(() => {
    if (!isPlaying) return;
    let frame = 0;
    const follow = () => {
      nowSec.value = audio.current?.currentTime ?? 0;
      frame = requestAnimationFrame(follow);
    };
    follow();
    return () => cancelAnimationFrame(frame);
  }, [isPlaying, nowSec]);

  useSignalEffect(() => {
    panel.current?.style.setProperty('--at', `${nowSec.value / durationSec}`);
  });

  const seek = (sec: number) => {
    if (audio.current) audio.current.currentTime = sec;
    nowSec.value = sec;
    hasPlayed.value = true;
  };
  const play = () => {
    hasPlayed.value = true;
    audio.current?.play().catch((error: Error) => {
      if (error.name !== 'AbortError') setHasFailed(true);
    });
  };
  const playFrom = (sec: number) => {
    seek(sec);
    play();
  };
  return (
    <section class="card timeline">
      <div class="panel-head">
        <button
          type="button"
          class="play"
          aria-label={isPlaying ? strings.pause : strings.play}
          onClick={() => (isPlaying ? audio.current?.pause() : play())}
        >
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d={isPlaying ? 'M7 5h4v14H7zM13 5h4v14h-4z' : 'M8 5l11 7-11 7z'} />
          </svg>
        </button>
        <div>
          <h3>{strings.timeline}</h3>
          <p class="hint">{strings.timelineHint}</p>
        </div>
        <Clock nowSec={nowSec} durationSec={durationSec} />
      </div>
      {hasFailed && <p class="doubt">{strings.playFailed}</p>}
      <div class="scope" ref={panel}>
        <Waveform peaks={overview.peaks} />
        {track ? (
          <SegmentStrip
            segments={track.segments ?? []}
            durationSec={durationSec}
            nowSec={nowSec}
            onPlay={playFrom}
          />
        ) : (
          <Following clip={clip} />
        )}
        <River clip={clip} overview={overview} />
        <Seek clip={clip} nowSec={nowSec} durationSec={durationSec} onSeek={seek} onPlay={play} />
        <span class="playhead" aria-hidden="true" />
      </div>
      {track?.segments?.length === 0 && <p class="hint">{strings.noSpeech}</p>}
      {track?.segmentsFailure && (
        <FailureNote title={strings.segmentsFailed} failure={track.segmentsFailure} />
      )}
      {clip.trackFailure.value && (
        <FailureNote title={strings.segmentsFailed} failure={clip.trackFailure.value} />
      )}
      {/* biome-ignore lint/a11y/useMediaCaption: the clip is the user's own; its labels stand beside. */}
      <audio
        ref={audio}
        src={clip.playerUrl.value ?? undefined}
        preload="metadata"
        onPlay={() => setIsPlaying(true)}
        onPause={() => setIsPlaying(false)}
        onError={() => setHasFailed(true)}
      />
    </section>
  );
}

function Clock({ nowSec, durationSec }: { nowSec: Signal<number>; durationSec: number }) {
  const now = useComputed(() => formatClock(nowSec.value));
  return (
    <p class="clock" aria-hidden="true">
      {now} / {formatClock(durationSec)}
    </p>
  );
}

/** Lies over waveform and curve, invisible: a slider that pointers and keys move. */
function Seek({
  clip,
  nowSec,
  durationSec,
  onSeek,
  onPlay,
}: {
  clip: Clip;
  nowSec: Signal<number>;
  durationSec: number;
  onSeek: (sec: number) => void;
  onPlay: () => void;
}) {
  return (
    <input
      type="range"
      class="seek"
      min={0}
      max={durationSec}
      step={0.01}
      value={nowSec.value}
      aria-label={strings.seek}
      aria-valuetext={describePlace(clip, nowSec.value, durationSec)}
      onInput={({ currentTarget }) => onSeek(currentTarget.valueAsNumber)}
      onClick={onPlay}
    />
  );
}

function describePlace(clip: Clip, sec: number, durationSec: number): string {
  const window = findWindow(clip.track.value?.windows ?? [], sec);
  const label = window?.prediction?.label ?? null;
  return strings.seekValue(formatDuration(sec), formatDuration(durationSec), label);
}

function Following({ clip }: { clip: Clip }) {
  return (
    <p class="following">
      <progress value={clip.progress.value ?? 0} aria-label={strings.following} />
      {strings.following}
    </p>
  );
}

function Waveform({ peaks }: { peaks: Float32Array }) {
  const canvas = useCanvas(
    (context, width, height, element) => {
      const { quiet } = readPageColours(element);
      drawWaveform(context, { left: 0, top: 0, width, height }, peaks, quiet);
    },
    [peaks],
  );
  return <canvas class="waveform" ref={canvas} role="img" aria-label={strings.waveformLabel} />;
}

function River({ clip, overview }: { clip: Clip; overview: ClipOverview }) {
  const windows = clip.track.value?.windows;
  const { durationSec } = overview.prediction;
  const { labels } = overview.manifest;
  const canvas = useCanvas(
    (context, width, height, element) => {
      if (!windows) return;
      const { text, card } = readPageColours(element);
      drawRiver(
        context,
        { left: 0, top: 0, width, height },
        toRiverPoints(windows, durationSec),
        { fromSec: 0, toSec: durationSec },
        {
          labels,
          colourOf: (label) => colourNow(styleOf(label)),
          ...{ text, line: card, font: '600 12px system-ui, sans-serif' },
        },
      );
    },
    [windows, labels, durationSec],
  );
  return <canvas class="river" ref={canvas} role="img" aria-label={strings.riverLabel} />;
}
