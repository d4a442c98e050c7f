import { type FrontEndConfig, listFeatureNames, type Manifest } from '@ser/runtime/web';
import { formatCount, formatFineShare, formatNumber } from '../format.ts';
import { FailureNote } from '../parts/failure-note.tsx';
import { FileChooser } from '../parts/file-chooser.tsx';
import { LabelSwatch } from '../parts/label-swatch.tsx';
import { rejudgeClips } from '../state/clips.ts';
import { loadModel, manifest, modelFailure, ownModelName } from '../state/model.ts';
import { strings } from '../strings.ts';

async function use(file: File | null): Promise<void> {
  if (await loadModel(file)) await rejudgeClips();
}

/** What the model says of itself, what it cannot do, and a way to use another one. */
export function ModelView() {
  const model = manifest.value;
  const ownName = ownModelName.value;
  return (
    <div class="model">
      <h2 class="view-title">{strings.modelHeading}</h2>
      <section class="card">
        <h3>{ownName ? strings.modelOwn(ownName) : strings.modelShipped}</h3>
        {model && <Facts model={model} />}
        <div class="row">
          <FileChooser accept=".onnx" isQuiet onFiles={([file]) => void use(file!)}>
            {strings.modelLoad}
          </FileChooser>
          {ownName && (
            <button type="button" class="button" onClick={() => void use(null)}>
              {strings.modelReset}
            </button>
          )}
        </div>
        <p class="hint">{strings.modelLoadHint}</p>
        {model && modelFailure.value && (
          <FailureNote title={strings.modelRefused} failure={modelFailure.value} />
        )}
      </section>
      <section class="card limits">
        <h3>{strings.limitsHeading}</h3>
        <ul>
          {strings.limits.map((limit) => (
            <li key={limit}>{limit}</li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function Facts({ model }: { model: Manifest }) {
  const { name, labels, training, scores, frontEnd, calibration } = model;
  const corpora = training.corpora.map((corpus) =>
    strings.corpus(
      corpus.name,
      formatCount(corpus.clips),
      formatCount(corpus.speakers),
      corpus.licence,
    ),
  );
  const trained = training.synthetic ? [strings.syntheticTraining] : corpora;
  const measured = scores.map(({ uar, uarInterval95: range, clips, protocol, split }) =>
    strings.score(
      formatFineShare(uar),
      range ? strings.interval(formatFineShare(range[0]), formatFineShare(range[1])) : '',
      formatCount(clips),
      protocol,
      split,
    ),
  );
  return (
    <>
      <p class="model-name">{name}</p>
      <dl class="facts">
        <dt>{strings.labels}</dt>
        <dd>
          <ul class="label-list">
            {labels.map((label) => (
              <li key={label}>
                <LabelSwatch label={label} />
                {label}
              </li>
            ))}
          </ul>
        </dd>
        <Fact
          term={strings.trainedOn}
          values={trained.length > 0 ? trained : [strings.noCorpora]}
        />
        <Fact
          term={strings.measured}
          values={measured.length > 0 ? measured : [strings.noScores]}
        />
        <Fact term={strings.hears} values={[describeFrontEnd(frontEnd)]} />
        <Fact
          term={strings.calibration}
          values={[strings.temperature(formatNumber(calibration.temperature))]}
        />
      </dl>
    </>
  );
}

function describeFrontEnd(frontEnd: FrontEndConfig): string {
  if (frontEnd.kind === 'waveform') return strings.waveform(formatCount(frontEnd.sampleRateHz));
  const { sets, sampleRateHz } = frontEnd.features;
  const columns = listFeatureNames(frontEnd.features).length;
  return strings.frontEnd(formatCount(sampleRateHz), sets.join(', '), columns);
}

function Fact({ term, values }: { term: string; values: readonly string[] }) {
  return (
    <>
      <dt>{term}</dt>
      {values.map((value) => (
        <dd key={value}>{value}</dd>
      ))}
    </>
  );
}
