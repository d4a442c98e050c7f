/**
 * exp(-2 pi i k / n) as [re, im], exact where the exact value is representable: the angle is first
 * brought into the first eighth of the circle.
 */
export function unitRoot(k: number, n: number): [number, number] {
  const eighths = (8 * (k % n)) / n;
  const octant = Math.floor(eighths);
  const isMirrored = octant % 2 === 1;
  const angle = ((isMirrored ? octant + 1 - eighths : eighths - octant) * Math.PI) / 4;
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  const [x, y] = isMirrored ? [s, c] : [c, s];
  switch (octant >> 1) {
    case 0:
      return [x, -y];
    case 1:
      return [-y, -x];
    case 2:
      return [-x, y];
    default:
      return [y, x];
  }
}
