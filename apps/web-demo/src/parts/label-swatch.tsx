import { styleOf } from '../state/model.ts';
import { colourVariables } from './label-colours.ts';

/** A small field in a label's colour and pattern. */
export function LabelSwatch({ label }: { label: string }) {
  const style = styleOf(label);
  return (
    <span
      class={`swatch pattern-${style.pattern}`}
      style={colourVariables(style)}
      aria-hidden="true"
    />
  );
}
