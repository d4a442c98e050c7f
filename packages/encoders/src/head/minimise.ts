/** Returns the value at `point` and writes the gradient there into `gradient`. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

export interface MinimiseOptions {
  /** Steps at most. */
  iterations: number;
  /** It is done where the largest entry of the gradient is below this. */
  tolerance: number;
}

/** Steps whose changes of point and gradient are remembered. */
const memory = 10;

/**
 * The lowest point of a smooth function near a start, by L-BFGS (Liu and Nocedal 1989) with steps
 * that are halved until they descend enough (Armijo). Deterministic.
 *
 * @param start is changed: it becomes the point that is returned.
 */
export function minimise(
  objective: Objective,
  start: Float64Array,
  { iterations, tolerance }: MinimiseOptions,
): Float64Array {
  const count = start.length;
  const point = start;
  let gradient = new Float64Array(count);
  let value = objective(point, gradient);
  const changes: { step: Float64Array; turn: Float64Array; scale: number }[] = [];
  for (let iteration = 0; iteration < iterations; iteration++) {
    if (largest(gradient) < tolerance) break;
    const direction = findDirection(gradient, changes);
    const slope = dot(direction, gradient);
    if (!(slope < 0)) break;
    const before = point.slice();
    const next = new Float64Array(count);
    // Without a history the direction's length says nothing.
    let size = changes.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    let reached = Number.NaN;
    for (let halving = 0; halving < 30; halving++, size /= 2) {
      for (let i = 0; i < count; i++) point[i] = before[i]! + size * direction[i]!;
      reached = objective(point, next);
      if (reached <= value + 1e-4 * size * slope) break;
    }
    if (!(reached < value)) {
      point.set(before);
      break;
    }
    const step = point.map((entry, i) => entry - before[i]!);
    const turn = next.map((entry, i) => entry - gradient[i]!);
    const curvature = dot(step, turn);
    if (curvature > 1e-12) changes.push({ step, turn, scale: 1 / curvature });
    if (changes.length > memory) changes.shift();
    gradient = next;
    value = reached;
  }
  return point;
}

/** Minus the gradient times what the changes tell of the inverse curvature: the two-loop recursion. */
function findDirection(
  gradient: Float64Array,
  changes: readonly { step: Float64Array; turn: Float64Array; scale: number }[],
): Float64Array {
  const direction = gradient.map((entry) => -entry);
  const shares = changes.toReversed().map(({ step, turn, scale }) => {
    const share = scale * dot(step, direction);
    add(direction, turn, -share);
    return share;
  });
  const last = changes.at(-1);
  if (last) {
    const factor = 1 / (last.scale * dot(last.turn, last.turn));
    for (let i = 0; i < direction.length; i++) direction[i]! *= factor;
  }
  changes.forEach(({ step, turn, scale }, at) => {
    const share = shares[changes.length - 1 - at]!;
    add(direction, step, share - scale * dot(turn, direction));
  });
  return direction;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function add(target: Float64Array, other: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i]! += factor * other[i]!;
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
