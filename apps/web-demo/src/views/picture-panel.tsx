import { type Signal, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { toFailure } from '../engine/engine-client.ts';
import {
  type ClipOverview,
  type Failure,
  type FeaturePicture,
  type PictureKind,
  pictureKinds,
} from '../engine/protocol.ts';
import { formatDuration } from '../format.ts';
import { FailureNote } from '../parts/failure-note.tsx';
import { type Clip, requestPicture } from '../state/clips.ts';
import { strings } from '../strings.ts';

/** The picture that was looked at last stays chosen from clip to clip. */
let chosen: PictureKind = 'spectrogram';

/** Pictures of the features that the model gets, one at a time. */
export function PicturePanel({
  clip,
  overview,
  nowSec,
}: {
  clip: Clip;
  overview: ClipOverview;
  nowSec: Signal<number>;
}) {
  const { durationSec } = overview.prediction;
  const kind = useSignal(chosen);
  const [picture, setPicture] = useState<FeaturePicture | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let isWanted = true;
    chosen = kind.value;
    setFailure(null);
    requestPicture(clip, kind.value, overview.model).then(
      (drawn) => isWanted && setPicture(drawn),
      (error) => isWanted && setFailure(toFailure(error)),
    );
    return () => {
      isWanted = false;
    };
  }, [clip, kind.value, overview]);
  useSignalEffect(() => {
    frame.current?.style.setProperty('--at', `${nowSec.value / durationSec}`);
  });
  return (
    <section class="card pictures">
      <h3>{strings.pictures}</h3>
      <fieldset class="tabs">
        <legend class="visually-hidden">{strings.pictures}</legend>
        {pictureKinds.map((name) => (
          <label key={name} class="tab">
            <input
              type="radio"
              name="picture"
              class="visually-hidden"
              checked={kind.value === name}
              onChange={() => {
                kind.value = name;
              }}
            />
            {strings.pictureNames[name]}
          </label>
        ))}
      </fieldset>
      <p class="hint">{strings.pictureTexts[kind.value]}</p>
      {failure && <FailureNote title={strings.pictureFailed} failure={failure} />}
      <div class="picture" ref={frame} aria-busy={picture?.kind !== kind.value}>
        <div class="picture-axis" aria-hidden="true">
          {picture?.marks.map(({ at, text }) => (
            <span key={text} style={{ '--mark': `${at}` }}>
              {text}
            </span>
          ))}
        </div>
        <div class="picture-field">
          {picture ? (
            <PictureCanvas picture={picture} seconds={formatDuration(durationSec)} />
          ) : (
            <p class="hint">{strings.drawing}</p>
          )}
          <span class="playhead" aria-hidden="true" />
        </div>
        <ColourKey picture={picture} />
      </div>
    </section>
  );
}

function PictureCanvas({ picture, seconds }: { picture: FeaturePicture; seconds: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const { image } = picture;
    const element = canvas.current!;
    element.width = image.width;
    element.height = image.height;
    element.getContext('2d')!.putImageData(image, 0, 0);
  }, [picture]);
  return (
    <canvas
      ref={canvas}
      class={picture.rows < 64 ? 'is-coarse' : undefined}
      role="img"
      data-kind={picture.kind}
      aria-label={strings.pictureAlt(strings.pictureNames[picture.kind], picture.rows, seconds)}
    />
  );
}

function ColourKey({ picture }: { picture: FeaturePicture | null }) {
  const range = picture?.range;
  return (
    <p class={range ? 'colour-key' : 'colour-key is-empty'} aria-hidden="true">
      <span>{range ? `${range.high} ${range.unit}` : ''}</span>
      <span class="colour-bar" />
      <span>{range ? `${range.low} ${range.unit}` : ''}</span>
    </p>
  );
}
