import { type FrontEndConfig, listFeatureNames, type Manifest } from '@ser/runtime/web';
import { formatCount, formatDownload, formatFineShare, formatNumber } from '../format.ts';
import { FailureNote } from '../parts/failure-note.tsx';
import { FileChooser } from '../parts/file-chooser.tsx';
import { LabelSwatch } from '../parts/label-swatch.tsx';
import { clips, rejudgeClips } from '../state/clips.ts';
import {
  hasSmallModel,
  judge,
  leaveOwnModel,
  loadDefaultModel,
  manifest,
  models,
  ownModelName,
  preferSmall,
  prefersSmall,
  useOwnModel,
} from '../state/model.ts';
import { strings } from '../strings.ts';

/** What the models say of themselves, what they cannot do, and which is to judge. */
export function ModelView() {
  return (
    <div class="model">
      <h2 class="view-title">{strings.modelHeading}</h2>
      {ownModelName.value && <OwnModel name={ownModelName.value} />}
      {hasSmallModel ? (
        <>
          <Preference />
          <ShippedModel model="default" heading={strings.modelHeadings.default} />
          <ShippedModel model="small" heading={strings.modelHeadings.small} />
        </>
      ) : (
        <ShippedModel model="default" heading={strings.modelHeadings.only} />
      )}
      <OwnModelChooser />
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

function Preference() {
  return (
    <section class="card">
      <h3 id="preference">{strings.preference}</h3>
      <fieldset class="choices" aria-labelledby="preference">
        {(['default', 'small'] as const).map((name) => (
          <label key={name} class="choice">
            <input
              type="radio"
              name="preference"
              checked={prefersSmall.value === (name === 'small')}
              onChange={() => void preferSmall(name === 'small')}
            />
            {strings.preferences[name]}
          </label>
        ))}
      </fieldset>
      <p class="hint">{strings.preferenceHint}</p>
    </section>
  );
}

function ShippedModel({ model, heading }: { model: 'default' | 'small'; heading: string }) {
  const { manifest, loading, failure } = models[model].value;
  return (
    <section class="card" data-model={model}>
      <Heading isJudge={judge.value === model}>{heading}</Heading>
      {manifest ? (
        <Facts model={manifest} />
      ) : failure ? (
        <>
          <FailureNote title={strings.modelFailed} failure={failure} />
          {model === 'default' && hasSmallModel && (
            <div class="row">
              <button type="button" class="button" onClick={() => void loadDefaultModel()}>
                {strings.tryAgain}
              </button>
            </div>
          )}
        </>
      ) : (
        <p class="hint">
          {loading ? strings.modelIsComing(formatDownload(loading)) : strings.modelNotLoaded}
        </p>
      )}
    </section>
  );
}

function OwnModel({ name }: { name: string }) {
  const { manifest } = models.own.value;
  const leave = () => {
    leaveOwnModel();
    void rejudgeClips(clips.value);
  };
  return (
    <section class="card" data-model="own">
      <Heading isJudge>{strings.modelOwn(name)}</Heading>
      {manifest && <Facts model={manifest} />}
      <div class="row">
        <button type="button" class="button" onClick={leave}>
          {strings.modelReset}
        </button>
      </div>
    </section>
  );
}

function OwnModelChooser() {
  const { failure } = models.own.value;
  const use = async (file: File) => {
    if (await useOwnModel(file)) await rejudgeClips(clips.value);
  };
  return (
    <section class="card">
      <h3>{strings.ownModelHeading}</h3>
      <div class="row">
        <FileChooser accept=".onnx" isQuiet onFiles={([file]) => void use(file!)}>
          {strings.modelLoad}
        </FileChooser>
      </div>
      <p class="hint">{strings.modelLoadHint}</p>
      {manifest.value && failure && <FailureNote title={strings.modelRefused} failure={failure} />}
    </section>
  );
}

function Heading({ isJudge, children }: { isJudge: boolean; children: string }) {
  return (
    <h3>
      {children}
      {isJudge && <span class="tag">{strings.modelJudges}</span>}
    </h3>
  );
}

function Facts({ model }: { model: Manifest }) {
  const { name, labels, training, scores, frontEnd, calibration, encoder } = model;
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
        {encoder && (
          <Fact
            term={strings.encoder}
            values={[
              strings.encoderOf(
                encoder.name,
                encoder.family,
                encoder.licence,
                encoder.languages.join(', '),
              ),
            ]}
          />
        )}
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
