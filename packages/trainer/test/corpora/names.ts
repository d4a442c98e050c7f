/** File names of the published corpora, built from their naming rules: no corpus is needed. */

/** RAVDESS's 1,440 speech names, in Actor_NN folders: neutral has no strong intensity. */
export function listRavdessNames(extension = '.wav'): string[] {
  const names: string[] = [];
  for (const actor of numbers(24)) {
    for (const emotion of numbers(8)) {
      for (const intensity of emotion === '01' ? ['01'] : ['01', '02']) {
        for (const statement of ['01', '02']) {
          for (const repetition of ['01', '02']) {
            const fields = ['03', '01', emotion, intensity, statement, repetition, actor];
            names.push(`Actor_${actor}/${fields.join('-')}${extension}`);
          }
        }
      }
    }
  }
  return names;
}

/** EMO-DB's speakers and texts with every emotion in one version: 700 names, published are 535. */
export function listEmodbNames(): string[] {
  const speakers = ['03', '08', '09', '10', '11', '12', '13', '14', '15', '16'];
  const texts = ['a01', 'a02', 'a04', 'a05', 'a07', 'b01', 'b02', 'b03', 'b09', 'b10'];
  return speakers.flatMap((speaker) =>
    texts.flatMap((text) => [...'WLEAFTN'].map((code) => `${speaker}${text}${code}a.wav`)),
  );
}

/** CREMA-D's 91 actors and 12 sentences: neutral once, other emotions in one or three levels. */
export function listCremaNames(): string[] {
  const sentences = 'IEO TIE IOM IWW TAI MTI IWL ITH DFA ITS TSI WSI'.split(' ');
  const names: string[] = [];
  for (let actor = 1001; actor <= 1091; actor++) {
    for (const sentence of sentences) {
      names.push(`${actor}_${sentence}_NEU_XX.wav`);
      for (const emotion of ['ANG', 'DIS', 'FEA', 'HAP', 'SAD']) {
        for (const level of sentence === 'IEO' ? ['LO', 'MD', 'HI'] : ['XX']) {
          names.push(`${actor}_${sentence}_${emotion}_${level}.wav`);
        }
      }
    }
  }
  return names;
}

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${at + 1}`.padStart(2, '0'));
}
