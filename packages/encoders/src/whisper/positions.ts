import type { LayerGraph } from '@ser/onnx';

/** Of column `at` of half the width, by which a position is multiplied, in radians. */
function angularFrequency(at: number, width: number): number {
  return Math.exp((-Math.log(10_000) / (width / 2 - 1)) * at);
}

/** The table of positions [count, width]: sines, then cosines, of falling frequencies. */
export function listPositions(count: number, width: number): Float32Array {
  const half = width / 2;
  return Float32Array.from({ length: count * width }, (_, at) => {
    const column = at % width;
    const angle = Math.floor(at / width) * angularFrequency(column % half, width);
    return column < half ? Math.sin(angle) : Math.cos(angle);
  });
}

/**
 * Adds the first rows of {@link listPositions}, computed as the graph runs: a table of 1500 rows would
 * be a tenth of a small file. An angle of 1500 radians has only four digits behind the point in
 * float32, so whole turns are taken off before: the frequencies, in turns, are split into multiples
 * of 2⁻¹², whose products with a position are exact, and a small rest.
 *
 * @param numbers of the rows, float32 [rows, 1]
 * @returns the name of the positions [rows, width], within 1e-6.
 */
export function addPositions(part: LayerGraph, numbers: string, width: number): string {
  const half = width / 2;
  const steps = 2 ** 12;
  const coarse = new Float32Array(width);
  const fine = new Float32Array(width);
  for (let column = 0; column < width; column++) {
    const turns = angularFrequency(column % half, width) / (2 * Math.PI);
    coarse[column] = Math.round(turns * steps) / steps;
    fine[column] = turns - coarse[column]!;
  }
  // A cosine is a sine a quarter of a turn ahead.
  const ahead = Float32Array.from({ length: width }, (_, at) => (at < half ? 0 : 0.25));
  const row = (name: string, values: Float32Array) => part.floats(name, [1, width], values);
  const turns = part.node('Mul', [numbers, row('coarse', coarse)], 'turns');
  const whole = part.node('Floor', [turns], 'whole_turns');
  const begun = part.node('Sub', [turns, whole], 'begun_turn');
  const rest = part.node('Mul', [numbers, row('fine', fine)], 'rest');
  const more = part.node('Add', [rest, row('ahead', ahead)], 'more');
  const turn = part.node('Add', [begun, more], 'turn');
  const angle = part.node('Mul', [turn, part.float('two_pi', 2 * Math.PI)], 'angle');
  return part.output('Sin', [angle]);
}
