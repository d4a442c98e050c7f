import { readdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { formatClassificationReport } from '../../src/evaluate/classification-report.ts';
import { html } from '../../src/report/html.ts';
import { lightPalette } from '../../src/report/palette.ts';
import { formatPredictionsCsv } from '../../src/report/predictions-csv.ts';
import type { RunSummary } from '../../src/report/run-summary.ts';
import { scoreCorpora, scoreSpeakers } from '../../src/report/speaker-scores.ts';
import { writeReport } from '../../src/report/write-report.ts';
import { scoreAdapted } from '../../src/run/adapt-speakers.ts';
import { makeFolder } from '../corpora/fake-corpus.ts';
import { calibrateOnTraining, makeSampleRun, makeUntestedRun } from './sample-run.ts';

const charts = ['confusion', 'curves', 'reliability'];
const hostile = `<img src=x onerror="alert(1)">&'`;

/** Throws at the first tag that is not well-formed XML or not closed in turn. */
function checkXml(text: string): void {
  const open: string[] = [];
  for (const [tag] of text.matchAll(/<[^>]*>?/g)) {
    const parts = /^<(\/?)([a-z][\w]*)(?:\s+[\w:-]+="[^"<]*")*\s*(\/?)>$/i.exec(tag);
    if (!parts) throw new Error(`not well-formed: ${tag}`);
    const [, closes, name, isEmpty] = parts;
    if (closes && open.pop() !== name) throw new Error(`${tag} closes nothing`);
    if (!closes && !isEmpty) open.push(name!);
  }
  if (open.length > 0) throw new Error(`left open: ${open.join(', ')}`);
  const bare = /&(?!#?\w+;)/.exec(text);
  if (bare) throw new Error(`bare ampersand at ${bare.index}`);
}

/** The page of a report in a folder of its own. */
async function renderPage(summary: RunSummary): Promise<string> {
  const directory = await makeFolder([]);
  await writeReport(directory, summary);
  return readFile(`${directory}/report.html`, 'utf8');
}

/** The pixels of a picture, a number each. */
async function readPicture(path: string) {
  const image = await loadImage(await readFile(path));
  const { width, height } = image;
  const context = createCanvas(width, height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, pixels: new Uint32Array(data.buffer) };
}

describe('writeReport', () => {
  it('writes a page that needs nothing else, charts, a table and the summary', async () => {
    const directory = await makeFolder([]);
    const summary = makeSampleRun();
    await writeReport(directory, summary);
    expect((await readdir(directory)).sort()).toEqual(
      [
        ...charts.flatMap((name) => [`${name}.png`, `${name}.svg`]),
        ...['predictions.csv', 'report.html', 'run.json'],
      ].sort(),
    );
    const page = await readFile(`${directory}/report.html`, 'utf8');
    expect(page).toContain(formatClassificationReport(summary.evaluations.test!));
    expect(page).toContain('speaker-kfold, fold 1, seed 2');
    expect(page).toContain('prefers-color-scheme: dark');
    expect(page.match(/<svg /g)).toHaveLength(3);
    expect(page.replaceAll(/xmlns[:\w]*="[^"]*"/g, '')).not.toMatch(
      /https?:|<script|<link|@import/,
    );
    expect(page).not.toContain('undefined');
    expect(JSON.parse(await readFile(`${directory}/run.json`, 'utf8'))).toEqual(summary);
    for (const name of charts) {
      expect(page).toContain(`href="${name}.png"`);
      const svg = await readFile(`${directory}/${name}.svg`, 'utf8');
      checkXml(svg);
      expect(svg).not.toContain('var(');
    }
    const csv = await readFile(`${directory}/predictions.csv`, 'utf8');
    expect(csv.trimEnd().split('\r\n')).toHaveLength(summary.predictions.length + 1);
  });

  it('draws every chart in pixels, twice the size of the vectors, texts included', async () => {
    const directory = await makeFolder([]);
    await writeReport(directory, makeSampleRun());
    const texts = [lightPalette.text, lightPalette.muted].map((colour) =>
      Buffer.from(`${colour.slice(1)}ff`, 'hex').readUInt32LE(),
    );
    for (const name of charts) {
      const { width, height, pixels } = await readPicture(`${directory}/${name}.png`);
      const svg = await readFile(`${directory}/${name}.svg`, 'utf8');
      const [, ...size] = /^<svg width="([\d.]+)" height="([\d.]+)"/.exec(svg)!;
      expect([width, height]).toEqual(size.map((extent) => Math.trunc(2 * Number(extent))));
      const inked = pixels.filter((pixel) => texts.includes(pixel));
      expect(inked.length, name).toBeGreaterThan(500);
    }
  });

  it('tells what adaptation gives a stranger, and nothing of it where voices were heard', async () => {
    const summary = makeSampleRun();
    const known = { ...summary.protocol, name: 'random' as const };
    const heading = '<h2>Adapted to each test speaker</h2>';
    expect(await renderPage({ ...summary, protocol: known })).not.toContain(heading);
    const adapted = scoreAdapted(summary)!;
    const page = await renderPage(summary);
    expect(page).toContain(heading);
    expect(page).toContain(`UAR ${(100 * adapted.uar).toFixed(1)} %: half of each speaker's clips`);
    expect(page).toContain(formatClassificationReport(adapted));
  });

  it('names the files that were left out, and says over what each interval is', async () => {
    const summary = makeSampleRun();
    const page = await renderPage(summary);
    expect(page).toContain('1 file takes no part');
    expect(page).toMatch(/broken\.wav.*The file is truncated/);
    expect(page).toContain('95 % over clips');
    expect(page).toContain('95 % over speakers');
    summary.evaluations.test!.uarSpeakerInterval = null;
    expect(await renderPage(summary)).not.toContain('over speakers');
  });

  it('says how many test speakers an own split has in training', async () => {
    const summary = makeSampleRun('emodb', 2);
    summary.protocol = { ...summary.protocol, name: 'file', fold: null };
    expect(await renderPage(summary)).not.toContain('expect less on new voices');
    const tested = summary.predictions.filter(({ split }) => split === 'test');
    summary.predictions.push({ ...tested[0]!, split: 'train' });
    expect(await renderPage(summary)).toContain('1 of the 2 test speakers are in training too');
  });

  it('draws every count and share of the confusion matrix', async () => {
    const directory = await makeFolder([]);
    const summary = makeSampleRun('emodb', 1);
    await writeReport(directory, summary);
    const svg = await readFile(`${directory}/confusion.svg`, 'utf8');
    const texts = [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);
    const numbers = texts.filter((text) => /^\d+( %)?$/.test(text));
    const { confusion, classes } = summary.evaluations.test!;
    const expected = confusion.flatMap((row, truth) =>
      row.flatMap((count) =>
        count === 0
          ? ['0']
          : [`${count}`, `${Math.round((100 * count) / classes[truth]!.support)} %`],
      ),
    );
    expect(numbers.sort()).toEqual(expected.sort());
    for (const label of summary.labels) expect(texts).toContain(label);
  });

  it('links mistakes to their clips from where the page lies', async () => {
    const directory = await makeFolder([]);
    const summary = makeSampleRun();
    const wrong = summary.predictions.find(
      ({ split, truth, predicted }) => split === 'test' && truth !== predicted,
    )!;
    wrong.path = `${directory}/clips/100 % #1?.wav`;
    wrong.confidence = 1;
    await writeReport(directory, summary);
    const page = await readFile(`${directory}/report.html`, 'utf8');
    expect(page).toContain('href="clips/100%20%25%20%231%3F.wav"');
    const [, link] = /<a href="(\.\.[^"]*)"/.exec(page)!;
    const target = resolve(directory, decodeURIComponent(link!));
    expect(summary.predictions.map(({ path }) => path)).toContain(target);
  });

  it('escapes every text that a corpus or a recipe can bring', async () => {
    const directory = await makeFolder([]);
    const summary = makeSampleRun('emodb', 2);
    summary.name = hostile;
    summary.recipe = { name: hostile, settings: { note: hostile } };
    summary.environment = { [hostile]: hostile };
    summary.corpora[0]!.licence = hostile;
    summary.labels[0] = hostile;
    for (const evaluation of Object.values(summary.evaluations)) {
      evaluation.labels[0] = hostile;
      evaluation.classes[0]!.label = hostile;
    }
    for (const prediction of summary.predictions) {
      Object.assign(prediction, { clipId: hostile, speaker: hostile, truth: hostile });
    }
    await writeReport(directory, summary);
    expect(await readFile(`${directory}/report.html`, 'utf8')).not.toContain('<img');
    const svg = await readFile(`${directory}/confusion.svg`, 'utf8');
    expect(svg).not.toContain('<img');
    checkXml(svg);
  });

  it('warns of synthetic speech and of speakers on both sides', async () => {
    const summary = makeSampleRun('emodb', 2);
    summary.corpora[0]!.synthetic = true;
    summary.protocol = { ...summary.protocol, name: 'random', fold: null };
    const page = await renderPage(summary);
    expect(page).toContain('say nothing about people');
    expect(page).toContain('the same speakers are trained on and tested');
  });

  it('of a run that tested nothing, is about the folds that calibrated it', async () => {
    const run = makeUntestedRun();
    const plain = await renderPage(run);
    expect(plain).toContain('scores of clips that the model knows');
    expect(plain).toContain('<h2>Speakers, train</h2>');

    const foldCalibration = calibrateOnTraining(makeSampleRun());
    foldCalibration.evaluation = makeSampleRun().evaluations.test!;
    const page = await renderPage({ ...run, temperature: 1.2, foldCalibration });
    expect(page).toContain(`on ${foldCalibration.speakers.length} speakers that they did not hear`);
    expect(page).toContain(`<dd>${(100 * foldCalibration.evaluation.uar).toFixed(1)} %`);
    expect(page).toContain('<h2>Speakers, folds</h2>');
    expect(page).toContain('<summary>Classification report, train</summary>');
    expect(page).not.toMatch(/Worst mistakes|clips that the model knows/);
  });

  it('leaves out what a run has nothing for', async () => {
    const directory = await makeFolder([]);
    const summary = { ...makeSampleRun(), history: [], evaluations: {}, predictions: [] };
    await writeReport(directory, summary);
    expect((await readdir(directory)).sort()).toEqual(['report.html', 'run.json']);
  });
});

describe('scoreSpeakers and scoreCorpora', () => {
  const predict = (speaker: string, truth: string, predicted: string) => ({
    clipId: 'x',
    path: 'x',
    corpus: 'own',
    speaker,
    split: 'test' as const,
    truth,
    predicted,
    confidence: 1,
    probabilities: [1],
  });
  const predictions = [
    predict('a', 'sad', 'sad'),
    predict('a', 'sad', 'sad'),
    predict('a', 'calm', 'sad'),
    predict('b', 'calm', 'sad'),
  ];

  it('counts recalls of the labels that a speaker has, worst speaker first', () => {
    expect(scoreSpeakers(predictions)).toEqual([
      {
        corpus: 'own',
        speaker: 'b',
        clips: 1,
        accuracy: 0,
        uar: 0,
        hardest: { label: 'calm', recall: 0 },
      },
      {
        corpus: 'own',
        speaker: 'a',
        clips: 3,
        accuracy: 2 / 3,
        uar: 0.5,
        hardest: { label: 'calm', recall: 0 },
      },
    ]);
    expect(scoreCorpora(predictions)).toMatchObject([{ corpus: 'own', clips: 4, accuracy: 0.5 }]);
  });

  it('writes CSV that spreadsheets read as text', () => {
    const odd = {
      ...predict('=1+1', 'a "b"', 'c,d'),
      clipId: 'x\ny',
      confidence: 0.25,
      probabilities: [0.75, 0.25],
    };
    expect(formatPredictionsCsv([odd], ['calm', '=a,b'])).toBe(
      'corpus,clipId,speaker,split,truth,predicted,confidence,p_calm,"p_=a,b"\r\n' +
        `own,"x\ny",'=1+1,test,"a ""b""","c,d",0.25,0.75,0.25\r\n`,
    );
  });
});

describe('html', () => {
  it('escapes values, joins lists and passes markup on', () => {
    const cells = ['<', '"'].map((text) => html`<td>${text}</td>`);
    expect(html`<tr title="${'"'}">${cells}${null}${false}${0}</tr>`.text).toBe(
      '<tr title="&#34;"><td>&#60;</td><td>&#34;</td>0</tr>',
    );
  });
});
