/** Every word that the page shows, apart from what the model file and the runtime say. */
export const strings = {
  title: 'Speech emotion',
  intro:
    'Which emotion does a voice act? Pick a short recording; it is decoded, analysed and judged in this page and is sent nowhere.',
  drop: 'Drop an audio file here, or',
  choose: 'choose a file',
  formats: 'WAV, FLAC, MP3, Ogg Vorbis or Opus, up to 10 minutes',
  loadingModel: 'Loading the model…',
  ready: 'Ready.',
  analysing: (name: string) => `Listening to ${name}…`,
  modelFailed: 'The model cannot be loaded',
  clipFailed: 'This file cannot be judged',
  resultHeading: 'Result',
  confidence: (share: string) => `${share} confident`,
  uncertain: {
    'low-confidence': 'Uncertain: no label stands out. ',
    'little-speech': 'Uncertain: there is too little speech. ',
  },
  duration: (seconds: string) => `${seconds} s`,
  player: 'The recording',
  probabilities: 'Probability of every label',
  limitsHeading: 'What this is not',
  limits:
    'The model learnt from actors who were told which emotion to speak, in studio quality. It says which acted style a recording resembles; it does not tell what a person feels, and it must not be used to judge, select or watch people. On everyday speech, other languages, noise or several speakers it is often wrong.',
  modelHeading: 'About the model',
  modelName: 'Name',
  modelTraining: 'Trained on',
  modelScores: 'Measured',
  corpus: (name: string, clips: string, speakers: string, licence: string) =>
    `${name} (${clips} clips, ${speakers} speakers; ${licence})`,
  syntheticTraining: 'synthetic sounds only; its answers mean nothing for real speech',
  noCorpora: 'nothing that its file names',
  score: (uar: string, protocol: string, split: string) =>
    `${uar} mean recall over labels (${protocol}, ${split})`,
  noScores: 'nothing yet',
} as const;
