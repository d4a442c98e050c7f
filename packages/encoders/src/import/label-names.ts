/** Whether a label is what exporters write where nobody named it. */
export function isPlaceholder(name: string): boolean {
  return /^label[_ ]?\d+$/i.test(name);
}

/** Whether a label is a dimension of emotion, which has a value and no probability. */
export function isDimension(name: string): boolean {
  return /^(arousal|valence|dominance|activation|pleasure)$/i.test(name);
}
