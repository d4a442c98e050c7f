/** A stretch of speech that carries one emotion. */
export interface Segment {
  startSec: number;
  endSec: number;
  label: string;
  /** Mean probability of the label over the stretch, 0 … 1. */
  confidence: number;
}
