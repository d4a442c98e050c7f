/**
 * What the host sets before a call: sizes, options and the addresses of tables and buffers.
 * One instance of the module serves one extractor, so the plan is plain global state.
 *
 * Layouts. A "block" is four consecutive frames; a block's values are v128 with one frame a lane.
 *   power   block-major  [block][bin]     |X|^2, f32x4
 *   raw     block-major  [block][column]  mel bands, chroma, contrast peaks, contrast valleys, extras
 *   output  row-major    [frame][feature] f32
 */
export let fftLength: i32 = 0;
export let hopLength: i32 = 0;

/** Address of the Transform of frames. */
export let frameTransform: usize = 0;

/** Bins 0 … keptBins - 1 keep their complex values for one block, for the tuning. */
export let keptBins: i32 = 0;
export let keptSpectrum: usize = 0;

export let samples: usize = 0;
export let power: usize = 0;
/** 1: every block keeps its own power spectrum; 0: one block's space is used again and again. */
export let keepPower: i32 = 0;
export let raw: usize = 0;
export let rawColumns: i32 = 0;
export let output: usize = 0;
export let outputColumns: i32 = 0;
export let columnBuffer: usize = 0;
export let spectrumBuffer: usize = 0;

export let melBands: i32 = 0;
export let melBank: usize = 0;
export let melExponent: f32 = 2;
/** Unit of the mel columns. 0: power, 1: decibels, 2: Whisper's share of them. */
export let melUnit: i32 = 0;
export let melColumns: i32 = 0;

export let mfccCount: i32 = 0;
export let dctTable: usize = 0;

export let chromaBins: i32 = 0;
export let chromaBank: usize = 0;
/** 0: none, 1: sum, 2: Euclidean, 3: maximum. */
export let chromaNorm: i32 = 3;
/** 1: the tuning is estimated from the clip before chroma is computed. */
export let tuningEstimated: i32 = 0;
export let tuningFirstBin: i32 = 0;
export let tuningEndBin: i32 = 0;
export let sampleRateHz: f64 = 0;
export let tuningPeaks: usize = 0;

export let contrastRows: i32 = 0;
export let contrastTable: usize = 0;
export let contrastLinear: i32 = 0;
export let selectionBuffer: usize = 0;

/** Samples clipStart … clipEnd - 1 of the sample buffer belong to the clip, the rest is padding. */
export let clipStart: i32 = 0;
export let clipEnd: i32 = 0;
/** 0: no set starts from the spectrum. */
export let spectrumOn: i32 = 1;
/** Columns after contrast that go to the output as they are. */
export let extraColumns: i32 = 0;
export let rmsOn: i32 = 0;
export let zcrOn: i32 = 0;
export let centroidOn: i32 = 0;
export let bandwidthOn: i32 = 0;
export let bandwidthExponent: f32 = 2;
export let rolloffOn: i32 = 0;
export let rolloffShare: f32 = 0.85;
export let flatnessOn: i32 = 0;
export let pitchOn: i32 = 0;
/** Periods searched, in samples. */
export let pitchShortest: i32 = 0;
export let pitchLongest: i32 = 0;
export let pitchThreshold: f64 = 0.1;
/** Address of a Transform without window, at least a frame and the longest period long. */
export let pitchTransform: usize = 0;
/** Room for two frames, their spectra and their autocorrelations, in the layouts of fourier.ts. */
export let pitchFrames: usize = 0;
export let pitchSpectra: usize = 0;
export let pitchValues: usize = 0;

/** Infinity: no floor. */
export let topDb: f32 = 80;
